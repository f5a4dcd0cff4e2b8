"""Near-duplicate documents from their MinHash signatures, by locality-sensitive hashing in numpy."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

SIMILAR = 0.8
ROWS = 4
_MIX = np.uint64(0x9E3779B97F4A7C15)


def _signatures(prints: pa.Table) -> tuple[NDArray[np.int64], NDArray[np.uint64]]:
    """Row numbers and signatures (documents, positions) of those with the usual signature length."""
    column = prints.column("fingerprint").combine_chunks()
    lengths = np.asarray(column.value_lengths().to_numpy(zero_copy_only=False), dtype=np.int64)
    usual = int(np.bincount(lengths).argmax()) if len(lengths) else 0
    keep = column.filter(pa.array(lengths == usual))
    rows = prints.column("i").to_numpy().astype(np.int64)[lengths == usual]
    signatures = keep.flatten().to_numpy(zero_copy_only=False).astype(np.uint64).reshape(len(rows), usual)
    rows, once = np.unique(rows, return_index=True)
    return rows, signatures[once]


def _band(block: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """One hash for the positions of a band; overflow wraps around on purpose."""
    mixed = np.zeros(len(block), dtype=np.uint64)
    for column in block.T:
        mixed = (mixed ^ column) * _MIX
        mixed ^= mixed >> np.uint64(29)
    return mixed


def _candidates(signatures: NDArray[np.uint64]) -> NDArray[np.int64]:
    """Pairs that agree on all positions of at least one band: neighbours and the first of each bucket."""
    found = []
    for start in range(0, signatures.shape[1] - ROWS + 1, ROWS):
        keys = _band(signatures[:, start : start + ROWS])
        order = np.argsort(keys)
        ordered = keys[order]
        same = ordered[1:] == ordered[:-1]
        if not same.any():
            continue
        first = np.maximum.accumulate(np.where(np.r_[True, ~same], np.arange(len(order)), 0))
        later = np.flatnonzero(same) + 1
        found += [
            np.column_stack([order[later - 1], order[later]]),
            np.column_stack([order[first[later]], order[later]]),
        ]
    if not found:
        return np.empty((0, 2), dtype=np.int64)
    return np.unique(np.sort(np.vstack(found), axis=1), axis=0)


def near_duplicates(prints: pa.Table, documents: pa.Table, gap: int) -> NDArray[np.int64]:
    """Pairs of row numbers whose texts share at least ``SIMILAR`` of their shingles.

    ``prints`` has ``i`` and ``fingerprint`` (MinHash: the share of equal positions estimates
    Jaccard's index; Broder 1997); ``documents`` has ``places`` and ``day`` for every ``i``. Two
    reports of the same form about different municipalities, or more than ``gap`` days
    apart, are not copies of each other however alike they are.
    """
    if not prints.num_rows:
        return np.empty((0, 2), dtype=np.int64)
    rows, signatures = _signatures(prints)
    pairs = _candidates(signatures)
    if not len(pairs):
        return np.empty((0, 2), dtype=np.int64)
    alike = (signatures[pairs[:, 0]] == signatures[pairs[:, 1]]).mean(axis=1) >= SIMILAR
    pairs = rows[pairs[alike]]
    places = np.asarray(documents.column("places").to_pylist(), dtype=object)
    days = documents.column("day").cast(pa.int32()).to_numpy(zero_copy_only=False).astype(np.float64)
    apart = np.abs(days[pairs[:, 0]] - days[pairs[:, 1]])
    near: NDArray[np.int64] = pairs[(places[pairs[:, 0]] == places[pairs[:, 1]]) & ~(apart > gap)]
    return near
