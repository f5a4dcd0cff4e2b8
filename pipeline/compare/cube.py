"""The counts behind every rate, in dense arrays: municipality x theme x period x polarity.

Axes: municipalities in order of code; themes of the codebook and last 'all'; periods 'all',
the years, their half-years, 'unknown'; polarities of ``records.POLARITIES`` and last 'all'.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import duckdb
import numpy as np
from numpy.typing import NDArray

from pipeline.codebook import Codebook
from pipeline.compare.selection import Selection
from pipeline.geography import municipalities
from pipeline.records import ATTRIBUTIONS, POLARITIES, SOURCE_KINDS

Counts = NDArray[np.int32]
POLARITY_AXIS = (*POLARITIES, "all")
_FINDINGS = """
CREATE OR REPLACE TEMP TABLE cmp_findings AS
SELECT unit, array_position($themes, theme) - 1 AS theme, polarity, attribution, source_kind, count(*) AS n
FROM (SELECT {distinct} document, passage, theme, polarity, attribution FROM findings
      WHERE $attribution IS NULL OR attribution = $attribution)
JOIN cmp_documents USING (document)
WHERE speaks AND list_contains($themes, theme)
GROUP BY ALL
"""


@dataclass(frozen=True, slots=True)
class Axes:
    """The labels of the cube's axes. ``years`` are in order; half-years follow them in ``periods``."""

    municipalities: tuple[str, ...]
    themes: tuple[str, ...]
    years: tuple[str, ...]

    @property
    def periods(self) -> tuple[str, ...]:
        """'all', the years, the half-years ('2019-H1'), 'unknown'."""
        return ("all", *self.years, *(f"{year}-H{half}" for year in self.years for half in (1, 2)), "unknown")

    @property
    def coarse(self) -> tuple[int, ...]:
        """Positions of 'all', the years and 'unknown' among the periods."""
        return (*range(len(self.years) + 1), len(self.periods) - 1)


@dataclass(frozen=True, slots=True)
class Cube:
    """Counts of units. M municipalities, T themes, P periods, Q polarities (see the module).

    ``documents`` (M, P); ``having`` and ``findings`` (M, T, P, Q); ``national_*`` the same
    without the first axis, units without a municipality included, each unit once.
    """

    axes: Axes
    documents: Counts
    having: Counts
    findings: Counts
    national_documents: Counts
    national_having: Counts
    national_findings: Counts
    kinds: dict[str, Counts] = field(default_factory=dict)


def _slot(axes: Axes) -> str:
    """SQL for a unit's slot: three a year (half unknown, first, second), and one last for no year."""
    if not axes.years:
        return "0"
    years = "[" + ", ".join(f"'{year}'" for year in axes.years) + "]"
    return (
        f"CASE WHEN year IS NULL THEN {3 * len(axes.years)} ELSE 3 * (array_position({years}, year) - 1) END + "
        "CASE WHEN year IS NULL THEN 0 ELSE coalesce(half, 0) END"
    )


def fold(slots: Counts, axes: Axes, axis: int) -> Counts:
    """Counts by slot summed to counts by period along ``axis`` (see ``Axes.periods``)."""
    moved = np.moveaxis(slots, axis, 0)
    years = moved[:-1].reshape(len(axes.years), 3, *moved.shape[1:])
    halves = years[:, 1:].reshape(-1, *moved.shape[1:])
    periods = np.concatenate(
        [moved.sum(axis=0, dtype=np.int32)[None], years.sum(axis=1, dtype=np.int32), halves, moved[-1:]]
    )
    return np.moveaxis(periods, 0, axis)


def axes_of(connection: duckdb.DuckDBPyConnection, codebook: Codebook) -> Axes:
    """The axes that the units of this connection span (after ``units.merge``)."""
    years = connection.execute("SELECT DISTINCT year FROM cmp_units WHERE year IS NOT NULL ORDER BY 1").fetchall()
    themes = (*(theme.id for theme in codebook.themes), "all")
    return Axes(tuple(row.code for row in municipalities()), themes, tuple(row[0] for row in years))


