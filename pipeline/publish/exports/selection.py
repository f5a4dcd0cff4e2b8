"""Which tables are exported, with which columns: findings, events and documents joined to what explains them."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache

import pyarrow as pa

from pipeline.codebook import load_codebook
from pipeline.publish.material import Material
from pipeline.resources import data_path

_PLACES = (
    "(SELECT document, list(code ORDER BY salience DESC, code) AS municipality, "
    "list(name ORDER BY salience DESC, code) AS municipality_name FROM concerns GROUP BY document)"
)
_PAGE = (
    "d.title, d.date, d.source_kind, coalesce(d.derived_from, d.url) AS url, d.url AS captured_url, "
    "strftime(d.captured, '%Y-%m-%dT%H:%M:%SZ') AS captured, d.sha256"
)
_ANCHOR = "'document/' || d.id || '.html#m' || x.start AS report_page"
QUERIES: Mapping[str, str] = {
    "findings": f"""
SELECT x.document, x.start, x."end", x.quote, x.theme, t.label AS theme_label, x.polarity, x.attribution,
round(x.score, 4) AS score, m.municipality, m.municipality_name, {_PAGE}, {_ANCHOR}, p.heading, x.cues, x.model
FROM findings x JOIN documents d ON d.id = x.document LEFT JOIN {_PLACES} m ON m.document = d.id
LEFT JOIN theme_labels t ON t.id = x.theme LEFT JOIN passages p ON p.document = x.document AND p."index" = x.passage
ORDER BY d.date DESC NULLS LAST, d.id, x.start, x.theme, x.polarity""",
    "events": f"""
SELECT x.document, x.start, x."end", x.quote, x.kind, k.label AS kind_label, x.authority, x.date, x.count,
x.case_number, x.deadline, x.amount, x.ongoing, x.municipalities AS municipality, d.title, d.source_kind,
coalesce(d.derived_from, d.url) AS url, d.url AS captured_url,
strftime(d.captured, '%Y-%m-%dT%H:%M:%SZ') AS captured, d.sha256, {_ANCHOR}
FROM events x JOIN documents d ON d.id = x.document LEFT JOIN kind_labels k ON k.id = x.kind
ORDER BY x.date DESC NULLS LAST, d.id, x.start, x.kind""",
    "documents": f"""
SELECT d.id, {_PAGE}, d.published, d.updated, d.decided, d.media_type, d.status, m.municipality, m.municipality_name,
length(d.text) AS characters, coalesce(f.n, 0) AS findings, d.warc, d."offset",
'document/' || d.id || '.html' AS report_page
FROM documents d LEFT JOIN {_PLACES} m ON m.document = d.id
LEFT JOIN (SELECT document, count(*) AS n FROM findings GROUP BY 1) f ON f.document = d.id
ORDER BY d.date DESC NULLS LAST, d.id""",
}
COMPARED = (
    "comparison", "national", "coverage", "timeline", "follow_through", "event_rates", "trends", "conflicts",
    "definitions", "dictionary",
)  # fmt: skip


def _labels(material: Material) -> None:
    book = load_codebook()
    for name, pairs in (
        ("theme_labels", [(t.id, t.label_sv) for t in book.themes]),
        ("kind_labels", [(e.kind, e.label_sv) for e in book.events]),
    ):
        made = pa.table({"id": [a for a, _ in pairs], "label": [b for _, b in pairs]})  # noqa: F841 - read by its name
        material.connection.execute(f"CREATE TABLE IF NOT EXISTS {name} AS SELECT * FROM made")


def names(material: Material) -> tuple[str, ...]:
    """The names of the tables that this workspace can export."""
    return (*QUERIES, *(name for name in COMPARED if name in material.comparisons))


def table(material: Material, name: str) -> pa.Table:
    """An exported table as Arrow; lists stay lists. Raises WorkspaceError when the comparison did not make it."""
    if name not in QUERIES:
        return material.comparison(name)
    _labels(material)
    return material.arrow(QUERIES[name])


@cache
def _described() -> Mapping[tuple[str, str], tuple[str, str]]:
    with data_path("corpus/exports/columns.tsv").open(encoding="utf-8", newline="") as stream:
        rows = csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE)
        return {(row["table"], row["column"]): (row["sv"], row["en"]) for row in rows}


def meaning(material: Material, name: str, column: str, language: str = "sv") -> str:
    """What a column means, in words ('' when nobody has said)."""
    at = 0 if language == "sv" else 1
    for key in ((name, column), ("*", column)):
        if name in QUERIES and key in _described():
            return _described()[key][at]
    for row in material.comparison("dictionary").to_pylist() if "dictionary" in material.comparisons else ():
        if row["table"] == name and row["column"] == column:
            return str(row[f"meaning_{language}"] or "")
    return ""
