"""The text layer of a PDF as lines with their places, read by PDFium with few calls per line.

A call per character would cost more than PDFium's own work; so the text comes in one
piece, and only the ends of each line (and the gaps within it) are asked for their place.
"""

from __future__ import annotations

import ctypes
import itertools
import re
from collections.abc import Iterator
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
_ABOVE, _BELOW = 0.75, 0.22
"""How far a line reaches above and below its baseline, in font sizes: the same for all fonts, so that lines compare."""


class _Reader:
    """One page's text as PDFium holds it, with the buffers that PDFium fills."""

    def __init__(self, text_page: Any, page: int, height: float) -> None:
        self.text_page, self.page, self.height = text_page, page, height
        self._fonts: dict[bytes, bool] = {}
        self._box = pdfium.FS_RECTF()
        self._name = ctypes.create_string_buffer(96)
        self._flags = ctypes.c_int()
        self._matrix = pdfium.FS_MATRIX()
        self._edges = [ctypes.c_double() for _ in range(4)]

    def start(self, index: int) -> tuple[float, float]:
        """Left end and height of the baseline of a character, from the upper left corner of the page."""
        x, y = self._edges[:2]
        pdfium.FPDFText_GetCharOrigin(self.text_page, index, x, y)
        return x.value, self.height - y.value

    def right(self, index: int) -> float:
        """Right edge of a character's cell."""
        pdfium.FPDFText_GetLooseCharBox(self.text_page, index, self._box)
        return float(self._box.right)

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
        name = self._name.value if 0 < size <= 96 else b""
        known = self._fonts.get(name)
        if known is None:
            heavy = pdfium.FPDFText_GetFontWeight(self.text_page, index) >= _HEAVY
            known = self._fonts[name] = bool(_BOLD.search(name)) or (not name and heavy)
        return known

    def runs(self, start: int, count: int) -> list[tuple[float, float]]:
        """Left and right of the text objects on a line; [] when there is only one."""
        found = pdfium.FPDFText_CountRects(self.text_page, start, count)
        if found < 2:
            return []
        left, top, right, bottom = self._edges
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
    start, end = _trimmed(text, start, end)
    if start >= end:
        return
    size = reader.size(_middle(text, start, end))
    cuts = _cuts(reader, text, start, end, size) if end - start > 1 else []
    if not cuts:
        yield _piece(reader, text, start, end, size, hyphen)
        return
    for left, right in itertools.pairwise([start, *cuts, end]):
        left, last = _trimmed(text, left, right)
        if left < last:
            yield _piece(reader, text, left, last, reader.size(_middle(text, left, last)), hyphen and right == end)


def _middle(text: str, start: int, end: int) -> int:
    """A character in the middle that is no space (PDFium puts spaces in that have no size)."""
    index = (start + end) // 2
    while index > start and text[index].isspace():
        index -= 1
    return index


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    while start < end and text[end - 1].isspace():
        end -= 1
    return start, end


def _piece(reader: _Reader, text: str, start: int, end: int, size: float, hyphen: bool) -> Line:
    left, baseline = reader.start(start)
    right = reader.right(end - 1)
    words = text[start:end]
    if not words.isascii():
        words = _readable(words)
    bold = reader.bold(start) and (end - start < 3 or reader.bold(end - 1))
    top, bottom = baseline - _ABOVE * size, baseline + _BELOW * size
    return Line(words, reader.page, left, top, max(left, right), bottom, size, bold, hyphen)


def _readable(words: str) -> str:
    """Surrogate pairs as characters, ligatures and loose accents as letters."""
    if max(words) >= "\ud800":
        words = words.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return _CHARACTERS.sub(lambda match: _PLAIN[match[0]], words)


def _cuts(reader: _Reader, text: str, start: int, end: int, size: float) -> list[int]:
    """Where a line falls apart: after a gap of more than ``_WIDE`` sizes between two text objects."""
    runs = reader.runs(start, end - start)
    gaps = [after[0] for before, after in itertools.pairwise(runs) if after[0] - before[1] > _WIDE * max(size, 4)]
    if not gaps:
        return []
    cuts = []
    for index in range(start + 1, end):
        if text[index - 1].isspace() and not text[index].isspace():
            left = reader.start(index)[0]
            if any(abs(left - gap) < size for gap in gaps):
                cuts.append(index)
    return cuts
