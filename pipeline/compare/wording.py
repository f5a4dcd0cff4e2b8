"""The definitions printed with every table, and the data dictionary: read from ``corpus/compare``."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache

import pyarrow as pa

from pipeline.compare import frame
from pipeline.compare.schemas import SCHEMAS
from pipeline.errors import CorpusError
from pipeline.resources import data_path


def _rows(name: str, columns: tuple[str, ...]) -> list[dict[str, str]]:
    file = data_path(f"corpus/compare/{name}")
    with file.open(encoding="utf-8", newline="") as stream:
        reader = csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE)
        rows = list(reader)
    if tuple(reader.fieldnames or ()) != columns:
        raise CorpusError(f"{file}: line 1: the columns must be {', '.join(columns)}, separated by tabs.")
    for line, row in enumerate(rows, 2):
        if None in row or None in row.values():
            raise CorpusError(f"{file}: line {line}: must have {len(columns)} columns separated by tabs.")
    return rows


@cache
def definitions() -> Mapping[str, Mapping[str, str]]:
    """What is counted and how, by key ('unit', 'rate', 'colour', …), in Swedish ('sv') and English ('en')."""
    rows = _rows("definitions.tsv", ("key", "sv", "en"))
    return {row["key"]: {"sv": row["sv"], "en": row["en"]} for row in rows}


def definitions_table(corrected: bool) -> pa.Table:
    """The table ``definitions``; says which of the two sentences on correction holds (``corrected``)."""
    hidden = "uncorrected" if corrected else "corrected"
    rows = [{"key": key, **texts} for key, texts in definitions().items() if key != hidden]
    return frame.records(rows, SCHEMAS["definitions"])


@cache
def meanings() -> Mapping[tuple[str, str], Mapping[str, str]]:
    """Meaning and unit by (table, column); table '*' holds for every table that has the column."""
    columns = ("table", "column", "meaning_sv", "meaning_en", "unit")
    return {(row["table"], row["column"]): row for row in _rows("dictionary.tsv", columns)}


def dictionary_table(tables: Mapping[str, pa.Table]) -> pa.Table:
    """The data dictionary: one row per table and column. Raises CorpusError for a column without a meaning."""
    rows = []
    for table, data in [*tables.items(), ("dictionary", SCHEMAS["dictionary"].empty_table())]:
        for field in data.schema:
            row = meanings().get((table, field.name)) or meanings().get(("*", field.name))
            if row is None:
                raise CorpusError(f"corpus/compare/dictionary.tsv: {table}.{field.name} has no meaning; add a line.")
            rows.append(
                {"table": table, "column": field.name, "type": str(field.type), "unit": row["unit"],
                 "meaning_sv": row["meaning_sv"], "meaning_en": row["meaning_en"]}
            )  # fmt: skip
    return frame.records(rows, SCHEMAS["dictionary"])
