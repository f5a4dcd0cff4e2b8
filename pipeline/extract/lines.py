"""A line of print with its place on the page, whichever reader gave it (PDF text layer or OCR)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple


class Line(NamedTuple):
    """A run of characters on one baseline, without wide gaps.

    Lengths in points (1/72 inch) from the upper left corner of the page; ``size`` is the
    font size. ``hyphen``: the line ends in a hyphen that was taken off ``text``.
    ``group`` numbers the paragraph that OCR saw (None for a text layer).
    """

    text: str
    page: int
    left: float
    top: float
    right: float
    bottom: float
    size: float
    bold: bool = False
    hyphen: bool = False
    group: int | None = None

    @property
    def middle(self) -> float:
        """Height of the middle of the line."""
        return (self.top + self.bottom) / 2

    @property
    def width(self) -> float:
        """Length of the line."""
        return self.right - self.left


@dataclass(frozen=True, slots=True)
class Page:
    """The lines of one page (``number`` from 1) in no particular order, or in reading order when ``ordered``.

    ``confidence`` is the mean word confidence of OCR (0-1), None for a text layer.
    """

    number: int
    width: float
    height: float
    lines: tuple[Line, ...]
    ordered: bool = False
    confidence: float | None = None
