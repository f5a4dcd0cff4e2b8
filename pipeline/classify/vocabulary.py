"""Words by number: a text becomes whole numbers once, and all that follows is sums over rows of tables.

A text is cut at white space; each piece ('rutiner,') is cut into words when it is first met and then only looked up.
That gives the same words as ``tokens``: no word spans white space. The rare texts for which it does not (names of
municipalities of several words or that are words as well) take the long way.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from itertools import chain

import numpy as np
import numpy.typing as npt
from scipy import sparse

from pipeline.classify.tokens import needs_context, tokens
from pipeline.language.lemmas import lemma

Numbers = npt.NDArray[np.int32]
# Words after which a vocabulary begins anew: what a long run meets (numbers, names) would else grow without end.
MOST = 300_000
_LONG_WAY = 0


class _Pieces(dict[str, tuple[int, ...]]):
    """Piece of text -> numbers of its words; ``_LONG_WAY`` in it means that the whole text must be looked at."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        super().__init__()
        self._vocabulary = vocabulary

    def __missing__(self, piece: str) -> tuple[int, ...]:
        words = (_LONG_WAY,) if needs_context(piece) else tuple(map(self._vocabulary.number, tokens(piece)))
        self[piece] = words
        return words


class Vocabulary:
    """All words met so far, by number from 1 up; ``words[number]`` is the word, ``lemmas[number]`` its lemma's number.

    Number 0 is no word.
    """

    def __init__(self) -> None:
        self.words: list[str] = [""]
        self._numbers: dict[str, int] = {}
        self._pieces = _Pieces(self)
        self._lemma_numbers: dict[str, int] = {}
        self._lemmas = np.zeros(1024, dtype=np.int32)

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

    def read(self, text: str) -> list[int]:
        """The numbers of the words of ``text``, in order: those of ``tokens(text)``."""
        pieces = self._pieces
        found = [number for piece in text.split() for number in pieces[piece]]
        if (
            _LONG_WAY in found or "\x85" in text
        ):  # U+0085: white space here, three dots among left-overs of windows-1252
            return [self.number(word) for word in tokens(text)]
        return found


class Batch:
    """Texts as numbers: ``lists`` one list a text; ``flat`` all in a row, text ``i`` at ``ends[i]:ends[i + 1]``."""

    def __init__(self, vocabulary: Vocabulary, lists: list[list[int]]) -> None:
        self.lists = lists
        self.ends = _ends(lists)
        self.flat: Numbers = np.fromiter(chain.from_iterable(lists), np.int32, int(self.ends[-1]))
        self.vocabulary = vocabulary

    @classmethod
    def read(cls, vocabulary: Vocabulary, texts: Iterable[str]) -> Batch:
        """``texts`` as numbers."""
        return cls(vocabulary, list(map(vocabulary.read, texts)))

    @classmethod
    def of_words(cls, vocabulary: Vocabulary, texts: Iterable[Iterable[str]]) -> Batch:
        """Texts that are cut into words already."""
        return cls(vocabulary, [list(map(vocabulary.number, words)) for words in texts])

    def first(self, number: int) -> Batch:
        """The first ``number`` texts."""
        return self if number == len(self) else Batch(self.vocabulary, self.lists[:number])

    def __len__(self) -> int:
        return len(self.lists)

    @cached_property
    def rows(self) -> Numbers:
        """The text of every word in ``flat``."""
        return np.repeat(np.arange(len(self), dtype=np.int32), np.diff(self.ends))

    def types(self) -> sparse.csr_matrix:
        """Texts x words, 1 where the word occurs."""
        distinct = [list(dict.fromkeys(numbers)) for numbers in self.lists]
        ends = _ends(distinct)
        columns = np.fromiter(chain.from_iterable(distinct), np.int32, int(ends[-1]))
        ones = np.ones(len(columns), dtype=np.float32)
        return sparse.csr_matrix((ones, columns, ends), shape=(len(self), len(self.vocabulary)))

    def strings(self, number: int) -> list[str]:
        """The words of one text."""
        words = self.vocabulary.words
        return [words[k] for k in self.lists[number]]


def _ends(lists: Sequence[Sequence[int]]) -> Numbers:
    ends = np.zeros(len(lists) + 1, dtype=np.int32)
    np.cumsum(np.fromiter(map(len, lists), np.int32, len(lists)), out=ends[1:])
    return ends
