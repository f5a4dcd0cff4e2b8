"""CSV files, one per table: UTF-8, comma, a header, line ends as in RFC 4180; safe to open in a spreadsheet."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa

from pipeline.errors import WorkspaceError
from pipeline.publish.exports.cells import cell
from pipeline.publish.exports.selection import names, table
from pipeline.publish.material import Material


def write_csv(out: Path, rows: pa.Table) -> Path:
    """Write one table as CSV. Raises WorkspaceError when it cannot be written."""
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with out.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream)
            writer.writerow(rows.column_names)
            for batch in rows.to_batches(5000):
                columns = [column.to_pylist() for column in batch.columns]
                writer.writerows([cell(value) for value in row] for row in zip(*columns, strict=True))
    except OSError as error:
        raise WorkspaceError(f"{out}: cannot be written ({error.strerror or error}).") from error
    return out


def write_tables(material: Material, folder: Path, wanted: Sequence[str] = ()) -> list[Path]:
    """Write ``wanted`` tables (all by default) as ``<name>.csv`` into ``folder``."""
    return [write_csv(folder / f"{name}.csv", table(material, name)) for name in wanted or names(material)]
