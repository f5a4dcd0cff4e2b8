"""The page of a theme: what it is, how common, where, whether more than chance, over time, in which words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from pipeline.publish.charts.funnel import Dot, funnel
from pipeline.publish.charts.intervals import interval_plot
from pipeline.publish.charts.multiples import multiples
from pipeline.publish.site.cells import bounds, cell, interval
from pipeline.publish.site.data import HEAT, NOWHERE, Place, Row, Store
from pipeline.publish.site.frame import View
from pipeline.publish.site.overview import _YEARS, theme_map, yearly_panels
from pipeline.publish.site.quotes import Citing, citing, theme_rows

SHOWN, VOICES = 40, 24
_GROUPS = """
SELECT {column} AS key, any_value({label}) AS label, count(DISTINCT u.unit) AS documents,
count(DISTINCT u.unit) FILTER (u.unit IN (SELECT unit FROM u JOIN f ON f.document = u.document
WHERE f.theme = ? AND f.polarity = 'problem')) AS documents_with
FROM u JOIN m ON m.code = u.code GROUP BY 1 ORDER BY 1
"""


def ranked(places: Sequence[Place], theme: str) -> list[Place]:
    """The municipalities whose rate is shown, highest first."""
    shown = [p for p in places if (p.cells.get(theme) or {}).get("rate") is not None]
    return sorted(shown, key=lambda p: (-p.cells[theme]["rate"], -p.cells[theme]["documents"], p.place.code))


def ranks_chart(
    places: Sequence[Place], theme: str, view: View, top: str | None = "../", most: int = SHOWN
) -> Markup | None:
    """The interval plot of the ``most`` highest municipalities; None when nothing can be compared."""
    rows = [
        interval(
            p.cells[theme],
            p.place.name,
            view,
            None if top is None else f"{top}kommun/{p.place.code}.html#tema-{theme}",
            colour=p.cells[theme]["colour"] or "",
        )
        for p in ranked(places, theme)[:most]
    ]
    if not rows:
        return None
    name = view.t("chart.ranks", theme=view.theme(theme))
    return interval_plot(
        rows,
        name=name,
        description=view.t("chart.ranks_desc"),
        percent=view.percent_form,
        width=1000,
        left=200,
        right=130,
    )


def funnel_chart(store: Store, theme: str, view: View) -> Markup | None:
    """The funnel plot of a theme; None when nothing can be compared."""
    rows = store.table("funnel", f"theme = '{theme}' AND status = ''", "municipality")
    rows = [row for row in rows if row["low_95"] is not None and row["rate"] is not None]
    if len(rows) < 3:
        return None
    dots = [
        Dot(
            row["name"],
            row["documents"],
            row["rate"],
            (row["low_95"], row["high_95"], row["low_998"], row["high_998"]),
            row["outside"] or "",
            view.t("js.of", a=row["documents_with"], b=row["documents"]),
            row["municipality"],
        )
        for row in rows
    ]
    target = rows[0]["target"]
    return funnel(
        dots,
        target,
        name=view.t("chart.funnel", theme=view.theme(theme)),
        description=view.t("chart.funnel_desc"),
        axis=view.t("chart.documents_axis"),
        width=1000,
        height=440,
        average=f"{view.t('chart.average')} {view.percent(target)}",
        percent=view.percent_form,
    )


def trend_chart(store: Store, theme: str, view: View) -> Markup | None:
    """One larger panel of the theme's years; None without years."""
    rows = store.table("national", f"{_YEARS} AND theme = '{theme}'")
    panels = [panel for panel in yearly_panels(rows, view, None) if panel.points]
    if not panels:
        return None
    return multiples(
        panels,
        name=f"{view.theme(theme)}: {view.t('chart.trends').lower()}",
        description=view.t("chart.trends_desc"),
        columns=1,
        width=1000,
        height=250,
        percent=view.percent_form,
    )


def groups(store: Store, theme: str, column: str, label: str) -> list[Row]:
    """Documents and documents with a problem per group of municipalities (each document once per group)."""
    return store.rows(_GROUPS.format(column=column, label=label), theme)


@dataclass(frozen=True)
class Material:
    """What a theme's page shows alike in every language."""

    theme: str
    groups: Sequence[Row]
    voices: Sequence[tuple[str, Citing]]


def material(store: Store, theme: str) -> Material:
    """Read what the page of a theme shows alike in every language."""
    voices = [(row["code"], citing([row])) for row in theme_rows(store, theme, VOICES)]
    return Material(theme, groups(store, theme, "skr_group", "skr_group_name"), voices)


def context(store: Store, places: Sequence[Place], found: Material, view: View) -> dict[str, Any]:
    """What the template of a theme needs."""
    theme = found.theme
    entry = view.codebook.theme(theme)
    order = ranked(places, theme)
    having = [p for p in places if (p.cells.get(theme) or {}).get("documents_with")]
    row = next(iter(store.table("national", f"{HEAT} AND theme = '{theme}'")), None)
    together = store.table(
        "cooccurrence",
        f"(theme_a = '{theme}' OR theme_b = '{theme}') AND polarity = 'problem' AND separable AND lift > 1",
        "lift DESC",
    )
    return {
        "theme": entry,
        "row": row,
        "interval": bounds(row, view) if row else "",
        "ranks": ranks_chart(places, theme, view),
        "ranked": len(order),
        "shown": min(SHOWN, len(order)),
        "funnel": funnel_chart(store, theme, view),
        "trend": trend_chart(store, theme, view),
        "map": theme_map(places, theme, view, 300),
        "groups": found.groups,
        "having": sorted(having, key=lambda p: (-p.cells[theme]["documents_with"], p.place.name)),
        "cell": lambda p: cell(p.cells.get(theme), view),
        "bounds": lambda r: bounds(r, view),
        "voices": found.voices,
        "names": {p.place.code: p.place.name for p in places} | {NOWHERE.code: view.t("place.nowhere")},
        "together": [
            (r["theme_b"] if r["theme_a"] == theme else r["theme_a"], r["lift"], r["both"]) for r in together[:6]
        ],
    }
