"""Choosing rows by a selection: after everything is computed, so that ranks and peers stay those of all."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.compare.selection import Selection
from pipeline.geography import municipalities


def places(selection: Selection) -> frozenset[str] | None:
    """Codes of the municipalities that the selection names, by code, county and group together; None for all."""
    if not (selection.municipalities or selection.county or selection.group):
        return None
    return frozenset(
        row.code
        for row in municipalities()
        if (not selection.municipalities or row.code in selection.municipalities)
        and selection.county in (None, row.county_code)
        and selection.group in (None, row.skr_group)
    )


def _keep(table: pa.Table, column: str, values: frozenset[str]) -> pa.Table:
    if column not in table.column_names or not pa.types.is_string(_plain(table.schema.field(column).type)):
        return table
    return table.filter(pc.is_in(table.column(column).cast(pa.string()), pa.array(sorted(values), pa.string())))


def _plain(kind: pa.DataType) -> pa.DataType:
    return kind.value_type if pa.types.is_dictionary(kind) else kind


def show(table: pa.Table, selection: Selection) -> pa.Table:
    """The rows of ``table`` that the selection names, for each of its columns that the table has."""
    chosen = places(selection)
    if chosen is not None:
        table = _keep(table, "municipality", chosen)
    for column in ("theme", "period", "polarity"):
        value = getattr(selection, column)
        if value is not None:
            table = _keep(table, column, frozenset({value}))
    return table
