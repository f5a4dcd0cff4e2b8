"""The pages about the report itself: methods, downloads, the lists of themes and municipalities, search, compare."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from pipeline.errors import CorpusError
from pipeline.publish.site.data import Place, Row, Store, grouped
from pipeline.publish.site.frame import View
from pipeline.resources import data_path

_UNREAD = "SELECT status, count(*) AS n FROM d WHERE status <> 'ok' GROUP BY 1 ORDER BY n DESC, 1"
_PROBLEMS = "SELECT stage, what, count(*) AS n FROM problems GROUP BY ALL ORDER BY n DESC, stage, what LIMIT 12"


_MEASURES = (
    "documents", "passages", "macro_f1", "micro_f1", "theme_polarity_micro_f1", "polarity_accuracy",
    "attribution_accuracy", "document_problem_f1",
)  # fmt: skip


def _measure(found: Mapping[str, Any], key: str, view: View) -> str:
    value = found.get(key)
    if isinstance(value, int):
        return view.number(value)
    bounds = found.get(f"{key}_interval")
    shown = view.number(value, 2)
    return f"{shown} ({view.number(bounds[0], 2)}–{view.number(bounds[1], 2)})" if bounds else shown


def metrics(view: View) -> dict[str, Any] | None:
    """The model's figures from ``models/metrics.json``: a column per gold set, and F1 by theme of the largest set.

    None when the file is not there or is not what ``tillsyn evaluate`` writes.
    """
    try:
        found = json.loads(data_path("models/metrics.json").read_text("utf-8"))
        sets = {name: part for name, part in found.items() if isinstance(part, dict) and "macro_f1" in part}
        largest = max(sets.values(), key=lambda part: part.get("passages") or 0)
        rows = [(view.t(f"measure.{key}"), [_measure(part, key, view) for part in sets.values()]) for key in _MEASURES]
        plain = [view.number((part.get("baseline") or {}).get("macro_f1"), 2) for part in sets.values()]
        themes = [
            (theme, [_measure(largest["themes"].get(theme) or {}, key, view) for key in ("precision", "recall", "f1")])
            for theme in view.codebook.theme_ids
        ]
    except (CorpusError, OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    rows.append((view.t("measure.baseline"), plain))
    return {"sets": [part.get("gold", name) for name, part in sets.items()], "rows": rows, "themes": themes,
            "date": found.get("date"), "model": largest.get("model", "")}  # fmt: skip


def _definition(text: str, key: str, view: View) -> tuple[str, str]:
    """The word that is defined and what it means: the comparison writes 'Andel: enheter där …'."""
    word, colon, meaning = text.partition(": ")
    return (
        (word, meaning[:1].upper() + meaning[1:])
        if colon and len(word) < 40
        else (view.t.texts.get(f"definition.{key}", key), text)
    )


def methods(store: Store, tables: str, view: View) -> dict[str, Any]:
    """What the methods page needs; ``tables`` names the version of the tables."""
    problems = store.rows(_PROBLEMS)
    return {
        "definitions": [_definition(row[view.language], row["key"], view) for row in store.table("definitions")],
        "dictionary": sorted(grouped(store.table("dictionary"), "table").items()),
        "metrics": metrics(view),
        "unread": [(row["status"], row["n"]) for row in store.rows(_UNREAD)],
        "problems": problems,
        "problem_count": store.rows("SELECT count(*) AS n FROM problems")[0]["n"],
        "tables": tables,
    }


def _size(size: int, view: View) -> str:
    for unit, step in (("MB", 1_000_000), ("kB", 1000)):
        if size >= step:
            return f"{view.number(size / step, 1)} {unit}"
    return f"{view.number(size)} B"


def downloads(report: Path, view: View) -> dict[str, Any]:
    """The files of ``report/data`` that people take away (the scripts' own chunks are left out)."""
    files = [path for path in (report / "data").rglob("*") if path.is_file() and path.suffix != ".js"]
    # The files in the order in which the catalogue tells of them, the ones it does not know last.
    known = [key.removeprefix("file.") for key in view.t.texts if key.startswith("file.")]
    found = sorted(files, key=lambda p: (known.index(p.name) if p.name in known else len(known), p.as_posix()))
    return {
        "files": [
            {
                "name": str(path.relative_to(report / "data")),
                "about": view.t.texts.get(f"file.{path.name}", ""),
                "href": quote(path.relative_to(report).as_posix()),
                "size": _size(path.stat().st_size, view),
            }
            for path in found
            if not path.name.startswith(".")
        ]
    }


def theme_index(rows: Sequence[Row]) -> dict[str, Any]:
    """The list of themes, the most common first."""
    return {"rows": rows}


def place_index(places: Sequence[Place], nowhere: int) -> dict[str, Any]:
    """All municipalities by county; ``nowhere`` is the number of documents that name none."""
    counties: dict[str, list[Place]] = {}
    for place in sorted(places, key=lambda p: p.place.county_code):
        counties.setdefault(place.place.county_name, []).append(place)
    return {
        "counties": list(counties.items()),
        "with_documents": sum(p.documents > 0 for p in places),
        "nowhere": nowhere,
    }
