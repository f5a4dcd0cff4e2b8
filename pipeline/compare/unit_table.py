"""The table ``units``: one row per counted document after merging, so that every rate can be recounted."""

from __future__ import annotations

import duckdb
import pyarrow as pa

from pipeline.compare.cube import Axes
from pipeline.compare.frame import fetch

_UNITS = """
WITH themes AS (
    SELECT unit, list_sort(list($themes[theme + 1]) FILTER (has_problem = 1 AND theme < len($themes))) AS themes,
           sum(n_all) FILTER (theme = len($themes)) AS findings FROM cmp_senses GROUP BY unit
), acts AS (
    SELECT unit, count(*) AS events FROM events JOIN cmp_documents USING (document) WHERE speaks GROUP BY unit
), places AS (SELECT unit, list_sort(list(municipality)) AS municipality FROM cmp_places GROUP BY unit)
SELECT CAST(u.unit AS INTEGER) AS unit, coalesce(p.municipality, []) AS municipality, u.document, u.documents, u.urls,
       u.title, u.date, coalesce(u.year, 'unknown') AS period_year,
       CASE WHEN u.year IS NOT NULL AND u.half IS NOT NULL THEN u.year || '-H' || u.half END AS period_half,
       u.source_kinds, CAST(u.merged AS INTEGER) AS merged, coalesce(array_to_string(u.reasons, ','), '') AS reason,
       coalesce(t.themes, []) AS themes, CAST(coalesce(t.findings, 0) AS INTEGER) AS findings,
       CAST(coalesce(a.events, 0) AS INTEGER) AS events
FROM cmp_units u LEFT JOIN themes t USING (unit) LEFT JOIN acts a USING (unit) LEFT JOIN places p USING (unit)
ORDER BY u.document
"""


def units_table(connection: duckdb.DuckDBPyConnection, axes: Axes) -> pa.Table:
    """One row per unit: its documents, place, period, why they were merged, and the themes it counts for."""
    return fetch(connection, _UNITS, themes=list(axes.themes[:-1]))
