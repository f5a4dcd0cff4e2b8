"""Words by number: a text becomes whole numbers once, and all that follows is sums over rows of tables.

A text is cut at white space; each piece ('rutiner,') is cut into words when it is first met and then only looked up.
That gives the same words as ``tokens``: no word spans white space. The rare texts for which it does not (names of
municipalities of several words or that are words as well) take the long way.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from itertools import chain, pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse

from pipeline.classify.keys import distinct
from pipeline.classify.runs import places, upto
from pipeline.classify.tokens import needs_context, tokens
from pipeline.language.lemmas import lemma

Numbers = npt.NDArray[np.int32]
# Words after which a vocabulary begins anew: what a long run meets (numbers, names) would else grow without end.
MOST = 150_000
_FIRST_CAPACITY = 1024
# Stands between texts that are cut together, as a piece of its own and without words.
_BREAK = " \x00|\x00 "


class Row:
    """A growing row of numbers: what was added goes to the array when that is asked for."""

    def __init__(self, kind: type[np.generic], first: Iterable[int] = ()) -> None:
        self._array: npt.NDArray[Any] = np.zeros(_FIRST_CAPACITY, dtype=kind)
        self._length = 0
        self._new: list[int] = list(first)

    def extend(self, numbers: Iterable[int]) -> None:
        """Add ``numbers``."""
        self._new += numbers

    def array(self) -> npt.NDArray[Any]:
        """All numbers added so far."""
        if self._new:
            end = self._length + len(self._new)
            while end > len(self._array):
                self._array = np.concatenate([self._array, np.zeros_like(self._array)])
            self._array[self._length : end] = self._new
            self._length, self._new = end, []
        return self._array[: self._length]


class _Pieces(dict[str, int]):
    """Piece of text -> its number, from 0 up. The words of all pieces stand in a row, made longer when it is read."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        super().__init__()
        self._vocabulary = vocabulary
        self._words, self._ends, self._long = Row(np.int32), Row(np.int32, [0]), Row(np.bool_)
        self._last = 0
        self[_BREAK.strip()] = self._add((), False)

    def _add(self, words: Sequence[int], long: bool) -> int:
        self._last += len(words)
        self._words.extend(words)
        self._ends.extend((self._last,))
        self._long.extend((long,))
        return len(self)

    def __missing__(self, piece: str) -> int:
        alone = not needs_context(piece)
        number = self[piece] = self._add(list(map(self._vocabulary.number, tokens(piece))) if alone else (), not alone)
        return number

    def arrays(self) -> tuple[Numbers, Numbers, npt.NDArray[np.bool_]]:
        """The words of all pieces in a row; piece ``i`` at ``ends[i]:ends[i + 1]``; whether it needs its whole text."""
        return self._words.array(), self._ends.array(), self._long.array()


class Vocabulary:
    """All words met so far, by number from 1 up; ``words[number]`` is the word, ``lemmas[number]`` its lemma's number.

    Number 0 is no word.
    """

    def __init__(self) -> None:
        self.words: list[str] = [""]
        self._numbers: dict[str, int] = {}
        self._pieces = _Pieces(self)
        self._lemma_numbers: dict[str, int] = {}
        self._lemmas = np.zeros(_FIRST_CAPACITY, dtype=np.int32)

    def __len__(self) -> int:
        return len(self.words)

    def number(self, word: str) -> int:
        """The number of a word, given now if it has none."""
        found = self._numbers.get(word)
        if found is None:
            found = self._numbers[word] = len(self.words)
            self.words.append(word)
            if found == len(self._lemmas):
                self._lemmas = np.concatenate([self._lemmas, np.zeros_like(self._lemmas)])
            self._lemmas[found] = self.lemma_number(lemma(word))
        return found

    def lemma_number(self, word: str) -> int:
        """The number of a lemma, given now if it has none; from 1 up, apart from the words' numbers."""
        return self._lemma_numbers.setdefault(word, len(self._lemma_numbers) + 1)

    @property
    def lemmas(self) -> Numbers:
        """The lemma number of every word, shape (words,)."""
        return self._lemmas[: len(self.words)]

    def read(self, texts: Sequence[str]) -> tuple[Numbers, Numbers]:
        """The numbers of the words of ``texts`` in a row, those of ``tokens(text)`` in order; and the ends of texts.

        Text ``i`` stands at ``ends[i]:ends[i + 1]``.
        """
        # One long text is cut at once; a list for each text would cost more than all look-ups.
        cut = _BREAK.join(texts).split()
        pieces = np.fromiter(map(self._pieces.__getitem__, cut), np.int32, len(cut))
        breaks = np.flatnonzero(pieces == 0)
        if len(breaks) != max(0, len(texts) - 1):
            return self._read_again(texts, range(len(texts)), np.zeros(0, np.int32), np.zeros(len(texts) + 1, np.int32))
        words, starts, long = self._pieces.arrays()
        lengths = np.diff(starts)[pieces]
        flat, of_piece = words[places(starts[pieces], lengths)], upto(lengths)
        ends = np.concatenate([[0], of_piece[breaks], of_piece[-1:]]).astype(np.int32)[-len(texts) - 1 :]
        # U+0085: white space here, three dots among left-overs of windows-1252.
        again = {number for number, text in enumerate(texts) if "\x85" in text}
        again.update(np.searchsorted(breaks, np.flatnonzero(long[pieces])).tolist())
        return self._read_again(texts, sorted(again), flat, ends) if again else (flat, ends)

    def _read_again(
        self, texts: Sequence[str], again: Sequence[int], flat: Numbers, ends: Numbers
    ) -> tuple[Numbers, Numbers]:
        """``flat`` and ``ends`` with the words of the texts ``again`` read from the whole text."""
        parts, lengths, done = [], np.diff(ends), 0
        for number in again:
            words = np.array([self.number(word) for word in tokens(texts[number])], dtype=np.int32)
            parts += [flat[done : ends[number]], words]
            done, lengths[number] = int(ends[number + 1]), len(words)
        return np.concatenate([*parts, flat[done:]]), upto(lengths)


