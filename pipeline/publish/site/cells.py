"""Cells of the heat map: what a rate looks like, what it tells, and where it leads."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.publish.charts.intervals import Interval
from pipeline.publish.charts.scale import step, whole
from pipeline.publish.site.data import Row
from pipeline.publish.site.frame import View


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: css class (k0-k5, kx suppressed, kn nothing), the text in it, and the sentence it tells."""

    css: str
    shown: str
    told: str
    rate: float | None
    count: int


def cell(row: Row | None, view: View) -> Cell:
    """The cell of a comparison row; none at all counts as nothing collected."""
    if not row or row["status"] == "-" or not row["documents"]:
        return Cell("kn", "–", view.t("table.cell_none"), None, 0)
    counts = {"with_theme": view.number(row["documents_with"]), "documents": view.number(row["documents"])}
    if row["status"] == ".." or row["rate"] is None:
        return Cell("kx", "..", view.t("table.cell_few", **counts), None, row["documents_with"])
    told = view.t("table.cell", **counts, interval=view.range(row["low"], row["high"]))
    return Cell(f"k{step(row['rate'])}", str(whole(row["rate"])), told, row["rate"], row["documents_with"])


def bounds(row: Row, view: View) -> str:
    """The 95 % interval of a row in words: '23–61 %'."""
    return view.range(row["low"], row["high"])


def interval(row: Row, label: str, view: View, href: str | None = None, **more: object) -> Interval:
    """A row of an interval plot from a comparison row, with the share and its counts beside it."""
    counts = f"{view.number(row['documents_with'])}/{view.number(row['documents'])}"
    note = cell(row | {"status": row.get("status") or ""}, view).told
    shown = f"{view.percent(row['rate'])}  ({counts})" if row["rate"] is not None else f"..  ({counts})"
    return Interval(label, row["rate"], row["low"], row["high"], shown, note, href, **more)  # type: ignore[arg-type]
