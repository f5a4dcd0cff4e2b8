"""Shares of a municipality's own findings, with documents as clusters."""

from __future__ import annotations

import duckdb
import numpy as np

from pipeline.compare.cube import POLARITY_AXIS, Cube
from pipeline.compare.intervals import Bounds, Floats
from pipeline.compare.rates import BASE, ratio_bounds
from pipeline.records import POLARITIES


def share(cube: Cube) -> Floats:
    """Findings of the theme / all findings of that polarity, per municipality and period: shape (M, T, P, Q)."""
    total = cube.findings[:, -1:, :, :]
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(cube.documents[:, None, :, None] >= BASE, cube.findings / total, np.nan)


def _moments(connection: duckdb.DuckDBPyConnection, cube: Cube) -> list[Floats]:
    """Sums over units of y^2, xy, x^2 and the number of units with findings, in period 'all': each (M, T, Q)."""
    m, t, q = len(cube.axes.municipalities), len(cube.axes.themes), len(POLARITY_AXIS)
    sums = ", ".join(f"sum(s.n_{p} * s.n_{p}), sum(s.n_{p} * a.n_{p}), sum(a.n_{p} * a.n_{p})" for p in POLARITY_AXIS)
    rows = connection.execute(
        f"SELECT place, s.theme, {sums} FROM cmp_senses s JOIN cmp_senses a ON a.unit = s.unit AND a.theme = {t - 1} "
        "JOIN cmp_where ON cmp_where.unit = s.unit GROUP BY place, s.theme"
    ).fetchnumpy()
    columns = [np.asarray(column, dtype=np.float64) for column in rows.values()]
    places = (columns[0].astype(np.int64), columns[1].astype(np.int64))
    cubes = [np.zeros((m, t, q)) for _ in range(3)]
    for index in range(q):
        for kind in range(3):
            cubes[kind][(*places, index)] = columns[2 + 3 * index + kind]
    return cubes


def share_bounds(connection: duckdb.DuckDBPyConnection, cube: Cube) -> Bounds:
    """Intervals of ``share`` in period 'all', shape (M, T, Q); NaN under the base. Documents are the clusters."""
    own2, cross, _ = _moments(connection, cube)
    total2 = _total_squares(connection, cube)
    own = cube.findings[:, :, 0, :].astype(np.float64)
    total = np.broadcast_to(own[:, -1:, :], own.shape)
    clusters = np.broadcast_to(cube.having[:, -1:, 0, :].astype(np.float64), own.shape)
    low, high = ratio_bounds(own, total, own2, cross, np.broadcast_to(total2[:, None, :], own.shape), clusters)
    hidden = (cube.documents[:, 0] < BASE)[:, None, None] | (total == 0)
    return np.where(hidden, np.nan, low), np.where(hidden, np.nan, high)


def _total_squares(connection: duckdb.DuckDBPyConnection, cube: Cube) -> Floats:
    """Sum over units of (all findings of the polarity)^2, shape (M, Q)."""
    last = len(cube.axes.themes) - 1
    sums = ", ".join(f"sum(n_{p} * n_{p})" for p in (*POLARITIES, "all"))
    rows = connection.execute(
        f"SELECT place, {sums} FROM cmp_senses JOIN cmp_where USING (unit) WHERE theme = {last} GROUP BY place"
    ).fetchnumpy()
    columns = [np.asarray(column, dtype=np.float64) for column in rows.values()]
    squares = np.zeros((len(cube.axes.municipalities), len(POLARITY_AXIS)))
    for index, column in enumerate(columns[1:]):
        squares[columns[0].astype(np.int64), index] = column
    return squares
