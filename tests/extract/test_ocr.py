"""Scans: read by tesseract, kept by page hash, repaired by rule; without tesseract they are counted."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pypdfium2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pdf_files import CASES, decision, made, scan_case, scanned, text_of

from pipeline.extract import documents, ocr, pdf
from pipeline.extract.repair import bullets, repair
from pipeline.records import Capture, Extraction

Make = Callable[..., Capture]
URL = "https://www.lindby.kommun.example/skannat.pdf"


def read(capture: Make, body: bytes, cache: Path | None = None) -> Extraction:
    """What a PDF gives with OCR."""
    return pdf.documents(capture(body, url=URL, content_type="application/pdf"), cache=cache)


@pytest.fixture(scope="module")
def scan() -> bytes:
    """One worn scan of a decision."""
    return scanned(scan_case(0), seed=1)


@pytest.mark.ocr
def test_a_worn_scan_is_read(capture: Make, scan: bytes, tmp_path: Path) -> None:
    """Case number, date, title and sentences of a skewed, noisy, stamped scan come out right, with the confidence."""
    _, case, _, date = CASES[0]
    (document,) = read(capture, scan, tmp_path).documents
    assert case in document.text and document.decided == date
    assert document.title == "Tillsyn av omsorgsnämnden i Lindby, ärende 1"
    assert text_of(5) in document.text
    assert document.ocr_confidence and document.ocr_confidence > 0.8
    assert (document.extractor, document.status, document.source_kind) == ("pdf+ocr", "ok", "inspectorate")
    assert "INKOMMET" not in document.text


@pytest.mark.ocr
def test_a_page_is_read_once(capture: Make, scan: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second time the words come from the cache: tesseract is not started."""
    first = read(capture, scan, tmp_path).documents[0].text
    monkeypatch.setattr(ocr, "_tesseract", lambda *_, **__: pytest.fail("tesseract was started"))
    assert read(capture, scan, tmp_path).documents[0].text == first
    assert list(tmp_path.glob("*.tsv"))


