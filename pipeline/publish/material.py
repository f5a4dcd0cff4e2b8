"""What the exports are made from: the masked tables and comparison of a workspace, opened once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from pipeline.errors import WorkspaceError
from pipeline.publish.reading import Reading, open_reading

Row = dict[str, Any]
BATCH = 2000


@dataclass(frozen=True)
class Material:
    """A workspace opened for export. ``tables`` names the version of its tables, ``generated`` the time (UTC)."""

    workspace: Path
    reading: Reading
    tables: str
    generated: datetime

    @property
    def connection(self) -> duckdb.DuckDBPyConnection:
        """The database with the views documents, passages, findings, events, concerns."""
        return self.reading.connection

    def rows(self, query: str, *values: object) -> Iterator[Row]:
        """The rows of a query as dictionaries, read in batches."""
        cursor = self.connection.cursor().execute(query, list(values))
        columns = [column[0] for column in cursor.description or ()]
        while batch := cursor.fetchmany(BATCH):
            yield from (dict(zip(columns, row, strict=True)) for row in batch)

    def arrow(self, query: str) -> pa.Table:
        """The rows of a query as an Arrow table."""
        return self.connection.cursor().sql(query).to_arrow_table()

    @property
    def comparisons(self) -> dict[str, Path]:
        """The comparison's Parquet files by table name."""
        return {path.stem: path for path in sorted((self.workspace / "comparison").glob("*.parquet"))}

    def comparison(self, name: str) -> pa.Table:
        """A comparison table, masked. Raises WorkspaceError when the comparison did not make it."""
        if (path := self.comparisons.get(name)) is None:
            raise WorkspaceError(
                f"{self.workspace}: comparison/{name}.parquet is missing; run 'tillsyn compare' first."
            )
        return self.reading.comparison(path)


def open_material(workspace: Path, root: Path, *, generated: datetime, pseudonymise: bool = False) -> Material:
    """Open ``root`` (``tables/<version>``) and the comparison of ``workspace`` for export.

    Raises WorkspaceError when one of them has not been made.
    """
    if not any((root / "documents").glob("part-*.parquet")):
        raise WorkspaceError(f"{workspace}: holds no tables of this version; run 'tillsyn analyse' first.")
    if not (workspace / "comparison" / "comparison.parquet").is_file():
        raise WorkspaceError(f"{workspace}: nothing is compared here yet; run 'tillsyn compare' first.")
    return Material(workspace, open_reading(root, pseudonymise=pseudonymise), root.name, generated)
