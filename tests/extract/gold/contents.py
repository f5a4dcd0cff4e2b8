"""The contents that the gold pages are made of: our own words about fictional places, in a small notation.

``# title``, ``> lead``, ``## heading``, ``- item``, ``-- item of an inner list``, ``1 numbered item``, ``|cell|cell`` table row
(the first is its head), ``? question``, ``! answer``, ``"quote``, anything else a paragraph; ``published:`` and
``updated:`` are the dates ('-' for none).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

_MARKS = (
    ("### ", "h3"), ("## ", "h2"), ("> ", "lead"), ("-- ", "inner"), ("- ", "item"), ("1 ", "step"), ("|", "row"),
    ("? ", "question"), ("! ", "answer"), ('"', "quote"),
)  # fmt: skip


@dataclass(frozen=True)
class Content:
    """One document: what a page must give, and nothing else."""

    title: str
    blocks: tuple[tuple[str, str], ...]
    published: str | None
    updated: str | None

    @property
    def texts(self) -> tuple[str, ...]:
        """The text of the title and of each block; the cells of a row joined by ' | '."""
        return (self.title, *(text for _, text in self.blocks))


def _block(row: str) -> tuple[str, str]:
    for mark, kind in _MARKS:
        if row.startswith(mark):
            text = row[len(mark) :]
            return kind, " | ".join(text.split("|")) if kind == "row" else text
    return "p", row


def _content(source: str) -> Content:
    rows = [row for row in source.strip().split("\n") if row]
    dates = dict(row.split(": ") for row in rows[1:3])
    published, updated = (None if dates[key] == "-" else dates[key] for key in ("published", "updated"))
    return Content(rows[0].removeprefix("# "), tuple(map(_block, rows[3:])), published, updated)


def contents() -> tuple[Content, ...]:
    """All contents, in the order of ``contents.txt``."""
    source = Path(__file__).with_name("contents.txt").read_text("utf-8")
    return tuple(_content("# " + part) for part in ("\n" + source).split("\n# ")[1:])
