"""Phrases among the words of many texts at once: two neighbours are looked up as one number, the rest is walked to.

A phrase is met where its words stand in order, in any inflection, at most two other words between each pair.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from pipeline.classify.keys import KeyIndex
from pipeline.classify.runs import places, upto
from pipeline.classify.tokens import tokens
from pipeline.classify.vocabulary import Batch, Numbers, Vocabulary
from pipeline.language.lemmas import lemma

GAP = 2
KEY = np.int64(1) << np.int64(32)


class HasTerm(Protocol):
    """What a phrase is made from: ``term`` holds its words."""

    @property
    def term(self) -> str:
        """The words of the phrase."""


# The lemmas of a phrase by number, the place of the first of its two neighbours that are looked up, its entry.
_Phrase = tuple[tuple[int, ...], int, int]
Ints = npt.NDArray[np.intp]


class Met(NamedTuple):
    """A phrase met: in which text, at which half-open word positions, which (its place in the table's ``entries``)."""

    text: int
    start: int
    end: int
    entry: int


class Found(NamedTuple):
    """Phrases met, one row each in four columns as of ``Met``, by text and position."""

    text: Ints
    start: Ints
    end: Ints
    entry: Ints

    def met(self) -> list[Met]:
        """The rows."""
        return list(map(Met._make, zip(*(column.tolist() for column in self), strict=True)))

    def of(self, texts: Iterable[int]) -> dict[int, list[Met]]:
        """The rows of each of ``texts``."""
        wanted: dict[int, list[Met]] = {text: [] for text in texts}
        for row in self.met():
            if row.text in wanted:
                wanted[row.text].append(row)
        return wanted


class PhraseTable:
    """Finds the phrases of ``entries`` in batches of texts of ``vocabulary``; one word alone is met where it stands."""

    def __init__(self, entries: Sequence[HasTerm], vocabulary: Vocabulary) -> None:
        listed = [tuple(map(lemma, tokens(entry.term))) for entry in entries]
        pairs: dict[int, list[_Phrase]] = defaultdict(list)
        single: dict[int, list[int]] = defaultdict(list)
        for number, words in enumerate(listed):
            known = tuple(map(vocabulary.lemma_number, words))
            if len(words) == 1:
                single[known[0]].append(number)
                continue
            # The longest two neighbours: long words are rare, so few texts hold both without the phrase.
            link = max(range(len(words) - 1), key=lambda i: (len(words[i]) * len(words[i + 1]), -i))
            pairs[known[link] << 32 | known[link + 1]].append((known, link, number))
        keys = np.array(sorted(pairs), dtype=np.int64)
        self._index = KeyIndex(keys)
        self._first, self._second = (_flags(half) for half in (keys >> 32, keys & (KEY - 1)))
        # Phrases of two words are met as soon as their key is; longer ones are walked to.
        phrases = [pairs[int(key)] for key in keys]
        self._short = _Many([[entry for words, _, entry in mine if len(words) == 2] for mine in phrases])
        longer = [phrase for mine in phrases for phrase in mine if len(phrase[0]) > 2]
        place = {phrase: number for number, phrase in enumerate(longer)}
        self._long = _Many([[place[phrase] for phrase in mine if len(phrase[0]) > 2] for mine in phrases])
        self._entries = np.array([entry for _, _, entry in longer], dtype=np.intp)
        self._before = _padded([words[:link][::-1] for words, link, _ in longer])
        self._after = _padded([words[link + 2 :] for words, link, _ in longer])
        self._alone = KeyIndex(np.array(list(single), dtype=np.int64))
        self._singles = _Many(list(single.values()))

    def find(self, batch: Batch) -> Found:
        """All phrases met, by text and position. The nearest second word is the one that counts."""
        lemmas = batch.vocabulary.lemmas[batch.flat]
        at, distance, key = self._neighbours(lemmas, batch.rows)
        parts = [
            self._one_word(lemmas),
            self._two_words(at, distance, key),
            self._more(lemmas, batch, at, distance, key),
        ]
        start, end, entry = (np.concatenate(columns) for columns in zip(*parts, strict=True))
        text = batch.rows[start].astype(np.intp)
        low = batch.ends[text]
        order = np.lexsort((entry, end, start))
        return Found(text[order], (start - low)[order], (end - low)[order], entry[order])

    def _one_word(self, lemmas: Numbers) -> tuple[Ints, Ints, Ints]:
        if not len(self._singles):
            return _NOTHING
        found = self._alone.places(lemmas.astype(np.int64))
        here = np.flatnonzero(found >= 0)
        row, entry = self._singles.of(found[here])
        return here[row], here[row] + 1, entry

    def _two_words(self, at: Ints, distance: Ints, key: Ints) -> tuple[Ints, Ints, Ints]:
        _, nearest = np.unique(at * self._index.size + key, return_index=True)
        row, entry = self._short.of(key[nearest])
        start = at[nearest][row]
        return start, start + distance[nearest][row] + 1, entry

    def _more(self, lemmas: Numbers, batch: Batch, at: Ints, distance: Ints, key: Ints) -> tuple[Ints, Ints, Ints]:
        row, phrase = self._long.of(key)
        text = batch.rows[at[row]]
        bounds = batch.ends[text], batch.ends[text + 1]
        start = _walk(lemmas, at[row], self._before[phrase], -1, *bounds)
        end = _walk(lemmas, at[row] + distance[row], self._after[phrase], 1, *bounds)
        met = np.flatnonzero((start >= 0) & (end >= 0))
        entry = self._entries[phrase[met]]
        # The nearest second word with which the walk succeeds is the one that counts; rows come nearest first.
        _, nearest = np.unique(at[row[met]] * (int(entry.max(initial=0)) + 1) + entry, return_index=True)
        # From two places one may walk to the same words.
        found = np.unique(np.stack([start[met], end[met] + 1, entry], axis=1)[nearest], axis=0)
        return found[:, 0], found[:, 1], found[:, 2]

    def _neighbours(self, lemmas: Numbers, rows: Numbers) -> tuple[Ints, Ints, Ints]:
        """Position, distance to the second word and number of the key of every looked-up pair, nearest first."""
        first, second = np.flatnonzero(_marked(self._first, lemmas)), _marked(self._second, lemmas)
        found: list[tuple[Ints, Ints, Ints]] = [_NOTHING]
        for distance in range(1, GAP + 2):
            here = first[: np.searchsorted(first, len(lemmas) - distance)]
            here = here[second[here + distance] & (rows[here] == rows[here + distance])]
            key = self._index.places(lemmas[here].astype(np.int64) << 32 | lemmas[here + distance])
            met = key >= 0
            found.append((here[met], np.full(int(met.sum()), distance), key[met].astype(np.intp)))
        return tuple(np.concatenate(columns) for columns in zip(*found, strict=True))  # type: ignore[return-value]


_NOTHING = (np.zeros(0, dtype=np.intp),) * 3


class _Many:
    """Several numbers for each key, as one row and its ends."""

    def __init__(self, lists: Sequence[Sequence[int]]) -> None:
        self._ends = upto(np.array([len(mine) for mine in lists], dtype=np.intp))
        self._flat = np.array([number for mine in lists for number in mine], dtype=np.intp)

    def __len__(self) -> int:
        return len(self._flat)

    def of(self, keys: Ints | Numbers) -> tuple[Ints, Ints]:
        """All numbers of ``keys``, in order: which of ``keys`` each belongs to, and the number."""
        starts = self._ends[keys]
        lengths = self._ends[keys + 1] - starts
        return np.repeat(np.arange(len(keys)), lengths), self._flat[places(starts, lengths)]


def _flags(numbers: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    flags = np.zeros(int(numbers.max(initial=0)) + 2, dtype=bool)
    flags[numbers] = True
    return flags


def _marked(flags: npt.NDArray[np.bool_], numbers: npt.NDArray[np.int32]) -> npt.NDArray[np.bool_]:
    """The flag of each number; lemmas younger than the table have none (its last flag is False)."""
    result: npt.NDArray[np.bool_] = flags[np.minimum(numbers, len(flags) - 1)]
    return result


def _padded(rows: Sequence[Sequence[int]]) -> Numbers:
    """``rows`` as an array, filled up with noughts."""
    result = np.zeros((len(rows), max(map(len, rows), default=0)), dtype=np.int32)
    for number, row in enumerate(rows):
        result[number, : len(row)] = row
    return result


def _walk(lemmas: Numbers, position: Ints, words: Numbers, step: int, low: Numbers, high: Numbers) -> Ints:
    """Where the last of each row of ``words`` stands, each word within the gap of the one before; -1 where one lacks.

    ``words`` is filled up with noughts; rows are walked from ``position``, between ``low`` and ``high``.
    """
    position = position.copy()
    for column in words.T:
        here = np.flatnonzero((column != 0) & (position >= 0))
        if not len(here):
            break
        asked, last = column[here], np.full(len(here), -1, dtype=np.intp)
        for distance in range(GAP + 1, 0, -1):  # the nearest comes last and stays
            there = position[here] + step * distance
            inside = (there >= low[here]) & (there < high[here])
            last = np.where(inside & (lemmas[np.where(inside, there, 0)] == asked), there, last)
        position[here] = last
    return position
