"""Phrases among the words of many texts at once: two neighbours are looked up as one number, the rest is walked to.

A phrase is met where its words stand in order, in any inflection, at most two other words between each pair.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import repeat
from typing import NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from pipeline.classify.tokens import tokens
from pipeline.classify.vocabulary import Batch, Vocabulary
from pipeline.language.lemmas import lemma

GAP = 2
KEY = np.int64(1) << np.int64(32)


class HasTerm(Protocol):
    """What a phrase is made from: ``term`` holds its words."""

    @property
    def term(self) -> str:
        """The words of the phrase."""


class Met(NamedTuple):
    """A phrase met: in which text, at which half-open word positions, which (its place in the table's ``entries``)."""

    text: int
    start: int
    end: int
    entry: int


# The lemmas of a phrase by number, the place of the first of its two neighbours that are looked up, its entry.
_Phrase = tuple[tuple[int, ...], int, int]


class PhraseTable:
    """Finds the phrases of ``entries`` in batches of texts of ``vocabulary``; one word alone is met where it stands."""

    def __init__(self, entries: Sequence[HasTerm], vocabulary: Vocabulary) -> None:
        listed = [tuple(map(lemma, tokens(entry.term))) for entry in entries]
        pairs: dict[int, list[_Phrase]] = defaultdict(list)
        self._single: dict[int, list[int]] = defaultdict(list)
        for number, words in enumerate(listed):
            known = tuple(map(vocabulary.lemma_number, words))
            if len(words) == 1:
                self._single[known[0]].append(number)
                continue
            # The longest two neighbours: long words are rare, so few texts hold both without the phrase.
            link = max(range(len(words) - 1), key=lambda i: (len(words[i]) * len(words[i + 1]), -i))
            pairs[known[link] << 32 | known[link + 1]].append((known, link, number))
        self._keys = np.array(sorted(pairs), dtype=np.int64)
        self._phrases = [pairs[int(key)] for key in self._keys]
        self._first, self._second = (_flags(half) for half in (self._keys >> 32, self._keys & (KEY - 1)))

    def find(self, batch: Batch) -> list[Met]:
        """All phrases met, by text and position."""
        lemmas = batch.vocabulary.lemmas[batch.flat]
        listed, ends, phrases = lemmas.tolist(), batch.ends.tolist(), self._phrases
        found = set(self._singles(lemmas, batch))
        met_from: set[tuple[int, int]] = set()
        for position, distance, key, text in self._neighbours(lemmas, batch.rows):
            low, high = ends[text], ends[text + 1]
            for words, link, entry in phrases[key]:
                if (entry, position) in met_from:  # the nearest second word is the one that counts
                    continue
                start, end = position, position + distance
                if len(words) > 2:
                    outer = _walk(listed, start, words[:link][::-1], -1, low, high)
                    inner = _walk(listed, end, words[link + 2 :], 1, low, high)
                    if outer is None or inner is None:
                        continue
                    start, end = outer, inner
                met_from.add((entry, position))
                found.add(Met(text, start - low, end + 1 - low, entry))
        return sorted(found)

    def _singles(self, lemmas: npt.NDArray[np.int32], batch: Batch) -> Iterator[Met]:
        if not self._single:
            return
        for place in np.flatnonzero(np.isin(lemmas, list(self._single))).tolist():
            text = int(batch.rows[place])
            at = place - int(batch.ends[text])
            yield from (Met(text, at, at + 1, entry) for entry in self._single[int(lemmas[place])])

    def _neighbours(
        self, lemmas: npt.NDArray[np.int32], rows: npt.NDArray[np.int32]
    ) -> list[tuple[int, int, int, int]]:
        """Position, distance to the second word, number of the key and text of every looked-up pair, nearest first."""
        if not len(self._keys) or not len(lemmas):
            return []
        first, second = _marked(self._first, lemmas), _marked(self._second, lemmas)
        found: list[tuple[int, int, int, int]] = []
        for distance in range(1, GAP + 2):
            may = first[:-distance] & second[distance:] & (rows[:-distance] == rows[distance:])
            here = np.flatnonzero(may)
            asked = (lemmas[here].astype(np.int64) << 32) | lemmas[here + distance]
            at = np.minimum(np.searchsorted(self._keys, asked), len(self._keys) - 1)
            met = self._keys[at] == asked
            here, at = here[met], at[met]
            found += zip(here.tolist(), repeat(distance), at.tolist(), rows[here].tolist(), strict=False)
        return found


def _flags(numbers: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    flags = np.zeros(int(numbers.max(initial=0)) + 2, dtype=bool)
    flags[numbers] = True
    return flags


def _marked(flags: npt.NDArray[np.bool_], numbers: npt.NDArray[np.int32]) -> npt.NDArray[np.bool_]:
    """The flag of each number; lemmas younger than the table have none (its last flag is False)."""
    result: npt.NDArray[np.bool_] = flags[np.minimum(numbers, len(flags) - 1)]
    return result


def _walk(lemmas: Sequence[int], position: int, words: Sequence[int], step: int, low: int, high: int) -> int | None:
    """The position of the last of ``words``, each within the gap of the one before; None where one is missing."""
    for word in words:
        for distance in range(1, GAP + 2):
            there = position + step * distance
            if low <= there < high and lemmas[there] == word:
                position = there
                break
        else:
            return None
    return position
