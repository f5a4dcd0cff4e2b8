"""Runs that stand in a row."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pipeline.classify.runs import places, upto


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 6)), max_size=12))
def test_places_are_those_of_all_runs_in_order(runs: list[tuple[int, int]]) -> None:
    """Runs give every place from their beginning on, and ``upto`` says where each of them stands in that."""
    starts, lengths = (np.array(side, dtype=np.int32) for side in (list(zip(*runs, strict=True)) or [(), ()]))
    flat, ends = places(starts, lengths).tolist(), upto(lengths).tolist()
    assert flat == [place for start, length in runs for place in range(start, start + length)]
    assert [flat[a:b] for a, b in pairwise(ends)] == [list(range(s, s + n)) for s, n in runs]
