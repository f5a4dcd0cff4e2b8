"""The trained classifier at work: passages in, themes with polarity and attribution out.

One row of scores per word type is made at first sight and kept, so that a passage costs a look-up per word.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.classify.clauses import scope
from pipeline.classify.encoder import Encoder
from pipeline.classify.features import PAIR_SCALE, Floats, Layout, Lists, Space, dense_matrix, document_slices
from pipeline.classify.heads import Heads
from pipeline.classify.lexicon import Cue
from pipeline.classify.senses import sense_row
from pipeline.classify.speakers import speaker_features
from pipeline.classify.table import WordTable, segment_sums
from pipeline.classify.tokens import tokens
from pipeline.records import Attribution, Passage, Polarity

# How much the clause that holds the theme's cue counts against the whole passage (out-of-fold; see models/README.md).
CLAUSE = 0.25


@dataclass(frozen=True, slots=True)
class Label:
    """A theme in a passage: its polarity, the calibrated probability of the theme, and the cue words met."""

    theme: str
    polarity: Polarity
    score: float
    cues: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """What a passage says, and who says it."""

    labels: tuple[Label, ...]
    attribution: Attribution


class TypeTable:
    """Scores of word types, made once: ``values @ weights`` of the type's features, and the square of its length."""

    def __init__(self, space: Space, weights: Floats) -> None:
        self._space = space
        self._weights = weights
        self._table = WordTable(weights.shape[1] + 1, self._make)

    def _make(self, word: str) -> Floats:
        places, values = self._space.vector(word)
        return np.append(values @ self._weights[places], values @ values).astype(np.float32)

    def scores(self, texts: Sequence[Sequence[str]]) -> Floats:
        """Scores (texts, columns): the sum over the distinct words of each text, divided by the norm."""
        sums = self._table.sums([dict.fromkeys(words) for words in texts])
        return _normed(sums)


def _normed(sums: Floats) -> Floats:
    """All columns but the last, divided by the root of the last; noughts where that is nought."""
    length = np.sqrt(np.where(sums[:, -1:] > 0, sums[:, -1:], 1))
    result: Floats = (sums[:, :-1] / length).astype(np.float32)
    return result


class PairTable:
    """Scores of word pairs: idf times weights, summed and divided by the length of the pairs' vector."""

    def __init__(self, space: Space, weights: Floats) -> None:
        self._space = space
        rows = np.column_stack([weights * (space.pair_idf * PAIR_SCALE)[:, None], space.pair_idf**2])
        self._rows = np.vstack([np.zeros_like(rows[:1]), rows]).astype(np.float32)

    def scores(self, texts: Sequence[Sequence[str]]) -> Floats:
        """Scores (texts, columns)."""
        places = [[place + 1 for place in self._space.pair_places(words)] for words in texts]
        return _normed(segment_sums(self._rows, places))


