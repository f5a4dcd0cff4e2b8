"""Cells of files that spreadsheets open: nothing from outside may be taken for a formula."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

# What Excel, LibreOffice or Google Sheets take for the beginning of a formula (OWASP, 'CSV injection'), full-width too.
_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_INVISIBLE = dict.fromkeys([0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A), 0xFEFF, 0x0000], "")


def plain(text: str) -> str:
    """``text`` without controls that turn it around on the screen (bidirectional marks) or that no file may hold."""
    return text.translate(_INVISIBLE)


def neutral(text: str) -> str:
    """``text`` that no spreadsheet runs: an apostrophe stands before what would begin a formula."""
    shown = plain(text)
    return f"'{shown}" if shown.lstrip(" \u00a0").startswith(_STARTS) else shown


def cell(value: Any) -> Any:
    """A value for a CSV file: lists joined by '; ', dates in ISO 8601, strings made neutral, None as empty."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if isinstance(value, dict):
        return neutral(", ".join(f"{key}: {inner}" for key, inner in value.items() if inner is not None))
    if isinstance(value, (list, tuple)):
        return neutral("; ".join(str(cell(inner)) for inner in value if inner is not None))
    return neutral(value) if isinstance(value, str) else value
