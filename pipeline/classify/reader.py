"""The trained classifier at work: passages in, themes with polarity and attribution out.

One row of scores per word type is made at first sight and kept, so that a passage costs a look-up per word.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.classify.clauses import scope
from pipeline.classify.features import PAIR_SCALE, Floats, Layout, Lists, Space, dense_matrix, document_slices
from pipeline.classify.heads import Heads
from pipeline.classify.lexicon import Cue
from pipeline.classify.senses import sense_row
from pipeline.classify.speakers import speaker_features
from pipeline.classify.tokens import tokens
from pipeline.records import Attribution, Passage, Polarity

_FIRST_CAPACITY = 4096
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
        self._places: dict[str, int] = {}
        self._scores = np.zeros((_FIRST_CAPACITY, weights.shape[1]), dtype=np.float32)
        self._squares = np.zeros(_FIRST_CAPACITY, dtype=np.float32)

    def _add(self, word: str) -> int:
        place = self._places[word] = len(self._places)
        if place == len(self._squares):
            self._scores = np.concatenate([self._scores, np.zeros_like(self._scores)])
            self._squares = np.concatenate([self._squares, np.zeros_like(self._squares)])
        places, values = self._space.vector(word)
        self._scores[place] = values @ self._weights[places]
        self._squares[place] = float(values @ values)
        return place

    def scores(self, texts: Sequence[Sequence[str]]) -> Floats:
        """Scores (texts, columns): the sum over the distinct words of each text, divided by the norm."""
        result = np.zeros((len(texts), self._scores.shape[1]), dtype=np.float32)
        known = self._places
        for number, words in enumerate(texts):
            places = [known[word] if word in known else self._add(word) for word in dict.fromkeys(words)]
            if places:
                total = math.sqrt(float(self._squares[places].sum()))
                result[number] = self._scores[places].sum(axis=0) / (total or 1.0)
        return result


class PairTable:
    """Scores of word pairs: idf times weights, summed and divided by the length of the pairs' vector."""

    def __init__(self, space: Space, weights: Floats) -> None:
        self._space = space
        self._rows = weights * (space.pair_idf * PAIR_SCALE)[:, None]
        self._squares = space.pair_idf**2

    def scores(self, texts: Sequence[Sequence[str]]) -> Floats:
        """Scores (texts, columns)."""
        result = np.zeros((len(texts), self._rows.shape[1]), dtype=np.float32)
        for number, words in enumerate(texts):
            places = self._space.pair_places(words)
            if places:
                result[number] = self._rows[places].sum(axis=0) / math.sqrt(float(self._squares[places].sum()))
        return result


class Reader:
    """Themes, polarity and attribution by linear heads over one shared space of features."""

    def __init__(self, space: Space, heads: Heads, version: str) -> None:
        self.space = space
        self.heads = heads
        self.version = version
        self._lists = Lists(space.lexicon)
        self._layout = Layout(self._lists.size)
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
        dense = dense_matrix(self._lists, passages, texts)
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
            places = np.flatnonzero(given[number])
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
        self, words: Sequence[str], chance: Floats, places: Iterable[int], polarity: Floats, dense: Floats
    ) -> tuple[Label, ...]:
        cues = self.space.lexicon.cues(words)
        found = []
        for k in places:
            theme = self.heads.themes.labels[k]
            sense = self._sense(words, cues, int(k), theme, polarity, dense)
            wanted = (theme, f"polarity:{sense}")
            met = dict.fromkeys(" ".join(words[cue.start : cue.end]) for cue in cues if cue.list in wanted)
            found.append(Label(theme, sense, round(float(chance[k]), 4), tuple(met)))
        return tuple(found)

    def _sense(
        self, words: Sequence[str], cues: Sequence[Cue], k: int, theme: str, polarity: Floats, dense: Floats
    ) -> Polarity:
        scores: Floats = polarity + self._extra(words, cues, k)
        span = scope(words, cues, theme)
        if span is not None:
            clause = words[slice(*span)]
            alone = self._clause(clause, dense) + self._extra(clause, self.space.lexicon.cues(clause), k)
            scores = scores + np.float32(CLAUSE) * (alone - scores)
        head = self.heads.polarity
        return head.labels[int(np.argmax(head.probability(scores)))]  # type: ignore[return-value]

    def _extra(self, words: Sequence[str], cues: Sequence[Cue], k: int) -> Floats:
        extra = self.heads.polarity.extra
        themes = len(self.heads.themes.labels)
        result: Floats = extra[k] + sense_row(words, cues) @ extra[themes:]
        return result

    def _clause(self, clause: Sequence[str], dense: Floats) -> Floats:
        head, columns = self.heads.polarity, self._columns[1]
        own = np.concatenate([self._lists.row(clause), dense[self._layout.own.stop :]])
        words = self._table.scores([clause])[0, columns] + self._pairs.scores([clause])[0, columns]
        scores = words + own @ head.dense + head.bias
        return np.asarray(scores, dtype=np.float32)
