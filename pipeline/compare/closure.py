"""How long it takes from criticism to a confirmed closing, and how often criticism comes back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from pipeline.compare.dates import ordinal
from pipeline.compare.intervals import quantile


@dataclass(frozen=True, slots=True)
class Episode:
    """From the first criticism to the closing, or to the last day that is known (``closed`` False: censored)."""

    municipality: str
    theme: str
    first: str
    last: str
    days: int
    closed: bool
    again: bool


def _days(first: str, last: str) -> int:
    return ordinal(last) - ordinal(first)


def episodes(steps: pa.Table, until: str) -> list[Episode]:
    """The episodes among the steps of ``follow_through.follow``; an open one is followed to ``until`` (ISO date).

    An imprecise closing counts at its last possible day.
    """
    dated = steps.filter(pc.greater(steps.column("episode"), 0))
    number = dated.column("episode").to_numpy()
    step = dated.column("step").to_numpy()
    places, themes = dated.column("municipality").to_pylist(), dated.column("theme").to_pylist()
    days, states = dated.column("day").to_pylist(), dated.column("state").to_pylist()
    starts = np.flatnonzero(step == 1).tolist()
    found = []
    for start, end in zip(starts, [*starts, len(step)][1:], strict=True):
        closed = states[end - 1] == "closed"
        until_day = days[end - 1] if closed else max(until, days[end - 1])
        again = bool(number[start] > 1) or "criticised_again" in states[start:end]
        found.append(
            Episode(
                places[start], themes[start], days[start], days[end - 1], _days(days[start], until_day), closed, again
            )
        )
    return found


def kaplan_meier(
    days: Sequence[int], closed: Sequence[bool]
) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Times of closings, the share still open after each, and its log-log bounds (95 %).

    Source: Kaplan and Meier (1958), JASA 53:457-481; Greenwood's variance on the log(-log) scale
    as in Kalbfleisch and Prentice (1980).
    """
    time, event = np.asarray(days, dtype=np.int64), np.asarray(closed, dtype=bool)
    moments = np.unique(time[event])
    at_risk = (time[None, :] >= moments[:, None]).sum(axis=1).astype(np.float64)
    died = ((time[None, :] == moments[:, None]) & event[None, :]).sum(axis=1)
    still = np.cumprod(1 - died / at_risk)
    with np.errstate(divide="ignore", invalid="ignore"):
        greenwood = np.cumsum(died / (at_risk * (at_risk - died)))
        reach = quantile() * np.sqrt(greenwood) / np.abs(np.log(still))
        low, high = still ** np.exp(reach), still ** np.exp(-reach)
    return moments, still, low, high


def _crossing(moments: NDArray[np.int64], curve: NDArray[np.float64]) -> int | None:
    below = np.flatnonzero(curve <= 0.5)
    return int(moments[below[0]]) if len(below) else None


def median_days(found: Sequence[Episode]) -> tuple[int | None, int | None, int | None]:
    """Median time to closure in days with bounds (Brookmeyer and Crowley 1982); None where not reached."""
    if not any(e.closed for e in found):
        return None, None, None
    moments, still, low, high = kaplan_meier([e.days for e in found], [e.closed for e in found])
    return _crossing(moments, still), _crossing(moments, low), _crossing(moments, high)


def _summary(place: str, name: str, theme: str, found: Sequence[Episode]) -> dict[str, Any]:
    median, low, high = median_days(found)
    return {
        "municipality": place, "name": name, "theme": theme, "episodes": len(found),
        "closed": sum(e.closed for e in found), "recurred": sum(e.again for e in found),
        "open": any(not e.closed for e in found), "first": min(e.first for e in found),
        "last": max(e.last for e in found), "median_days": median, "median_low": low, "median_high": high,
    }  # fmt: skip


def closure_rows(found: Sequence[Episode], names: dict[str, str]) -> list[dict[str, Any]]:
    """Rows of the table ``closure``: each municipality and theme, and the country ('') by theme."""
    local = sorted(found, key=lambda e: (e.municipality, e.theme))
    rows = [
        _summary(place, names.get(place, ""), theme, list(group))
        for (place, theme), group in groupby(local, key=lambda e: (e.municipality, e.theme))
    ]
    whole = sorted(found, key=lambda e: e.theme)
    return [_summary("", "Riket", theme, list(group)) for theme, group in groupby(whole, key=lambda e: e.theme)] + rows
