"""The trained classifier at work: passages in, themes with polarity and attribution out.

One row of scores per word type is made at first sight and kept, so that a passage costs a look-up per word.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from pipeline.classify.clauses import Span, scope
from pipeline.classify.encoder import Encoder
from pipeline.classify.features import PAIR_SCALE, Context, Floats, Lists, Pairs, Reads, Space
from pipeline.classify.heads import Heads
from pipeline.classify.lexicon import Cue
from pipeline.classify.phrases import Found
from pipeline.classify.senses import denied, sense_row
from pipeline.classify.speakers import speaker_features
from pipeline.classify.table import WordTable
from pipeline.classify.vocabulary import MOST, Batch, Vocabulary
from pipeline.records import Attribution, Passage, Polarity

# How much the clause that holds the theme's cue counts against the whole passage (polarity on the validation part:
# .7509 at .5, .7504 below, .748 at .75).
CLAUSE = 0.5


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


def _normed(sums: Floats) -> Floats:
    """All columns but the last, divided by the root of the last; noughts where that is nought."""
    length = np.sqrt(np.where(sums[:, -1:] > 0, sums[:, -1:], 1))
    result: Floats = (sums[:, :-1] / length).astype(np.float32)
    return result


class TypeTable:
    """Scores of word types, made once: ``values @ weights`` of the type's features, and the square of its length."""

    def __init__(self, space: Space, vocabulary: Vocabulary, weights: Floats) -> None:
        self._space = space
        self._weights = weights
        self._table = WordTable(vocabulary, weights.shape[1] + 1, self._make)

    def _make(self, word: str) -> Floats:
        places, values = self._space.vector(word)
        return np.append(values @ self._weights[places], values @ values).astype(np.float32)

    def scores(self, types: sparse.csr_matrix) -> Floats:
        """Scores (texts, columns): the sum over the distinct words of each text, divided by the norm."""
        return _normed(self._table.sums(types))


class PairTable:
    """Scores of word pairs: idf times weights, summed and divided by the length of the pairs' vector."""

    def __init__(self, space: Space, vocabulary: Vocabulary, weights: Floats) -> None:
        self._pairs = Pairs(space, vocabulary)
        rows = np.column_stack([weights * (space.pair_idf * PAIR_SCALE)[:, None], space.pair_idf**2])
        self._rows = rows.astype(np.float32)

    def scores(self, batch: Batch) -> Floats:
        """Scores (texts, columns)."""
        return _normed(self._pairs.matrix(batch) @ self._rows)


class _Tables:
    """What is made for one vocabulary: the word types' scores, the pairs', the cue lists'."""

    def __init__(self, space: Space, heads: Heads) -> None:
        self.vocabulary = Vocabulary()
        self.types = TypeTable(space, self.vocabulary, np.concatenate([head.words for head in heads.linear], axis=1))
        self.pairs = PairTable(space, self.vocabulary, np.concatenate([head.pairs for head in heads.linear], axis=1))
        self.lists = Lists(space.lexicon, self.vocabulary)


