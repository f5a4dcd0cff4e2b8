"""Plain text (a saved page, a seed) as pieces: title, headings, paragraphs, list items."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from pipeline.extract.boilerplate import Sifted, sift
from pipeline.extract.building import Piece, build_document
from pipeline.extract.charset import decode
from pipeline.extract.kinds import source_kind as kind_of
from pipeline.extract.normalise import characters, line
from pipeline.records import Capture, Extraction, SourceKind

_BULLET = re.compile(r"^\s*(?:[•·▪◦‣●○*]|\d{1,2}[.)])\s+(?=\S)")
_DASH = re.compile(r"^\s*[-–—]\s+(?=\S)")
_END = re.compile(r"[.!?:;,…][\"'”’»)]*$")
_SAID = re.compile(r"\b(?:säger|menar|berättar|förklarar|konstaterar|skriver|tycker|avslutar|fortsätter)\b")
_WRAP_LOW, _WRAP_HIGH = 55, 100


def _is_wrapped(lines: list[str]) -> bool:
    """Whether a paragraph was cut at a column: lines about as long, most of them ending within a sentence."""
    body = [len(row) for row in lines[:-1]]
    if len(body) < 2 or not all(_WRAP_LOW <= length <= _WRAP_HIGH for length in body):
        return False
    return sum(bool(_END.search(row)) for row in lines[:-1]) * 2 <= len(body)


def _paragraphs(text: str) -> Iterator[list[str]]:
    rows: list[str] = []
    for raw in characters(text).replace("\r\n", "\n").replace("\r", "\n").replace("\x0c", "\n\n").split("\n"):
        if raw.strip():
            rows.append(raw)
        elif rows:
            yield rows
            rows = []
    if rows:
        yield rows


def _is_heading(text: str, rows: list[str], follows: bool) -> bool:
    if len(rows) != 1 or not follows or len(text) > 110 or _BULLET.match(rows[0]) or _DASH.match(rows[0]):
        return False
    return not _END.search(text) or text.endswith("?")


def _pieces_of(rows: list[str], follows: bool) -> Iterator[Piece]:
    first = line(rows[0])
    if _is_heading(first, rows, follows):
        yield Piece("heading", first, 2)
        return
    if _is_wrapped(rows) and not any(_BULLET.match(row) or _DASH.match(row) for row in rows):
        yield Piece("paragraph", " ".join(rows))
        return
    dashes = sum(bool(_DASH.match(row)) for row in rows)
    listed = dashes > 1 and not any(_SAID.search(row) for row in rows)
    for row in rows:
        marker = _BULLET.match(row) or (listed and _DASH.match(row))
        yield Piece("list_item" if marker else "paragraph", row)


def pieces(text: str) -> list[Piece]:
    """The pieces of a plain text. A short line alone between blank lines, without an end stop, is a heading.

    Talking dashes ('– Det är bra, säger …') stay paragraphs; a bullet makes a list item and stays in its text.
    """
    paragraphs = list(_paragraphs(text))
    found: list[Piece] = []
    for i, rows in enumerate(paragraphs):
        found += _pieces_of(rows, follows=i + 1 < len(paragraphs))
    return found


def with_title(found: list[Piece]) -> list[Piece]:
    """The pieces with the first short one of the beginning (three pieces) as title; unchanged where there is none."""
    for i, piece in enumerate(found[:3]):
        if piece.kind == "heading" or (
            piece.kind == "paragraph" and len(piece.text) <= 140 and not _END.search(line(piece.text))
        ):
            return [*found[:i], Piece("title", piece.text, 1), *found[i + 1 :]]
        if len(piece.text) > 140:
            break
    return found


def read(text: str, captured: datetime | None = None) -> Sifted:
    """A plain text without boilerplate, the title first; what went and why; the dates that went with it."""
    sifted = sift(pieces(text), captured)
    return replace(sifted, kept=tuple(with_title(list(sifted.kept))))


def documents(capture: Capture, *, source_kind: SourceKind | None = None) -> Extraction:
    """The Document of a plain text file, cleaned by the same rules as a page."""
    content_type = next((v for k, v in capture.headers.items() if k.lower() == "content-type"), "")
    sifted = read(decode(capture.body, content_type).text, capture.time)
    document = build_document(
        capture,
        sifted.kept,
        source_kind=source_kind or kind_of(capture.url, line(" ".join(p.text for p in sifted.kept[:20]))),
        dates=sifted.dates,
        media_type="text/plain",
        extractor="plaintext",
    )
    return Extraction((document,), sifted.removed)
