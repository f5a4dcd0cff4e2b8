"""From arrays over the cube to rows of an Arrow table: labels as dictionaries, NaN as null."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray


def labels(positions: NDArray[np.int64], names: Sequence[str]) -> pa.Array:
    """A dictionary-encoded column: ``names[positions]``."""
    return pa.DictionaryArray.from_arrays(pa.array(positions.astype(np.int16)), pa.array(list(names), pa.string()))


def constant(value: str, size: int) -> pa.Array:
    """A dictionary-encoded column that holds one value."""
    return labels(np.zeros(size, dtype=np.int64), [value])


def numbers(values: NDArray[np.float64]) -> pa.Array:
    """Floats, NaN as null."""
    return pa.array(values, pa.float64(), from_pandas=True)


def integers(values: NDArray[Any]) -> pa.Array:
    """Whole numbers, NaN as null."""
    if values.dtype.kind != "f":
        return pa.array(values, pa.int32())
    mask = np.isnan(values)
    return pa.array(np.where(mask, 0, values).astype(np.int32), pa.int32(), mask=mask)


def texts(values: NDArray[np.object_]) -> pa.Array:
    """Strings with few distinct values, dictionary-encoded."""
    names, positions = np.unique(values.astype(str), return_inverse=True)
    return labels(positions.astype(np.int64), list(names) or [""])


def fetch(connection: duckdb.DuckDBPyConnection, query: str, **values: Any) -> pa.Table:
    """The result of a SELECT as an Arrow table; ``$name`` in the query is replaced by ``values['name']``."""
    return connection.sql(query, params=values or None).to_arrow_table()


def rows(columns: Mapping[str, Sequence[Any]], schema: pa.Schema) -> pa.Table:
    """A table of ``schema`` from lists of values."""
    return pa.table({name: pa.array(columns[name], schema.field(name).type) for name in schema.names}, schema=schema)


def records(values: Sequence[Mapping[str, Any]], schema: pa.Schema) -> pa.Table:
    """A table of ``schema`` from one mapping a row."""
    return pa.Table.from_pylist([dict(value) for value in values], schema=schema)


def plain(table: pa.Table) -> pa.Table:
    """The table with dictionary columns as plain strings, so that every reader of Parquet sees text."""
    fields = [
        table.column(name).cast(pa.string()) if pa.types.is_dictionary(table.schema.field(name).type)
        else table.column(name)
        for name in table.column_names
    ]  # fmt: skip
    return pa.table(fields, names=table.column_names)
