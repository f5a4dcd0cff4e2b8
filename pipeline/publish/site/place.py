"""The page of a municipality: profile beside its peers, what has happened, from criticism to remedy, the sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from pipeline.publish.charts.intervals import Interval, interval_plot
from pipeline.publish.charts.scale import year_of
from pipeline.publish.charts.timeline import Happening, timeline
from pipeline.publish.site import display
from pipeline.publish.site.cells import cell, interval
from pipeline.publish.site.data import Place, Row, Store, grouped
from pipeline.publish.site.frame import View
from pipeline.publish.site.quotes import Citing, by_theme

PEERS = ("skr_group", "similar", "county", "country")


@dataclass(frozen=True)
class Shared:
    """Comparison rows by municipality, read once for all pages."""

    peers: Mapping[str, list[Row]]
    timeline: Mapping[str, list[Row]]
    follow: Mapping[str, list[Row]]
    conflicts: Mapping[str, list[Row]]
    titles: Mapping[str, Row]


def shared(store: Store) -> Shared:
    """Read what the pages of all municipalities ask for."""
    columns = "id, title, url, derived_from, source_kind, date"
    return Shared(
        grouped(store.table("peers"), "municipality"),
        grouped(store.table("timeline", order="sort_date NULLS LAST, event_id"), "municipality"),
        grouped(store.table("follow_through", order="theme, episode, step"), "municipality"),
        grouped(store.table("conflicts", order="conflict_id"), "municipality"),
        {row["id"]: row for row in store.rows(f"SELECT {columns} FROM d")},
    )


def peer_label(kind: str, rows: Sequence[Row], view: View) -> str:
    """What the comparison is with, in words."""
    return view.t(f"place.peer_{kind}", label=display.clean(rows[0]["peer_label"]))


def peers_link(kind: str, row: Row) -> str:
    """Where the number of the peers leads: to the theme's list of that group, or to the peers side by side."""
    if kind == "similar":
        return f"jamfor.html?kommuner={','.join((row['members'] or ())[:6])}"
    narrowed = {"skr_group": f"?grupp={row['peer']}", "county": f"?lan={row['peer']}"}.get(kind, "")
    return f"tema/{row['theme']}.html{narrowed}#kommuner"


def _profile_row(row: Row, place: Place, view: View, href: str | None) -> Interval:
    own = place.cells.get(row["theme"]) or {}
    shown = dict.fromkeys(("rate", "low", "high", "status"), None) | {"documents": 0, "documents_with": 0} | own
    other = (row["rate"], row["low"], row["high"]) if row["rate"] is not None else None
    made = interval(shown, view.theme(row["theme"]), view, href, other=other, strong=bool(row["separable"]))
    sign = " ◆" if row["separable"] else ""
    return (
        made if not sign else Interval(**{**_fields(made), "note": f"{made.note}; {view.t('table.separable').lower()}"})
    )


def _fields(made: Interval) -> dict[str, Any]:
    return {name: getattr(made, name) for name in Interval.__slots__}


def profile_chart(place: Place, kind: str, rows: Sequence[Row], view: View, links: bool = True) -> Markup:
    """The dumbbells of one kind of peers, themes in order of the municipality's own share."""
    rows = [row for row in rows if row["theme"] != "all"]
    rows.sort(key=lambda r: (-((place.cells.get(r["theme"]) or {}).get("rate") or 0), -(r["rate"] or 0), r["theme"]))
    plotted = [_profile_row(row, place, view, f"#tema-{row['theme']}" if links else None) for row in rows]
    return interval_plot(
        plotted,
        name=view.t("chart.profile", name=place.place.name, peers=peer_label(kind, rows, view)),
        description=view.t("chart.profile_desc"),
        percent=view.percent_form,
        accent="#b3400f",
        width=1000,
        left=270,
        right=130,
    )


def profiles(place: Place, shared_rows: Shared, view: View) -> list[dict[str, Any]]:
    """A chart and a table per kind of peers; none when the base is too small."""
    found = grouped(shared_rows.peers.get(place.place.code, []), "peer_kind")
    made = []
    for kind in PEERS:
        rows = [row for row in found.get(kind, []) if row["theme"] != "all"]
        if rows and any(row["rate"] is not None for row in rows):
            chart = profile_chart(place, kind, list(rows), view)
            made.append({"kind": kind, "label": peer_label(kind, rows, view), "rows": rows, "chart": chart})
    return made