def _fill(connection: duckdb.DuckDBPyConnection, query: str, shape: tuple[int, ...], values: int = 1) -> Counts:
    """An array of ``shape`` + (values,) from rows: first the positions, then ``values`` counts."""
    columns = list(connection.execute(query).fetchnumpy().values())
    array = np.zeros((*shape, values), dtype=np.int32)
    flat = array.reshape(-1, values)
    place = np.zeros(len(columns[0]), dtype=np.int64)
    for size, column in zip(shape, columns, strict=False):
        place = place * size + np.asarray(column, dtype=np.int64)
    for index, column in enumerate(columns[len(shape) :]):
        flat[place, index] = np.asarray(column, dtype=np.int32)
    return array


def prepare(connection: duckdb.DuckDBPyConnection, axes: Axes, selection: Selection) -> None:
    """Make ``cmp_findings`` (per unit), ``cmp_when`` (unit, slot) and ``cmp_where`` (unit, municipality position)."""
    # Only a document that stands in two segments (archived twice, with the same bytes) has its findings twice.
    twice = connection.execute("SELECT count(*) > count(DISTINCT id) FROM documents").fetchone()
    findings = _FINDINGS.format(distinct="DISTINCT" if twice and twice[0] else "")
    connection.execute(findings, {"themes": list(axes.themes[:-1]), "attribution": selection.attribution})
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE cmp_when AS SELECT unit, CAST({_slot(axes)} AS INTEGER) AS slot FROM cmp_units"
    )
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE cmp_where AS SELECT unit, array_position($codes, municipality) - 1 AS place "
        "FROM cmp_places WHERE list_contains($codes, municipality)",
        {"codes": list(axes.municipalities)},
    )
    last, names = len(axes.themes) - 1, [f"n_{p}" for p in POLARITIES]
    each = f"SELECT unit, theme, {_by_polarity('n')} FROM cmp_findings GROUP BY ALL"
    connection.execute(f"CREATE OR REPLACE TEMP TABLE cmp_each AS {each}")
    flags = ", ".join(f"CAST(n_{p} > 0 AS TINYINT) AS has_{p}" for p in POLARITIES)
    sums = ", ".join(f"sum({name}) AS {name}" for name in names)
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE cmp_senses AS SELECT unit, theme, {flags}, CAST(1 AS TINYINT) AS has_all, "
        f"{', '.join(names)}, {' + '.join(names)} AS n_all FROM (SELECT unit, theme, {', '.join(names)} FROM cmp_each "
        f"UNION ALL SELECT unit, {last}, {sums} FROM cmp_each GROUP BY unit)"
    )


def _by_polarity(count: str) -> str:
    """SQL that sums ``count`` into one small column a polarity."""
    return ", ".join(
        f"CAST(sum(CASE WHEN polarity = '{p}' THEN {count} ELSE 0 END) AS INTEGER) AS n_{p}" for p in POLARITIES
    )


def _sums() -> str:
    names = [f"has_{p}" for p in POLARITY_AXIS] + [f"n_{p}" for p in POLARITY_AXIS]
    return ", ".join(f"sum({name})" for name in names)


def build(connection: duckdb.DuckDBPyConnection, axes: Axes) -> Cube:
    """Count units per municipality, theme, period and polarity, and nationally (after ``prepare``)."""
    m, t, s, q = len(axes.municipalities), len(axes.themes), 3 * len(axes.years) + 1, len(POLARITY_AXIS)
    local = "SELECT place, slot, count(*) FROM cmp_where JOIN cmp_when USING (unit) GROUP BY place, slot"
    country = "SELECT slot, count(*) FROM cmp_when GROUP BY slot"
    senses = (
        f"SELECT place, theme, slot, {_sums()} FROM cmp_senses JOIN cmp_where USING (unit) JOIN cmp_when USING (unit) "
        "GROUP BY place, theme, slot"
    )
    whole = f"SELECT theme, slot, {_sums()} FROM cmp_senses JOIN cmp_when USING (unit) GROUP BY theme, slot"
    here = fold(_fill(connection, senses, (m, t, s), 2 * q), axes, 2)
    there = fold(_fill(connection, whole, (t, s), 2 * q), axes, 1)
    return Cube(
        axes,
        fold(_fill(connection, local, (m, s)), axes, 1)[..., 0],
        here[..., :q],
        here[..., q:],
        fold(_fill(connection, country, (s,)), axes, 0)[..., 0],
        there[..., :q],
        there[..., q:],
    )