class Batch:
    """Texts as numbers: ``flat`` all words in a row, text ``i`` at ``ends[i]:ends[i + 1]``."""

    def __init__(self, vocabulary: Vocabulary, flat: Numbers, ends: Numbers) -> None:
        self.vocabulary = vocabulary
        self.flat = flat
        self.ends = ends

    @classmethod
    def read(cls, vocabulary: Vocabulary, texts: Sequence[str]) -> Batch:
        """``texts`` as numbers."""
        return cls(vocabulary, *vocabulary.read(texts))

    @classmethod
    def of_words(cls, vocabulary: Vocabulary, texts: Iterable[Iterable[str]]) -> Batch:
        """Texts that are cut into words already."""
        lists = [list(map(vocabulary.number, words)) for words in texts]
        ends = upto(np.fromiter(map(len, lists), np.int32, len(lists)))
        return cls(vocabulary, np.fromiter(chain.from_iterable(lists), np.int32, int(ends[-1])), ends)

    def first(self, number: int) -> Batch:
        """The first ``number`` texts."""
        return Batch(self.vocabulary, self.flat[: self.ends[number]], self.ends[: number + 1])

    def cut(self, spans: Sequence[tuple[int, int, int]]) -> Batch:
        """Parts of texts as texts: (text, half-open word positions in it)."""
        starts, lengths = (
            np.array([self.ends[text] + start for text, start, _ in spans], dtype=np.int32),
            np.array([end - start for _, start, end in spans], dtype=np.int32),
        )
        return Batch(self.vocabulary, self.flat[places(starts, lengths)], upto(lengths))

    def __len__(self) -> int:
        return len(self.ends) - 1

    @cached_property
    def rows(self) -> Numbers:
        """The text of every word in ``flat``."""
        return np.repeat(np.arange(len(self), dtype=np.int32), np.diff(self.ends))

    @cached_property
    def lists(self) -> list[list[int]]:
        """The numbers of each text's words."""
        flat, ends = self.flat.tolist(), self.ends.tolist()
        return [flat[start:end] for start, end in pairwise(ends)]

    @cached_property
    def words(self) -> list[list[str]]:
        """The words of each text."""
        words = list(map(self.vocabulary.words.__getitem__, self.flat.tolist()))
        return [words[start:end] for start, end in pairwise(self.ends.tolist())]

    def types(self) -> sparse.csr_matrix:
        """Texts x words, 1 where the word occurs."""
        # Sums over these rows are taken in double precision, so that the order of words does not show in them.
        keys = distinct(self.rows.astype(np.int64) << 32 | self.flat)
        ends = np.searchsorted(keys, np.arange(len(self) + 1, dtype=np.int64) << 32).astype(np.int32)
        columns = (keys & 0xFFFFFFFF).astype(np.int32)
        return sparse.csr_matrix((np.ones(len(keys)), columns, ends), shape=(len(self), len(self.vocabulary)))
