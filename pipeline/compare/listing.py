"""A selection of the comparison as text for people and as JSON for programs, the definitions with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.codebook import Codebook
from pipeline.compare.selection import Selection

_PRINTED = ("unit", "rate", "interval", "suppression", "rank", "colour", "caution", "corrected", "uncorrected")
_HEADS = {
    "sv": (
        "kommun", "tema", "period", "källa", "röst", "enheter", "med", "andel %", "95 %", "rättad %", "rang", "färg"
    ),
    "en": (
        "municipality", "theme", "period", "source", "voice", "units", "with", "rate %", "95 %", "corrected %", "rank",
        "colour",
    ),
}  # fmt: skip
_COVERED = {
    "sv": ("kommun", "hämtade", "lästa", "räknade", "olästa", "från", "till", "status"),
    "en": ("municipality", "captures", "read", "counted", "unread", "from", "to", "status"),
}
_WORDS = {
    "sv": {"green": "grön", "yellow": "gul", "red": "röd", "of": "av", "any": "(något tema)", "coverage": "Täckning"},
    "en": {
        "green": "green",
        "yellow": "yellow",
        "red": "red",
        "of": "of",
        "any": "(any theme)",
        "coverage": "Coverage",
    },
}


def rows_to_show(comparison: pa.Table, selection: Selection, *, found_only: bool) -> pa.Table:
    """Rows with a base, of the selected source and voice ('all' where none is); ``found_only``: with the theme."""
    keep = pc.greater(comparison.column("documents"), 0)
    for column, value in (("source_kind", selection.source), ("attribution", selection.attribution)):
        keep = pc.and_(keep, pc.equal(comparison.column(column), value or "all"))
    if found_only:
        keep = pc.and_(keep, pc.greater(comparison.column("documents_with"), 0))
    return comparison.filter(keep)


def _percent(value: float | None) -> str:
    return "" if value is None else f"{100 * value:.0f}"


def _range(low: float | None, high: float | None) -> str:
    return "" if low is None or high is None else f"{100 * low:.0f}–{100 * high:.0f}"


def _rank(row: Mapping[str, Any], of: str) -> str:
    return "" if row["rank"] is None else f"{row['rank']} ({row['rank_low']}–{row['rank_high']}) {of} {row['ranked']}"


def _cells(row: Mapping[str, Any], titles: Mapping[str, str], words: Mapping[str, str]) -> tuple[str, ...]:
    corrected = _percent(row["corrected_rate"])
    if corrected:
        corrected += f" ({_range(row['corrected_low'], row['corrected_high'])})"
    return (
        row["name"], titles.get(row["theme"], row["theme"]), row["period"], row["source_kind"], row["attribution"],
        str(row["documents"]), str(row["documents_with"]), row["status"] or _percent(row["rate"]),
        _range(row["low"], row["high"]), corrected, _rank(row, words["of"]), words.get(row["colour"], ""),
    )  # fmt: skip


def _aligned(rows: Sequence[Sequence[str]]) -> str:
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    lines = ("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows)
    return "\n".join(lines)


def as_text(tables: Mapping[str, pa.Table], shown: pa.Table, codebook: Codebook, language: str = "sv") -> str:
    """An aligned table with coverage and the definitions under it, in Swedish ('sv') or English ('en')."""
    words = _WORDS[language]
    titles = {t.id: t.label_en if language == "en" else t.label_sv for t in codebook.themes} | {"all": words["any"]}
    parts = [_aligned([_HEADS[language], *(_cells(row, titles, words) for row in shown.to_pylist())])]
    parts.append(words["coverage"] + "\n" + _aligned([_COVERED[language], *_coverage(tables["coverage"], shown)]))
    texts = {row["key"]: row[language] for row in tables["definitions"].to_pylist()}
    parts.append("\n".join(texts[key] for key in _PRINTED if key in texts))
    return "\n\n".join(parts)


def _coverage(coverage: pa.Table, shown: pa.Table) -> list[tuple[str, ...]]:
    places = set(shown.column("municipality").to_pylist())
    chosen = [r for r in coverage.to_pylist() if r["source_kind"] == "all" and r["municipality"] in places]
    return [_covered(row) for row in chosen]


def _covered(row: Mapping[str, Any]) -> tuple[str, ...]:
    counts = (str(row[name]) for name in ("captures", "documents", "counted", "unread"))
    return (row["name"], *counts, row["first_date"] or "", row["last_date"] or "", row["status"])


def as_data(tables: Mapping[str, pa.Table], shown: pa.Table) -> dict[str, Any]:
    """The rows with their definitions and the coverage of their municipalities."""
    places = set(shown.column("municipality").to_pylist())
    return {
        "definitions": {row["key"]: {"sv": row["sv"], "en": row["en"]} for row in tables["definitions"].to_pylist()},
        "rows": shown.to_pylist(),
        "coverage": [
            row for row in tables["coverage"].to_pylist()
            if row["source_kind"] == "all" and row["municipality"] in places
        ],
    }  # fmt: skip
