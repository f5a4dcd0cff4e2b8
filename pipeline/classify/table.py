"""Rows of numbers by word, made at first sight and kept: a text costs one look-up per word and one sum."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from scipy import sparse

from pipeline.classify.vocabulary import Vocabulary

Floats = npt.NDArray[np.float32]
_FIRST_CAPACITY = 4096


class WordTable:
    """A table of ``width`` columns with a row for each word of ``vocabulary``, which ``make`` gives at first need."""

    def __init__(self, vocabulary: Vocabulary, width: int, make: Callable[[str], Floats]) -> None:
        self.vocabulary = vocabulary
        self._make = make
        # In double precision: the sum of a text's words is then the same in whatever order they come.
        self._rows = np.zeros((_FIRST_CAPACITY, width))
        self._made = 1  # number 0 is no word

    def rows(self) -> npt.NDArray[np.float64]:
        """The rows of all words of the vocabulary, shape (words, width)."""
        words = self.vocabulary.words
        while len(words) > len(self._rows):
            self._rows = np.concatenate([self._rows, np.zeros_like(self._rows)])
        for number in range(self._made, len(words)):
            self._rows[number] = self._make(words[number])
        self._made = len(words)
        return self._rows[: len(words)]

    def sums(self, types: sparse.csr_matrix) -> Floats:
        """The sum of the rows of each text's words, shape (texts, width); ``types``: texts x words."""
        result: Floats = (types @ self.rows()).astype(np.float32)
        return result
