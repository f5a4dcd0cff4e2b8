"""The tables that tell what happened: timeline, conflicts, follow-through and closure."""

from __future__ import annotations

from datetime import date

import duckdb
import pyarrow as pa

from pipeline.codebook import Codebook
from pipeline.compare import frame
from pipeline.compare.closure import closure_rows, episodes
from pipeline.compare.conflicts import find_conflicts
from pipeline.compare.follow_through import Step, columns, follow
from pipeline.compare.schemas import SCHEMAS
from pipeline.compare.timeline import Happening, happenings, in_order, remedies, timeline_rows

_QUOTES = """
SELECT s.municipality, s.theme, s.episode, s.step, s.state, s.date, s.date_from, s.days, s.attribution, s.document,
       s.start, s."end", coalesce(f.quote, e.quote) AS quote, s.repeated
FROM cmp_steps s
LEFT JOIN (SELECT document, start, any_value(quote) AS quote FROM findings GROUP BY ALL) f
  ON f.document = s.document AND f.start = s.start
LEFT JOIN (SELECT document, start, any_value(quote) AS quote FROM events GROUP BY ALL) e
  ON e.document = s.document AND e.start = s.start
ORDER BY s.row
"""


def _steps_table(connection: duckdb.DuckDBPyConnection, steps: list[Step]) -> pa.Table:
    """The table ``follow_through``; the quotes are those of the findings and events that the steps point at."""
    schema = SCHEMAS["follow_through"]
    bare = frame.rows(columns(steps), pa.schema([field for field in schema if field.name != "quote"]))
    connection.register("cmp_steps", bare.append_column("row", pa.array(range(len(steps)), pa.int32())))
    table = frame.fetch(connection, _QUOTES).cast(schema)
    connection.unregister("cmp_steps")
    return table


def _until(connection: duckdb.DuckDBPyConnection) -> str:
    """The day up to which open episodes have been followed: that of the last capture."""
    last = connection.execute("SELECT strftime(max(captured), '%Y-%m-%d') FROM documents").fetchone()
    return str(last[0]) if last and last[0] else date.min.isoformat()


def story_tables(
    connection: duckdb.DuckDBPyConnection, codebook: Codebook, names: dict[str, str]
) -> tuple[dict[str, pa.Table], list[Happening]]:
    """The four tables, and the merged events without the remedies."""
    events = happenings(connection)
    rows, flagged = find_conflicts(events, codebook, names)
    everything = in_order([*events, *remedies(connection)])
    steps = follow(connection, everything)
    tables = {
        "timeline": frame.records(timeline_rows(everything, codebook, names, flagged), SCHEMAS["timeline"]),
        "conflicts": frame.records(rows, SCHEMAS["conflicts"]),
        "follow_through": _steps_table(connection, steps),
        "closure": frame.records(closure_rows(episodes(steps, _until(connection)), names), SCHEMAS["closure"]),
    }
    return tables, events
