"""All comparison tables, made in order from one connection."""

from __future__ import annotations

from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa

from pipeline.codebook import Codebook, load_codebook
from pipeline.compare import cube as cubes
from pipeline.compare import frame, units
from pipeline.compare.comparison import Estimates, comparison
from pipeline.compare.coverage import coverage
from pipeline.compare.intervals import Floats
from pipeline.compare.national import national
from pipeline.compare.rates import BASE
from pipeline.compare.selection import Selection
from pipeline.compare.shares import share, share_bounds
from pipeline.errors import WorkspaceError
from pipeline.tables import write_table


def _nothing(*shape: int) -> Floats:
    return np.full(shape, np.nan)


def compare(
    connection: duckdb.DuckDBPyConnection, selection: Selection | None = None, *, codebook: Codebook | None = None
) -> dict[str, pa.Table]:
    """All comparison tables by name, from the views of ``tables.connect``."""
    chosen, book = selection or Selection(), codebook or load_codebook()
    units.merge(connection, chosen)
    axes = cubes.axes_of(connection, book)
    cubes.prepare(connection, axes, chosen)
    cube = cubes.build(connection, axes)
    m, t, p, q = cube.having.shape
    low, high = share_bounds(connection, cube)
    estimates = Estimates(
        corrected=(_nothing(m, t, p, q),) * 3,
        pooled=(_nothing(m, t, p),) * 3,
        rank=(_nothing(m, t),) * 3,
        ranked=np.zeros(t, dtype=np.int64),
        colour=np.full((m, t), "", dtype=object),
        share=share(cube),
        share_low=low,
        share_high=high,
    )
    margins = [cubes.margin(connection, cube, column) for column in ("source_kind", "attribution")]
    tables = {
        "comparison": comparison(cube, estimates, margins, chosen),
        "national": national(cube, (_nothing(t, p, q),) * 3, chosen),
        "coverage": coverage(connection, chosen.source, units.SALIENCE, BASE),
    }
    return {name: frame.plain(table) for name, table in tables.items()}


def write(tables: dict[str, pa.Table], folder: Path) -> None:
    """Write every table as ``<name>.parquet`` and ``<name>.csv`` below ``folder``, each whole or not at all.

    Raises WorkspaceError when the folder cannot be written.
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
