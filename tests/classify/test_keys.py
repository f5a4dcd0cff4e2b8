"""Keys found by hashing."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pipeline.classify.keys import KeyIndex, distinct

KEYS = st.lists(st.integers(0, 1 << 62) | st.integers(0, 40).map(lambda n: n << 32), unique=True, max_size=60)


@given(KEYS, st.lists(st.integers(0, 1 << 62), max_size=30))
def test_every_key_is_found_where_it_stands_and_nothing_else_is(keys: list[int], others: list[int]) -> None:
    """A key gives its place in the list; a number that is not in the list gives -1."""
    asked = [*keys, *others]
    given_ = KeyIndex(np.array(keys, dtype=np.int64)).places(np.array(asked, dtype=np.int64)).tolist()
    assert given_ == [keys.index(number) if number in keys else -1 for number in asked]


@given(st.lists(st.integers(0, 9)))
def test_distinct_keys_come_once_and_in_order(numbers: list[int]) -> None:
    """Sorting and dropping neighbours that are alike gives each number once."""
    assert distinct(np.array(numbers, dtype=np.int64)).tolist() == sorted(set(numbers))
