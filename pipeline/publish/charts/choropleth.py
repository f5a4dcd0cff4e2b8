"""A map of the municipalities, coloured by step, hatched where the base is too small."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from pipeline.publish.charts import svg
from pipeline.publish.charts.geometry import outlines
from pipeline.publish.charts.scale import EMPTY, STEPS, SUPPRESSED


@dataclass(frozen=True, slots=True)
class Area:
    """One municipality on the map: ``step`` is its colour (None: ``status`` says why not), ``label`` what it tells."""

    code: str
    label: str
    step: int | None
    status: str = ""


def _fill(area: Area) -> str:
    if area.step is not None:
        return STEPS[area.step]
    return SUPPRESSED if area.status == ".." else EMPTY


def choropleth(areas: Sequence[Area], *, name: str, description: str, width: float = 340) -> Markup:
    """The map as a drawing ``width`` pixels wide; every area carries its label and its code."""
    shapes = outlines()
    scale = width / shapes.width
    drawn = []
    for area in areas:
        # No links: the table beside the map is the way for the keyboard; a script handles the click.
        shape = svg.element(
            "path",
            svg.title(area.label),
            d=shapes.paths[area.code],
            fill=_fill(area),
            class_="area",
            data_code=area.code,
        )
        drawn.append(shape)
    group = svg.element("g", *drawn, transform=f"scale({scale:.4f})", stroke="#ffffff", stroke_width=2.5)
    return svg.document(width, shapes.height * scale, [group], name=name, description=description)
