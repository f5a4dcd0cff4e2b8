"""The one edge through which publishing reads: tables and comparison, with what must not leave already masked.

Everything that publish writes reads through ``open_reading``. Only documents that hold something to
mask are rewritten (in Python, together with their passages, findings and events, so that every quote is still
``text[start:end]`` of its document); all others stay a view over Parquet.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from pipeline import tables
from pipeline.publish.edge import Edge
from pipeline.publish.privacy import CANDIDATE, redact, spans
from pipeline.publish.pseudonyms import Pseudonyms
from pipeline.publish.rewriting import Rewriting

Row = dict[str, Any]
# Columns that outside text reaches, by table; the others hold ids, digests and words of our own.
_CHILDREN = {
    "passages": ("text", "heading", "previous"),
    "findings": ("quote", "array_to_string(cues, ' | ')"),
    "events": ("quote", "authority", "case_number"),
}
BATCH = 500
_IN_TEXT = {"passages": "text", "findings": "quote", "events": "quote"}
_OUTSIDE = ("url", "title", "derived_from", "case_number", "authority", "heading", "previous", "where", "what")


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _asks(columns: Iterable[str]) -> str:
    """SQL that is true for a row one of whose columns may hold something to mask."""
    pattern = _literal(CANDIDATE)
    return " OR ".join(f"regexp_matches(coalesce(CAST({column} AS VARCHAR), ''), {pattern})" for column in columns)


def _held(connection: duckdb.DuckDBPyConnection, table: str, key: str, column: str) -> Iterator[str]:
    """Keys of the rows whose column does hold something to mask; a date alone looks like it to the database."""
    query = f"SELECT {key}, CAST({column} AS VARCHAR) FROM raw_{table} WHERE {_asks((column,))}"
    cursor = connection.execute(query)
    while batch := cursor.fetchmany(BATCH):
        yield from (name for name, text in batch if spans(text))


def _candidates(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Ids of the documents that hold something to mask, by themselves or in a row that names them."""
    evidence = "array_to_string(list_transform(dates, lambda d: d.evidence), ' | ')"
    asked = [("documents", "id", column) for column in ("url", "title", "text", "derived_from", evidence)]
    asked += [(table, "document", column) for table, columns in _CHILDREN.items() for column in columns]
    return sorted({name for table, key, column in asked for name in _held(connection, table, key, column)})


def _rows(connection: duckdb.DuckDBPyConnection, table: str, ids: list[str]) -> list[Row]:
    key = "id" if table == "documents" else "document"
    found = connection.execute(f"SELECT * FROM raw_{table} WHERE {key} IN (SELECT unnest(?))", [ids])
    columns = [column[0] for column in found.description or ()]
    return [dict(zip(columns, row, strict=True)) for row in found.fetchall()]


