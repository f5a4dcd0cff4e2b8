"""Every export holds to its standard, and no text from outside does anything in it."""

from __future__ import annotations

import csv
import json
import re
import sqlite3
import subprocess
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import duckdb
import openpyxl
import pyarrow.parquet as pq
import pytest
from frictionless import Package, system
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from pipeline.codebook import load_codebook
from pipeline.errors import UsageError, WorkspaceError
from pipeline.geography import by_code
from pipeline.publish.exports import bibliography, dcat, kolada, refi_qda
from pipeline.publish.exports.cells import neutral
from pipeline.publish.exports.formats import FORMATS, export
from pipeline.publish.exports.links import web
from pipeline.publish.exports.selection import QUERIES, meaning, names, table
from pipeline.publish.material import Material, open_material

NOW = datetime(2026, 11, 21, 22, tzinfo=UTC)
HERE = Path(__file__).parent
HOSTILE = ' =HYPERLINK("http://x") <script>alert(1)</script> \u202e{}\\%& ]]> \U0001f600 é'
Q = "{urn:QDA-XML:project:1.0}"


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory, synthetic: ModuleType) -> tuple[Material, Path]:
    """All formats of a small workspace whose texts are hostile, in one folder."""
    made = synthetic.analyses(60, 3, places=4, hostile=HOSTILE)
    workspace, root = synthetic.store(tmp_path_factory.mktemp("exports"), made)
    material = open_material(workspace, root, generated=NOW)
    export(material, "all")
    return material, workspace / "exports"


