"""What is counted: the unit, made by merging versions, duplicates and retellings of one event.

A unit is a document that reports on a reviewed service (it has at least one finding or one
event), in the latest version of its URL. Copies of a text are one unit, of which one document
speaks; documents of one municipality that retell the same event within ``GAP`` days (or the
same public page) are one unit, of which all speak.
"""

from __future__ import annotations

import duckdb
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from pipeline.compare.frame import fetch
from pipeline.compare.neighbours import near_duplicates
from pipeline.compare.selection import Selection

SALIENCE = 0.2
GAP = 60
Ints = NDArray[np.int64]

_KEY = (
    "rtrim(lower(regexp_replace(regexp_replace(url, '^https?://(www\\.)?', ''), '#.*$', '')), '/')"
    " || ' ' || coalesce(CAST(part AS VARCHAR), '')"
)
_YEAR = "CASE WHEN regexp_matches(date, '^[12][0-9]{3}') THEN substr(date, 1, 4) END"
_MONTH = "try_cast(substr(date, 6, 2) AS INTEGER)"
_HALF = (
    f"CASE WHEN {_MONTH} BETWEEN 1 AND 6 OR {_MONTH} = 21 THEN 1 WHEN {_MONTH} BETWEEN 7 AND 12 OR {_MONTH} = 23 "
    "THEN 2 END"
)
_READ = f"""
CREATE OR REPLACE TEMP TABLE cmp_read AS
SELECT d.id AS document, d.url, d.title, d.source_kind, d.date, d.derived_from, d.content_digest, d.sha256,
       {_YEAR} AS year, {_HALF} AS half, d.captured,
       CASE WHEN length(d.date) = 10 THEN try_cast(d.date AS DATE)
            WHEN length(d.date) = 7 THEN try_cast(d.date || '-15' AS DATE) END AS day
FROM (SELECT *, {_KEY} AS address FROM documents WHERE status = 'ok') d
WHERE $source IS NULL OR d.source_kind = $source
QUALIFY row_number() OVER (PARTITION BY address ORDER BY captured DESC, id DESC) = 1
"""
_PLACES = """
CREATE OR REPLACE TEMP TABLE cmp_document_places AS
SELECT DISTINCT document, code AS municipality FROM (
    SELECT document, code FROM concerns WHERE salience >= $salience
    UNION ALL SELECT id, criticised FROM documents WHERE regexp_matches(criticised, '^[0-9]{4}$')
) JOIN cmp_read USING (document)
"""
_REPORTING = """
CREATE OR REPLACE TEMP TABLE cmp_reporting AS
SELECT r.*, CAST(row_number() OVER (ORDER BY r.document) - 1 AS INTEGER) AS i, coalesce(p.places, '') AS places
FROM cmp_read r LEFT JOIN (
    SELECT document, min(municipality) AS places FROM cmp_document_places GROUP BY document HAVING count(*) = 1
    UNION ALL
    SELECT document, string_agg(municipality, ' ' ORDER BY municipality) FROM cmp_document_places
    GROUP BY document HAVING count(*) > 1
) p USING (document)
WHERE r.document IN (SELECT document FROM findings UNION SELECT document FROM events)
ORDER BY i
"""
_COPIES = """
SELECT list(i ORDER BY i) AS members FROM cmp_reporting WHERE content_digest <> ''
GROUP BY content_digest HAVING count(*) > 1
UNION ALL
SELECT list(i ORDER BY i) FROM cmp_reporting WHERE content_digest = '' GROUP BY sha256, title HAVING count(*) > 1
"""
_SAME_PAGE = """
SELECT list(i ORDER BY i) AS members FROM cmp_reporting WHERE derived_from IS NOT NULL
GROUP BY derived_from, places HAVING count(*) > 1
"""
_RETOLD = """
WITH keyed AS (
    SELECT DISTINCT r.i, r.day, e.kind, p.municipality,
           coalesce('dnr ' || e.case_number, e.authority || ' ' || e.date) AS act
    FROM events e JOIN cmp_reporting r USING (document) JOIN cmp_document_places p USING (document)
    WHERE e.case_number IS NOT NULL OR (e.authority IS NOT NULL AND length(e.date) = 10)
), ordered AS (
    SELECT i, day, lag(i) OVER w AS before, lag(day) OVER w AS before_day FROM keyed
    WINDOW w AS (PARTITION BY municipality, kind, act ORDER BY day NULLS FIRST, i)
)
SELECT [before, i] AS members FROM ordered
WHERE before IS NOT NULL AND before <> i AND (day IS NULL OR before_day IS NULL OR day - before_day <= $gap)
"""
_LEAD = """
row_number() OVER (PARTITION BY {group} ORDER BY
  CASE source_kind WHEN 'inspectorate' THEN 0 WHEN 'other_authority' THEN 1 WHEN 'auditor' THEN 2
                   WHEN 'municipality' THEN 3 WHEN 'press' THEN 4 ELSE 5 END,
  year IS NULL, length(date) DESC, date, document) = 1
"""
_DOCUMENTS = f"""
CREATE OR REPLACE TEMP TABLE cmp_documents AS
SELECT r.*, c.copy, c.unit, c.reason, true AS speaks, true AS leads
FROM cmp_reporting r JOIN cmp_components c USING (i) WHERE c.members = 1
UNION ALL
SELECT r.*, c.copy, c.unit, c.reason, {_LEAD.format(group="c.copy")} AS speaks, {_LEAD.format(group="c.unit")} AS leads
FROM cmp_reporting r JOIN cmp_components c USING (i) WHERE c.members > 1
"""
_UNITS = """
CREATE OR REPLACE TEMP TABLE cmp_units AS
WITH multiple AS (
    SELECT * FROM cmp_documents WHERE unit IN (SELECT unit FROM cmp_components WHERE members > 1)
)
SELECT unit, document, title, date, year, half, 1 AS merged, [document] AS documents, [url] AS urls,
       [source_kind] AS source_kinds, CAST([] AS VARCHAR[]) AS reasons
FROM cmp_documents WHERE unit NOT IN (SELECT unit FROM multiple)
UNION ALL
SELECT unit, first(document) FILTER (leads) AS document, first(title) FILTER (leads) AS title,
       coalesce(first(date) FILTER (leads), min(date)) AS date,
       coalesce(first(year) FILTER (leads), min(year)) AS year,
       CASE WHEN first(year) FILTER (leads) IS NOT NULL THEN first(half) FILTER (leads)
            ELSE first(half ORDER BY date) FILTER (year IS NOT NULL) END AS half,
       count(*) AS merged, list(document ORDER BY leads DESC, document) AS documents,
       list(url ORDER BY leads DESC, document) AS urls, list_sort(list(DISTINCT source_kind)) AS source_kinds,
       list_sort(list_distinct(list(reason) FILTER (reason <> ''))) AS reasons
FROM multiple GROUP BY unit
"""


