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
FROM (SELECT DISTINCT document, passage, theme, polarity, attribution FROM findings
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


def _periods(axes: Axes) -> str:
    """SQL that gives the list of period positions a unit counts in."""
    years = "[" + ", ".join(f"'{year}'" for year in axes.years) + "]"
    last, width = len(axes.periods) - 1, len(axes.years)
    if not width:
        return f"[0, {last}]"
    place = f"array_position({years}, year)"
    return (
        f"CASE WHEN year IS NULL THEN [0, {last}] WHEN half IS NULL THEN [0, {place}] "
        f"ELSE [0, {place}, {width} - 1 + 2 * {place} + half] END"
    )


def axes_of(connection: duckdb.DuckDBPyConnection, codebook: Codebook) -> Axes:
    """The axes that the units of this connection span (after ``units.merge``)."""
    years = connection.execute("SELECT DISTINCT year FROM cmp_units WHERE year IS NOT NULL ORDER BY 1").fetchall()
    themes = (*(theme.id for theme in codebook.themes), "all")
    return Axes(tuple(row.code for row in municipalities()), themes, tuple(row[0] for row in years))


def _fill(connection: duckdb.DuckDBPyConnection, query: str, shape: tuple[int, ...], values: int = 1) -> list[Counts]:
    """Arrays of ``shape`` from rows whose first columns are positions and whose last ``values`` are counts."""
    columns = list(connection.execute(query).fetchnumpy().values())
    places = tuple(np.asarray(column, dtype=np.int64) for column in columns[: len(shape)])
    arrays = []
    for column in columns[len(shape) :][:values]:
        array = np.zeros(shape, dtype=np.int32)
        array[places] = np.asarray(column, dtype=np.int32)
        arrays.append(array)
    return arrays


def prepare(connection: duckdb.DuckDBPyConnection, axes: Axes, selection: Selection) -> None:
    """Make ``cmp_findings`` (per unit), ``cmp_when`` (unit, period) and ``cmp_where`` (unit, municipality position)."""
    connection.execute(_FINDINGS, {"themes": list(axes.themes[:-1]), "attribution": selection.attribution})
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE cmp_when AS SELECT unit, unnest({_periods(axes)}) AS period FROM cmp_units"
    )
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE cmp_where AS SELECT unit, array_position($codes, municipality) - 1 AS place "
        "FROM cmp_places WHERE list_contains($codes, municipality)",
        {"codes": list(axes.municipalities)},
    )
    masks = ", ".join(f"max(CASE WHEN polarity = '{p}' THEN 1 ELSE 0 END)" + f" AS has_{p}" for p in POLARITIES)
    counts = ", ".join(f"sum(CASE WHEN polarity = '{p}' THEN n ELSE 0 END) AS n_{p}" for p in POLARITIES)
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE cmp_senses AS "
        f"SELECT unit, coalesce(theme, {len(axes.themes) - 1}) AS theme, {masks}, 1 AS has_all, {counts}, "
        "sum(n) AS n_all FROM cmp_findings GROUP BY GROUPING SETS ((unit, theme), (unit))"
    )


def _sums() -> str:
    names = [f"has_{p}" for p in POLARITY_AXIS] + [f"n_{p}" for p in POLARITY_AXIS]
    return ", ".join(f"sum({name})" for name in names)


def build(connection: duckdb.DuckDBPyConnection, axes: Axes) -> Cube:
    """Count units per municipality, theme, period and polarity, and nationally (after ``prepare``)."""
    m, t, p, q = len(axes.municipalities), len(axes.themes), len(axes.periods), len(POLARITY_AXIS)
    (documents,) = _fill(
        connection,
        "SELECT place, period, count(*) FROM cmp_where JOIN cmp_when USING (unit) GROUP BY place, period",
        (m, p),
    )
    (national,) = _fill(connection, "SELECT period, count(*) FROM cmp_when GROUP BY period", (p,))
    local = _fill(
        connection,
        f"SELECT place, theme, period, {_sums()} FROM cmp_senses JOIN cmp_where USING (unit) "
        "JOIN cmp_when USING (unit) GROUP BY place, theme, period",
        (m, t, p),
        2 * q,
    )
    whole = _fill(
        connection,
        f"SELECT theme, period, {_sums()} FROM cmp_senses JOIN cmp_when USING (unit) GROUP BY theme, period",
        (t, p),
        2 * q,
    )
    return Cube(
        axes,
        documents,
        np.stack(local[:q], axis=-1),
        np.stack(local[q:], axis=-1),
        national,
        np.stack(whole[:q], axis=-1),
        np.stack(whole[q:], axis=-1),
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
    (documents,) = _fill(
        connection,
        f"SELECT place, {_labels('source_kind', SOURCE_KINDS)} AS k, period, count(*) FROM "
        "(SELECT DISTINCT unit, source_kind FROM cmp_documents) JOIN cmp_where USING (unit) JOIN cmp_when USING (unit) "
        "GROUP BY ALL",
        (len(axes.municipalities), len(SOURCE_KINDS), len(axes.periods)),
    )
    return documents


def margin(connection: duckdb.DuckDBPyConnection, cube: Cube, column: str) -> Margin:
    """Counts by ``column`` ('source_kind' or 'attribution'); only coarse periods are filled (see ``Axes.coarse``)."""
    axes = cube.axes
    labels: tuple[str, ...] = SOURCE_KINDS if column == "source_kind" else ATTRIBUTIONS
    shape = (len(axes.municipalities), len(axes.themes), len(labels), len(axes.periods), len(POLARITY_AXIS))
    coarse = ", ".join(map(str, axes.coarse))
    having, findings = _fill(
        connection,
        f"WITH senses AS (SELECT unit, coalesce(theme, {shape[1] - 1}) AS theme, {_labels(column, labels)} AS k, "
        f"coalesce({_labels('polarity', POLARITIES)}, {len(POLARITIES)}) AS sense, sum(n) AS n FROM cmp_findings "
        f"GROUP BY GROUPING SETS ((unit, theme, {column}, polarity), (unit, {column}, polarity), "
        f"(unit, theme, {column}), (unit, {column}))) "
        "SELECT place, theme, k, period, sense, count(*), sum(n) FROM senses JOIN cmp_where USING (unit) "
        f"JOIN cmp_when USING (unit) WHERE period IN ({coarse}) GROUP BY place, theme, k, period, sense",
        shape,
        2,
    )
    return Margin(column, labels, _margin_documents(connection, axes, cube, column), having, findings)
