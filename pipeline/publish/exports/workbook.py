"""An Excel workbook that people like: frozen heads, filters, quotes that lead to their page, definitions beside.

Every cell is written with its type, so that no text is ever taken for a formula. XlsxWriter was chosen because it
writes row by row in constant memory; openpyxl holds the whole book.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import xlsxwriter

from pipeline.codebook import load_codebook
from pipeline.errors import WorkspaceError
from pipeline.geography import by_code
from pipeline.publish.exports.cells import cell, plain
from pipeline.publish.exports.links import web
from pipeline.publish.exports.selection import meaning, table
from pipeline.publish.material import Material, Row

LONGEST = 32_767  # characters that a cell of Excel holds
MOST_LINKS = 65_000  # Excel opens no sheet with more than 65,530
_HEAT = "period = 'all' AND polarity = 'problem' AND source_kind = 'all' AND attribution = 'all' AND theme <> 'all'"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a sheet: its heading, the field it shows, its width in characters, and the field of its link."""

    heading: str
    key: str
    width: int = 14
    link: str = ""
    form: str = "text"


_FINDINGS = (
    Column("Kommun", "municipality_name", 18), Column("Datum", "date", 11), Column("Tema", "theme_label", 24),
    Column("Innebörd", "polarity", 10), Column("Vem säger det", "attribution", 13),
    Column("Citat", "quote", 90, "url", "wrap"), Column("Dokument", "title", 40, "", "wrap"),
    Column("Utgivare", "source_kind", 13), Column("Säkerhet", "score", 9, "", "share"),
    Column("Adress", "url", 30, "url"), Column("Sida i rapporten", "report_page", 30), Column("Hämtad", "captured", 20),
    Column("SHA-256", "sha256", 20), Column("Kommunkod", "municipality", 10), Column("Från tecken", "start", 9),
    Column("Till tecken", "end", 9), Column("Dokument-id", "document", 18),
)  # fmt: skip
_EVENTS = (
    Column("Kommunkod", "municipality", 10), Column("Kommun", "name", 18), Column("Datum", "date", 11),
    Column("Händelse", "kind_label", 28), Column("Myndighet", "authority", 24), Column("Antal", "count", 7),
    Column("Belopp (kr)", "amount", 12), Column("Senast", "deadline", 11), Column("Diarienummer", "case_number", 22),
    Column("Citat", "quote", 90, "url", "wrap"), Column("Dokument", "title", 40, "", "wrap"),
    Column("Adress", "url", 30, "url"), Column("Hämtad", "captured", 20), Column("SHA-256", "sha256", 20),
)  # fmt: skip
_DOCUMENTS = (
    Column("Kommun", "municipality_name", 22), Column("Datum", "date", 11),
    Column("Rubrik", "title", 70, "url", "wrap"),
    Column("Utgivare", "source_kind", 14), Column("Fynd", "findings", 7), Column("Tecken", "characters", 9),
    Column("Läge", "status", 10), Column("Adress", "url", 40, "url"), Column("Hämtad", "captured", 20),
    Column("SHA-256", "sha256", 20), Column("Dokument-id", "id", 18),
)  # fmt: skip
_COMPARED = (
    Column("Kommunkod", "municipality", 10), Column("Kommun", "name", 18), Column("Tema", "theme_label", 30),
    Column("Dokument", "documents", 10), Column("Med problem", "documents_with", 12),
    Column("Andel", "rate", 9, "", "share"), Column("Från (95 %)", "low", 10, "", "share"),
    Column("Till (95 %)", "high", 10, "", "share"), Column("Rättad andel", "corrected_rate", 12, "", "share"),
    Column("Rang", "rank", 7), Column("Rang från", "rank_low", 9), Column("Rang till", "rank_high", 9),
    Column("SKR-grupp", "peer_group", 10), Column("Anmärkning", "status", 11),
)  # fmt: skip


class _Book:
    """An open workbook with its formats; counts the links of the sheet in hand."""

    def __init__(self, path: Path) -> None:
        options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        self.book = xlsxwriter.Workbook(str(path), options | {"strings_to_numbers": False})
        top = {"valign": "top"}
        self.formats: Mapping[str, Any] = {
            "head": self.book.add_format({"bold": True, "bg_color": "#F6F4EE", "bottom": 1, "text_wrap": True}),
            "title": self.book.add_format({"bold": True, "font_size": 16}),
            "text": self.book.add_format(top),
            "wrap": self.book.add_format(top | {"text_wrap": True}),
            "share": self.book.add_format(top | {"num_format": "0 %"}),
            "link": self.book.add_format(top | {"text_wrap": True, "font_color": "#0B4A6F", "underline": 1}),
        }
        self.links = 0

    def sheet(self, name: str, columns: Sequence[Column], rows: Sequence[Row] | Any, frozen: int = 1) -> None:
        """A sheet with frozen head, filter and widths."""
        sheet, self.links = self.book.add_worksheet(name), 0
        for i, column in enumerate(columns):
            sheet.set_column(i, i, column.width)
            sheet.write_string(0, i, column.heading, self.formats["head"])
        sheet.freeze_panes(1, frozen)
        last = 0
        for last, row in enumerate(rows, 1):
            for i, column in enumerate(columns):
                self._write(sheet, last, i, column, row)
        sheet.autofilter(0, 0, max(last, 1), len(columns) - 1)

    def _write(self, sheet: Any, at: int, i: int, column: Column, row: Row) -> None:
        value = row.get(column.key)
        form = self.formats[column.form]
        if value is None:
            sheet.write_blank(at, i, None, form)
        elif isinstance(value, (int, float)) and not isinstance(value, bool):
            sheet.write_number(at, i, value, form)
        else:
            text = plain(str(value) if isinstance(value, str) else str(cell(value)))[:LONGEST]
            address = web(row.get(column.link)) if column.link else None
            if address and self.links < MOST_LINKS and len(address) <= 2079:
                self.links += 1
                sheet.write_url(at, i, address, self.formats["link"], text)
            else:
                sheet.write_string(at, i, text, form)


