"""Which themes go together in one document, with lift and an interval that knows municipalities are clusters."""

from __future__ import annotations

from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from scipy.special import ndtr

from pipeline.compare.frame import fetch
from pipeline.compare.intervals import Floats, quantile
from pipeline.compare.trends import ALPHA, benjamini_hochberg
from pipeline.records import POLARITIES

LEAST = 5
_UNITS = """
SELECT unit, coalesce(place, -1) AS place, {masks}
FROM (SELECT unit, {bits} FROM cmp_senses WHERE theme < {last} GROUP BY unit)
LEFT JOIN (SELECT unit, min(place) AS place FROM cmp_where GROUP BY unit) USING (unit)
"""
_SENSES = (*POLARITIES, "all")


def _query(last: int) -> str:
    """One row a unit: its (first) municipality, and a bit mask of its themes for each polarity."""
    bits = (f"bit_or(CAST(has_{p} AS BIGINT) << theme) AS {p}_" for p in _SENSES)
    return _UNITS.format(masks=", ".join(f"{p}_" for p in _SENSES), bits=", ".join(bits), last=last)


def _indicators(table: pa.Table, column: str, themes: int) -> NDArray[np.float64]:
    """(units, T) of 0 and 1 from the bits of a column."""
    bits = table.column(column).to_numpy().astype(np.int64)
    return np.asarray((bits[:, None] >> np.arange(themes)) & 1, dtype=np.float64)


def lifts(having: Floats, clusters: NDArray[np.int64], total: int) -> tuple[Floats, Floats, Floats]:
    """Counts together (T, T), lift = P(both) / (P(a) P(b)), and the standard error of its log over clusters.

    Linearised: a cluster's influence is both/P(both) - a/P(a) - b/P(b) + its size. Units not in
    ``having`` have no theme; ``total`` counts them too.
    """
    both = having.T @ having
    single = np.diag(both)
    with np.errstate(divide="ignore", invalid="ignore"):
        lift = both * total / np.outer(single, single)
        share = both / total
        order = np.argsort(clusters, kind="stable")
        numbers, starts = np.unique(clusters[order], return_index=True)
        squares = np.zeros_like(both)
        for own in np.split(having[order], starts[1:]):
            pairs, alone = own.T @ own, own.sum(axis=0) / (single / total)
            squares += (pairs / share - alone[:, None] - alone[None, :] + len(own)) ** 2
        count = max(len(numbers), 2)
        robust = squares * count / (count - 1) / total**2
        plain = np.maximum(1 / both - 1 / single[:, None] - 1 / single[None, :] + 2 * lift / total - 1 / total, 0)
    return both, lift, np.sqrt(np.maximum(robust if len(numbers) >= 20 else plain, plain))


def cooccurrence_rows(
    connection: duckdb.DuckDBPyConnection, themes: tuple[str, ...], documents: int
) -> list[dict[str, Any]]:
    """Rows of the table ``cooccurrence``: each pair of themes once, for each polarity and 'all'."""
    rows: list[dict[str, Any]] = []
    table = fetch(connection, _query(len(themes)))
    for polarity in _SENSES if table.num_rows else ():
        rows += _pairs(table, themes, polarity, documents)
    q = benjamini_hochberg(np.asarray([np.nan if row["p"] is None else row["p"] for row in rows], dtype=np.float64))
    for row, value in zip(rows, q, strict=True):
        row["q"] = None if np.isnan(value) else float(value)
        row["separable"] = bool(value <= ALPHA)
    return rows


def _pairs(table: pa.Table, themes: tuple[str, ...], polarity: str, documents: int) -> list[dict[str, Any]]:
    both, lift, error = lifts(
        _indicators(table, f"{polarity}_", len(themes)), table.column("place").to_numpy().astype(np.int64), documents
    )
    rows = []
    for a in range(len(themes)):
        for b in range(a + 1, len(themes)):
            if not both[a, a] or not both[b, b]:
                continue
            known = both[a, b] >= LEAST and error[a, b] > 0
            reach = float(np.exp(quantile() * error[a, b])) if known else 0.0
            rows.append(
                {
                    "theme_a": themes[a], "theme_b": themes[b], "polarity": polarity, "documents": documents,
                    "with_a": int(both[a, a]), "with_b": int(both[b, b]), "both": int(both[a, b]),
                    "expected": float(both[a, a] * both[b, b] / documents), "lift": float(lift[a, b]),
                    "low": float(lift[a, b]) / reach if known else None,
                    "high": float(lift[a, b]) * reach if known else None,
                    "p": float(2 * ndtr(-abs(np.log(lift[a, b])) / error[a, b])) if known else None,
                }
            )  # fmt: skip
    return rows
