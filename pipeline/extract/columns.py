"""Reading order on a page: rows from top to bottom, and column by column where the page has columns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median

from pipeline.extract.lines import Line, Page

_LEAST = 4
"""Lines that a column must have at least (two are enough beside a long column that no line crosses)."""
_NARROWEST = 0.22
"""Least width of a column, as a share of the text's width; narrower ones are cells of a table."""
_ROW = 0.45
"""Two lines stand on one row when their middles differ by less than this share of the font size."""

_SPACE = 1.0
"""Runs on one row that are nearer than this many font sizes belong to one line."""
_TOP, _GAP = 0.22, 18.0
"""The letterhead ends above this share of the page, where a gap of so many points follows."""


@dataclass(frozen=True, slots=True)
class Row:
    """Lines side by side, left to right. ``right`` is the right edge of the column they stand in."""

    lines: tuple[Line, ...]
    right: float
    column: int


def rows(page: Page) -> list[Row]:
    """The rows of a page in reading order; ``column`` numbers the stretches that are read without a jump."""
    if not page.lines:
        return []
    if page.ordered:
        long = [line.right for line in page.lines if len(line.text) >= 40]
        right = max(long or [line.right for line in page.lines])
        return [Row((line,), right, 0) for line in page.lines]
    found: list[Row] = []
    head, body = _letterhead(page)
    for number, region in enumerate([*([head] if head else []), *_regions(body)]):
        right = max(line.right for line in region)
        found += [Row(row, right, number) for row in _rows(region)]
    return found


def _letterhead(page: Page) -> tuple[list[Line], list[Line]]:
    """The lines at the top of the page that a wide gap parts from the rest, and the rest."""
    lines = sorted(page.lines, key=lambda line: line.top)
    reach = 0.0
    for index, line in enumerate(lines):
        if line.top > _TOP * page.height:
            break
        if index and line.top - reach > _GAP:
            return lines[:index], lines[index:]
        reach = max(reach, line.bottom)
    return [], lines


def _regions(lines: list[Line]) -> Iterator[list[Line]]:
    """The lines in stretches that are read from top to bottom, one after the other."""
    gutter = _gutter(lines)
    if gutter is None:
        yield lines
        return
    crossing = sorted((line for line in lines if line.left < gutter - 1 < line.right - 2), key=lambda line: line.middle)
    across: list[Line] = []
    above = float("-inf")
    for stop in [*crossing, None]:
        below = stop.middle if stop else float("inf")
        band = [line for line in lines if above <= line.middle < below and line not in crossing]
        if band:
            yield from _band(across)
            left, right, after = _sides(band, gutter)
            yield from _band(left)
            yield from _band(right)
            yield from _band(after)
            across = []
        across += [stop] if stop else []
        above = below
    yield from _band(across)


def _sides(band: Sequence[Line], gutter: float) -> tuple[list[Line], list[Line], list[Line]]:
    """Left column, right column, and the short lines on the left that stand below both (a table, a note)."""
    left = [line for line in band if line.left < gutter - 1]
    right = [line for line in band if line.left >= gutter - 1]
    if not left or not right:
        return left, right, []
    end = max(line.bottom for line in right)
    below = [line for line in left if line.top > end + 0.5 * line.size]
    width = max(line.width for line in left)
    if len(below) == len(left) or any(line.width >= 0.8 * width for line in below):
        return left, right, []
    return [line for line in left if line not in below], right, below


def _band(lines: list[Line]) -> Iterator[list[Line]]:
    if lines:
        yield from _regions(lines)


def _gutter(lines: Sequence[Line]) -> float | None:
    """Where the right column begins, or None: text on both sides, over the same height, that few lines cross."""
    if len(lines) < 2 * _LEAST:
        return None
    left_edge, right_edge = min(line.left for line in lines), max(line.right for line in lines)
    width = right_edge - left_edge
    best: tuple[float, float] | None = None
    for x in sorted({round(line.left) for line in lines}):
        if left_edge + _NARROWEST * width <= x <= right_edge - _NARROWEST * width:
            score = _split_score(lines, x, width)
            if score and (best is None or score > best[0]):
                best = (score, float(x))
    return best[1] if best else None


def _split_score(lines: Sequence[Line], x: float, width: float) -> float:
    left = [line for line in lines if line.right <= x + 1 and line.left < x - 1]
    right = [line for line in lines if line.left >= x - 1]
    least = _LEAST if len(left) + len(right) < len(lines) or max(len(left), len(right)) < 2 * _LEAST else 2
    if min(len(left), len(right)) < least:
        return 0.0
    if min(median(line.width for line in side) for side in (left, right)) < _NARROWEST * width:
        return 0.0
    if min(median(len(line.text) for line in side) for side in (left, right)) < 15:
        return 0.0
    top = max(min(line.top for line in side) for side in (left, right))
    bottom = min(max(line.bottom for line in side) for side in (left, right))
    within = [sum(top - 2 <= line.middle <= bottom + 2 for line in side) for side in (left, right)]
    crossing = sum(top <= line.middle <= bottom for line in lines) - sum(
        top <= line.middle <= bottom for line in (*left, *right)
    )
    if max(within) < least or min(within) < least // 2 or crossing > 0.2 * sum(within):
        return 0.0
    aligned = sum(abs(line.left - x) < 3 for line in right) / len(right)
    return min(within) - 2 * crossing + aligned if aligned >= 0.4 else 0.0


def _rows(lines: list[Line]) -> Iterator[tuple[Line, ...]]:
    """Lines grouped by height, top to bottom."""
    row: list[Line] = []
    for line in sorted(lines, key=lambda line: (line.middle, line.left)):
        if row and line.middle - row[0].middle > _ROW * max(line.size, row[0].size):
            yield _merged(row)
            row = []
        row.append(line)
    if row:
        yield _merged(row)


def _is_note_mark(line: Line, before: Line) -> bool:
    """Whether a run is the raised small number of a footnote."""
    small = line.size <= 0.9 * before.size and line.bottom < before.bottom - 0.12 * before.size
    return small and line.text.isdigit() and len(line.text) < 3


def _merged(row: list[Line]) -> tuple[Line, ...]:
    """A row from left to right: runs that follow close on each other as one line, raised note numbers left out."""
    if len(row) == 1:
        return tuple(row)
    merged: list[Line] = []
    for line in sorted(row, key=lambda item: item.left):
        before = merged[-1] if merged else None
        if before is None or line.left - before.right > _SPACE * max(line.size, before.size):
            merged.append(line)
        elif not _is_note_mark(line, before):
            gap = " " if line.left - before.right > 0.12 * before.size else ""
            words = f"{before.text}{gap}{line.text}"
            merged[-1] = before._replace(
                text=words, right=max(line.right, before.right), bottom=max(line.bottom, before.bottom),
                hyphen=line.hyphen, bold=before.bold and line.bold, size=max(before.size, line.size),
            )  # fmt: skip
    return tuple(merged)
