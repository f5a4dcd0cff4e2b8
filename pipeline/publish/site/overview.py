"""The first page: what was read, what is most common, where, who is criticised again, and how it has changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from markupsafe import Markup

from pipeline.publish.charts.choropleth import Area, choropleth
from pipeline.publish.charts.intervals import interval_plot
from pipeline.publish.charts.multiples import Panel, Point, multiples
from pipeline.publish.charts.scale import BOUNDS
from pipeline.publish.site.cells import bounds, cell, interval
from pipeline.publish.site.data import HEAT, Place, Row, Store, grouped
from pipeline.publish.site.frame import View
from pipeline.publish.site.quotes import citing, theme_rows

DOCUMENT_STEPS = (1, 3, 5, 10, 25)
_YEARS = (
    "polarity = 'problem' AND source_kind = 'all' AND attribution = 'all' AND (length(period) = 4 OR period = 'all')"
)
_RECURRING = """
SELECT u.code, f.theme, count(DISTINCT u.unit) AS documents, list_sort(list(DISTINCT left(d.date, 4))) AS years
FROM f JOIN u ON u.document = f.document JOIN d ON d.id = f.document
WHERE f.polarity = 'problem' AND d.date IS NOT NULL AND u.code <> '0000'
GROUP BY ALL HAVING len(years) > 1
"""


def national(store: Store) -> list[Row]:
    """The country's rates per theme, the most common first."""
    rows = store.table("national", f"{HEAT} AND theme <> 'all'")
    return sorted(rows, key=lambda row: (-(row["rate"] or 0), row["theme"]))


def themes_chart(rows: Sequence[Row], view: View, home: str | None = "") -> Markup:
    """The interval plot of the themes; ``home`` is the way to the pages (None: no links, for a slide)."""
    plotted = [
        interval(row, view.theme(row["theme"]), view, None if home is None else f"{home}tema/{row['theme']}.html")
        for row in rows
    ]
    return interval_plot(
        plotted,
        name=view.t("chart.themes"),
        description=view.t("chart.themes_desc"),
        percent=view.percent_form,
        accent="#b3400f",
        width=1000,
        left=270,
        right=130,
    )


def document_step(documents: int) -> int | None:
    """The colour step of a number of documents; None where there are none."""
    return sum(documents >= bound for bound in DOCUMENT_STEPS) or None


def coverage_map(places: Sequence[Place], view: View, width: float = 340) -> Markup:
    """The map of how many documents there are about each municipality."""
    areas = [
        Area(p.place.code, f"{p.place.name}: {view.many('documents', p.documents)}", document_step(p.documents), "-")
        for p in places
    ]
    name = view.t("overview.map_of", what=view.t("overview.map_documents").lower())
    return choropleth(areas, name=name, description=view.t("chart.map_desc"), width=width)


def theme_map(places: Sequence[Place], theme: str, view: View, width: float = 340) -> Markup:
    """The map of one theme's problem rate."""
    areas = []
    for p in places:
        row = p.cells.get(theme)
        made = cell(row, view)
        label = f"{p.place.name}: {made.shown}{' %' if made.rate is not None else ''} ({made.told})"
        areas.append(Area(p.place.code, label, int(made.css[1]) if made.rate is not None else None, made.shown))
    name = view.t("overview.map_of", what=view.theme(theme).lower())
    return choropleth(areas, name=name, description=view.t("chart.map_desc"), width=width)


def yearly_panels(rows: Sequence[Row], view: View, home: str | None = "") -> list[Panel]:
    """A panel per theme from national rows of years."""
    by_theme = grouped(sorted((r for r in rows if r["period"].isdigit()), key=lambda r: r["period"]), "theme")
    panels = []
    order = {row["theme"]: -(row["rate"] or 0) for row in rows if row["period"] == "all"}
    for theme in sorted(view.codebook.theme_ids, key=lambda name: order.get(name, 0)):
        points = tuple(
            Point(int(r["period"]), r["rate"], r["low"], r["high"], f"{view.percent(r['rate'])} ({bounds(r, view)})")
            for r in by_theme.get(theme, [])
        )
        href = None if home is None else f"{home}tema/{theme}.html"
        panels.append(Panel(view.theme(theme), points, href=href))
    return panels


def trends_chart(store: Store, view: View, home: str | None = "") -> Markup:
    """Small multiples of the national rates by year."""
    rows = store.table("national", f"{_YEARS} AND theme <> 'all'")
    return multiples(
        yearly_panels(rows, view, home),
        name=view.t("chart.trends"),
        description=view.t("chart.trends_desc"),
        percent=view.percent_form,
    )


def recurring(store: Store, most: int = 12) -> list[Row]:
    """Municipality and theme with problems in documents of several years, new criticism after closure first."""
    again = {(r["municipality"], r["theme"]): r["recurred"] for r in store.table("closure", "recurred > 0")}
    rows = [row | {"again": int(again.get((row["code"], row["theme"]), 0))} for row in store.rows(_RECURRING)]
    rows.sort(key=lambda r: (-min(r["again"], 1), -len(r["years"]), -r["documents"], r["code"], r["theme"]))
    return rows[:most]


def heat_rows(places: Sequence[Place], view: View) -> list[dict[str, Any]]:
    """The lines of the heat map in their first order: most documents first."""
    order = sorted(places, key=lambda p: -p.documents)
    themes = view.codebook.theme_ids
    return [
        {"p": p, "cells": [(theme, cell(p.cells.get(theme), view)) for theme in themes], "documents": p.documents}
        for p in order
    ]


def context(store: Store, places: Sequence[Place], view: View) -> dict[str, Any]:
    """What the template of the first page needs."""
    rows = national(store)
    names = {p.place.code: p.place.name for p in places}
    years = sorted(
        {
            r["period_year"]
            for r in store.rows("SELECT DISTINCT CAST(period_year AS VARCHAR) AS period_year FROM c_units")
            if (r["period_year"] or "").isdigit()
        }
    )
    return {
        "top_theme": rows[0] if rows and rows[0]["documents_with"] else None,
        "national": rows,
        "voices": [(row["code"], citing([row])) for row in theme_rows(store, rows[0]["theme"], 2)] if rows else [],
        "bounds": lambda row: bounds(row, view),
        "themes_chart": themes_chart(rows, view),
        "map": coverage_map(places, view),
        "document_steps": DOCUMENT_STEPS,
        "rate_steps": BOUNDS,
        "heat": heat_rows(places, view),
        "recurring": recurring(store),
        "names": names,
        "trends": trends_chart(store, view),
        "conflicts": store.table("conflicts", order="municipality, conflict_id")[:6],
        "years": years,
        "kinds": view.totals.kinds,
    }
