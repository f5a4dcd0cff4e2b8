"""What speaks for criticism, remedy and closing, per municipality and theme, in order of date: one SQL query.

A closing of a municipality's case speaks for each of its themes that the authority answers for
(Arbetsmiljöverket for the work environment, IVO for all else); theme 'all' is told by the events.
"""

from __future__ import annotations

from collections.abc import Sequence

import duckdb
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from pipeline.compare.dates import sorting
from pipeline.compare.frame import fetch
from pipeline.compare.timeline import Happening

STATES = ("criticised", "remedy_announced", "closed")
_EVENT_STATES = {"criticised": 0, "injunction": 0, "closed": 2}
_OFFICIAL = "(attribution IN ('inspectorate', 'auditor') OR d.source_kind IN ('inspectorate', 'auditor'))"
_QUERY = f"""
WITH told AS (
    SELECT f.document, f.theme, f.start,
           CASE WHEN polarity = 'problem' AND {_OFFICIAL} THEN 0 WHEN polarity = 'remedy' THEN 1
                WHEN polarity = 'ok' AND {_OFFICIAL} THEN 2 END AS state
    FROM findings f JOIN cmp_documents d ON d.document = f.document AND d.speaks
), states AS (
    SELECT *, count(*) OVER (PARTITION BY document, theme) AS told FROM (
        SELECT document, theme, state, min(start) AS start
        FROM told WHERE state IS NOT NULL GROUP BY document, theme, state)
), found AS (
    SELECT p.municipality, s.theme, s.state, d.date,
           CASE WHEN c.day = '' THEN 'unknown' ELSE 'document' END AS date_from,
           c.day, s.document, s.start, s.state = 0 AND s.told > 1 AS looks_back
    FROM states s JOIN cmp_documents d USING (document) JOIN cmp_document_places p USING (document)
    JOIN cmp_days c ON c.date = coalesce(d.date, '')
), closings AS (
    SELECT a.municipality, t.theme, a.state, a.date, a.date_from, a.day, a.document, a.start,
           false AS looks_back
    FROM cmp_acts a JOIN (SELECT DISTINCT municipality, theme FROM found) t USING (municipality)
    WHERE a.state = 2 AND a.day <> ''
      AND CASE WHEN a.authority = 'Arbetsmiljöverket' THEN t.theme = 'work_environment'
               ELSE NOT (t.theme = 'work_environment' AND a.authority IS NOT DISTINCT FROM 'IVO') END
), everything AS (
    SELECT municipality, 'all' AS theme, state, date, date_from, day, document, start, false AS looks_back
    FROM cmp_acts
    UNION ALL SELECT r.municipality, 'all', 1, r.told, CASE WHEN c.day = '' THEN 'unknown' ELSE 'document' END, c.day,
           r.document, r.start, false
    FROM cmp_remedies r JOIN cmp_days c ON c.date = coalesce(r.told, '')
    UNION ALL SELECT * FROM found UNION ALL SELECT * FROM closings
)
SELECT *, CASE WHEN day = '' THEN -1 ELSE CAST(CAST(day AS DATE) - DATE '1900-01-01' AS INTEGER) END AS ordinal
FROM everything ORDER BY municipality, theme, day, document, state, start
"""
_ACTS = pa.schema(
    {
        "municipality": pa.string(), "state": pa.int32(), "date": pa.string(), "date_from": pa.string(),
        "day": pa.string(), "document": pa.string(), "start": pa.int32(), "authority": pa.string(),
    }
)  # fmt: skip


def _acts(events: Sequence[Happening]) -> pa.Table:
    """Criticism and closings among the merged events, by their first mention."""
    chosen = [(event, _EVENT_STATES[event.step]) for event in events if event.step in _EVENT_STATES]
    rows = [
        (
            event.municipality, state, event.date, event.date_from, event.sort_date,
            event.mentions[0].document, event.mentions[0].start, event.authority,
        )
        for event, state in chosen
    ]  # fmt: skip
    columns = zip(*rows, strict=True) if rows else [[] for _ in _ACTS]
    return pa.table([pa.array(list(c), f.type) for c, f in zip(columns, _ACTS, strict=True)], schema=_ACTS)


def evidence(connection: duckdb.DuckDBPyConnection, events: Sequence[Happening]) -> pa.Table:
    """All evidence in order of municipality, theme and date, the undated first.

    Columns: those of the table ``follow_through`` that say what, when and where, ``day`` (full date,
    '' if undated), ``looks_back``, and the numbers ``state`` (position in ``STATES``), ``story``,
    ``told_in`` and ``ordinal`` (days since 1900, -1 if undated).
    """
    dates = [
        "",
        *(row[0] for row in connection.execute("SELECT DISTINCT date FROM cmp_documents").fetchall() if row[0]),
    ]
    connection.register("cmp_days", pa.table({"date": dates, "day": [sorting(date) for date in dates]}))
    connection.register("cmp_acts", _acts(events))
    table = fetch(connection, _QUERY)
    for name in ("cmp_days", "cmp_acts"):
        connection.unregister(name)
    place, theme, document = (_codes(table, name) for name in ("municipality", "theme", "document"))
    return table.append_column("story", pa.array(place * 1000 + theme)).append_column("told_in", pa.array(document))


def _codes(table: pa.Table, column: str) -> NDArray[np.int64]:
    """The values of a column of strings as numbers."""
    encoded = table.column(column).combine_chunks().dictionary_encode()
    return encoded.indices.to_numpy(zero_copy_only=False).astype(np.int64)  # type: ignore[no-any-return]
