"""Small multiples: one little chart of years per theme, all on the same scale."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from markupsafe import Markup

from pipeline.publish.charts import svg
from pipeline.publish.charts.scale import Linear, ticks


@dataclass(frozen=True, slots=True)
class Point:
    """A year with its share and interval (fractions); a year without enough documents has ``rate`` None."""

    year: int
    rate: float | None
    low: float | None = None
    high: float | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Panel:
    """One small chart: its heading, its points in order of year, and a word on its direction."""

    label: str
    points: tuple[Point, ...]
    note: str = ""
    href: str | None = None
    colour: str = field(default=svg.ACCENT)


def _runs(points: Sequence[Point]) -> list[list[Point]]:
    """Unbroken runs of consecutive years that have a share."""
    runs: list[list[Point]] = []
    for point in points:
        if point.rate is None:
            continue
        if runs and runs[-1][-1].year == point.year - 1:
            runs[-1].append(point)
        else:
            runs.append([point])
    return runs


def _band(run: Sequence[Point], x: Linear, y: Linear, colour: str) -> str:
    upper = [f"{x(p.year):.1f} {y(p.high or 0):.1f}" for p in run]
    lower = [f"{x(p.year):.1f} {y(p.low or 0):.1f}" for p in reversed(run)]
    return svg.element("path", d=f"M{' '.join(upper + lower)}z", fill=colour, opacity=0.16)


def _panel(panel: Panel, x: Linear, y: Linear, width: float, height: float, high: float, percent: str) -> list[str]:
    drawn = [svg.link(panel.href, svg.text(0, 14, panel.label, 13, font_weight=600))]
    if panel.note:
        drawn.append(svg.text(0, 30, panel.note, 11.5, fill=svg.MUTED))
    for value in (0.0, high / 2, high):
        drawn.append(svg.line(x.start, y(value), x.end, y(value), svg.RULE))
        drawn.append(svg.text(0, y(value) + 4, percent.format(round(value * 100)), 10.5, fill=svg.MUTED))
    for year, anchor in ((x.low, "start"), (x.high, "end")):
        drawn.append(svg.text(x(year), height - 2, str(int(year)), 10.5, fill=svg.MUTED, text_anchor=anchor))
    for run in _runs(panel.points):
        if len(run) > 1:
            drawn.append(_band(run, x, y, panel.colour))
            path = " ".join(f"{x(p.year):.1f} {y(p.rate or 0):.1f}" for p in run)
            drawn.append(svg.element("path", d=f"M{path}", fill="none", stroke=panel.colour, stroke_width=2))
        for p in run:
            if len(run) == 1:
                drawn.append(svg.line(x(p.year), y(p.low or 0), x(p.year), y(p.high or 0), panel.colour, opacity=0.4))
            dot = svg.element(
                "circle", svg.title(f"{p.year}: {p.note}"), cx=x(p.year), cy=y(p.rate or 0), r=2.6, fill=panel.colour
            )
            drawn.append(dot)
    return drawn


def multiples(
    panels: Sequence[Panel],
    *,
    name: str,
    description: str,
    columns: int = 4,
    width: float = 1080,
    height: float = 138,
    percent: str = "{} %",
) -> Markup:
    """The panels in a grid of ``columns``, each ``height`` pixels high, on common axes."""
    years = [p.year for panel in panels for p in panel.points if p.rate is not None] or [2000, 2001]
    first, last = min(years), max(max(years), min(years) + 1)
    # The scale follows the shares; bands of years with few documents may run out of it at the top.
    high = min(1.0, ticks(1.25 * max([p.rate or 0 for panel in panels for p in panel.points] + [0.05]), 4)[-1])
    gap = 28.0
    each = (width - gap * (columns - 1)) / columns
    x, y = Linear(first, last, 38, each - 4), Linear(0, high, height - 18, 44)
    parts = []
    for i, panel in enumerate(panels):
        place = f"translate({(i % columns) * (each + gap):.1f} {(i // columns) * (height + 22):.1f})"
        parts.append(svg.element("g", *_panel(panel, x, y, each, height, high, percent), transform=place))
    rows = -(-len(panels) // columns)
    return svg.document(width, rows * (height + 22) or 40, parts, name=name, description=description)
