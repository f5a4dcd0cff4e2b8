"""Runs in a row: lists of different lengths that stand one after the other in one array."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.signedinteger[Any]]


def upto(lengths: Ints) -> Ints:
    """Where runs of these ``lengths`` begin and end: run ``i`` at ``upto[i]:upto[i + 1]``."""
    ends = np.zeros(len(lengths) + 1, dtype=lengths.dtype)
    np.cumsum(lengths, out=ends[1:])
    return ends


def places(starts: Ints, lengths: Ints) -> Ints:
    """Every place of the runs that begin at ``starts``, one run after the other."""
    ends = upto(lengths)
    return np.repeat(starts - ends[:-1], lengths) + np.arange(ends[-1], dtype=lengths.dtype)
