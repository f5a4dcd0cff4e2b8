"""Interval dot plots: one row per thing, a dot for the share and a bar for its interval; two dots make a dumbbell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from pipeline.publish.charts import svg
from pipeline.publish.charts.scale import QUARTER, Linear, ticks

ROW, HEAD, FOOT = 26.0, 26.0, 8.0


@dataclass(frozen=True, slots=True)
class Interval:
    """A share with its bounds (fractions; None: not shown) and what stands beside it."""

    label: str
    rate: float | None
    low: float | None
    high: float | None
    value: str = ""
    note: str = ""
    href: str | None = None
    colour: str = ""
    other: tuple[float, float, float] | None = None
    strong: bool = False


def _axis(scale: Linear, values: Sequence[float], bottom: float, percent: str) -> list[str]:
    drawn = []
    for value in values:
        x = scale(value)
        drawn.append(svg.line(x, HEAD - 4, x, bottom, svg.RULE))
        label = percent.format(round(value * 100))
        drawn.append(svg.text(x, HEAD - 10, label, 11.5, text_anchor="middle", fill=svg.MUTED))
    return drawn


def sign(colour: str, x: float, y: float, fill: str) -> str:
    """The dot of a quarter of the ranking: up for the highest, down for the lowest, round otherwise."""
    if colour == "red":
        return svg.element("path", d=f"M{x - 5.5:.1f} {y + 4.5:.1f}h11l-5.5 -10z", fill=fill)
    if colour == "green":
        return svg.element("path", d=f"M{x - 5.5:.1f} {y - 4.5:.1f}h11l-5.5 10z", fill=fill)
    return svg.element("circle", cx=x, cy=y, r=4.5, fill=fill)


def _other(row: Interval, scale: Linear, y: float) -> list[str]:
    if row.other is None:
        return []
    rate, low, high = row.other
    return [
        svg.line(scale(low), y + 6, scale(high), y + 6, svg.MUTED, stroke_width=1.5),
        svg.element("circle", cx=scale(rate), cy=y + 6, r=3.8, fill="#ffffff", stroke=svg.MUTED, stroke_width=1.6),
    ]


def _row(row: Interval, scale: Linear, y: float, left: float, width: float, accent: str) -> list[str]:
    lift = 3.0 if row.other else 0.0
    label = svg.text(left - 12, y + 4.5, row.label, 13.5, text_anchor="end", font_weight=600 if row.strong else 400)
    parts = [svg.link(row.href, label), *_other(row, scale, y)]
    if row.rate is not None and row.low is not None and row.high is not None:
        fill = QUARTER[row.colour] if row.colour else accent
        parts.append(
            svg.line(scale(row.low), y - lift, scale(row.high), y - lift, fill, stroke_width=2.5, opacity=0.55)
        )
        parts.append(sign(row.colour, scale(row.rate), y - lift, fill))
    if row.value:
        parts.append(svg.text(width - 4, y + 4.5, row.value, 12.5, text_anchor="end", fill=svg.MUTED))
    told = svg.title(f"{row.label}: {row.note or row.value}")
    hit = svg.element("rect", x=0, y=y - ROW / 2, width=width, height=ROW, fill="transparent")
    return [svg.element("g", told, hit, *parts)]


def interval_plot(
    rows: Sequence[Interval],
    *,
    name: str,
    description: str,
    width: float = 720,
    left: float = 220,
    right: float = 96,
    percent: str = "{} %",
    accent: str = svg.ACCENT,
    full: bool = False,
) -> Markup:
    """The plot, ``width`` pixels wide; labels end at ``left``, values stand in the last ``right`` pixels.

    ``full`` draws the axis to 100 % even when nothing reaches it.
    """
    top = max([r.high or 0 for r in rows] + [r.other[2] for r in rows if r.other] + [0.05])
    values = [v for v in ticks(1.0 if full else min(1.0, top), 5) if v <= 1.0 + 1e-9]
    scale = Linear(0, max(values[-1], min(top, 1.0)), left, width - right)
    bottom = HEAD + ROW * len(rows) + FOOT
    parts = _axis(scale, values, bottom - FOOT, percent)
    for i, row in enumerate(rows):
        parts += _row(row, scale, HEAD + ROW * (i + 0.5), left, width, accent)
    return svg.document(width, bottom, parts, name=name, description=description)
