"""Records in Parquet and back: one part per table and WARC segment, read together by DuckDB.

Layout: ``workspace/tables/<version>/{documents,passages,findings,events,problems}/part-<segment>.parquet``.
A part is written under a temporary name and renamed, so that a half-written one is never read.
"""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.errors import InputError, WorkspaceError
from pipeline.records import Analysis, Block, Concern, DateMention, Document, Event, Finding, Passage, Problem

_STR, _INT, _FLOAT, _BOOL = pa.string(), pa.int32(), pa.float64(), pa.bool_()
_TIME = pa.timestamp("us", tz="UTC")
_SPAN = pa.list_(_INT, 2)


def _struct(**fields: pa.DataType) -> pa.DataType:
    return pa.struct(list(fields.items()))


_BLOCK = _struct(kind=_STR, start=_INT, end=_INT, level=_INT, page=_INT)
_DATE = _struct(kind=_STR, date=_STR, evidence=_STR, start=_INT, end=_INT)
_CONCERN = _struct(code=_STR, name=_STR, salience=_FLOAT, spans=pa.list_(_SPAN))

SCHEMAS: Mapping[str, pa.Schema] = {
    "documents": pa.schema(
        {
            "id": _STR, "url": _STR, "title": _STR, "text": _STR, "blocks": pa.list_(_BLOCK), "source_kind": _STR,
            "captured": _TIME, "sha256": _STR, "warc": _STR, "offset": pa.int64(), "source": _STR, "media_type": _STR,
            "published": _STR, "updated": _STR, "decided": _STR, "dates": pa.list_(_DATE),
            "municipalities": pa.list_(_CONCERN), "criticised": _STR, "language": _STR, "status": _STR,
            "extractor": _STR, "cms": _STR, "derived_from": _STR, "parent": _STR, "part": _INT,
            "ocr_confidence": _FLOAT, "content_digest": _STR, "fingerprint": pa.list_(pa.uint64()), "date": _STR,
        }
    ),
    "passages": pa.schema(
        {
            "document": _STR, "index": _INT, "start": _INT, "end": _INT, "text": _STR, "kind": _STR,
            "heading": _STR, "previous": _STR,
        }
    ),
    "findings": pa.schema(
        {
            "document": _STR, "passage": _INT, "start": _INT, "end": _INT, "quote": _STR, "theme": _STR,
            "polarity": _STR, "attribution": _STR, "score": _FLOAT, "cues": pa.list_(_STR), "model": _STR,
        }
    ),
    "events": pa.schema(
        {
            "document": _STR, "kind": _STR, "start": _INT, "end": _INT, "quote": _STR, "authority": _STR,
            "date": _STR, "count": _INT, "case_number": _STR, "deadline": _STR, "amount": pa.int64(),
            "municipalities": pa.list_(_STR), "ongoing": _BOOL,
        }
    ),
    "problems": pa.schema({"stage": _STR, "where": _STR, "what": _STR}),
}  # fmt: skip


def _document_row(document: Document) -> dict[str, Any]:
    return asdict(document) | {"date": document.date}


def rows_of(analyses: Iterable[Analysis], problems: Iterable[Problem] = ()) -> dict[str, list[dict[str, Any]]]:
    """The rows of the five tables that these analyses and problems make, keyed by table name."""
    tables: dict[str, list[dict[str, Any]]] = {name: [] for name in SCHEMAS}
    for analysis in analyses:
        tables["documents"].append(_document_row(analysis.document))
        tables["passages"] += [asdict(row) for row in analysis.passages]
        tables["findings"] += [asdict(row) for row in analysis.findings]
        tables["events"] += [asdict(row) for row in analysis.events]
    tables["problems"] += [asdict(row) for row in problems]
    return tables


