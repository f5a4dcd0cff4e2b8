"""Funnel plot: share against number of documents, with the limits that chance alone would keep within.

Spiegelhalter, D. J. (2005): Funnel plots for comparing institutional performance,
Statistics in Medicine 24(8), 1185-1202.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from pipeline.publish.charts import svg
from pipeline.publish.charts.scale import POLARITY, Linear, ticks

LEFT, RIGHT, TOP, BOTTOM = 52.0, 24.0, 14.0, 42.0


@dataclass(frozen=True, slots=True)
class Dot:
    """One municipality: documents, share, the limits at its size, and on which side of them it lies ('' inside)."""

    label: str
    documents: int
    rate: float
    limits: tuple[float, float, float, float]
    outside: str = ""
    note: str = ""
    code: str = ""


def _limits(dots: Sequence[Dot], x: Linear, y: Linear) -> list[str]:
    at = {dot.documents: dot.limits for dot in dots}
    drawn = []
    for index, dash in ((0, "4 4"), (1, "4 4"), (2, None), (3, None)):
        path = " ".join(f"{x(n):.1f} {y(at[n][index]):.1f}" for n in sorted(at))
        drawn.append(
            svg.element("path", d=f"M{path}", fill="none", stroke=svg.MUTED, stroke_dasharray=dash, opacity=0.7)
        )
    for index, label in ((1, "95 %"), (3, "99,8 %")):
        n = max(at)
        drawn.append(svg.text(x(n), y(at[n][index]) - 4, label, 10.5, text_anchor="end", fill=svg.MUTED))
    return drawn


def _dot(dot: Dot, x: Linear, y: Linear) -> str:
    far = dot.outside.endswith("998")
    colour = POLARITY["problem"] if dot.outside.startswith("above") else svg.ACCENT
    circle = svg.element(
        "circle", cx=x(dot.documents), cy=y(dot.rate), r=5.5 if far else 4, fill=colour if dot.outside else "#8a9299",
        opacity=0.9 if dot.outside else 0.6, stroke="#ffffff", stroke_width=0.8,
    )  # fmt: skip
    label = svg.text(x(dot.documents) + 8, y(dot.rate) + 4, dot.label, 11.5) if far else ""
    told = svg.title(f"{dot.label}: {dot.note}")
    return svg.element("g", told, circle, label, data_code=dot.code or None, class_="area")


def funnel(
    dots: Sequence[Dot],
    target: float,
    *,
    name: str,
    description: str,
    axis: str,
    average: str,
    width: float = 720,
    height: float = 380,
    percent: str = "{} %",
) -> Markup:
    """The plot; ``target`` is the average share, ``axis`` names the horizontal axis, ``average`` the target line."""
    most = max([dot.documents for dot in dots] + [1])
    top = min(1.0, max([dot.rate for dot in dots] + [target]) * 1.15 + 0.02)
    across, up = ticks(most, 6, 1), [v for v in ticks(top, 5) if v <= 1.0]
    x = Linear(0, max(most * 1.12, 6), LEFT, width - RIGHT)
    y = Linear(0, max(top, up[-1]), height - BOTTOM, TOP)
    parts = []
    for value in up:
        parts.append(svg.line(LEFT, y(value), width - RIGHT, y(value), svg.RULE))
        parts.append(
            svg.text(
                LEFT - 8, y(value) + 4, percent.format(round(value * 100)), 11.5, text_anchor="end", fill=svg.MUTED
            )
        )
    parts += [
        svg.text(x(value), height - BOTTOM + 18, f"{value:g}", 11.5, text_anchor="middle", fill=svg.MUTED)
        for value in across
        if value <= x.high
    ]
    parts.append(svg.text(width - RIGHT, height - 6, axis, 12, text_anchor="end", fill=svg.MUTED))
    parts.append(svg.line(LEFT, y(target), width - RIGHT, y(target), svg.ACCENT, stroke_width=1.5))
    parts.append(svg.text(LEFT + 6, y(target) - 5, average, 11.5, fill=svg.ACCENT))
    parts += _limits(dots, x, y) if dots else []
    parts += [_dot(dot, x, y) for dot in sorted(dots, key=lambda d: bool(d.outside))]
    return svg.document(width, height, parts, name=name, description=description)
