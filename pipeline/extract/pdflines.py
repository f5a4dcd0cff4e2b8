"""The text layer of a PDF as lines with their places, read by PDFium with few calls per line.

A call per character would cost more than PDFium's own work; so the text comes in one
piece, and only the ends of each line (and the gaps within it) are asked for their place.
"""

from __future__ import annotations

import ctypes
import itertools
import math
import re
from collections.abc import Iterator, Sequence
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
_ODD = re.compile("[\u00a8\u00b4\u02da\ufb00-\ufb04\ud800-\udfff]")
_WIDE = 2.0
"""A gap of this many font sizes within a line separates two columns or cells."""
_HEAVY = 600
_MANY = 150
"""Text objects on a page above which they are too many to ask each for its place."""
_PLAIN_SIZE = 4.0
"""Nominal sizes above this are not the 1 of makers that put the size into the matrix."""
_ABOVE, _BELOW = 0.75, 0.22
"""How far a line reaches above and below its baseline, in font sizes: the same for all fonts, so that lines compare."""


class _Reader:
    """One page's text as PDFium holds it, with the buffers that PDFium fills."""

    def __init__(self, text_page: Any, page: int, box: tuple[float, float, float, float], turn: int = 0) -> None:
        """``box``: left, bottom, right, top of the page; ``turn``: quarter turns of the writing, counter-clockwise."""
        self.text_page, self.page, self.turn = text_page, page, turn
        self._left, self._bottom, self._right, self._top = box
        self._fonts: dict[bytes, bool] = {}
        self._scales: dict[float, float] = {}
        self._box = pdfium.FS_RECTF()
        self._name = ctypes.create_string_buffer(96)
        self._flags = ctypes.c_int()
        self._matrix = pdfium.FS_MATRIX()
        self._edges = [ctypes.c_double() for _ in range(4)]

    @property
    def extent(self) -> tuple[float, float]:
        """Width and height of the page as its writing runs."""
        width, height = self._right - self._left, self._top - self._bottom
        return (height, width) if self.turn % 2 else (width, height)

    def start(self, index: int) -> tuple[float, float]:
        """Left end and height of the baseline of a character, from the upper left corner of the page."""
        x, y = self._edges[:2]
        pdfium.FPDFText_GetCharOrigin(self.text_page, index, x, y)
        if not self.turn:
            return x.value - self._left, self._top - y.value
        return self._along(x.value, y.value), self._down(x.value, y.value)

    def right(self, index: int) -> float:
        """Right edge of a character's cell."""
        box = self._box
        pdfium.FPDFText_GetLooseCharBox(self.text_page, index, box)
        if not self.turn:
            return float(box.right) - self._left
        return max(self._along(box.left, box.bottom), self._along(box.right, box.top))

    def _along(self, x: float, y: float) -> float:
        """How far along the lines a point lies."""
        return (x - self._left, y - self._bottom, self._right - x, self._top - y)[self.turn]

    def _down(self, x: float, y: float) -> float:
        """How far down the page, as its writing runs, a point lies."""
        return (self._top - y, x - self._left, y - self._bottom, self._right - x)[self.turn]

    def size(self, index: int) -> float:
        """Font size as it is seen: the nominal size times the scale of the text matrix.

        Makers that put the size into the matrix give 1 as nominal size; for the others one
        look at the matrix for each nominal size is enough.
        """
        nominal = float(pdfium.FPDFText_GetFontSize(self.text_page, index))
        if nominal > _PLAIN_SIZE and nominal in self._scales:
            return nominal * self._scales[nominal]
        matrix, scale = self._matrix, 1.0
        if pdfium.FPDFText_GetMatrix(self.text_page, index, matrix):
            scale = float(abs(matrix.a * matrix.d - matrix.b * matrix.c) ** 0.5)
        self._scales[nominal] = scale
        return nominal * scale

    def bold(self, index: int) -> bool:
        """Whether the font's name or weight says bold."""
        size = pdfium.FPDFText_GetFontInfo(self.text_page, index, self._name, 96, self._flags)
        name = self._name.value if 0 < size <= 96 else b""
        known = self._fonts.get(name)
        if known is None:
            heavy = pdfium.FPDFText_GetFontWeight(self.text_page, index) >= _HEAVY
            known = self._fonts[name] = bool(_BOLD.search(name)) or (not name and heavy)
        return known

    def gaps(self, text: str) -> list[tuple[float, float]]:
        """Where (left end, height) something begins after a wide gap on its row.

        Told by the places of the text objects, or, where each letter is an object, by the
        spaces that PDFium put in.
        """
        count = pdfium.FPDFText_CountRects(self.text_page, 0, -1)
        by_objects = count <= _MANY and not self.turn
        return self._gaps_of_objects(count) if by_objects else self._gaps_at_spaces(text)

    def _gaps_of_objects(self, count: int) -> list[tuple[float, float]]:
        left, top, right, bottom = self._edges
        found = []
        end, above, below = 0.0, 0.0, 0.0
        for index in range(count):
            pdfium.FPDFText_GetRect(self.text_page, index, left, top, right, bottom)
            middle, tall = (top.value + bottom.value) / 2, top.value - bottom.value
            if below < middle < above and left.value - end > max(tall, 4.0):
                found.append((left.value - self._left, self._top - middle))
            end, above, below = right.value, top.value, bottom.value
        return found

    def _gaps_at_spaces(self, text: str) -> list[tuple[float, float]]:
        found = []
        at = text.find(" ", 1)
        while 0 < at < len(text) - 1:
            if pdfium.FPDFText_IsGenerated(self.text_page, at):
                left, baseline = self.start(at + 1)
                if left - self.right(at - 1) > 4.0:
                    found.append((left, baseline - 1.0))
            at = text.find(" ", at + 1)
        return found


