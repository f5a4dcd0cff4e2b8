"""Parquet files, one per table, for pandas, R (arrow) and DuckDB: types kept, lists as lists, zstd."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa

from pipeline.publish.exports.selection import meaning, names, table
from pipeline.publish.material import Material
from pipeline.tables import write_table


def write_parquet(material: Material, folder: Path) -> list[Path]:
    """Write all exported tables as ``<name>.parquet``; what a column means stands in its metadata.

    Raises WorkspaceError when they cannot be written.
    """
    made = []
    for name in names(material):
        rows = table(material, name)
        fields = [f.with_metadata({"description": meaning(material, name, f.name)}) for f in rows.schema]
        write_table(folder / f"{name}.parquet", rows.cast(pa.schema(fields)))
        made.append(folder / f"{name}.parquet")
    return made