def write_table(path: Path, table: pa.Table) -> None:
    """Write a Parquet file whole or not at all: under a temporary name, then renamed.

    Raises WorkspaceError when the folder cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".tmp")
        os.close(handle)
        try:
            pq.write_table(table, name, compression="zstd")
            Path(name).replace(path)
        finally:
            Path(name).unlink(missing_ok=True)
    except OSError as error:
        raise WorkspaceError(f"{path}: cannot be written ({error.strerror or error}).") from error


def part_path(root: Path, table: str, segment: str) -> Path:
    """Where the part of ``table`` for this WARC segment stands below ``tables/<version>``."""
    return root / table / f"part-{re.sub(r'[^A-Za-z0-9_.-]', '_', segment)}.parquet"


def write_segment(root: Path, segment: str, analyses: Sequence[Analysis], problems: Sequence[Problem] = ()) -> None:
    """Write one part per table for a segment; ``documents`` comes last and marks the segment as done."""
    rows = rows_of(analyses, problems)
    for name in (*[n for n in SCHEMAS if n != "documents"], "documents"):
        table = pa.Table.from_pylist(rows[name], schema=SCHEMAS[name])
        write_table(part_path(root, name, segment), table)


def is_done(root: Path, segment: str) -> bool:
    """Whether all parts of this segment are there."""
    return part_path(root, "documents", segment).exists()


def connect(root: Path) -> duckdb.DuckDBPyConnection:
    """An in-memory DuckDB with a view per table over all parts below ``root`` (``tables/<version>``).

    Views: documents, passages, findings, events, problems, and ``concerns`` (one row per
    document and municipality: document, code, name, salience). A table without parts is an empty view.
    """
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    for name, schema in SCHEMAS.items():
        parts = sorted((root / name).glob("part-*.parquet"))
        if parts:
            files = ", ".join("'" + str(part).replace("'", "''") + "'" for part in parts)
            connection.execute(f"CREATE VIEW {name} AS SELECT * FROM read_parquet([{files}])")
        else:
            connection.register(name, schema.empty_table())
    connection.execute(
        "CREATE VIEW concerns AS SELECT id AS document, c.code AS code, c.name AS name, c.salience AS salience "
        "FROM (SELECT id, unnest(municipalities) AS c FROM documents)"
    )
    return connection


def _document(row: dict[str, Any]) -> Document:
    row.pop("date", None)
    row["blocks"] = tuple(Block(**block) for block in row["blocks"] or ())
    row["dates"] = tuple(DateMention(**date) for date in row["dates"] or ())
    row["municipalities"] = tuple(
        Concern(**(c | {"spans": tuple((a, b) for a, b in c["spans"] or ())})) for c in row["municipalities"] or ()
    )
    row["fingerprint"] = tuple(row["fingerprint"] or ())
    return Document(**row)


def _read(root: Path, name: str) -> Iterator[dict[str, Any]]:
    for part in sorted((root / name).glob("part-*.parquet")):
        try:
            yield from pq.read_table(part, schema=SCHEMAS[name]).to_pylist()
        except (pa.ArrowException, OSError) as error:
            raise InputError(
                f"{part}: is not a readable Parquet part ({error}); delete it and analyse again."
            ) from error


def read_documents(root: Path) -> Iterator[Document]:
    """All documents below ``tables/<version>``, in order of segment. Raises InputError for a damaged part."""
    return map(_document, _read(root, "documents"))


def read_passages(root: Path) -> Iterator[Passage]:
    """All passages, in order of segment. Raises InputError for a damaged part."""
    return (Passage(**row) for row in _read(root, "passages"))


def read_findings(root: Path) -> Iterator[Finding]:
    """All findings, in order of segment. Raises InputError for a damaged part."""
    return (Finding(**(row | {"cues": tuple(row["cues"] or ())})) for row in _read(root, "findings"))


def read_events(root: Path) -> Iterator[Event]:
    """All events, in order of segment. Raises InputError for a damaged part."""
    rows = _read(root, "events")
    return (Event(**(row | {"municipalities": tuple(row["municipalities"] or ())})) for row in rows)


def read_problems(root: Path) -> Iterator[Problem]:
    """All that was skipped or failed, in order of segment. Raises InputError for a damaged part."""
    return (Problem(**row) for row in _read(root, "problems"))
