"""A timeline with a ladder: events from left to right, sanctions higher up the more severe they are."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from pipeline.publish.charts import svg
from pipeline.publish.charts.scale import POLARITY, STEPS, Linear

LEFT, RIGHT, TOP, LANE, FOOT = 208.0, 24.0, 12.0, 30.0, 30.0


@dataclass(frozen=True, slots=True)
class Happening:
    """One event: a fractional year, its step on the ladder (0: none), what it is, and where its quote stands."""

    when: float
    step: int
    label: str
    kind: str = ""
    href: str | None = None


def _mark(event: Happening, x: float, y: float) -> str:
    if event.step:
        fill = STEPS[min(5, event.step // 2 + 2)]
        shape = svg.element(
            "rect", x=x - 6, y=y - 6, width=12, height=12, rx=2, fill=fill, stroke=svg.INK, stroke_width=0.8
        )
    elif event.kind in ("closed", "remedy"):
        shape = svg.element("circle", cx=x, cy=y, r=6, fill="#ffffff", stroke=POLARITY["ok"], stroke_width=2.4)
    else:
        shape = svg.element("circle", cx=x, cy=y, r=5, fill=svg.MUTED, stroke="#ffffff")
    return svg.link(event.href, svg.element("g", svg.title(event.label), shape), label=event.label)


def _places(events: Sequence[Happening], x: Linear) -> list[tuple[Happening, float, float]]:
    """Where each event stands: those too near each other on a lane are moved up or down a little."""
    taken: dict[int, list[float]] = {}
    placed: list[tuple[Happening, float, float]] = []
    for event in sorted(events, key=lambda e: e.when):
        at = x(event.when)
        near = sum(1 for other in taken.setdefault(event.step, []) if abs(other - at) < 11)
        taken[event.step].append(at)
        placed.append((event, at, (0, -9, 9)[near % 3]))
    return placed


def timeline(
    events: Sequence[Happening], lanes: Mapping[int, str], *, name: str, description: str, width: float = 1000
) -> Markup:
    """The drawing; ``lanes`` names each step (0 is the lowest lane, 6 the highest), only lanes in use are drawn."""
    used = sorted({0, *(e.step for e in events)}, reverse=True)
    first = math.floor(min([e.when for e in events], default=2020))
    last = max(math.ceil(max([e.when for e in events], default=2021)), first + 1)
    x = Linear(first, last, LEFT, width - RIGHT)
    y = {step: TOP + LANE * (i + 0.5) for i, step in enumerate(used)}
    bottom = TOP + LANE * len(used)
    parts = []
    for step in used:
        parts.append(svg.line(LEFT - 8, y[step], width - RIGHT + 8, y[step], svg.RULE))
        parts.append(svg.text(LEFT - 18, y[step] + 4, lanes[step], 12.5, text_anchor="end"))
    every = max(1, math.ceil((last - first) / 10))
    for year in range(first, last + 1, every):
        parts.append(svg.line(x(year), TOP, x(year), bottom + 5, svg.RULE, stroke_dasharray="2 4"))
        parts.append(svg.text(x(year), bottom + 20, str(year), 11.5, text_anchor="middle", fill=svg.MUTED))
    parts += [_mark(event, at, y[event.step] + shift) for event, at, shift in _places(events, x)]
    return svg.document(width, bottom + FOOT, parts, name=name, description=description)