def rows(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV file."""
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_csv_has_every_row_and_no_formula(exported: tuple[Material, Path]) -> None:
    """All findings are there, quotes as in the tables, and no cell begins as a formula would."""
    material, folder = exported
    found = rows(folder / "csv" / "findings.csv")
    assert len(found) == material.connection.sql("SELECT count(*) FROM findings").fetchall()[0][0]
    quotes = {row["quote"] for row in material.rows("SELECT quote FROM findings")}
    assert {row["quote"] for row in found} == {neutral(quote) for quote in quotes}
    for file in (folder / "csv").glob("*.csv"):
        cells = [cell for row in rows(file) for cell in row.values()]
        assert not [c for c in cells if c.startswith(("=", "@", "+")) or re.match(r"-(?![0-9.]+(e-?[0-9]+)?$)", c)], (
            file
        )


@given(st.sampled_from(["=", "+", "-", "@", "\t", "\r", " =", "＝", "\u202e="]), st.text(max_size=20))
def test_formulas_are_made_neutral(start: str, rest: str) -> None:
    """Whatever begins as a formula gets an apostrophe; plain words stay as they are."""
    assert neutral(start + rest).startswith("'")
    assert neutral(f"Rutiner {rest}").startswith("Rutiner")


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "http://", "", None, "http://[x"]
)
def test_only_the_web_is_linked(url: str | None) -> None:
    """Addresses that do not lead to the web become no links."""
    assert web(url) is None


def test_the_workbook_is_pleasant_and_safe(exported: tuple[Material, Path]) -> None:
    """Frozen heads, filters, quotes that lead to their page, definitions; text cells only, no formula in any sheet."""
    material, folder = exported
    book = openpyxl.load_workbook(folder / "tillsyn.xlsx")
    expected = ["Läs mig", "Jämförelse", "Jämförelse, rader", "Fynd", "Händelser", "Dokument", "Definitioner"]
    assert book.sheetnames == expected
    for sheet in book.worksheets[1:]:
        assert sheet.freeze_panes, sheet.title
        assert sheet.auto_filter.ref, sheet.title
        assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n", "inlineStr"}, sheet.title
    findings = book["Fynd"]
    assert findings.max_row - 1 == material.connection.sql("SELECT count(*) FROM findings").fetchall()[0][0]
    heads = [cell.value for cell in findings[1]]
    quote = findings.cell(2, heads.index("Citat") + 1)
    assert quote.hyperlink.target.startswith("https://www.example.se/")
    assert "\u202e" not in quote.value
    assert book["Definitioner"].max_row > 20
    shares = [c.value for row in book["Jämförelse"].iter_rows(2, min_col=3) for c in row if isinstance(c.value, float)]
    assert shares
    assert all(0 <= share <= 1 for share in shares)


def test_parquet_keeps_types_and_says_what_columns_mean(exported: tuple[Material, Path]) -> None:
    """Parquet and the tables agree row for row; every column of findings, events and documents is described."""
    material, folder = exported
    for name in names(material):
        made = pq.read_table(folder / "parquet" / f"{name}.parquet")
        assert made.num_rows == table(material, name).num_rows
        assert made.schema.types == table(material, name).schema.types
    for name in QUERIES:
        schema = pq.read_schema(folder / "parquet" / f"{name}.parquet")
        assert all(field.metadata[b"description"] for field in schema), name
        assert all(meaning(material, name, field.name, "en") for field in schema), name
    assert duckdb.sql(f"SELECT count(*) FROM '{folder}/parquet/findings.parquet'").fetchall()[0][0] > 0


def test_sqlite_is_whole(exported: tuple[Material, Path]) -> None:
    """The database passes SQLite's own check, its references hold, and the full-text index answers."""
    database = sqlite3.connect(exported[1] / "tillsyn.db")
    assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert database.execute("PRAGMA foreign_key_check").fetchall() == []
    assert database.execute("SELECT count(*) FROM findings WHERE passage IS NULL").fetchone() == (0,)
    matched = database.execute("SELECT count(*) FROM passages_fts WHERE passages_fts MATCH 'term : brist'").fetchone()
    assert matched[0] > 0
    database.close()


def test_the_data_package_is_valid(exported: tuple[Material, Path]) -> None:
    """Frictionless validates every file: types, sizes, hashes, primary and foreign keys."""
    path = exported[1] / "datapackage" / "datapackage.json"
    with system.use_context(trusted=True):
        report = Package(str(path)).validate()
    assert report.valid, report.flatten(["title", "type", "message"])[:5]
    described = json.loads(path.read_text("utf-8"))["resources"]
    assert {r["name"] for r in described} >= {"findings", "events", "documents", "comparison"}
    assert all(len(r["hash"]) == 71 for r in described)


def test_a_changed_file_is_no_valid_package(exported: tuple[Material, Path], tmp_path: Path) -> None:
    """The check can fail: a byte more in a file and the package is no longer valid."""
    for file in (exported[1] / "datapackage").iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    with (tmp_path / "documents.csv").open("a", encoding="utf-8") as stream:
        stream.write("x\n")
    with system.use_context(trusted=True):
        assert not Package(str(tmp_path / "datapackage.json")).validate().valid


def test_kolada_rows_have_its_shape(exported: tuple[Material, Path]) -> None:
    """kpi, municipality, year, gender T, a percentage or none, a status; a value exactly where the status is empty."""
    _, folder = exported
    found = rows(folder / "kolada" / "data.csv")
    titles = {row["id"]: row["title"] for row in rows(folder / "kolada" / "kpi.csv")}
    assert len(titles) == len(load_codebook().themes) + 1
    assert tuple(found[0]) == kolada.COLUMNS
    for row in found:
        assert row["kpi"] in titles
        assert row["municipality"] in by_code()
        assert re.fullmatch(r"\d{4}", row["period"])
        assert row["gender"] == "T"
        assert (row["status"] == "") == (row["value"] != "")
    answer = json.loads((folder / "kolada" / "data.json").read_text("utf-8"))
    assert answer["count"] == len(found) == len(answer["values"])
    assert set(answer["values"][0]) == {"kpi", "municipality", "period", "values"}


def _project(folder: Path) -> tuple[Any, dict[str, str]]:
    with zipfile.ZipFile(folder / "tillsyn.qdpx") as archive:
        sources = {
            name: archive.read(name).decode("utf-8") for name in archive.namelist() if name.startswith("Sources/")
        }
        return etree.fromstring(archive.read("project.qde")), sources


def test_refi_qda_is_schema_valid(exported: tuple[Material, Path]) -> None:
    """Project and codebook hold to the schema written from the standard, each GUID standing once."""
    project, _ = _project(exported[1])
    etree.XMLSchema(file=str(HERE / "refi_qda_project.xsd")).assertValid(project)
    codebook = etree.fromstring((exported[1] / "tillsyn.qdc").read_bytes())
    etree.XMLSchema(file=str(HERE / "refi_qda_codebook.xsd")).assertValid(codebook)
    wrong = etree.fromstring(etree.tostring(project))
    wrong.find(f".//{Q}PlainTextSelection").set("startPosition", "x")
    assert not etree.XMLSchema(file=str(HERE / "refi_qda_project.xsd")).validate(wrong)


def test_refi_qda_selections_are_the_quotes(exported: tuple[Material, Path]) -> None:
    """Each selection cuts its quote out of its source by code points, and every reference leads somewhere."""
    material, folder = exported
    project, sources = _project(folder)
    guids = {element.get("guid") for element in project.iter() if element.get("guid")}
    assert {e.get("targetGUID") for e in project.iter() if e.get("targetGUID")} <= guids
    cut = set()
    for source in project.iter(f"{Q}TextSource"):
        text = sources[f"Sources/{source.get('plainTextPath').removeprefix('internal://')}"]
        for one in source.iter(f"{Q}PlainTextSelection"):
            cut.add(text[int(one.get("startPosition")) : int(one.get("endPosition"))])
    quotes = {row["quote"] for row in material.rows("SELECT quote FROM findings UNION SELECT quote FROM events")}
    assert cut == quotes
    assert "\U0001f600" in next(iter(cut & {q for q in quotes if "<script>" in q}))


def test_refi_qda_guids_are_the_same_again(exported: tuple[Material, Path], tmp_path: Path) -> None:
    """Exported twice, byte for byte the same; other things have other GUIDs."""
    material, folder = exported
    again = refi_qda.write_project(material, tmp_path / "again.qdpx")
    assert again.read_bytes() == (folder / "tillsyn.qdpx").read_bytes()
    assert refi_qda.guid("code", "a") == refi_qda.guid("code", "a") != refi_qda.guid("code", "b")


def test_web_annotations_hold_the_model(exported: tuple[Material, Path]) -> None:
    """Each annotation has id, motivation, bodies and a target whose two selectors name the same stretch of the text."""
    material, folder = exported
    page = json.loads((folder / "annotations.jsonld").read_text("utf-8"))
    assert page["@context"] == "http://www.w3.org/ns/anno.jsonld"
    assert page["type"] == "AnnotationPage"
    texts = {row["url"]: row["text"] for row in material.rows("SELECT derived_from AS url, text FROM documents")}
    assert len(page["items"]) == material.connection.sql("SELECT count(*) FROM findings").fetchall()[0][0]
    for item in page["items"]:
        assert re.fullmatch(r"urn:uuid:[0-9a-f-]{36}", item["id"])
        assert item["type"] == "Annotation"
        quote, place = item["target"]["selector"]
        text = texts[item["target"]["source"]]
        assert (quote["type"], place["type"]) == ("TextQuoteSelector", "TextPositionSelector")
        assert text[place["start"] : place["end"]] == quote["exact"]
        assert quote["prefix"] + quote["exact"] + quote["suffix"] in text
    assert len({item["id"] for item in page["items"]}) == len(page["items"])


def test_dcat_names_what_the_profile_asks_for(exported: tuple[Material, Path]) -> None:
    """Catalogue, dataset and distributions carry the mandatory properties of DCAT-AP-SE, and sizes that are true."""
    graph = json.loads((exported[1] / "catalogue.jsonld").read_text("utf-8"))
    known = set(graph["@context"])
    nodes = {node["@type"]: node for node in graph["@graph"]}
    for kind in ("dcat:Catalog", "dcat:Dataset"):
        assert {"dcterms:title", "dcterms:description", "dcterms:publisher"} <= set(nodes[kind])
    assert nodes["dcat:Catalog"]["dcat:dataset"] == [{"@id": nodes["dcat:Dataset"]["@id"]}]
    assert nodes["foaf:Agent"]["foaf:name"]
    distributions = nodes["dcat:Dataset"]["dcat:distribution"]
    assert len(distributions) > 30
    for one in distributions:
        file = exported[1] / one["dcat:accessURL"]["@id"]
        assert int(one["dcat:byteSize"]["@value"]) == file.stat().st_size
    prefixes = {key.split(":")[0] for node in (*graph["@graph"], *distributions) for key in node if key[0] != "@"}
    assert prefixes <= known
    assert set(dcat.FORMATS) >= {".csv", ".xlsx", ".parquet", ".db", ".qdpx"}


def test_references_are_csl_and_bibtex(exported: tuple[Material, Path]) -> None:
    """A reference per document with title, date, address and day of reading; hostile signs are escaped in BibTeX."""
    items = json.loads((exported[1] / "sources.json").read_text("utf-8"))
    assert len({item["id"] for item in items}) == len(items) == 60
    for item in items:
        assert {"id", "type", "title", "issued", "accessed", "URL"} <= set(item)
        assert item["type"] in ("webpage", "report", "article-newspaper")
    text = (exported[1] / "sources.bib").read_text("utf-8")
    assert len(re.findall(r"^@\w+\{tillsyn-[0-9a-f]{16},$", text, re.M)) == 60
    for block in text.split("\n}\n"):
        plain = re.sub(r"\\[{}%&#_$]", "", block.replace(r"\textbackslash{}", ""))
        assert plain.count("{") - plain.count("}") in (0, 1)
        assert not re.search(r"(?<!\\)%(?![0-9A-F]{2})", block)


@pytest.mark.parametrize(
    ("date", "parts"), [("2019-11-25", [2019, 11, 25]), ("2019-23", [2019]), ("2019", [2019]), (None, None)]
)
def test_dates_of_any_precision(date: str | None, parts: list[int] | None) -> None:
    """A season has no month: the year stays; no date, no date."""
    row = {"id": "x", "title": "T", "url": None, "date": date, "captured": NOW, "source_kind": "press", "sha256": "0"}
    assert bibliography.reference(row).get("issued", {}).get("date-parts", [None])[0] == parts


def test_an_unknown_format_is_named(exported: tuple[Material, Path]) -> None:
    """The error lists what there is."""
    with pytest.raises(UsageError, match="refi-qda"):
        export(exported[0], "docx")


def test_what_cannot_be_written_is_said(exported: tuple[Material, Path], tmp_path: Path) -> None:
    """A file in the way of a folder is one clear sentence for every format."""
    (tmp_path / "full").write_text("x")
    for name in FORMATS:
        with pytest.raises(WorkspaceError):
            export(exported[0], name, tmp_path / "full" / "inside" / "out")


def test_the_verb_exports(
    sample_run: tuple[Path, subprocess.CompletedProcess[str]],
    command: Callable[..., subprocess.CompletedProcess[str]],
    tmp_path: Path,
) -> None:
    """'tillsyn export' writes what was asked for and prints where; the run itself has left downloads and a database."""
    workspace = sample_run[0]
    done = command("export", "refi-qda", "--workspace", workspace, "--out", tmp_path / "projekt.qdpx", "--pseudonymise")
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == str(tmp_path / "projekt.qdpx")
    assert zipfile.is_zipfile(tmp_path / "projekt.qdpx")
    data = workspace / "report" / "data"
    for name in ("findings.csv", "tillsyn.xlsx", "datapackage.json", "search/meta.js"):
        assert (data / name).is_file()
        assert name.startswith("search") or name in (workspace / "report" / "ladda-ner.html").read_text("utf-8")
    assert (workspace / "tillsyn.db").is_file()
    assert command("export", "docx", "--workspace", workspace).returncode == 2
