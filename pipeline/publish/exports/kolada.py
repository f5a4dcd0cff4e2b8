"""The comparison in the shape of Kolada's data: kpi, municipality, period, gender 'T', value, status.

A value is the percentage of the municipality's documents that name a problem with the theme (or its events per 10,000
inhabitants), a year a row. The ids are our own ('T' and the theme's place in the codebook), so that they never meet
Kolada's; their titles stand in ``kpi.csv`` as in Kolada's list of key figures. Status is '' (shown), 'Missing'
(nothing collected) or 'Private' (fewer than five documents).
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pipeline.codebook import load_codebook
from pipeline.errors import WorkspaceError
from pipeline.publish.exports.cells import cell
from pipeline.publish.material import Material, Row

COLUMNS = ("kpi", "municipality", "period", "gender", "value", "status")
_STATUS = {"": "", "..": "Private", "-": "Missing"}
_YEARS = (
    "polarity = 'problem' AND source_kind = 'all' AND attribution = 'all' AND theme <> 'all' "
    "AND regexp_full_match(period, '[0-9]{4}') AND municipality <> ''"
)


def kpis() -> list[Row]:
    """The key figures: id, title, description, unit, what is better."""
    shares = [
        {
            "id": f"T{number:05}",
            "title": f"Dokument som nämner problem: {theme.label_sv.lower()}, andel (%)",
            "description": f"Andel av kommunens granskade dokument under året som nämner problem med temat. "
            f"{theme.definition}",
            "unit": "procent",
            "theme": theme.id,
        }
        for number, theme in enumerate(load_codebook().themes, 1)
    ]
    events = {
        "id": "T00100",
        "title": "Formella händelser i tillsyn, antal per 10 000 invånare",
        "description": "Beslut, krav och sanktioner från tillsynsmyndigheter som rör kommunen.",
        "unit": "antal/10 000 inv",
        "theme": "",
    }
    return [*shares, events]


def _row(kpi: str, code: str, period: str, value: float | None, status: str) -> Row:
    shown = None if status else value
    return dict(zip(COLUMNS, (kpi, code, int(period), "T", shown, _STATUS.get(status, status)), strict=True))


def rows(material: Material) -> Iterator[Row]:
    """One row per key figure, municipality and year, in that order."""
    ids = {kpi["theme"]: kpi["id"] for kpi in kpis()}
    compared = material.comparison("comparison")  # noqa: F841 - DuckDB reads it by its name
    query = f"SELECT * FROM compared WHERE {_YEARS} ORDER BY theme, municipality, period"
    for row in material.connection.sql(query).to_arrow_table().to_pylist():
        if row["theme"] in ids:
            rate = None if row["rate"] is None else round(100 * row["rate"], 1)
            yield _row(ids[row["theme"]], row["municipality"], row["period"], rate, row["status"])
    if "event_rates" in material.comparisons:
        yield from _events(material, ids[""])


def _events(material: Material, kpi: str) -> Iterator[Row]:
    for row in material.comparison("event_rates").to_pylist():
        if row["kind"] == "all" and row["period"].isdigit() and row["municipality"]:
            rate = None if row["rate"] is None else round(row["rate"], 2)
            yield _row(kpi, row["municipality"], row["period"], rate, row["status"] or "")


def as_values(found: list[Row]) -> dict[str, Any]:
    """Rows as Kolada's API answers: one object per key figure, municipality and period, with its values by gender."""
    values = [
        {
            "kpi": row["kpi"],
            "municipality": row["municipality"],
            "period": row["period"],
            "values": [
                {
                    "gender": row["gender"],
                    "value": row["value"],
                    "status": row["status"],
                    "count": 1,
                    "isdeleted": False,
                }
            ],
        }
        for row in found
    ]
    return {"count": len(values), "values": values, "next_url": None, "previous_url": None}


def write_kolada(material: Material, folder: Path) -> list[Path]:
    """Write ``kpi.csv``, ``data.csv`` and ``data.json`` into ``folder``. Raises WorkspaceError when it cannot."""
    found = list(rows(material))
    paths = [folder / name for name in ("kpi.csv", "data.csv", "data.json")]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path, lines in ((paths[0], kpis()), (paths[1], found)):
            with path.open("w", encoding="utf-8", newline="") as stream:
                writer = csv.DictWriter(stream, list(lines[0]) if lines else list(COLUMNS))
                writer.writeheader()
                writer.writerows({key: cell(value) for key, value in line.items()} for line in lines)
        paths[2].write_text(json.dumps(as_values(found), ensure_ascii=False) + "\n", "utf-8")
    except OSError as error:
        raise WorkspaceError(f"{folder}: cannot be written ({error.strerror or error}).") from error
    return paths
