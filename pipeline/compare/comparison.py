"""The long table: municipality x theme x period x polarity x source kind x attribution."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from pipeline.compare import frame
from pipeline.compare.cube import POLARITY_AXIS, Cube, Margin
from pipeline.compare.intervals import Floats
from pipeline.compare.rates import document_rates, hide, status
from pipeline.compare.selection import Selection
from pipeline.geography import by_code

PROBLEM, ANY = 0, len(POLARITY_AXIS) - 1
Index = tuple[NDArray[np.int64], ...]


@dataclass(frozen=True, slots=True)
class Estimates:
    """What is modelled over the base slice, NaN where not computed.

    ``corrected*`` and ``pooled*`` have shape (M, T, P, Q) and (M, T, P); ``rank*`` (M, T), of
    period 'all'; ``colour`` (M, T) of ''/'green'/'yellow'/'red'; ``ranked`` (T,): how many were
    ranked; ``share*`` (M, T, P, Q), the bounds in period 'all' only (M, T, Q).
    """

    corrected: tuple[Floats, Floats, Floats]
    pooled: tuple[Floats, Floats, Floats]
    rank: tuple[Floats, Floats, Floats]
    ranked: NDArray[np.int64]
    colour: NDArray[np.object_]
    share: Floats
    share_low: Floats
    share_high: Floats


def _base_rows(cube: Cube) -> Index:
    """Positions of the rows of the base slice (see the dictionary: which rows exist)."""
    wanted = cube.having > 0
    wanted[..., PROBLEM] = wanted[..., ANY] = True
    wanted &= cube.documents[:, None, :, None] > 0
    wanted[:, :, 0, :] = True
    return np.nonzero(wanted)


def _places(cube: Cube, positions: NDArray[np.int64]) -> dict[str, pa.Array]:
    known = [by_code()[code] for code in cube.axes.municipalities]
    return {
        "municipality": frame.labels(positions, cube.axes.municipalities),
        "name": frame.labels(positions, [row.name for row in known]),
    }


def _group(cube: Cube, positions: NDArray[np.int64]) -> pa.Array:
    groups = [by_code()[code].skr_group for code in cube.axes.municipalities]
    names = sorted(set(groups))
    codes = np.asarray([names.index(group) for group in groups], dtype=np.int64)
    return frame.labels(codes[positions], names)


def _rates(having: NDArray[np.int32], documents: NDArray[np.int32], findings: NDArray[np.int32]) -> dict[str, pa.Array]:
    found = document_rates(having, documents)
    return {
        "documents": frame.integers(documents),
        "documents_with": frame.integers(having),
        "findings": frame.integers(findings),
        "rate": frame.numbers(found.rate),
        "low": frame.numbers(found.low),
        "high": frame.numbers(found.high),
    }


def _at(values: Floats, where: NDArray[np.bool_], index: Index) -> Floats:
    """``values`` at ``index`` for the rows of ``where``, NaN elsewhere."""
    picked = np.full(len(where), np.nan)
    picked[where] = values[tuple(axis[where] for axis in index)]
    return picked


def base_slice(cube: Cube, estimates: Estimates, selection: Selection) -> pa.Table:
    """The rows without margin: all sources and all voices, or those that the selection names."""
    m, t, p, q = index = _base_rows(cube)
    documents = cube.documents[m, p]
    problem, everything = q == PROBLEM, (q == PROBLEM) & (p == 0)
    columns = _places(cube, m) | {
        "theme": frame.labels(t, cube.axes.themes),
        "period": frame.labels(p, cube.axes.periods),
        "polarity": frame.labels(q, POLARITY_AXIS),
        "source_kind": frame.constant(selection.source or "all", len(m)),
        "attribution": frame.constant(selection.attribution or "all", len(m)),
    }
    columns |= _rates(cube.having[index], documents, cube.findings[index])
    for name, values in zip(("rate", "low", "high"), estimates.corrected, strict=True):
        columns[f"corrected_{name}"] = frame.numbers(hide(values[index], documents))
    for name, values in zip(("rate", "low", "high"), estimates.pooled, strict=True):
        columns[f"pooled_{name}"] = frame.numbers(_at(values, problem, (m, t, p)))
    for name, values in zip(("rank", "rank_low", "rank_high"), estimates.rank, strict=True):
        columns[name] = frame.integers(_at(values, everything, (m, t)))
    columns["ranked"] = frame.integers(np.where(everything, estimates.ranked[t].astype(np.float64), np.nan))
    columns["colour"] = frame.texts(np.where(everything, estimates.colour[m, t], ""))
    columns["share"] = frame.numbers(estimates.share[index])
    for name, values in (("share_low", estimates.share_low), ("share_high", estimates.share_high)):
        columns[name] = frame.numbers(_at(values, p == 0, (m, t, q)))
    columns["peer_group"] = _group(cube, m)
    columns["status"] = frame.texts(status(documents))
    return pa.table(columns)


def margin_slice(cube: Cube, margin: Margin, like: pa.Schema) -> pa.Table:
    """The rows of one margin (by source kind, or by attribution), where at least one unit has the theme."""
    wanted = margin.having > 0
    years = np.zeros(len(cube.axes.periods), dtype=bool)
    years[list(cube.axes.coarse)] = True
    wanted[:, :, :, ~years, :] = False
    wanted[:, :, :, 1:, 1:] = False
    m, t, k, p, q = np.nonzero(wanted)
    documents = margin.documents[m, k, p]
    columns = _places(cube, m) | {
        "theme": frame.labels(t, cube.axes.themes),
        "period": frame.labels(p, cube.axes.periods),
        "polarity": frame.labels(q, POLARITY_AXIS),
        "source_kind": frame.constant("all", len(m)),
        "attribution": frame.constant("all", len(m)),
        margin.column: frame.labels(k, margin.labels),
    }
    columns |= _rates(margin.having[m, t, k, p, q], documents, margin.findings[m, t, k, p, q])
    columns |= {
        "colour": frame.constant("", len(m)),
        "peer_group": _group(cube, m),
        "status": frame.texts(status(documents)),
    }
    arrays = [columns.get(name, pa.nulls(len(m), like.field(name).type)) for name in like.names]
    return pa.table(dict(zip(like.names, arrays, strict=True)))


def comparison(cube: Cube, estimates: Estimates, margins: Sequence[Margin], selection: Selection) -> pa.Table:
    """The whole long table; labels are dictionary-encoded."""
    base = base_slice(cube, estimates, selection)
    tables = [base, *(margin_slice(cube, margin, base.schema) for margin in margins)]
    return pa.concat_tables(tables).unify_dictionaries()
