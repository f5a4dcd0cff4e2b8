"""What the pages are made from: the tables and the comparison, read once through DuckDB."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from pipeline.errors import WorkspaceError
from pipeline.geography import Municipality, municipalities
from pipeline.publish.reading import open_reading

Row = dict[str, Any]
HEAT = "period = 'all' AND polarity = 'problem' AND source_kind = 'all' AND attribution = 'all'"
# Documents that name no municipality have a page too: they are part of the country's numbers.
NOWHERE = Municipality("0000", "", "", "", "", "", "", 0, 0, "")
_NEEDED = ("comparison", "coverage", "national")
# Without the table of merged units every document that concerns a municipality counts as one.
_PLAIN_UNITS = """
CREATE TABLE c_units AS SELECT d.id AS unit, d.id AS document, [d.id] AS documents, d.title, d.date,
(SELECT list(c.code) FROM concerns c WHERE c.document = d.id) AS municipality, substr(d.date, 1, 4) AS period_year,
CAST(NULL AS VARCHAR) AS period_half, [d.source_kind] AS source_kinds FROM documents d WHERE d.status = 'ok'
"""


@dataclass(frozen=True)
class Totals:
    """How much was read: documents, those with text, municipalities, findings; dates of documents and captures."""

    documents: int
    read: int
    counted: int
    municipalities: int
    findings: int
    problems: int
    events: int
    first: str | None
    last: str | None
    captured_first: str | None
    captured_last: str | None
    kinds: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Store:
    """An open database over a workspace's tables (``documents`` …) and comparison (``c_comparison`` …)."""

    workspace: Path
    connection: duckdb.DuckDBPyConnection
    names: frozenset[str]

    def rows(self, query: str, *values: object) -> list[Row]:
        """The rows of a query as dictionaries, in its order."""
        found = self.connection.execute(query, list(values))
        columns = [column[0] for column in found.description or ()]
        return [dict(zip(columns, row, strict=True)) for row in found.fetchall()]

    def table(self, name: str, where: str = "true", order: str = "") -> list[Row]:
        """Rows of a comparison table; none when the comparison did not make it."""
        if name not in self.names:
            return []
        return self.rows(f"SELECT * FROM c_{name} WHERE {where}" + (f" ORDER BY {order}" if order else ""))


def open_store(workspace: Path, root: Path, *, pseudonymise: bool = False) -> Store:
    """Open the tables below ``root`` (``tables/<version>``) and the comparison of ``workspace``, masked.

    What must not leave (``publish.reading``) is masked here, once for all pages.
    Raises WorkspaceError when the comparison has not been made.
    """
    if not any((root / "documents").glob("part-*.parquet")):
        raise WorkspaceError(f"{workspace}: holds no tables of this version; run 'tillsyn analyse' first.")
    reading = open_reading(root, pseudonymise=pseudonymise)
    connection = reading.connection
    connection.execute("SET memory_limit = '1GB'; SET threads = 2; SET enable_progress_bar = false")
    names = {path.stem: path for path in sorted((workspace / "comparison").glob("*.parquet"))}
    if missing := [name for name in _NEEDED if name not in names]:
        raise WorkspaceError(f"{workspace}: comparison/{missing[0]}.parquet is missing; run 'tillsyn compare' first.")
    for name, path in names.items():
        masked = reading.comparison(path)  # noqa: F841 - DuckDB reads it by its name
        connection.execute(f"CREATE TABLE c_{name} AS SELECT * FROM masked")
    if "units" not in names:
        connection.execute(_PLAIN_UNITS)
    _prepare(connection)
    return Store(workspace, connection, frozenset(names))