@dataclass(frozen=True, slots=True)
class Margin:
    """Counts by source kind or attribution: ``documents`` (M, K, P), ``having`` and ``findings`` (M, T, K, P, Q)."""

    column: str
    labels: tuple[str, ...]
    documents: Counts
    having: Counts
    findings: Counts


def _labels(column: str, labels: tuple[str, ...]) -> str:
    return "array_position([" + ", ".join(f"'{label}'" for label in labels) + f"], {column}) - 1"


def _margin_documents(connection: duckdb.DuckDBPyConnection, axes: Axes, cube: Cube, column: str) -> Counts:
    """Denominators (M, K, P): units with a document of that kind; for an attribution, all units."""
    if column == "attribution":
        return np.repeat(cube.documents[:, None, :], len(ATTRIBUTIONS), axis=1)
    query = (
        f"SELECT place, {_labels('source_kind', SOURCE_KINDS)} AS k, slot, count(*) FROM "
        "(SELECT DISTINCT unit, source_kind FROM cmp_documents) JOIN cmp_where USING (unit) JOIN cmp_when USING (unit) "
        "GROUP BY ALL"
    )
    shape = (len(axes.municipalities), len(SOURCE_KINDS), 3 * len(axes.years) + 1)
    return fold(_fill(connection, query, shape), axes, 2)[..., 0]


def _margin_senses(connection: duckdb.DuckDBPyConnection, last: int, column: str, labels: tuple[str, ...]) -> None:
    """Make ``cmp_margin``: per unit, theme (``last``: all) and kind, which polarities it has and how many findings."""
    each = f"SELECT unit, theme, {_labels(column, labels)} AS k, {_by_polarity('n')} FROM cmp_findings GROUP BY ALL"
    names = [f"n_{p}" for p in POLARITIES]
    sums = ", ".join(f"sum({name}) AS {name}" for name in names)
    connection.execute(f"CREATE OR REPLACE TEMP TABLE cmp_each AS {each}")
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE cmp_margin AS SELECT unit, theme, k, {', '.join(names)} FROM cmp_each "
        f"UNION ALL SELECT unit, {last}, k, {sums} FROM cmp_each GROUP BY unit, k"
    )


def margin(connection: duckdb.DuckDBPyConnection, cube: Cube, column: str) -> Margin:
    """Counts by ``column`` ('source_kind' or 'attribution'): every polarity in 'all', 'problem' in other periods."""
    axes = cube.axes
    labels: tuple[str, ...] = SOURCE_KINDS if column == "source_kind" else ATTRIBUTIONS
    m, t, k, q = len(axes.municipalities), len(axes.themes), len(labels), len(POLARITY_AXIS)
    _margin_senses(connection, t - 1, column, labels)
    has = ", ".join(f"count(*) FILTER (n_{p} > 0)" for p in POLARITIES)
    total = " + ".join(f"n_{p}" for p in POLARITIES)
    findings = ", ".join(f"sum(n_{p})" for p in POLARITIES)
    joined = "FROM cmp_margin JOIN cmp_where USING (unit)"
    whole = f"SELECT place, theme, k, {has}, count(*), {findings}, sum({total}) {joined} GROUP BY place, theme, k"
    problems = (
        f"SELECT place, theme, k, slot, count(*), sum(n_problem) {joined} JOIN cmp_when USING (unit) "
        "WHERE n_problem > 0 GROUP BY place, theme, k, slot"
    )
    counts = np.zeros((m, t, k, len(axes.periods), q, 2), dtype=np.int32)
    counts[:, :, :, :, 0] = fold(_fill(connection, problems, (m, t, k, 3 * len(axes.years) + 1), 2), axes, 3)
    both = _fill(connection, whole, (m, t, k), 2 * q)
    counts[:, :, :, 0, :, 0], counts[:, :, :, 0, :, 1] = both[..., :q], both[..., q:]
    return Margin(column, labels, _margin_documents(connection, axes, cube, column), counts[..., 0], counts[..., 1])
