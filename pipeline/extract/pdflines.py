"""The text layer of a PDF as lines with their places, read by PDFium with few calls per line.

A call per character would cost more than PDFium's own work; so the text comes in one
piece, and only the ends of each line (and the gaps within it) are asked for their place.
"""

from __future__ import annotations

import ctypes
import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pypdfium2.raw as pdfium

from pipeline.extract.lines import Line, Page

_BREAK = re.compile("[\r\n]+|[\ufffe\u0002]")
_BOLD = re.compile(rb"bold|black|heavy|semibold|demi", re.IGNORECASE)
_PLAIN = {
    "\ufb00": "ff", "\ufb01": "fi", "\ufb02": "fl", "\ufb03": "ffi", "\ufb04": "ffl",
    "\u00a8a": "ä", "\u00a8o": "ö", "\u00a8A": "Ä", "\u00a8O": "Ö", "\u02daa": "å", "\u02daA": "Å", "\u00b4e": "é",
}  # fmt: skip
_CHARACTERS = re.compile("|".join(_PLAIN))
_WIDE = 2.0
"""A gap of this many font sizes within a line separates two columns or cells."""
_HEAVY = 600


@dataclass(slots=True)
class _Reader:
    """The buffers that PDFium fills, and the page it reads."""

    text_page: Any
    page: int
    height: float

    def __post_init__(self) -> None:
        self._box = pdfium.FS_RECTF()
        self._name = ctypes.create_string_buffer(96)
        self._flags = ctypes.c_int()
        self._matrix = pdfium.FS_MATRIX()
        self._edges = [ctypes.c_double() for _ in range(4)]

    _box: Any = None
    _name: Any = None
    _flags: Any = None
    _matrix: Any = None
    _edges: Any = None

    def box(self, index: int) -> tuple[float, float, float, float]:
        """Left, top, right, bottom of the character's cell, from the upper left corner of the page."""
        box = self._box
        pdfium.FPDFText_GetLooseCharBox(self.text_page, index, box)
        return box.left, self.height - box.top, box.right, self.height - box.bottom

    def size(self, index: int) -> float:
        """Font size as it is seen: the nominal size times the scale of the text matrix."""
        nominal = pdfium.FPDFText_GetFontSize(self.text_page, index)
        matrix = self._matrix
        if not pdfium.FPDFText_GetMatrix(self.text_page, index, matrix):
            return float(nominal)
        return float(nominal * ((matrix.a * matrix.d - matrix.b * matrix.c) ** 2) ** 0.25)

    def bold(self, index: int) -> bool:
        """Whether the font's name or weight says bold."""
        size = pdfium.FPDFText_GetFontInfo(self.text_page, index, self._name, 96, self._flags)
        if 0 < size <= 96 and _BOLD.search(self._name.raw[: size - 1]):
            return True
        return bool(pdfium.FPDFText_GetFontWeight(self.text_page, index) >= _HEAVY)

    def runs(self, start: int, count: int) -> list[tuple[float, float]]:
        """Left and right of the text objects on a line."""
        left, top, right, bottom = self._edges
        found = pdfium.FPDFText_CountRects(self.text_page, start, count)
        runs = []
        for index in range(found):
            pdfium.FPDFText_GetRect(self.text_page, index, left, top, right, bottom)
            runs.append((left.value, right.value))
        return runs


def read_page(page: Any, number: int) -> Page:
    """The lines of a ``pypdfium2.PdfPage``. Raises pypdfium2.PdfiumError for a page that PDFium cannot load."""
    width, height = page.get_size()
    text_page = page.get_textpage()
    try:
        text = _text(text_page)
        reader = _Reader(text_page.raw, number, height)
        lines = tuple(_lines(reader, text)) if text.strip() else ()
    finally:
        text_page.close()
    return Page(number, width, height, lines)


def _text(text_page: Any) -> str:
    """All characters, one for each index of PDFium (half a surrogate pair counts as one)."""
    count = text_page.count_chars()
    if count <= 0:
        return ""
    buffer = (ctypes.c_ushort * (count + 1))()
    pdfium.FPDFText_GetText(text_page.raw, 0, count, buffer)
    text = bytes(buffer)[: 2 * count].decode("utf-16-le", "surrogatepass")
    return text if len(text) == count else "".join(chr(unit) for unit in buffer[:count])


def _lines(reader: _Reader, text: str) -> Iterator[Line]:
    at = 0
    for match in _BREAK.finditer(text):
        yield from _line(reader, text, at, match.start(), hyphen=match[0] in "\ufffe\u0002")
        at = match.end()
    yield from _line(reader, text, at, len(text))


def _line(reader: _Reader, text: str, start: int, end: int, hyphen: bool = False) -> Iterator[Line]:
    while start < end and text[start].isspace():
        start += 1
    while start < end and text[end - 1].isspace():
        end -= 1
    if start < end:
        size = reader.size(start)
        cuts = _cuts(reader, text, start, end, size) if end - start > 1 else []
        for left, right in zip([start, *cuts], [*cuts, end], strict=True):
            yield from _piece(reader, text, left, right, hyphen and right == end)


def _piece(reader: _Reader, text: str, start: int, end: int, hyphen: bool) -> Iterator[Line]:
    while end > start and text[end - 1].isspace():
        end -= 1
    if end <= start:
        return
    left, top, _, bottom = reader.box(start)
    _, last_top, right, last_bottom = reader.box(end - 1)
    words = text[start:end]
    if "\ud800" <= max(words) <= "\udfff":
        words = words.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    words = _CHARACTERS.sub(lambda match: _PLAIN[match[0]], words)
    heading = reader.bold(start) and (end - start < 3 or reader.bold(end - 1))
    yield Line(
        words, reader.page, left, min(top, last_top), max(left, right), max(bottom, last_bottom),
        reader.size(start + (end - start) // 2), heading, hyphen,
    )  # fmt: skip


def _cuts(reader: _Reader, text: str, start: int, end: int, size: float) -> list[int]:
    """Where a line falls apart: after a gap of more than ``_WIDE`` sizes between two text objects."""
    runs = reader.runs(start, end - start)
    gaps = [after[0] for before, after in itertools.pairwise(runs) if after[0] - before[1] > _WIDE * max(size, 4)]
    if not gaps:
        return []
    cuts = []
    for index in range(start + 1, end):
        if text[index - 1].isspace() and not text[index].isspace():
            left = reader.box(index)[0]
            if any(abs(left - gap) < size for gap in gaps):
                cuts.append(index)
    return cuts