def test_without_tesseract_a_scan_is_stored_and_counted(
    capture: Make, scan: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The document stands in the tables as 'needs_ocr', and one sentence says what is missing."""
    monkeypatch.setattr(ocr, "available", lambda: False)
    found = read(capture, scan)
    assert [document.status for document in found.documents] == ["needs_ocr"]
    assert found.documents[0].text == ""
    assert "need OCR" in found.problems[0].what and "tesseract" in found.problems[0].what


def test_ocr_may_be_turned_off(capture: Make, scan: bytes) -> None:
    """With ocr=False a scan waits, whether tesseract is there or not."""
    found = documents(capture(scan, url=URL, content_type="application/pdf"), ocr=False)
    assert found.documents[0].status == "needs_ocr" and "turned off" in found.problems[0].what


def test_pages_beyond_the_limit_are_counted(capture: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A thick scan is read up to the limit; a sentence says how many pages were left."""
    seen: list[int] = []

    def reads(rasters: list[ocr.Raster], **_: object) -> tuple[list[object], list[str]]:
        seen.extend(raster.number for raster in rasters)
        return [], []

    monkeypatch.setattr(pdf, "MOST_OCR_PAGES", 2)
    monkeypatch.setattr(ocr, "available", lambda: True)
    monkeypatch.setattr(ocr, "read_pages", reads)
    found = read(capture, scanned(decision(3), seed=2, dpi=60), tmp_path)
    assert seen == [1, 2]
    assert any("1 scanned pages beyond the first 2" in problem.what for problem in found.problems)


def test_a_failing_page_is_a_sentence(
    capture: Make, scan: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When tesseract fails on a page, the file waits for OCR and the run goes on."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(ocr, "available", lambda: True)
    found = read(capture, scan, tmp_path)
    assert found.documents[0].status == "needs_ocr"
    assert any(problem.what.startswith("Page 1: tesseract cannot be run") for problem in found.problems)


def test_a_cache_that_cannot_be_written_costs_only_time(tmp_path: Path) -> None:
    """A file where the folder should be: nothing is stored, nothing fails."""
    (tmp_path / "file").write_text("x")
    ocr._store(tmp_path / "file" / "page.tsv", "words")
    assert (tmp_path / "file").read_text() == "x"


def test_specks_go_and_strokes_stay() -> None:
    """A single dark pixel on white paper vanishes; a line one pixel wide is unchanged."""
    page = np.full((20, 20), 250, np.uint8)
    page[5, 5] = 0
    page[12, 3:15] = 10
    cleaned = ocr.without_specks(page)
    assert cleaned[5, 5] == 250 and (cleaned[12, 4:14] == 10).all()


@pytest.mark.parametrize(
    ("raw", "mended"),
    [
        ("Dnr 8.7.l-636l/20l5-1", "Dnr 8.7.1-6361/2015-1"),
        ("dnr 33787/2O13", "dnr 33787/2013"),
        ("8,5-292O6/20I4", "8.5-29206/2014"),
        ("ISM 20ll/21483", "ISM 2011/21483"),
        ("beteckning 2O19/O12345", "beteckning 2019/012345"),
        ("vite om l 000 000 kronor", "vite om 1 000 000 kronor"),
        ("500 OOO kr", "500 000 kr"),
        ("senast den l maj 20l5", "senast den 1 maj 2015"),
        ("2O15-O2-l8", "2015-02-18"),
        ("enligt 13 kap. 8 S SoL", "enligt 13 kap. 8 § SoL"),
        ("7 kap. 7 & arbetsmiljölagen", "7 kap. 7 § arbetsmiljölagen"),
        ("16 kap. 48 SoL", "16 kap. 4 § SoL"),
        ("10 och 27 $$ skollagen", "10 och 27 §§ skollagen"),
        ("nämnden irmehade firmor", "nämnden innehade firmor"),
        ("märmiskor som firms", "människor som finns"),
    ],
)
def test_repair(raw: str, mended: str) -> None:
    """Damage to case numbers, references, amounts, dates, § and nn, one rule each; what was raw is reported."""
    text, repairs = repair(raw)
    assert text == mended
    assert repairs and all(item.raw in raw and item.rule for item in repairs)


@pytest.mark.parametrize("text", ["verket gav oss 272 000 kronor", "en bil 100 000 kronor", "på kurmandji och svenska"])
def test_repair_takes_no_word_for_damage(text: str) -> None:
    """Words before an amount, and the name of a language, are neither numbers nor misread letters."""
    assert repair(text) == (text, ())


def test_repair_keeps_what_was_raw(capture: Make) -> None:
    """The words before the repair are among the removed lines, with what they were read as."""
    page = ocr.Page(1, 595, 842, (ocr.Line("Dnr 8.7.l-636l/20l5-1", 1, 50, 100, 200, 112, 11),), True, 0.9)
    removed: list[object] = []
    assert pdf._repaired(page, removed).lines[0].text == "Dnr 8.7.1-6361/2015-1"  # type: ignore[arg-type]
    assert any(getattr(item, "text", "") == "8.7.l-636l/20l5-1" for item in removed)


def test_repair_leaves_sound_text_alone(root: Path) -> None:
    """Not one of the thousands of annotated passages, none of which has seen a scanner, is changed."""
    changed = [
        (row["text"], repair(row["text"])[0])
        for file in sorted((root / "corpus" / "annotations").glob("*.jsonl"))
        for row in map(json.loads, file.read_text("utf-8").splitlines())
        if repair(row["text"])[1]
    ]
    assert changed == []


@given(st.text(max_size=80))
def test_repair_is_stable(text: str) -> None:
    """Repairing twice gives what repairing once gives."""
    once = repair(text)[0]
    assert repair(once)[0] == once


def test_bullets() -> None:
    """A mark read as 0, o or « is a bullet where another stands near; alone it is left."""
    assert list(bullets(["0 Rutiner saknas", "e Journaler saknas", "text"]))[:2] == [
        "• Rutiner saknas",
        "• Journaler saknas",
    ]
    assert list(bullets(["0 Rutiner saknas", "text"])) == ["0 Rutiner saknas", "text"]


def test_scans_bound_into_a_paper_with_text(capture: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the pages without text are read by OCR; they come in their place, and each document has its own confidence."""
    monkeypatch.setattr(ocr, "available", lambda: True)
    words = ("Skannad sida om tillsynen av hemtjänsten.",)

    def reads(rasters: list[ocr.Raster], **_: object) -> tuple[list[ocr.Page], list[str]]:
        lines = tuple(ocr.Line(text, rasters[0].number, 70, 300, 400, 312, 11) for text in words)
        return [ocr.Page(raster.number, raster.width, raster.height, lines, True, 0.5) for raster in rasters], []

    monkeypatch.setattr(ocr, "read_pages", reads)
    bound, typed, image = pypdfium2.PdfDocument.new(), decision(1), scanned(decision(1), dpi=60)
    for body in (typed, image, typed):
        bound.import_pages(pypdfium2.PdfDocument(body))
    buffer = io.BytesIO()
    bound.save(buffer)
    found = read(capture, buffer.getvalue(), tmp_path)
    text = "\n".join(document.text for document in found.documents)
    assert text.count(words[0]) == 1 and text.count("Bakgrund på sida 1.") == 2
    assert text.index("Bakgrund på sida 1.") < text.index(words[0]) < text.rindex("Bakgrund på sida 1.")
    assert any("little confidence (0.50)" in problem.what for problem in found.problems)


def test_a_garbled_text_layer_needs_ocr(capture: Make) -> None:
    """Letters that map to no characters are no text: the page is read as a picture."""
    page = ocr.Page(
        1, 595, 842, (ocr.Line("\ue001\ue002\ue003\ue004 \u0411\u0412\u0413\ue005\ue006\ue007 ab", 1, 0, 0, 9, 9, 9),)
    )
    assert pdf._is_garbled(page)
    assert not pdf._is_garbled(ocr.Page(1, 595, 842, (ocr.Line(text_of(1), 1, 0, 0, 9, 9, 9),)))


def test_a_page_of_lines_and_no_words_needs_no_ocr(capture: Make) -> None:
    """A drawn rule on an otherwise empty page is no scan."""
    body = made(lambda canvas: canvas.line(100, 100, 400, 100))
    assert read(capture, body).documents[0].status == "empty"
