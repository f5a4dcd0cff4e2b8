"""Data for the pages' scripts, as .js files: a page from a folder may load a script, but not fetch a file.

Every chunk is ``TILLSYN.<name> = <JSON>;``. The JSON is escaped so that it can stand anywhere.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pipeline.publish.catalogue import LANGUAGES, catalogue
from pipeline.publish.site.data import Place, Store
from pipeline.publish.site.frame import View, write_text
from pipeline.records import ATTRIBUTIONS, POLARITIES, SOURCE_KINDS

_ESCAPES = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}
_UNITS = """
SELECT unit, CAST(period_year AS VARCHAR) AS year, CAST(period_half AS VARCHAR) AS half, municipality, source_kinds,
documents FROM c_units ORDER BY unit
"""
_FACTS = """
SELECT x.unit, list_sort(list(DISTINCT f.theme || ' ' || f.polarity || ' ' || f.attribution)) AS facts
FROM (SELECT unit, unnest(documents) AS document FROM c_units) x JOIN findings f ON f.document = x.document GROUP BY 1
"""


def embed(value: Any) -> str:
    """JSON that can stand in a script file or element: no angle bracket, ampersand or line separator is left bare."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    for bare, escaped in _ESCAPES.items():
        text = text.replace(bare, escaped)
    return text


def write_chunk(report: Path, name: str, value: Any) -> None:
    """Write ``data/<name>.js``, which sets ``TILLSYN.<name>``."""
    write_text(report / "data" / f"{name}.js", f"(window.TILLSYN = window.TILLSYN || {{}}).{name} = {embed(value)};\n")


def write_texts(report: Path) -> None:
    """The scripts' own texts, a file per language."""
    for language in LANGUAGES:
        texts = catalogue(language).texts.items()
        wanted = {key.removeprefix("js."): text for key, text in texts if key.startswith("js.")}
        write_text(
            report / "assets" / f"texts-{language}.js",
            f"(window.TILLSYN = window.TILLSYN || {{}}).texts = {embed(wanted)};\n",
        )


def write_places(report: Path, places: Sequence[Place]) -> None:
    """Codes and names of the municipalities, for jumping to one."""
    write_chunk(report, "places", [[p.place.code, p.place.name] for p in places])


def write_heat(report: Path, store: Store, places: Sequence[Place], view: View) -> None:
    """Counts per municipality and theme, for the map, the comparison and the heat map."""
    themes = view.codebook.themes
    events = store.table("timeline", "sanction IS NOT NULL")
    sanctions = Counter(row["municipality"] for row in events)
    rows = []
    for p in places:
        counts = [(p.cells.get(theme.id) or {}).get("documents_with") or 0 for theme in themes]
        m = p.place
        rows.append([m.code, m.name, m.skr_group, m.county_code, m.population, p.documents, counts, sanctions[m.code]])
    write_chunk(
        report,
        "heat",
        {
            "themes": [[theme.id, theme.label_sv, theme.label_en] for theme in themes],
            "groups": {p.place.skr_group: f"{p.place.skr_group} {p.place.skr_group_name}" for p in places},
            "counties": {p.place.county_code: p.place.county_name for p in places},
            "places": rows,
        },
    )


def write_units(report: Path, store: Store, places: Sequence[Place], view: View) -> None:
    """Every counted document as [municipalities, year, half, sources, facts]: what the filters count from.

    Sources are a bit mask over SOURCE_KINDS; a fact is (theme * 4 + polarity) * 5 + attribution.
    """
    index = {p.place.code: i for i, p in enumerate(places)}
    themes = {theme: i for i, theme in enumerate(view.codebook.theme_ids)}
    facts = {row["unit"]: row["facts"] for row in store.rows(_FACTS)}
    rows = []
    for row in store.rows(_UNITS):
        where = [index[code] for code in row["municipality"] or () if code in index]
        mask = sum(1 << SOURCE_KINDS.index(kind) for kind in set(row["source_kinds"] or ()) if kind in SOURCE_KINDS)
        year = int(row["year"]) if (row["year"] or "").isdigit() else 0
        half = int(row["half"][-1]) if row["half"] and row["half"][-1] in "12" else 0
        rows.append([where, year, half, mask, [_fact(text, themes) for text in facts.get(row["unit"], ())]])
    write_chunk(report, "units", rows)


def _fact(text: str, themes: dict[str, int]) -> int:
    theme, polarity, attribution = text.split(" ")
    if theme not in themes:
        return -1
    voice = ATTRIBUTIONS.index(attribution) if attribution in ATTRIBUTIONS else len(ATTRIBUTIONS) - 1
    return (themes[theme] * len(POLARITIES) + POLARITIES.index(polarity)) * len(ATTRIBUTIONS) + voice
