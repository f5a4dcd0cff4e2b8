"""What rewrites values on their way out: strings, rows with offsets, whole tables of the comparison."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.publish.privacy import redact
from pipeline.publish.rewriting import Rewriting

Row = dict[str, Any]


@dataclass(frozen=True)
class Edge:
    """What has been rewritten: documents by id, and their sentences and quotes by their old words.

    ``plain`` rewrites a string of which nothing is known.
    """

    plain: Callable[[str], str] = redact
    documents: Mapping[str, Rewriting] = field(default_factory=dict)
    said: Mapping[str, str] = field(default_factory=dict)

    def text(self, text: str) -> str:
        """A string without offsets as it may leave; the words of a rewritten document as they stand there."""
        known = self.said.get(text)
        return self.plain(text) if known is None else known

    def value(self, value: Any) -> Any:
        """A value with every string in it rewritten; spans with a document keep their offsets true."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, Mapping):
            return self.span({key: self.value(inner) for key, inner in value.items()})
        if isinstance(value, (list, tuple)):
            return [self.value(inner) for inner in value]
        return value

    def span(self, row: Row) -> Row:
        """A row whose columns document, start, end, quote (with or without an ending _a, _b) name a span."""
        for ending in ("", "_a", "_b"):
            place = self.documents.get(row.get(f"document{ending}") or "")
            start, end = row.get(f"start{ending}"), row.get(f"end{ending}")
            if place and start is not None and end is not None:
                row[f"start{ending}"], row[f"end{ending}"] = place.moved(start), place.moved(end)
                if f"quote{ending}" in row:
                    row[f"quote{ending}"] = place.text[place.moved(start) : place.moved(end)]
        return row

    def table(self, table: pa.Table) -> pa.Table:
        """A table with every string in it rewritten, column by column; each different string is looked at once."""
        for i, field_ in enumerate(table.schema):
            column = table.column(i)
            if pa.types.is_string(field_.type):
                table = table.set_column(i, field_, self._strings(column))
            elif _holds_text(field_.type):
                made = [self.value(value) for value in column.to_pylist()]
                table = table.set_column(i, field_, pa.array(made, field_.type))
        return self._spans(table)

    def _strings(self, column: pa.ChunkedArray) -> pa.ChunkedArray:
        values = pc.unique(column)
        made = pa.array([v if v is None else self.text(v) for v in values.to_pylist()], column.type)
        return column if made.equals(values) else pc.take(made, pc.index_in(column, values))

    def _spans(self, table: pa.Table) -> pa.Table:
        """Rows that name a span of a rewritten document get its new offsets and words."""
        names = [name for name in ("document", "document_a", "document_b") if name in table.column_names]
        if not self.documents or not names or not any(pa.types.is_string(table.schema.field(n).type) for n in names):
            return table
        rows = [self.span(row) for row in table.to_pylist()]
        return pa.Table.from_pylist(rows, schema=table.schema)


def _holds_text(kind: pa.DataType) -> bool:
    if pa.types.is_struct(kind):
        return any(_holds_text(kind.field(i).type) for i in range(kind.num_fields))
    if pa.types.is_list(kind):
        return _holds_text(kind.value_type)
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))
