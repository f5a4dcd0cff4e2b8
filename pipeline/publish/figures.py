"""The report's charts by name, as files for a slide or a page of print: framed with a heading and a source line."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from html import unescape
from pathlib import Path

from markupsafe import Markup

from pipeline.codebook import load_codebook
from pipeline.errors import UsageError, WorkspaceError
from pipeline.geography import find
from pipeline.publish.charts import svg
from pipeline.publish.charts.heatmap import HeatRow, heatmap
from pipeline.publish.charts.png import to_png
from pipeline.publish.site import overview, place, theme
from pipeline.publish.site.data import Place, Store, open_store, places, totals
from pipeline.publish.site.frame import View

MARGIN, HEAD, FOOT = 24.0, 56.0, 36.0
FORMS = (".svg", ".png")


@dataclass(frozen=True)
class Material:
    """What a figure is drawn from."""

    store: Store
    places: tuple[Place, ...]
    view: View


def _heatmap(material: Material, _: str) -> Markup | None:
    view, themes = material.view, material.view.codebook.theme_ids
    shown = [p for p in material.places if p.documents >= 5] or [p for p in material.places if p.documents]
    rows = []
    for p in sorted(shown, key=lambda p: -p.documents)[:40]:
        cells = [p.cells.get(name) or {} for name in themes]
        rates = tuple(cell.get("rate") for cell in cells)
        rows.append(HeatRow(p.place.name, rates, tuple(cell.get("status") or "-" for cell in cells)))
    labels = [view.theme(name) for name in themes]
    return heatmap(labels, rows, name=view.t("chart.heatmap"), description=view.t("chart.heatmap_desc"))


def _map(material: Material, name: str) -> Markup | None:
    if not name:
        return overview.coverage_map(material.places, material.view, 420)
    return overview.theme_map(material.places, _theme(material, name), material.view, 420)


def _theme(material: Material, name: str) -> str:
    known = material.view.codebook.theme_ids
    if name not in known:
        raise UsageError(f"There is no theme '{name}'; choose one of {', '.join(known)}.")
    return name


def _place(material: Material, name: str) -> Place:
    code = find(name).code
    return next(p for p in material.places if p.place.code == code)


def _profile(material: Material, name: str) -> Markup | None:
    own = _place(material, name)
    rows = material.store.table("peers", f"municipality = '{own.place.code}' AND peer_kind = 'skr_group'")
    shown = [row for row in rows if row["rate"] is not None]
    return place.profile_chart(own, "skr_group", shown, material.view, links=False) if shown else None


def _timeline(material: Material, name: str) -> Markup | None:
    own = _place(material, name).place
    rows = material.store.table("timeline", f"municipality = '{own.code}'", "sort_date NULLS LAST, event_id")
    return place.timeline_chart(own.name, rows, material.view, links=False)


_DRAWN: dict[str, Callable[[Material, str], Markup | None]] = {
    "themes": lambda m, _: overview.themes_chart(overview.national(m.store), m.view, None),
    "trends": lambda m, _: overview.trends_chart(m.store, m.view, None),
    "heatmap": _heatmap,
    "map": _map,
    "ranks": lambda m, name: theme.ranks_chart(m.places, _theme(m, name), m.view, None),
    "funnel": lambda m, name: theme.funnel_chart(m.store, _theme(m, name), m.view),
    "trend": lambda m, name: theme.trend_chart(m.store, _theme(m, name), m.view),
    "profile": _profile,
    "timeline": _timeline,
}
_ASKS = {"ranks": "theme", "funnel": "theme", "trend": "theme", "profile": "municipality", "timeline": "municipality"}
NAMES = (*(f"{name}:{_ASKS[name].upper()}" if name in _ASKS else name for name in _DRAWN), "map:THEME")


def framed(drawing: Markup, heading: str, source: str) -> str:
    """A drawing with its heading above and its source line below, on white."""
    head = str(drawing)
    box = head[head.index('viewBox="') + 9 :]
    _, _, width, height = (float(part) for part in box[: box.index('"')].split())
    inner = head.replace("<svg ", f'<svg x="{MARGIN}" y="{HEAD}" ', 1)
    parts = [
        svg.element("rect", width=width + 2 * MARGIN, height=height + HEAD + FOOT, fill=svg.PAPER),
        svg.text(MARGIN, 34, heading, 19, font_weight=600),
        inner,
        svg.text(MARGIN, HEAD + height + 22, source, 12, fill=svg.MUTED),
    ]
    size = (width + 2 * MARGIN, height + HEAD + FOOT)
    return str(svg.document(*size, parts, name=heading, description=source))


def draw(workspace: Path, root: Path, name: str, *, language: str = "sv", generated: datetime) -> str:
    """The chart called ``name`` as SVG text.

    ``name`` is one of ``NAMES``: a chart, or a chart and what it is about ('ranks:leadership',
    'timeline:Hedemora'). Raises UsageError for an unknown name and WorkspaceError when the
    workspace has nothing to draw it from.
    """
    chart, _, about = name.partition(":")
    if chart not in _DRAWN or (chart in _ASKS and not about):
        raise UsageError(f"There is no figure '{name}'; choose one of {', '.join(NAMES)}.")
    store = open_store(workspace, root)
    view = View(language, language, load_codebook(), totals(store), generated)
    drawing = _DRAWN[chart](Material(store, places(store), view), about)
    if drawing is None:
        raise WorkspaceError(f"{workspace}: there are too few documents to draw '{name}'.")
    label = str(drawing)
    heading = unescape(label[label.index("<title>") + 7 : label.index("</title>")])
    return framed(drawing, heading, view.source_line)


def write_figure(drawing: str, out: Path) -> None:
    """Write the drawing as SVG or PNG, by the suffix of ``out``.

    Raises UsageError for another suffix and WorkspaceError when the file cannot be written.
    """
    if out.suffix.lower() not in FORMS:
        raise UsageError(f"{out}: give a file name that ends in {' or '.join(FORMS)}.")
    made = (
        to_png(drawing)
        if out.suffix.lower() == ".png"
        else f'<?xml version="1.0" encoding="UTF-8"?>\n{drawing}\n'.encode()
    )
    try:
        out.write_bytes(made)
    except OSError as error:
        raise WorkspaceError(f"{out}: cannot be written ({error.strerror or error}).") from error