def _pairs(table: pa.Table) -> Ints:
    """Edges (first member, other member) of the groups in column ``members``, shape (edges, 2)."""
    if not table.num_rows:
        return np.empty((0, 2), dtype=np.int64)
    groups = table.column("members").combine_chunks()
    sizes = np.diff(groups.offsets.to_numpy())
    flat = groups.values.to_numpy(zero_copy_only=False).astype(np.int64)
    first = flat[groups.offsets.to_numpy()[:-1]]
    return np.column_stack([np.repeat(first, sizes), flat])


def _components(size: int, edges: Ints) -> Ints:
    graph = coo_matrix((np.ones(len(edges), dtype=np.int8), (edges[:, 0], edges[:, 1])), shape=(size, size))
    return connected_components(graph, directed=False)[1].astype(np.int64)


def _reasons(size: int, kinds: dict[str, Ints]) -> list[str]:
    reasons = np.full(size, "", dtype=object)
    for reason, edges in kinds.items():
        joined = edges[edges[:, 0] != edges[:, 1]]
        reasons[joined.ravel()] = reason
    return list(reasons)


def merge(connection: duckdb.DuckDBPyConnection, selection: Selection) -> None:
    """Make the temporary tables ``cmp_documents``, ``cmp_units``, ``cmp_document_places`` and ``cmp_places``.

    ``cmp_documents``: the reporting documents with their ``unit``, and whether they speak for
    their copies. ``cmp_places``: unit and municipality, one row each.
    """
    connection.execute(_READ, {"source": selection.source})
    connection.execute(_PLACES, {"salience": SALIENCE})
    connection.execute(_REPORTING)
    read = fetch(connection, "SELECT i, places, day FROM cmp_reporting ORDER BY i")
    size = read.num_rows
    prints = fetch(
        connection,
        "SELECT r.i, d.fingerprint FROM cmp_reporting r JOIN documents d ON d.id = r.document "
        "AND d.captured = r.captured WHERE len(d.fingerprint) >= 16",
    )
    same = _pairs(fetch(connection, _COPIES))
    near = near_duplicates(prints, read, GAP)
    told = np.vstack([_pairs(fetch(connection, _SAME_PAGE)), _pairs(fetch(connection, _RETOLD, gap=GAP))])
    copies = np.vstack([same, near])
    unit = _components(size, np.vstack([copies, told]))
    components = pa.table(
        {
            "i": pa.array(np.arange(size, dtype=np.int32)),
            "copy": _components(size, copies),
            "unit": unit,
            "members": np.bincount(unit, minlength=1)[unit],
            "reason": pa.array(
                _reasons(size, {"retelling": told, "near_duplicate": near, "duplicate": same}), pa.string()
            ),
        }
    )
    connection.register("cmp_components", components)
    for query in (_DOCUMENTS, _UNITS):
        connection.execute(query)
    connection.unregister("cmp_components")
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE cmp_places AS SELECT DISTINCT unit, municipality "
        "FROM cmp_documents JOIN cmp_document_places USING (document)"
    )