class Reader:
    """Themes, polarity and attribution by linear heads over one shared space of features."""

    def __init__(self, space: Space, heads: Heads, version: str, encoder: Encoder | None = None) -> None:
        self.space = space
        self.heads = heads
        self.version = version
        self.encoder = encoder
        self._tables = _Tables(space, heads)
        self._dense = np.concatenate([head.dense for head in heads.linear], axis=1)
        self._bias = np.concatenate([head.bias for head in heads.linear])
        self._columns = heads.columns()

    def theme_scores(self, passages: Sequence[Passage]) -> Floats:
        """Calibrated probability of every theme, shape (passages, themes), themes in the codebook's order."""
        raw, *_ = self._raw(passages)
        return self.heads.themes.probability(raw[:, self._columns[0]])

    def _raw(self, passages: Sequence[Passage]) -> tuple[Floats, Context, Reads, Found]:
        """Scores of all heads, the passages' context, the words that they need, and the phrases among those."""
        if len(self._tables.vocabulary) > MOST:
            self._tables = _Tables(self.space, self.heads)
        tables = self._tables
        reads = Reads(tables.vocabulary, passages)
        met = tables.lists.phrases.find(reads.batch)
        context = Context(tables.lists, passages, reads, met, self.encoder)
        scores = tables.types.scores(reads.own) + tables.pairs.scores(reads.passages)
        return scores + context.scores(self._dense) + self._bias, context, reads, met

    def read(self, passages: Sequence[Passage], kinds: Mapping[str, str] | None = None) -> list[Reading]:
        """What each of ``passages`` says. They stand in reading order; ``Passage.document`` keeps documents apart.

        ``kinds``: the kind of source (``records.SOURCE_KINDS``) by ``Passage.document``, where it is known.
        """
        if not passages:
            return []
        raw, context, reads, met = self._raw(passages)
        batch = reads.passages
        themes, polarity = self._columns[:2]
        known = [(kinds or {}).get(passage.document) for passage in passages]
        speakers = self._speakers(passages, reads, batch, raw, context, known)
        chance = self.heads.themes.probability(raw[:, themes])
        given: dict[int, list[int]] = {}
        for number, k in zip(
            *(axis.tolist() for axis in np.nonzero(chance >= self.heads.themes.threshold)), strict=True
        ):
            given.setdefault(number, []).append(k)
        cues = self._tables.lists.cues(batch, met, given)
        labels = self._labels(given, cues, chance, raw[:, polarity], context, batch)
        return [Reading(labels.get(number, ()), speakers[number]) for number in range(len(passages))]

    def _speakers(
        self, passages: Sequence[Passage], reads: Reads, batch: Batch, raw: Floats, context: Context,
        kinds: Sequence[str | None],
    ) -> list[Attribution]:  # fmt: skip
        _, polarity, own, voice, opening = (raw[:, columns] for columns in self._columns)
        spoken = np.zeros_like(voice)
        for part in reads.slices:
            spoken[part] = voice[part].mean(axis=0) + opening[part.start]
        features = speaker_features(passages, batch.words, own, spoken, polarity, context.own, context.shape)
        return self.heads.speaker.best(features, kinds)  # type: ignore[return-value]

    def _labels(
        self, given: Mapping[int, Sequence[int]], cues: Mapping[int, Sequence[Cue]], chance: Floats, polarity: Floats,
        context: Context, batch: Batch,
    ) -> dict[int, tuple[Label, ...]]:  # fmt: skip
        """The labels of the passages to which themes are ``given``, by passage."""
        themes = self.heads.themes.labels
        words = batch.words
        # Where one theme stands alone the whole passage speaks of it; only several can differ in sense.
        spans = {
            (number, k): span
            for number, places in given.items()
            if len(places) > 1
            for k in places
            if (span := scope(words[number], cues[number], themes[k])) is not None
        }
        verbs = {number: sense_row(words[number], cues[number]) for number in given}
        clauses = self._clauses(
            list(dict.fromkeys((number, span) for (number, _), span in spans.items())), context, batch
        )
        head, found = self.heads.polarity, {}
        by_verb = head.extra[len(themes) :]
        for number, places in given.items():
            whole = polarity[number] + verbs[number] @ by_verb
            mine = []
            for k in places:
                scores = whole
                if (span := spans.get((number, k))) is not None:
                    clause, alone = clauses[number, span]
                    scores = clause if alone else whole + np.float32(CLAUSE) * (clause - whole)
                sense = head.labels[int(np.argmax(head.probability(scores + head.extra[k])))]
                wanted = (themes[k], f"polarity:{sense}")
                met = dict.fromkeys(
                    " ".join(words[number][cue.start : cue.end]) for cue in cues[number] if cue.list in wanted
                )
                mine.append(Label(themes[k], sense, round(float(chance[number, k]), 4), tuple(met)))  # type: ignore[arg-type]
            found[number] = tuple(mine)
        return found

    def _clauses(
        self, spans: Sequence[tuple[int, Span]], context: Context, batch: Batch
    ) -> dict[tuple[int, Span], tuple[Floats, bool]]:
        """Polarity scores of clauses (passage, span of its words), read as if they stood alone in the same context.

        With each: whether it decides alone, since it names a deficiency only to deny it.
        """
        if not spans:
            return {}
        head, columns, tables, own = self.heads.polarity, self._columns[1], self._tables, context.layout.own
        cut = batch.cut([(number, *span) for number, span in spans])
        types, met = cut.types(), tables.lists.phrases.find(cut)
        cues = tables.lists.cues(cut, met, range(len(cut)))
        around = context.scores(head.dense, own=False)[[number for number, _ in spans]]
        scores = tables.types.scores(types)[:, columns] + tables.pairs.scores(cut)[:, columns]
        scores = scores + tables.lists.rows(types, met)[0] @ head.dense[own] + around + head.bias
        by_verb = head.extra[len(self.heads.themes.labels) :]
        rows = [sense_row(cut.words[row], cues[row]) for row in range(len(cut))]
        for number, row in enumerate(rows):
            scores[number] += row @ by_verb
        return dict(zip(spans, zip(scores.astype(np.float32), map(denied, rows), strict=True), strict=True))
