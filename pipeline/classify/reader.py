"""The trained classifier at work: passages in, themes with polarity and attribution out.

One row of scores per word type is made at first sight and kept, so that a passage costs a look-up per word.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from pipeline.classify.features import Floats, Space, lists_row, shape_row
from pipeline.classify.heads import Head
from pipeline.classify.tokens import tokens
from pipeline.records import Attribution, Passage, Polarity

_FIRST_CAPACITY = 4096


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


class Reader:
    """Themes, polarity and attribution by linear heads over one shared space of features."""

    def __init__(self, space: Space, heads: dict[str, Head], version: str) -> None:
        self.space = space
        self.heads = heads
        self.version = version
        self._order = tuple(heads)
        self._words = np.concatenate([heads[name].words for name in self._order], axis=1)
        self._dense = np.concatenate([heads[name].dense for name in self._order], axis=1)
        self._bias = np.concatenate([heads[name].bias for name in self._order])
        self._types: dict[str, int] = {}
        self._scores = np.zeros((_FIRST_CAPACITY, self._words.shape[1]), dtype=np.float32)
        self._squares = np.zeros(_FIRST_CAPACITY, dtype=np.float32)

    def _type(self, word: str) -> int:
        place = self._types.get(word)
        if place is None:
            place = self._types[word] = len(self._types)
            if place == len(self._squares):
                self._scores = np.concatenate([self._scores, np.zeros_like(self._scores)])
                self._squares = np.concatenate([self._squares, np.zeros_like(self._squares)])
            places, values = self.space.vector(word)
            self._scores[place] = values @ self._words[places]
            self._squares[place] = float(values @ values)
        return place

    def _word_scores(self, texts: Sequence[Sequence[str]]) -> Floats:
        result = np.zeros((len(texts), self._words.shape[1]), dtype=np.float32)
        for number, words in enumerate(texts):
            places = [self._type(word) for word in dict.fromkeys(words)]
            if places:
                total = math.sqrt(float(self._squares[places].sum()))
                result[number] = self._scores[places].sum(axis=0) / (total or 1.0)
        return result

    def _dense_rows(self, passages: Sequence[Passage], texts: Sequence[Sequence[str]]) -> Floats:
        lexicon = self.space.lexicon
        empty = np.zeros(2 * len(lexicon.lists), dtype=np.float32)
        known: dict[str | None, Floats] = {None: empty, "": empty}
        own = [lists_row(lexicon, words) for words in texts]
        known |= {passage.text: row for passage, row in zip(passages, own, strict=True)}

        def context(text: str | None) -> Floats:
            if text not in known:
                known[text] = lists_row(lexicon, tokens(text or ""))
            return known[text]

        return np.stack([
            np.concatenate([row, context(passage.heading), context(passage.previous), shape_row(passage, words)])
            for passage, words, row in zip(passages, texts, own, strict=True)
        ])  # fmt: skip

    def scores(self, passages: Sequence[Passage]) -> dict[str, Floats]:
        """Calibrated probabilities per head, shape (passages, labels of the head)."""
        if not passages:
            return {name: np.zeros((0, len(head.labels)), dtype=np.float32) for name, head in self.heads.items()}
        texts = [tokens(passage.text) for passage in passages]
        raw = self._word_scores(texts) + self._dense_rows(passages, texts) @ self._dense + self._bias
        result, start = {}, 0
        for name in self._order:
            head = self.heads[name]
            result[name] = head.probability(raw[:, start : start + len(head.labels)])
            start += len(head.labels)
        return result

    def read(self, passages: Sequence[Passage]) -> list[Reading]:
        """What each of ``passages`` says. They stand in reading order and may come from several documents."""
        scores = self.scores(passages)
        themes, polarity, attribution = (self.heads[name] for name in ("themes", "polarity", "attribution"))
        given = scores["themes"] >= themes.threshold
        readings: list[Reading] = []
        for number in range(len(passages)):
            sense = polarity.labels[int(np.argmax(scores["polarity"][number]))]
            speaker = attribution.labels[int(np.argmax(scores["attribution"][number]))]
            found = tuple(
                Label(themes.labels[k], sense, round(float(scores["themes"][number, k]), 4))  # type: ignore[arg-type]
                for k in np.flatnonzero(given[number])
            )
            readings.append(Reading(found, speaker))  # type: ignore[arg-type]
        return self._with_cues(passages, readings)

    def _with_cues(self, passages: Sequence[Passage], readings: list[Reading]) -> list[Reading]:
        return [
            self._cued(passage, reading) if reading.labels else reading
            for passage, reading in zip(passages, readings, strict=True)
        ]

    def _cued(self, passage: Passage, reading: Reading) -> Reading:
        words = tokens(passage.text)
        cues = self.space.lexicon.cues(words)

        def of(label: Label) -> tuple[str, ...]:
            wanted = (label.theme, f"polarity:{label.polarity}")
            return tuple(dict.fromkeys(" ".join(words[c.start : c.end]) for c in cues if c.list in wanted))

        return replace(reading, labels=tuple(replace(label, cues=of(label)) for label in reading.labels))
