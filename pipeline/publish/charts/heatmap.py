"""The heat map as a drawing for a slide (the pages have it as a table, which can be walked and read aloud)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from pipeline.publish.charts import svg
from pipeline.publish.charts.scale import EMPTY, ON_STEP, STEPS, SUPPRESSED, step, whole

CELL, HIGH, LEFT, HEAD = 52.0, 24.0, 190.0, 158.0


@dataclass(frozen=True, slots=True)
class HeatRow:
    """One line of the map: its label, and per column a share (None: ``marks`` says '..' or '-')."""

    label: str
    rates: tuple[float | None, ...]
    marks: tuple[str, ...]


def _cell(x: float, y: float, rate: float | None, mark: str) -> list[str]:
    place = step(rate)
    fill = STEPS[place] if place is not None else SUPPRESSED if mark == ".." else EMPTY
    ink = ON_STEP[place] if place is not None else svg.MUTED
    shown = f"{whole(rate)}" if rate is not None else "–" if mark == "-" else mark
    box = svg.element("rect", x=x, y=y, width=CELL - 2, height=HIGH - 2, fill=fill)
    return [box, svg.text(x + CELL / 2 - 1, y + HIGH / 2 + 3.5, shown, 11.5, text_anchor="middle", fill=ink)]


def heatmap(columns: Sequence[str], rows: Sequence[HeatRow], *, name: str, description: str) -> Markup:
    """The map with slanted column heads; numbers are percentages."""
    parts = []
    for i, label in enumerate(columns):
        x = LEFT + i * CELL + CELL / 2 - 4
        parts.append(svg.text(0, 0, label, 12, transform=f"translate({x:.1f} {HEAD - 8:.1f}) rotate(-40)"))
    for j, row in enumerate(rows):
        y = HEAD + j * HIGH
        parts.append(svg.text(LEFT - 10, y + HIGH / 2 + 3.5, row.label, 12.5, text_anchor="end"))
        for i, (rate, mark) in enumerate(zip(row.rates, row.marks, strict=True)):
            parts += _cell(LEFT + i * CELL, y, rate, mark)
    width = LEFT + CELL * len(columns) + 110
    return svg.document(width, HEAD + HIGH * len(rows) + 6, parts, name=name, description=description)