def read_page(page: Any, number: int) -> Page:
    """The lines of a ``pypdfium2.PdfPage``. Raises pypdfium2.PdfiumError for a page that PDFium cannot load."""
    text_page = page.get_textpage()
    try:
        text = _text(text_page)
        reader = _Reader(text_page.raw, number, page.get_bbox(), _turn(text_page.raw, text) if text else 0)
        lines = tuple(_lines(reader, text)) if text.strip() else ()
    finally:
        text_page.close()
    width, height = reader.extent if lines else page.get_size()
    return Page(number, width, height, lines)


def _turn(text_page: Any, text: str) -> int:
    """Quarter turns, counter-clockwise, by which most of the writing is turned (seven letters are asked)."""
    letters = [len(text) * part // 8 for part in range(1, 8)]
    angles = [pdfium.FPDFText_GetCharAngle(text_page, index) for index in letters if not text[index].isspace()]
    turns = [round(-angle / (math.pi / 2)) % 4 for angle in angles if angle >= 0]
    return max(set(turns), key=turns.count) if turns else 0


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
    gaps = reader.gaps(text)
    at = 0
    for match in _BREAK.finditer(text):
        yield from _line(reader, text, at, match.start(), gaps, hyphen=match[0] in "\ufffe\u0002")
        at = match.end()
    yield from _line(reader, text, at, len(text), gaps)


def _line(
    reader: _Reader, text: str, start: int, end: int, gaps: Sequence[tuple[float, float]], hyphen: bool = False
) -> Iterator[Line]:
    start, end = _trimmed(text, start, end)
    if start >= end:
        return
    line = _piece(reader, text, start, end, hyphen)
    here = [left for left, middle in gaps if line.top <= middle <= line.bottom and line.left < left < line.right]
    cuts = _cuts(reader, text, start, end, line.size, here) if here else []
    if not cuts:
        yield line
        return
    for left, right in itertools.pairwise([start, *cuts, end]):
        left, last = _trimmed(text, left, right)
        if left < last:
            yield _piece(reader, text, left, last, hyphen and right == end)


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


def _piece(reader: _Reader, text: str, start: int, end: int, hyphen: bool) -> Line:
    size = reader.size(_middle(text, start, end))
    left, baseline = reader.start(start)
    right = reader.right(end - 1)
    words = text[start:end]
    if not words.isascii() and _ODD.search(words):
        words = _readable(words)
    bold = reader.bold(start) and (end - start < 3 or reader.bold(end - 1))
    top, bottom = baseline - _ABOVE * size, baseline + _BELOW * size
    return Line(words, reader.page, left, top, max(left, right), bottom, size, bold, hyphen)


def _readable(words: str) -> str:
    """Surrogate pairs as characters, ligatures and loose accents as letters."""
    if max(words) >= "\ud800":
        words = words.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return _CHARACTERS.sub(lambda match: _PLAIN[match[0]], words)


def _cuts(reader: _Reader, text: str, start: int, end: int, size: float, gaps: Sequence[float]) -> list[int]:
    """Where a line falls apart: at the words that begin after a gap of more than ``_WIDE`` font sizes."""
    cuts = []
    for index in range(start + 1, end):
        if text[index - 1].isspace() and not text[index].isspace():
            left = reader.start(index)[0]
            if any(abs(left - gap) < size for gap in gaps):
                before = index - 1
                while before > start and text[before].isspace():
                    before -= 1
                if left - reader.right(before) > _WIDE * max(size, 4):
                    cuts.append(index)
    return cuts