def _rows(material: Material, name: str, more: Callable[[Row], Row]) -> Any:
    for batch in table(material, name).to_batches(2000):
        yield from (more(row) for row in batch.to_pylist())


def _heat(material: Material) -> tuple[list[Column], list[Row], list[Row]]:
    """The comparison as a grid (municipality x theme) and as rows."""
    labels = {theme.id: theme.label_sv for theme in load_codebook().themes}
    compared = material.comparison("comparison")  # noqa: F841 - DuckDB reads it by its name
    query = f"SELECT * FROM compared WHERE {_HEAT} AND documents > 0 ORDER BY municipality, theme"
    found = material.connection.sql(query).to_arrow_table().to_pylist()
    places: dict[str, Row] = {}
    for row in found:
        row["theme_label"] = labels.get(row["theme"], row["theme"])
        place = places.setdefault(row["municipality"], {"name": row["name"], "documents": row["documents"]})
        place[row["theme"]] = row["rate"] if row["rate"] is not None else row["status"]
    columns = [Column("Kommun", "name", 18), Column("Dokument", "documents", 10)]
    columns += [Column(label, name, 13, "", "share") for name, label in labels.items()]
    return columns, sorted(places.values(), key=lambda place: -place["documents"]), found


def _named(row: Row) -> Row:
    codes = row["municipality"] or []
    return row | {"name": "; ".join(by_code()[code].name for code in codes if code in by_code())}


def _read_me(book: _Book, material: Material) -> None:
    sheet = book.book.add_worksheet("Läs mig")
    sheet.set_column(0, 0, 110, book.formats["wrap"])
    lines = [
        f"Framställd {material.generated:%Y-%m-%d %H:%M} UTC ur tabellerna {material.tables}.",
        "Jämförelse: andel av kommunens dokument som nämner problem, per tema. '..' är för litet underlag.",
        "Jämförelse, rader: samma siffror med antal, 95 %-intervall och rang.",
        "Fynd: varje märkt mening; citatet leder till sidan på webben, och adressen till rapporten står bredvid.",
        "Händelser: vad myndigheter formellt gjort. Dokument: allt som lästs. Definitioner: vad allt betyder.",
        "Siffrorna är maskinellt framställda. En hög andel betyder att problem omnämns ofta, inte att de är fler.",
        "E-postadresser, telefonnummer och personnummer är övertäckta.",
    ]
    sheet.write_string(0, 0, "Tillsyn", book.formats["title"])
    for at, line in enumerate(lines, 2):
        sheet.write_string(at, 0, line, book.formats["wrap"])


def _definitions(material: Material) -> list[Row]:
    rows = [{"what": row["key"], "meaning": row["sv"]} for row in material.comparison("definitions").to_pylist()]
    rows += [{"what": f"Tema: {t.label_sv}", "meaning": t.definition} for t in load_codebook().themes]
    for name, columns in (("findings", _FINDINGS), ("events", _EVENTS), ("documents", _DOCUMENTS)):
        rows += [{"what": c.heading, "meaning": meaning(material, name, c.key)} for c in columns]
    return [row for row in rows if row["meaning"]]


def write_workbook(material: Material, out: Path) -> Path:
    """Write the workbook to ``out``. Raises WorkspaceError when it cannot be written."""
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=out.parent, prefix=".workbook") as folder:
            path = Path(folder) / "tillsyn.xlsx"
            book = _Book(path)
            _read_me(book, material)
            columns, grid, rows = _heat(material)
            book.sheet("Jämförelse", columns, grid)
            book.sheet("Jämförelse, rader", _COMPARED, rows, 3)
            book.sheet("Fynd", _FINDINGS, _rows(material, "findings", dict))
            book.sheet("Händelser", _EVENTS, _rows(material, "events", _named), 2)
            book.sheet("Dokument", _DOCUMENTS, _rows(material, "documents", dict))
            meanings = (Column("Vad", "what", 36), Column("Betyder", "meaning", 110, "", "wrap"))
            book.sheet("Definitioner", meanings, _definitions(material))
            book.book.set_properties({"title": "Tillsyn", "comments": f"Tabeller {material.tables}"})
            book.book.close()
            path.replace(out)
    except (OSError, xlsxwriter.exceptions.XlsxWriterException) as error:
        raise WorkspaceError(f"{out}: the workbook cannot be written ({error}).") from error
    return out