def lanes(view: View) -> dict[int, str]:
    """What each step of the ladder of sanctions is called; 0 is everything that is no sanction."""
    steps = {event.sanction: view.event(event.kind) for event in view.codebook.events if event.sanction}
    return {0: view.t("chart.milder")} | steps


def event_label(row: Row, view: View) -> str:
    """An event in one line: kind, authority, date."""
    parts = [view.event(row["kind"]), display.clean(row["authority"]), view.date(row["date"])]
    return ", ".join(part for part in parts if part)


def timeline_chart(name: str, rows: Sequence[Row], view: View, links: bool = True) -> Markup | None:
    """The timeline of a municipality's dated events; None when there are none."""
    dated = [row for row in rows if row["date"] and row["kind"] != "remedy"]
    happenings = [
        Happening(
            year_of(row["sort_date"] or row["date"]),
            row["sanction"] or 0,
            event_label(row, view),
            row["kind"],
            f"#h-{row['event_id']}" if links else None,
        )
        for row in dated
    ]
    if not happenings:
        return None
    return timeline(
        happenings,
        lanes(view),
        name=view.t("chart.timeline", name=name),
        description=view.t("chart.timeline_desc"),
    )


def _events(rows: Sequence[Row], shared_rows: Shared) -> list[dict[str, Any]]:
    made = []
    for row in rows:
        spans = [span | {"doc": shared_rows.titles.get(span["document"])} for span in row["spans"] or ()]
        made.append(row | {"spans": [span for span in spans if span["doc"]]})
    return made


def _follow(rows: Sequence[Row], shared_rows: Shared) -> dict[str, list[list[Row]]]:
    """Episodes per theme, each a list of steps in order."""
    made: dict[str, list[list[Row]]] = {}
    for theme, found in grouped(rows, "theme").items():
        episodes = grouped([row | {"doc": shared_rows.titles.get(row["document"])} for row in found], "episode")
        made[theme] = list(episodes.values())
    return made


def _sections(place: Place, citings: Mapping[str, Any], view: View) -> list[dict[str, Any]]:
    """One section per theme with sentences, the one with most problem documents first."""
    made = []
    for theme in view.codebook.theme_ids:
        if theme in citings:
            row = place.cells.get(theme) or {}
            made.append({"theme": theme, "row": row, "cell": cell(row or None, view), "citings": citings[theme]})
    return sorted(made, key=lambda s: -(s["row"].get("documents_with") or 0))


@dataclass(frozen=True)
class Evidence:
    """The findings of a municipality and the same by theme and document; alike in every language."""

    found: Sequence[Row]
    citings: Mapping[str, list[Citing]]


def evidence(found: Sequence[Row], themes: Sequence[str]) -> Evidence:
    """Put the findings of a municipality (``quotes.place_rows``) in order for its page."""
    return Evidence(found, by_theme(found, themes))


def context(place: Place, shared_rows: Shared, proof: Evidence, view: View) -> dict[str, Any]:
    """What the template of a municipality needs."""
    code = place.place.code if place.place.name else ""  # the comparison's code of no municipality is empty
    events = shared_rows.timeline.get(code, [])
    shown = [row for row in events if row["kind"] != "remedy"]
    found, citings = proof.found, proof.citings
    cells = [row for theme, row in place.cells.items() if theme != "all" and row["documents_with"]]
    documents = {row["document"] for row in found} | {d for row in events for d in row["documents"] or ()}
    listed = [shared_rows.titles[d] for d in documents if d in shared_rows.titles]
    return {
        "place": place.place,
        "name": view.name(place.place),
        "p": place,
        "top_theme": max(cells, key=lambda r: r["documents_with"], default=None),
        "peers_link": peers_link,
        "profiles": profiles(place, shared_rows, view) if place.documents >= 5 else [],
        "timeline": timeline_chart(view.name(place.place), events, view),
        "events": _events(sorted(shown, key=lambda row: not row["date"]), shared_rows),
        "follow": _follow(shared_rows.follow.get(code, []), shared_rows),
        "conflicts": shared_rows.conflicts.get(code, []),
        "sections": _sections(place, citings, view),
        "silent": [theme for theme in view.codebook.theme_ids if theme not in citings],
        "documents": sorted(listed, key=lambda row: (row["date"] or "", row["id"]), reverse=True),
        "years": sorted({row["date"][:4] for row in found if row["date"]}),
        "titles": shared_rows.titles,
        "found": len(found),
    }