def _prepare(connection: duckdb.DuckDBPyConnection) -> None:
    """Tables that many pages ask: documents without their text, findings with context, who is counted where."""
    connection.execute(
        'CREATE TABLE d AS SELECT id, url, title, source_kind, captured, sha256, warc, "offset", media_type, '
        "published, updated, decided, date, status, derived_from, language, parent, part, cms, ocr_confidence "
        "FROM documents"
    )
    connection.execute(
        "CREATE TABLE u AS SELECT unit, code, unnest(documents) AS document FROM "
        "(SELECT unit, documents, unnest(CASE WHEN len(municipality) > 0 THEN municipality ELSE [?] END) AS code "
        "FROM c_units)",
        [NOWHERE.code],
    )
    codes = pa.Table.from_pylist([asdict(m) for m in municipalities()])  # noqa: F841 - DuckDB reads it by its name
    connection.execute("CREATE TABLE m AS SELECT * FROM codes")
    connection.execute(
        "CREATE TABLE f AS SELECT f.*, p.heading, p.previous, p.kind AS passage_kind FROM findings f "
        'LEFT JOIN passages p ON p.document = f.document AND p."index" = f.passage'
    )


def totals(store: Store) -> Totals:
    """The figures of the report's first lines."""
    row = store.rows(
        "SELECT count(*) AS documents, count(*) FILTER (status = 'ok') AS read, "
        "min(CAST(captured AS VARCHAR)) AS captured_first, max(CAST(captured AS VARCHAR)) AS captured_last, "
        "min(date) FILTER (date BETWEEN '1990' AND '2100') AS first, "
        "max(date) FILTER (date BETWEEN '1990' AND '2100') AS last FROM d"
    )[0]
    row |= store.rows(
        "SELECT count(DISTINCT nullif(code, '0000')) AS municipalities, count(DISTINCT unit) AS counted FROM u"
    )[0]
    row |= store.rows(
        "SELECT count(*) AS findings, count(*) FILTER (polarity = 'problem') AS problems, "
        "(SELECT count(*) FROM events) AS events FROM findings"
    )[0]
    kinds = store.rows("SELECT source_kind, count(*) AS n FROM d WHERE status = 'ok' GROUP BY 1 ORDER BY n DESC, 1")
    return Totals(**row, kinds={kind["source_kind"]: kind["n"] for kind in kinds})


def grouped(rows: Iterable[Row], key: str) -> dict[str, list[Row]]:
    """Rows by the value of one column, each list in the order of the rows."""
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        found[row[key]].append(row)
    return dict(found)


@dataclass(frozen=True)
class Place:
    """A municipality with what the report has about it: the heat-map cells by theme and its coverage."""

    place: Municipality
    cells: Mapping[str, Row]
    coverage: Row

    @property
    def documents(self) -> int:
        """Counted documents (after merging duplicates)."""
        return int(self.coverage.get("counted") or 0)


def places(store: Store) -> tuple[Place, ...]:
    """All municipalities in alphabetical order, those without documents too."""
    cells = grouped(store.table("comparison", HEAT), "municipality")
    coverage = {row["municipality"]: row for row in store.table("coverage", "source_kind = 'all'")}
    return tuple(
        Place(m, {row["theme"]: row for row in cells.get(m.code, [])}, coverage.get(m.code, {}))
        for m in sorted(municipalities(), key=lambda m: alphabetical(m.name))
    )


_NOWHERE_CELLS = """
SELECT f.theme, count(DISTINCT u.unit) FILTER (f.polarity = 'problem') AS documents_with
FROM u JOIN f ON f.document = u.document WHERE u.code = ? GROUP BY 1
"""


def nowhere(store: Store) -> Place:
    """What is known of the documents that name no municipality, in the form of a place without a name."""
    documents = store.rows("SELECT count(DISTINCT unit) AS n FROM u WHERE code = ?", NOWHERE.code)[0]["n"]
    empty = dict.fromkeys(("rate", "low", "high", "rank_low", "rank_high"), None)
    rows = store.rows(_NOWHERE_CELLS, NOWHERE.code)
    cells = {row["theme"]: row | empty | {"documents": documents, "status": ".."} for row in rows}
    return Place(NOWHERE, cells, {"counted": documents})


def alphabetical(name: str) -> str:
    """A sort key in Swedish order: å, ä, ö after z."""
    return name.casefold().translate(str.maketrans("åäö", "{|}"))
