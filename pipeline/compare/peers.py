"""Whom a municipality may be set beside: its SKR group, its county, similar municipalities, the country."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from pipeline.compare import frame
from pipeline.compare.intervals import Floats, newcombe
from pipeline.compare.rates import clustered, hide, status
from pipeline.geography import Municipality, municipalities

SIMILAR = 7
KINDS = ("skr_group", "county", "similar", "country")


@dataclass(frozen=True, slots=True)
class PeerGroup:
    """A municipality's peers of one kind, itself not among them."""

    kind: str
    peer: str
    label: str
    members: tuple[int, ...]


def _distance(one: Municipality, other: Municipality, spread: float) -> float:
    """Size (log of population in standard deviations) and structure (SKR's group and main group)."""
    size = abs(np.log(one.population) - np.log(other.population)) / spread
    same, near = one.skr_group == other.skr_group, one.skr_group[0] == other.skr_group[0]
    return float(size + (0.0 if same else 0.5 if near else 1.5))


@cache
def similar(code: str, number: int = SIMILAR) -> tuple[str, ...]:
    """Codes of the ``number`` municipalities nearest in size and structure, the nearest first."""
    everyone = municipalities()
    spread = float(np.std([np.log(row.population) for row in everyone]))
    own = next(row for row in everyone if row.code == code)
    others = sorted((row for row in everyone if row.code != code), key=lambda r: (_distance(own, r, spread), r.code))
    return tuple(row.code for row in others[:number])


@cache
def groups_of(code: str) -> tuple[PeerGroup, ...]:
    """The four peer groups of a municipality; members are positions in order of code."""
    everyone = municipalities()
    place = {row.code: i for i, row in enumerate(everyone)}
    own = everyone[place[code]]
    near = similar(code)
    return (
        PeerGroup(
            "skr_group", own.skr_group, f"{own.skr_group} {own.skr_group_name}",
            tuple(i for i, row in enumerate(everyone) if row.skr_group == own.skr_group and row is not own),
        ),
        PeerGroup(
            "county", own.county_code, own.county_name,
            tuple(i for i, row in enumerate(everyone) if row.county_code == own.county_code and row is not own),
        ),
        PeerGroup("similar", "", "Liknande kommuner", tuple(place[peer] for peer in near)),
        PeerGroup("country", "", "Riket", tuple(i for i, row in enumerate(everyone) if row is not own)),
    )  # fmt: skip


def _membership(codes: Sequence[str]) -> list[NDArray[np.bool_]]:
    """One (M, M) matrix per kind of peer: row i marks the peers of i."""
    size = len(codes)
    matrices = [np.zeros((size, size), dtype=bool) for _ in KINDS]
    for i, code in enumerate(codes):
        for matrix, group in zip(matrices, groups_of(code), strict=True):
            matrix[i, list(group.members)] = True
    return matrices


def _bounds(peers: NDArray[np.bool_], having: Floats, base: Floats, here: NDArray[np.int64]) -> tuple[Floats, Floats]:
    """Cluster-robust bounds (M, T) of the peers' pooled rates, for the municipalities ``here``; NaN elsewhere."""
    low, high = np.full(having.shape, np.nan), np.full(having.shape, np.nan)
    for i in here:
        low[i], high[i] = clustered(having[peers[i]], base[peers[i]])
    return low, high


def peers_table(having: Floats, documents: Floats, codes: Sequence[str], themes: Sequence[str]) -> pa.Table:
    """The table ``peers`` for municipalities with documents, from counts (M, T) and (M,) of period 'all'."""
    marks = status(documents)
    base = np.repeat(documents[:, None], having.shape[1], axis=1)
    here = np.flatnonzero(documents > 0)
    tables = [_kind(k, peers, having, base, here, codes, themes, marks) for k, peers in enumerate(_membership(codes))]
    return pa.concat_tables(tables)


def _kind(
    kind: int, peers: NDArray[np.bool_], having: Floats, base: Floats, here: NDArray[np.int64],
    codes: Sequence[str], themes: Sequence[str], marks: NDArray[np.object_],
) -> pa.Table:  # fmt: skip
    x, n = peers @ having, peers @ base
    low, high = _bounds(peers, having, base, here)
    with np.errstate(divide="ignore", invalid="ignore"):
        rate, own = x / n, hide(having / base, base)
    down, up = newcombe(having, base, x, n)
    rows, columns = np.repeat(here, len(themes)), np.tile(np.arange(len(themes)), len(here))
    at = (rows, columns)
    groups = [groups_of(codes[i])[kind] for i in here]
    shown = (base[at] > 0) & ~np.isnan(own[at]) & (n[at] > 0)
    each = np.repeat(np.arange(len(here)), len(themes))

    def numbers(values: Floats) -> pa.Array:
        return frame.numbers(np.where(shown, values[at], np.nan))

    return pa.table(
        {
            "municipality": frame.labels(rows, list(codes)).cast(pa.string()),
            "theme": frame.labels(columns, list(themes)).cast(pa.string()),
            "peer_kind": pa.array([KINDS[kind]] * len(rows), pa.string()),
            "peer": frame.labels(each, [group.peer for group in groups]).cast(pa.string()),
            "peer_label": frame.labels(each, [group.label for group in groups]).cast(pa.string()),
            "members": pa.array([[codes[i] for i in group.members] for group in groups], pa.list_(pa.string())).take(
                pa.array(each)
            ) if kind < len(KINDS) - 1 else pa.array([[]] * len(rows), pa.list_(pa.string())),
            "documents": frame.integers(n[at]), "documents_with": frame.integers(x[at]),
            "rate": frame.numbers(hide(rate[at], n[at])), "low": frame.numbers(hide(low[at], n[at])),
            "high": frame.numbers(hide(high[at], n[at])), "own_rate": frame.numbers(own[at]),
            "difference": numbers(own - rate), "difference_low": numbers(down), "difference_high": numbers(up),
            "separable": pa.array(shown & ((down[at] > 0) | (up[at] < 0))),
            "status": frame.texts(marks[rows]).cast(pa.string()),
        }
    )  # fmt: skip


def group_numbers(codes: Sequence[str]) -> NDArray[np.int64]:
    """Number (from 0) of the SKR group of each municipality."""
    by_code: dict[str, Any] = {row.code: row.skr_group for row in municipalities()}
    return np.unique([by_code[code] for code in codes], return_inverse=True)[1].astype(np.int64)
