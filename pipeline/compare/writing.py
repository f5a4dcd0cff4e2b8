"""The comparison tables as files: Parquet and CSV."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import duckdb
import pyarrow as pa

from pipeline.errors import WorkspaceError
from pipeline.tables import write_table


def write(tables: Mapping[str, pa.Table], folder: Path) -> None:
    """Write every table as ``<name>.parquet`` and ``<name>.csv`` below ``folder``, each whole or not at all.

    Lists stand in the CSV in DuckDB's form, ``[a, b]``. Raises WorkspaceError when the folder cannot be written.
    """
    connection = duckdb.connect()
    for name, table in tables.items():
        path = folder / f"{name}.parquet"
        write_table(path, table)
        target, temporary = folder / f"{name}.csv", folder / f".{name}.csv.tmp"
        try:
            connection.execute(f"COPY (FROM read_parquet('{_quoted(path)}')) TO '{_quoted(temporary)}' (HEADER)")
            temporary.replace(target)
        except (duckdb.Error, OSError) as error:
            raise WorkspaceError(f"{target}: cannot be written ({error}).") from error


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
