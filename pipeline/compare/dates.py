"""Dates of reduced precision (``records``) as spans of days, so that they can be ordered and set beside each other."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date
from functools import cache

_FORM = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")
_SEASONS = {21: (3, 5), 22: (6, 8), 23: (9, 11), 24: (12, 12)}


@cache
def span(text: str | None) -> tuple[date, date] | None:
    """First and last day that an ISO date of any precision can mean; None if there is none.

    A season is its months ('2019-24', winter, is December: of January and February the year is unsure).
    """
    match = _FORM.fullmatch(text or "")
    if not match:
        return None
    year, month, day = (int(part) if part else 0 for part in match.groups())
    try:
        if day:
            return date(year, month, day), date(year, month, day)
        first, last = _SEASONS.get(month, (month or 1, month or 12))
        return date(year, first, 1), date(year, last, monthrange(year, last)[1])
    except ValueError:
        return None


def compatible(one: str | None, other: str | None) -> bool:
    """Whether both can mean the same day (an unknown date can mean any)."""
    a, b = span(one), span(other)
    return a is None or b is None or (a[0] <= b[1] and b[0] <= a[1])


def gap(one: str, other: str) -> int:
    """Days between two dates at their nearest; 0 where they overlap."""
    a, b = span(one), span(other)
    if a is None or b is None:
        return 10**6
    return max((b[0] - a[1]).days, (a[0] - b[1]).days, 0)


@cache
def precision(text: str | None) -> int:
    """3 for a day, 2 for a month or season, 1 for a year, 0 for none."""
    return 0 if span(text) is None else {4: 1, 7: 2}.get(len(text or ""), 3)


@cache
def sorting(text: str | None, *, late: bool = False) -> str:
    """Full ISO date to sort by: the first day meant, or the last (``late``: what ends something); empty if none."""
    days = span(text)
    return "" if days is None else days[late].isoformat()


@cache
def ordinal(day: str) -> int:
    """Number of a full ISO date, so that days can be counted by subtraction."""
    return date.fromisoformat(day).toordinal()
