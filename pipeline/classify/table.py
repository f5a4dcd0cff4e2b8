"""Rows of numbers by word, made at first sight and kept: a text costs one look-up per word and one sum."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
_FIRST_CAPACITY = 4096
_CHUNK = 2048


def segment_sums(rows: Floats, places: Sequence[Sequence[int]]) -> Floats:
    """The sum of ``rows[places[i]]`` for each i, shape (len(places), columns). Row 0 must be noughts."""
    result = np.zeros((len(places), rows.shape[1]), dtype=np.float32)
    for start in range(0, len(places), _CHUNK):
        part = places[start : start + _CHUNK]
        flat = [place for row in part for place in (0, *row)]
        ends = np.cumsum([0, *(len(row) + 1 for row in part)])[:-1]
        result[start : start + len(part)] = np.add.reduceat(rows[flat], ends, axis=0)
    return result


class WordTable:
    """A table of ``width`` columns that ``make`` fills, one row for each word when it is first met."""

    def __init__(self, width: int, make: Callable[[str], Floats]) -> None:
        self._make = make
        self._rows = np.zeros((_FIRST_CAPACITY, width), dtype=np.float32)
        self._places: dict[str, int] = {}

    def _add(self, word: str) -> int:
        place = self._places[word] = len(self._places) + 1
        if place == len(self._rows):
            self._rows = np.concatenate([self._rows, np.zeros_like(self._rows)])
        self._rows[place] = self._make(word)
        return place

    def sums(self, texts: Iterable[Iterable[str]]) -> Floats:
        """The sum of the rows of each text's words, shape (texts, width)."""
        known, add = self._places, self._add
        places = [[known[word] if word in known else add(word) for word in words] for words in texts]
        return segment_sums(self._rows, places)
