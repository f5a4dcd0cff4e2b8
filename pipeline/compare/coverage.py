"""What was collected: beside every rate, so that absence of data never reads as absence of problems."""

from __future__ import annotations

import duckdb
import pyarrow as pa

from pipeline.compare.frame import fetch
from pipeline.geography import municipalities

_SEEN = """
WITH seen AS (
    SELECT d.id, d.url, d.captured, d.status, d.source_kind, d.date, p.municipality
    FROM documents d LEFT JOIN (
        SELECT document AS id, code AS municipality FROM concerns WHERE salience >= $salience
        UNION SELECT id, criticised FROM documents WHERE regexp_matches(criticised, '^[0-9]{4}$')
    ) p USING (id)
    WHERE $source IS NULL OR d.source_kind = $source
), read AS (
    SELECT coalesce(municipality, '') AS municipality, coalesce(source_kind, 'all') AS source_kind,
           count(DISTINCT url || ' ' || captured::VARCHAR) AS captures,
           count(DISTINCT id) FILTER (status = 'ok') AS documents,
           count(DISTINCT id) FILTER (status <> 'ok') AS unread,
           count(DISTINCT id) FILTER (status = 'ok' AND date IS NULL) AS undated,
           strftime(min(captured), '%Y-%m-%d') AS first, strftime(max(captured), '%Y-%m-%d') AS last,
           min(date) AS first_date, max(date) AS last_date
    FROM seen GROUP BY GROUPING SETS ((municipality, source_kind), (municipality))
), merged AS (
    SELECT coalesce(municipality, '') AS municipality, coalesce(source_kind, 'all') AS source_kind,
           count(DISTINCT unit) AS counted, count(DISTINCT document) - count(DISTINCT unit) AS duplicates
    FROM (SELECT d.unit, d.document, d.source_kind, p.municipality
          FROM cmp_documents d LEFT JOIN cmp_document_places p USING (document))
    GROUP BY GROUPING SETS ((municipality, source_kind), (municipality))
)
SELECT municipality, source_kind, captures, documents, coalesce(counted, 0) AS counted,
       coalesce(duplicates, 0) AS duplicates, unread, undated, first, last, first_date, last_date
FROM read LEFT JOIN merged USING (municipality, source_kind)
"""
_ALL = """
SELECT p.municipality, p.name, coalesce(s.source_kind, 'all') AS source_kind,
       CAST(coalesce(captures, 0) AS INTEGER) AS captures, CAST(coalesce(documents, 0) AS INTEGER) AS documents,
       CAST(coalesce(counted, 0) AS INTEGER) AS counted, CAST(coalesce(duplicates, 0) AS INTEGER) AS duplicates,
       CAST(coalesce(unread, 0) AS INTEGER) AS unread, CAST(coalesce(undated, 0) AS INTEGER) AS undated,
       first, last, first_date, last_date,
       CASE WHEN coalesce(documents, 0) = 0 THEN '-' WHEN coalesce(counted, 0) < $base THEN '..' ELSE '' END AS status
FROM cmp_all_places p LEFT JOIN cmp_coverage s USING (municipality)
WHERE p.municipality <> '' OR s.captures IS NOT NULL
ORDER BY p.municipality, source_kind
"""


def coverage(connection: duckdb.DuckDBPyConnection, source: str | None, salience: float, base: int) -> pa.Table:
    """One row per municipality and source kind ('all' too) with what was fetched, read, counted and merged away.

    All 290 are there; '' stands for documents that no municipality could be linked to.
    """
    names = {"municipality": [""], "name": ["(ingen kommun)"]}
    for row in municipalities():
        names["municipality"].append(row.code)
        names["name"].append(row.name)
    connection.register("cmp_all_places", pa.table(names))
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE cmp_coverage AS {_SEEN}", {"source": source, "salience": salience}
    )
    table = fetch(connection, _ALL, base=base)
    connection.unregister("cmp_all_places")
    return table