def _grouped(rows: Iterable[Row]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        found[row["document"]].append(row)
    return found


def _document(row: Row, edge: Edge, place: Rewriting) -> Row:
    """A document row with its own text and everything else that may carry outside words rewritten."""
    made = row | {key: edge.value(row[key]) for key in ("url", "title", "derived_from") if row[key]}
    made["text"] = place.text
    made["blocks"] = [b | {"start": place.moved(b["start"]), "end": place.moved(b["end"])} for b in row["blocks"] or ()]
    made["dates"] = [
        d
        | {"evidence": edge.text(d["evidence"])}
        | {key: place.moved(d[key]) for key in ("start", "end") if d[key] is not None}
        for d in row["dates"] or ()
    ]
    made["municipalities"] = [
        c | {"spans": [[place.moved(a), place.moved(b)] for a, b in c["spans"] or ()]}
        for c in row["municipalities"] or ()
    ]
    return made


def _child(table: str, row: Row, edge: Edge, place: Rewriting) -> Row:
    """A row of passages, findings or events that stands in a rewritten document."""
    made = dict(row)
    for key in _OUTSIDE:
        if made.get(key):
            made[key] = edge.text(made[key])
    if made.get("cues"):
        made["cues"] = [edge.text(cue) for cue in made["cues"]]
    start, end = place.moved(row["start"]), place.moved(row["end"])
    quote = _IN_TEXT[table]
    return made | {"start": start, "end": end, quote: place.text[start:end]}


def _rewritten(
    connection: duckdb.DuckDBPyConnection, ids: list[str], names: Pseudonyms | None
) -> tuple[Edge, dict[str, list[Row]]]:
    """The edge and, by table, the rows that take the place of those of its documents."""
    raw = {table: _rows(connection, table, ids) for table in ("documents", *_CHILDREN)}
    parts = {table: _grouped(raw[table]) for table in _CHILDREN}
    places: dict[str, Rewriting] = {}
    for row in sorted(raw["documents"], key=lambda r: str(r["id"])):
        inside = [(r["start"], r["end"]) for table in _CHILDREN for r in parts[table].get(row["id"], [])]
        places[row["id"]] = Rewriting.of(row["text"] or "", inside, names)
    said = {
        r[_IN_TEXT[table]]: place.text[place.moved(r["start"]) : place.moved(r["end"])]
        for name, place in places.items()
        for table in _CHILDREN
        for r in parts[table].get(name, [])
    }
    edge = Edge(_words(names), places, said)
    rows = {"documents": [_document(row, edge, places[row["id"]]) for row in raw["documents"]]}
    for table in _CHILDREN:
        rows[table] = [
            _child(table, r, edge, place) for name, place in places.items() for r in parts[table].get(name, [])
        ]
    return edge, rows


def _words(names: Pseudonyms | None) -> Callable[[str], str]:
    if names is None:
        return redact
    return lambda text: names.address(redact(text)) if "://" in text else names.text(redact(text))


@dataclass(frozen=True)
class Reading:
    """An open database whose views hold only what may leave, and the edge for everything beside it."""

    connection: duckdb.DuckDBPyConnection
    edge: Edge

    def comparison(self, path: Path) -> pa.Table:
        """A comparison table from Parquet with what must not leave masked; same columns and types."""
        return self.edge.table(pq.read_table(path))


def open_reading(root: Path, *, pseudonymise: bool = False) -> Reading:
    """The tables below ``root`` (``tables/<version>``) as ``tables.connect`` gives them, rewritten where needed.

    ``pseudonymise`` also replaces the names of persons without an official title. Views keep their names and columns.
    """
    connection = tables.connect(root)
    if not any((root / "documents").glob("part-*.parquet")):
        return Reading(connection, Edge())
    connection.execute("DROP VIEW concerns")
    for table in ("documents", *_CHILDREN, "problems"):
        connection.execute(f"ALTER VIEW {table} RENAME TO raw_{table}")
    names = Pseudonyms.found(connection) if pseudonymise else None
    ids = _candidates(connection)
    if names:
        ids = sorted({*ids, *names.documents})
    edge, rows = _rewritten(connection, ids, names)
    connection.register("_rewritten_ids", pa.table({"id": pa.array(list(edge.documents), pa.string())}))
    connection.execute("CREATE TABLE rewritten AS SELECT id FROM _rewritten_ids")
    for table in ("documents", *_CHILDREN):
        _replace(connection, table, rows[table])
    _replace_problems(connection, edge)
    connection.execute(
        "CREATE VIEW concerns AS SELECT id AS document, c.code AS code, c.name AS name, c.salience AS salience "
        "FROM (SELECT id, unnest(municipalities) AS c FROM documents)"
    )
    return Reading(connection, edge)


def _replace(connection: duckdb.DuckDBPyConnection, table: str, rows: list[Row]) -> None:
    key = "id" if table == "documents" else "document"
    made = pa.Table.from_pylist(rows, schema=tables.SCHEMAS[table])  # noqa: F841 - DuckDB reads it by its name
    connection.execute(f"CREATE TABLE rewritten_{table} AS SELECT * FROM made")
    connection.execute(
        f"CREATE VIEW {table} AS SELECT * FROM raw_{table} WHERE {key} NOT IN (SELECT id FROM rewritten) "
        f"UNION ALL BY NAME SELECT * FROM rewritten_{table}"
    )


def _replace_problems(connection: duckdb.DuckDBPyConnection, edge: Edge) -> None:
    found = connection.execute('SELECT stage, "where", what FROM raw_problems').fetchall()
    rows = [{"stage": stage, "where": edge.text(where), "what": edge.text(what)} for stage, where, what in found]
    made = pa.Table.from_pylist(rows, schema=tables.SCHEMAS["problems"])  # noqa: F841 - DuckDB reads it by its name
    connection.execute("CREATE TABLE problems AS SELECT * FROM made")
