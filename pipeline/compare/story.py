"""The tables that tell what happened: timeline, conflicts, follow-through and closure."""

from __future__ import annotations

from datetime import date
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.codebook import Codebook
from pipeline.compare import frame
from pipeline.compare.closure import closure_rows, episodes
from pipeline.compare.conflicts import find_conflicts
from pipeline.compare.dates import sorting
from pipeline.compare.evidence import evidence
from pipeline.compare.follow_through import follow
from pipeline.compare.schemas import SCHEMAS
from pipeline.compare.timeline import Happening, happenings, remedies, timeline_rows

_QUOTES = """
SELECT s.municipality, s.theme, s.episode, s.step, s.state, s.date, s.date_from, s.days,
       coalesce(f.attribution, 'inspectorate') AS attribution, s.document, s.start,
       coalesce(f.stop, e.stop) AS "end", coalesce(f.quote, e.quote) AS quote, s.repeated
FROM cmp_steps s
LEFT JOIN (SELECT document, start, any_value(quote) AS quote, any_value("end") AS stop,
                  any_value(attribution) AS attribution FROM findings
           WHERE document IN (SELECT document FROM cmp_steps) GROUP BY ALL) f
  ON f.document = s.document AND f.start = s.start
LEFT JOIN (SELECT document, start, any_value(quote) AS quote, any_value("end") AS stop FROM events
           WHERE document IN (SELECT document FROM cmp_steps) GROUP BY ALL) e
  ON e.document = s.document AND e.start = s.start
ORDER BY s.row
"""
_REMEDIES = """
SELECT md5(concat_ws('|', municipality, 'remedy', document, start))[:12] AS event_id, municipality,
       municipality AS name, 'remedy' AS kind, 'Åtgärd' AS label, NULL AS authority, told AS date,
       CASE WHEN told IS NULL THEN 'unknown' ELSE 'document' END AS date_from, told AS sort_date, n AS count,
       NULL AS amount, NULL AS deadline, NULL AS case_number, NULL AS sanction, 'remedy' AS step, false AS ongoing,
       [document] AS documents, [{'document': document, 'start': start, 'end': stop, 'quote': quote}] AS spans,
       [quote] AS quotes, 1 AS mentions, '' AS conflict
FROM cmp_remedies
"""


def _steps_table(connection: duckdb.DuckDBPyConnection, steps: pa.Table) -> pa.Table:
    """The table ``follow_through``; the quotes are those of the findings and events that the steps point at."""
    numbered = steps.append_column("row", pa.array(np.arange(steps.num_rows, dtype=np.int32)))
    connection.register("cmp_steps", numbered)
    table = frame.fetch(connection, _QUOTES).cast(SCHEMAS["follow_through"])
    connection.unregister("cmp_steps")
    return table


def _timeline(connection: duckdb.DuckDBPyConnection, rows: list[dict[str, Any]], names: dict[str, str]) -> pa.Table:
    """The table ``timeline``: events and remedies in order of municipality and date, the undated last."""
    schema = SCHEMAS["timeline"]
    told = frame.fetch(connection, _REMEDIES).cast(schema)
    days = [sorting(value) for value in told.column("sort_date").to_pylist()]
    named = [names.get(code, "") for code in told.column("municipality").to_pylist()]
    for column, values in (("sort_date", days), ("name", named)):
        told = told.set_column(schema.get_field_index(column), column, pa.array(values, pa.string()))
    table = pa.concat_tables([frame.records(rows, schema), told])
    late = pc.equal(table.column("sort_date"), "")
    order = pc.sort_indices(
        table.append_column("late", late),
        [(name, "ascending") for name in ("municipality", "late", "sort_date", "kind", "event_id")],
    )
    return table.take(order)


def _until(connection: duckdb.DuckDBPyConnection) -> str:
    """The day up to which open episodes have been followed: that of the last capture."""
    last = connection.execute("SELECT strftime(max(captured), '%Y-%m-%d') FROM documents").fetchone()
    return str(last[0]) if last and last[0] else date.min.isoformat()


def story_tables(
    connection: duckdb.DuckDBPyConnection, codebook: Codebook, names: dict[str, str]
) -> tuple[dict[str, pa.Table], list[Happening]]:
    """The four tables, and the merged events."""
    events = happenings(connection)
    rows, flagged = find_conflicts(events, codebook, names)
    remedies(connection)
    steps = follow(evidence(connection, events))
    tables = {
        "timeline": _timeline(connection, timeline_rows(events, codebook, names, flagged), names),
        "conflicts": frame.records(rows, SCHEMAS["conflicts"]),
        "follow_through": _steps_table(connection, steps),
        "closure": frame.records(closure_rows(episodes(steps, _until(connection)), names), SCHEMAS["closure"]),
    }
    return tables, events