class Reader:
    """Themes, polarity and attribution by linear heads over one shared space of features."""

    def __init__(self, space: Space, heads: Heads, version: str, encoder: Encoder | None = None) -> None:
        self.space = space
        self.heads = heads
        self.version = version
        self.encoder = encoder
        self._lists = Lists(space.lexicon)
        self._layout = Layout(self._lists.size, encoder.width if encoder else 0)
        self._table = TypeTable(space, np.concatenate([head.words for head in heads.linear], axis=1))
        self._pairs = PairTable(space, np.concatenate([head.pairs for head in heads.linear], axis=1))
        self._dense = np.concatenate([head.dense for head in heads.linear], axis=1)
        self._bias = np.concatenate([head.bias for head in heads.linear])
        self._columns = heads.columns()

    def theme_scores(self, passages: Sequence[Passage]) -> Floats:
        """Calibrated probability of every theme, shape (passages, themes), themes in the codebook's order."""
        texts = [tokens(passage.text) for passage in passages]
        raw, _ = self._raw(passages, texts)
        return self.heads.themes.probability(raw[:, self._columns[0]])

    def _raw(self, passages: Sequence[Passage], texts: Sequence[Sequence[str]]) -> tuple[Floats, Floats]:
        dense = dense_matrix(self._lists, passages, texts, self.encoder)
        scores = self._table.scores(texts) + self._pairs.scores(texts) + dense @ self._dense + self._bias
        return scores, dense

    def read(self, passages: Sequence[Passage], kinds: Mapping[str, str] | None = None) -> list[Reading]:
        """What each of ``passages`` says. They stand in reading order; ``Passage.document`` keeps documents apart.

        ``kinds``: the kind of source (``records.SOURCE_KINDS``) by ``Passage.document``, where it is known.
        """
        if not passages:
            return []
        texts = [tokens(passage.text) for passage in passages]
        raw, dense = self._raw(passages, texts)
        themes, polarity = self._columns[:2]
        known = [(kinds or {}).get(passage.document) for passage in passages]
        speakers = self._speakers(passages, raw, dense, known)
        chance = self.heads.themes.probability(raw[:, themes])
        given = chance >= self.heads.themes.threshold
        readings = []
        for number, words in enumerate(texts):
            places = np.flatnonzero(given[number]).tolist()
            labels = (
                self._labels(words, chance[number], places, raw[number, polarity], dense[number]) if len(places) else ()
            )
            readings.append(Reading(labels, speakers[number]))
        return readings

    def _speakers(
        self, passages: Sequence[Passage], raw: Floats, dense: Floats, kinds: Sequence[str | None]
    ) -> list[Attribution]:
        _, polarity, own, voice, opening = (raw[:, columns] for columns in self._columns)
        spoken = np.zeros_like(voice)
        for part in document_slices([passage.document for passage in passages]):
            spoken[part] = voice[part].mean(axis=0) + opening[part.start]
        features = speaker_features(passages, own, spoken, polarity, dense, self._layout)
        return self.heads.speaker.best(features, kinds)  # type: ignore[return-value]

    def _labels(
        self, words: Sequence[str], chance: Floats, places: Sequence[int], polarity: Floats, dense: Floats
    ) -> tuple[Label, ...]:
        cues = self.space.lexicon.cues(words)
        whole = polarity + self._verbs(words, cues)
        found = []
        for k in places:
            theme = self.heads.themes.labels[k]
            # Where one theme stands alone the whole passage speaks of it; only several can differ in sense.
            span = scope(words, cues, theme) if len(places) > 1 else None
            sense = self._sense(whole, words[slice(*span)] if span else (), k, dense)
            wanted = (theme, f"polarity:{sense}")
            met = dict.fromkeys(" ".join(words[cue.start : cue.end]) for cue in cues if cue.list in wanted)
            found.append(Label(theme, sense, round(float(chance[k]), 4), tuple(met)))
        return tuple(found)

    def _verbs(self, words: Sequence[str], cues: Sequence[Cue]) -> Floats:
        result: Floats = sense_row(words, cues) @ self.heads.polarity.extra[len(self.heads.themes.labels) :]
        return result

    def _sense(self, whole: Floats, clause: Sequence[str], k: int, dense: Floats) -> Polarity:
        head = self.heads.polarity
        scores = whole
        if clause:
            alone = self._clause(clause, dense) + self._verbs(clause, self.space.lexicon.cues(clause))
            scores = whole + np.float32(CLAUSE) * (alone - whole)
        return head.labels[int(np.argmax(head.probability(scores + head.extra[k])))]  # type: ignore[return-value]

    def _clause(self, clause: Sequence[str], dense: Floats) -> Floats:
        head, columns = self.heads.polarity, self._columns[1]
        own = np.concatenate([self._lists.rows([clause])[0], dense[self._layout.own.stop :]])
        words = self._table.scores([clause])[0, columns] + self._pairs.scores([clause])[0, columns]
        scores = words + own @ head.dense + head.bias
        return np.asarray(scores, dtype=np.float32)
