"""Scales: from numbers to places on paper and to colours that colour-blind readers can tell apart."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

# Sequential, one hue, ordered by lightness (readable in grey print and with every form of colour blindness).
STEPS: tuple[str, ...] = ("#fbf1e1", "#f6d7ae", "#eeb274", "#de8343", "#b9531f", "#7d2b0f")
# The lower bound of each step, a fraction; the first step is "none found".
BOUNDS: tuple[float, ...] = (0.0, 0.0001, 0.15, 0.30, 0.45, 0.60)
ON_STEP: tuple[str, ...] = ("#1c2127",) * 4 + ("#ffffff",) * 2
EMPTY, SUPPRESSED = "#f1f0ec", "#e4e2db"
POLARITY = {"problem": "#b3400f", "remedy": "#1d5fa6", "ok": "#1b7560", "neutral": "#62686f"}
# Quarters of a ranking: blue, sand and vermilion differ in lightness and hue, and carry a sign besides.
QUARTER = {"green": "#2a6f97", "yellow": "#c9a227", "red": "#b3400f", "": "#62686f"}
SERIES = ("#0f4c6b", "#b3400f", "#1b7560", "#7a4d9c", "#8a6d00", "#62686f")


def step(rate: float | None) -> int | None:
    """Which colour step (0-5) a rate belongs to; None for a missing rate."""
    if rate is None or math.isnan(rate):
        return None
    return max(i for i, bound in enumerate(BOUNDS) if rate >= bound)


def whole(rate: float) -> int:
    """A fraction as a whole number of per cent, halves up (as the pages' scripts round too)."""
    return math.floor(rate * 100 + 0.5)


@dataclass(frozen=True, slots=True)
class Linear:
    """A straight scale from ``[low, high]`` to ``[start, end]`` pixels."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        """The place of ``value``; values outside the domain land on its edge."""
        span = (self.high - self.low) or 1.0
        share = min(1.0, max(0.0, (value - self.low) / span))
        return self.start + share * (self.end - self.start)


def ticks(high: float, most: int = 5, least: float = 0.0) -> list[float]:
    """Round values from 0 up to at least ``high``, at most ``most`` + 1 of them, ``least`` or more apart."""
    if high <= 0:
        return [0.0, 1.0]
    raw = max(high / most, least)
    power = 10 ** math.floor(math.log10(raw))
    size = next(s * power for s in (1, 2, 2.5, 5, 10) if s * power >= raw and (not least or s != 2.5))
    return [round(i * size, 10) for i in range(math.ceil(high / size - 1e-9) + 1)]


def year_of(text: str) -> float:
    """An ISO date as a fractional year: '2019-07-02' is about 2019.5; a bare year is its middle."""
    parts = [int(part) for part in text.split("-")[:3]]
    seasons = {21: 4, 22: 7, 23: 10, 24: 1}
    month = seasons.get(parts[1], parts[1]) if len(parts) > 1 else 0
    if not month:
        return parts[0] + 0.5
    day = parts[2] if len(parts) > 2 else 15
    try:
        return parts[0] + (date(parts[0], month, day).timetuple().tm_yday - 1) / 365.25
    except ValueError:
        return parts[0] + (month - 0.5) / 12


def spread(wanted: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Places for labels near ``wanted`` (ascending), at least ``gap`` apart, inside ``[low, high]`` if they fit."""
    placed: list[float] = []
    for value in wanted:
        placed.append(max(value, placed[-1] + gap) if placed else max(low, value))
    limit = high
    for i in range(len(placed) - 1, -1, -1):
        placed[i] = min(placed[i], limit)
        limit = placed[i] - gap
    return placed
