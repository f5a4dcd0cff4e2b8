"""``tillsyn.db``: everything in one SQLite file, with full-text search over the passages.

Passages are numbered from the newest document to the oldest. ``passages_fts`` (FTS5, without content of its own) has
two columns: ``form``, the words as they stand, and ``term``, their lemmas and the parts of compounds.
"""

from __future__ import annotations

import json
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pyarrow as pa

from pipeline.codebook import load_codebook
from pipeline.errors import WorkspaceError
from pipeline.geography import municipalities
from pipeline.publish.material import Material, Row
from pipeline.publish.search.words import terms, words

_SCHEMA = """
CREATE TABLE themes (id TEXT PRIMARY KEY, label_sv TEXT, label_en TEXT, definition TEXT);
CREATE TABLE municipalities (code TEXT PRIMARY KEY, name TEXT, official_name TEXT, county_code TEXT, county_name TEXT,
  skr_group TEXT, skr_group_name TEXT, population INTEGER, population_year INTEGER, website TEXT);
CREATE TABLE documents (id TEXT PRIMARY KEY, title TEXT, url TEXT, source_url TEXT, source_kind TEXT, date TEXT,
  published TEXT, updated TEXT, decided TEXT, captured TEXT, sha256 TEXT, warc TEXT, "offset" INTEGER, media_type TEXT,
  status TEXT, municipalities TEXT, text TEXT);
CREATE TABLE document_municipalities (document TEXT REFERENCES documents(id),
  municipality TEXT REFERENCES municipalities(code), salience REAL, PRIMARY KEY (document, municipality)) WITHOUT ROWID;
CREATE TABLE passages (id INTEGER PRIMARY KEY, document TEXT REFERENCES documents(id), position INTEGER, start INTEGER,
  "end" INTEGER, text TEXT, kind TEXT, heading TEXT, source_kind TEXT, date TEXT, municipalities TEXT, themes TEXT);
CREATE TABLE findings (id INTEGER PRIMARY KEY, document TEXT REFERENCES documents(id),
  passage INTEGER REFERENCES passages(id), start INTEGER, "end" INTEGER, quote TEXT, theme TEXT REFERENCES themes(id),
  polarity TEXT, attribution TEXT, score REAL, cues TEXT, model TEXT);
CREATE TABLE events (id INTEGER PRIMARY KEY, document TEXT REFERENCES documents(id), kind TEXT, authority TEXT,
  date TEXT, count INTEGER, case_number TEXT, deadline TEXT, amount INTEGER, municipalities TEXT, ongoing INTEGER,
  start INTEGER, "end" INTEGER, quote TEXT);
CREATE VIRTUAL TABLE passages_fts USING fts5(form, term, content='', tokenize="unicode61 remove_diacritics 0");
"""
_INDEXES = """
CREATE INDEX findings_passage ON findings(passage);
CREATE INDEX findings_theme ON findings(theme, polarity, attribution);
CREATE INDEX passages_document ON passages(document);
CREATE INDEX places ON document_municipalities(municipality);
ANALYZE;
"""
_DOCUMENTS = """
SELECT id, title, url, coalesce(derived_from, url) AS source_url, source_kind, date, published, updated, decided,
strftime(captured, '%Y-%m-%dT%H:%M:%SZ') AS captured, sha256, warc, "offset", media_type, status,
list_transform(municipalities, lambda m: m.name) AS municipalities, text FROM documents
ORDER BY date DESC NULLS LAST, id
"""
PASSAGES = """
SELECT row_number() OVER (ORDER BY d.date DESC NULLS LAST, d.id, p."index") AS id, p.document, p."index" AS position,
p.start, p."end", p.text, p.kind, p.heading, d.source_kind, d.date,
list_transform(d.municipalities, lambda m: m.name) AS municipalities,
coalesce(list_sort(f.themes), []) AS themes
FROM passages p JOIN documents d ON d.id = p.document
LEFT JOIN (SELECT document, passage, list(DISTINCT theme) AS themes FROM findings GROUP BY ALL) f
ON f.document = p.document AND f.passage = p."index" ORDER BY 1
"""
# Comparison tables that the report's readers ask of; the others travel as Parquet.
_COMPARED = (
    "comparison", "coverage", "national", "event_rates", "peers", "trends", "follow_through", "closure", "timeline",
    "conflicts", "cooccurrence", "units", "definitions", "dictionary",
)  # fmt: skip


def _stored(value: Any) -> Any:
    """A value as SQLite holds it: lists and structs as JSON."""
    return json.dumps(value, ensure_ascii=False, default=str) if isinstance(value, (list, dict)) else value


def _insert(database: sqlite3.Connection, table: str, rows: Iterable[Mapping[str, Any]]) -> None:
    names: list[str] = []
    pending: list[tuple[Any, ...]] = []
    for row in rows:
        names = names or list(row)
        pending.append(tuple(_stored(value) for value in row.values()))
        if len(pending) >= 5000:
            _flush(database, table, names, pending)
    _flush(database, table, names, pending)


def _flush(database: sqlite3.Connection, table: str, names: list[str], rows: list[tuple[Any, ...]]) -> None:
    if rows:
        columns = ", ".join(f'"{name}"' for name in names)
        marks = ", ".join("?" * len(names))
        database.executemany(f'INSERT OR IGNORE INTO "{table}" ({columns}) VALUES ({marks})', rows)
        rows.clear()


def _index(text: str) -> tuple[str, str]:
    """The two columns of the full-text index for one passage."""
    forms = [form for _, _, form in words(text)]
    return " ".join(forms), " ".join(term for form in forms for term in terms(form))


def _passages(material: Material, database: sqlite3.Connection) -> Iterator[Row]:
    """The passages on their way into the database; each is put into the full-text index as it passes."""
    pending: list[tuple[int, str, str]] = []
    for row in material.rows(PASSAGES):
        pending.append((row["id"], *_index(row["text"])))
        if len(pending) >= 5000:
            database.executemany("INSERT INTO passages_fts(rowid, form, term) VALUES (?, ?, ?)", pending)
            pending.clear()
        yield row
    database.executemany("INSERT INTO passages_fts(rowid, form, term) VALUES (?, ?, ?)", pending)


def _compared(material: Material, database: sqlite3.Connection) -> None:
    kinds = ((pa.types.is_integer, "INTEGER"), (pa.types.is_floating, "REAL"), (pa.types.is_boolean, "INTEGER"))
    for name in (name for name in _COMPARED if name in material.comparisons):
        table = material.comparison(name)
        columns = [f'"{f.name}" {next((sql for holds, sql in kinds if holds(f.type)), "TEXT")}' for f in table.schema]
        database.execute(f'CREATE TABLE "{name}" ({", ".join(columns)})')
        for batch in table.to_batches(5000):
            _insert(database, name, batch.to_pylist())


def _fill(material: Material, database: sqlite3.Connection) -> None:
    database.executescript(_SCHEMA)
    _insert(database, "themes", (_theme(theme) for theme in load_codebook().themes))
    _insert(database, "municipalities", (asdict(m) for m in municipalities()))
    _insert(database, "documents", material.rows(_DOCUMENTS))
    _insert(
        database,
        "document_municipalities",
        material.rows("SELECT document, code AS municipality, salience FROM concerns"),
    )
    _insert(database, "passages", _passages(material, database))
    numbers = {(d, i): n for n, d, i in database.execute("SELECT id, document, position FROM passages")}
    findings = material.rows("SELECT * FROM findings ORDER BY document, start, theme, polarity")
    _insert(
        database, "findings", (row | {"passage": numbers.get((row["document"], row["passage"]))} for row in findings)
    )
    _insert(database, "events", material.rows("SELECT * FROM events ORDER BY document, start, kind"))
    _compared(material, database)
    database.executescript(_INDEXES)


def _theme(theme: Any) -> Row:
    return {key: getattr(theme, key) for key in ("id", "label_sv", "label_en", "definition")}


def write_database(material: Material, out: Path) -> Path:
    """Write the database to ``out``, whole or not at all. Raises WorkspaceError when it cannot be written."""
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=out.parent, prefix=".database") as folder:
            path = Path(folder) / "tillsyn.db"
            database = sqlite3.connect(path)
            try:
                database.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA page_size = 8192;")
                with database:
                    _fill(material, database)
                database.execute("INSERT INTO passages_fts(passages_fts) VALUES ('optimize')")
                database.commit()
            finally:
                database.close()
            path.replace(out)
    except (OSError, sqlite3.Error) as error:
        raise WorkspaceError(f"{out}: the database cannot be written ({error}).") from error
    return out
