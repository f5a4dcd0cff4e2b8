"""Committee papers split into their matters, and an inspectorate's decision found inside them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from pdf_files import Sheet, committee_paper, letterhead, made, text_of
from reportlab.pdfgen.canvas import Canvas

from pipeline.extract import documents
from pipeline.extract.building import Piece
from pipeline.extract.decisions import CASE_NUMBER, find
from pipeline.extract.papers import is_audit, parts
from pipeline.records import Capture, Document

Make = Callable[..., Capture]
URL = "https://www.lindby.kommun.example/handlingar.pdf"


def read(capture: Make, body: bytes) -> tuple[Document, ...]:
    """All documents of a PDF."""
    return documents(capture(body, url=URL, content_type="application/pdf"), ocr=False).documents


def test_each_matter_is_a_document_with_its_place(capture: Make) -> None:
    """Four matters and the summons before them: five documents, the matters with part 1-4 and the summons as parent."""
    front, *matters = read(capture, committee_paper(4))
    assert front.part is None and "§ 4 Ärende om uppföljning 4" in front.text and text_of(4, 1) not in front.text
    assert [matter.part for matter in matters] == [1, 2, 3, 4]
    assert {matter.parent for matter in matters} == {front.id}
    assert [matter.title for matter in matters] == [f"Ärende om uppföljning {n}" for n in range(1, 5)]
    assert len({document.id for document in (front, *matters)}) == 5


def test_no_matter_loses_or_borrows_a_sentence(capture: Make) -> None:
    """What stands under a matter's number is in that document and in no other."""
    for number, matter in enumerate(read(capture, committee_paper(4))[1:], 1):
        assert f"Nämnden godkänner uppföljning nummer {number}." in matter.text
        assert matter.text.count("Förslag till beslut") == 1


def test_an_agenda_alone_is_one_document(capture: Make) -> None:
    """A list of matters without their texts is not cut into entries."""

    def draw(canvas: Canvas) -> None:
        sheet = Sheet(canvas)
        sheet.write("Kallelse till socialnämnden", 16, bold=True, gap=2)
        for number in range(1, 12):
            sheet.write(f"§ {number} Ärende nummer {number}")

    found = read(capture, made(draw))
    assert len(found) == 1 and found[0].part is None


def test_a_report_with_numbered_chapters_is_one_document(capture: Make) -> None:
    """Chapters of an audit report are not matters of a committee."""

    def draw(canvas: Canvas) -> None:
        sheet = Sheet(canvas)
        sheet.write("Revisionsrapport", 18, bold=True, gap=2)
        for number, words in enumerate(("Inledning", "Resultat", "Bedömning"), 1):
            sheet.write(f"{number}. {words}", 13, bold=True, gap=1.8)
            sheet.paragraph(text_of(4, number))

    (found,) = read(capture, made(draw))
    assert found.source_kind == "auditor"
    assert [found.text[b.start : b.end] for b in found.blocks if b.kind == "heading"] == [
        "1. Inledning",
        "2. Resultat",
        "3. Bedömning",
    ]


def test_letters_bound_together_are_told_by_their_page_numbers(capture: Make) -> None:
    """A summons and two letters of two pages: where '1(2)' stands again, a new document begins."""

    def draw(canvas: Canvas) -> None:
        sheet = Sheet(canvas)
        sheet.write("Handlingar till omsorgsnämnden", 16, bold=True, gap=2)
        sheet.paragraph("Nämnden sammanträder den 4 maj. " + text_of(2))
        canvas.showPage()
        for letter in ("Uppföljning av hemtjänsten", "Patientsäkerhetsberättelse"):
            for page in (1, 2):
                canvas.setFont("Helvetica", 9)
                canvas.drawString(70, 800, "Lindby kommun")
                canvas.drawString(300, 800, "TJÄNSTESKRIVELSE")
                canvas.drawString(520, 800, f"{page}(2)")
                sheet = Sheet(canvas)
                if page == 1:
                    sheet.write(letter, 15, bold=True, gap=2)
                sheet.paragraph(f"{letter}, blad {page}. " + text_of(5, page))
                canvas.showPage()

    found = read(capture, made(draw))
    assert [d.title for d in found] == [
        "Handlingar till omsorgsnämnden", "Uppföljning av hemtjänsten", "Patientsäkerhetsberättelse",
    ]  # fmt: skip
    assert [d.part for d in found] == [None, 1, 2]
    assert all(f"{d.title}, blad {page}." in d.text for d in found[1:] for page in (1, 2))


def decision_within(canvas: Canvas) -> None:
    """Minutes of two matters; between them the pages of a decision that the first is about."""
    sheet = Sheet(canvas)
    sheet.write("Protokoll från omsorgsnämnden i Lindby", 16, bold=True, gap=2)
    sheet.write("§ 12 Svar till inspektionen", 13, bold=True, gap=1.8)
    sheet.paragraph("Nämnden beslutar att lämna svaret. " + text_of(5))
    canvas.showPage()
    for page in (1, 2):
        letterhead(canvas, page, 2, case="8.5-29206/2014-3", date="2014-11-19")
        sheet = Sheet(canvas)
        sheet.write("Skälen för beslutet" if page == 2 else "Beslut", 12, bold=True, gap=1.6)
        sheet.paragraph(f"Inspektionen förelägger nämnden, blad {page}. " + text_of(6, page))
        canvas.showPage()
    sheet = Sheet(canvas)
    sheet.paragraph("Bilagan till svaret redovisar åtgärderna. " + text_of(3, 2))
    sheet.write("§ 13 Övriga frågor", 13, bold=True, gap=1.8)
    sheet.paragraph("Inga övriga frågor. " + text_of(2))
    canvas.showPage()


def test_a_decision_inside_is_set_apart(capture: Make) -> None:
    """The decision is the inspectorate's document with its own date; the pages after '2(2)' are the committee's again."""
    found = read(capture, made(decision_within))
    (inside,) = [document for document in found if document.source_kind == "inspectorate"]
    assert inside.decided == "2014-11-19" and "8.5-29206/2014-3" in inside.text
    assert "blad 1." in inside.text and "blad 2." in inside.text
    assert "Bilagan till svaret" not in inside.text and "lämna svaret" not in inside.text
    others = "\n".join(document.text for document in found if document is not inside)
    assert "Bilagan till svaret" in others and "Inga övriga frågor" in others
    assert all(document.source_kind == "municipality" for document in found if document is not inside)


def pieces(*lines: str) -> list[Piece]:
    """Short lines as they stand at the head of a page."""
    return [Piece("paragraph", line, 0, 1) for line in lines]


@pytest.mark.parametrize(
    ("lines", "authority", "case", "date"),
    [
        (("Inspektionen för vård och omsorg", "BESLUT", "2015-02-18", "Dnr 8.7.1-6361/2015-1"), "ivo", "8.7.1-6361/2015-1", "2015-02-18"),
        (("Arbetsmiljöverket", "INSPEKTIONSMEDDELANDE 2019-06-11", "Vår beteckning 2019/012345"), "arbetsmiljoverket", "2019/012345", "2019-06-11"),
        (("ISM 2011/21483", "Föreläggande", "den 3 mars 2011"), "arbetsmiljoverket", "ISM 2011/21483", "2011-03-03"),
        (("Beslut", "2010-05-19", "Dnr 43-2009:3888", "Skolinspektionen"), "skolinspektionen", "43-2009:3888", "2010-05-19"),
        (("BESLUT 2014-01-07 IVO, Avdelning syd, Dnr 33787/2013",), "ivo", "33787/2013", "2014-01-07"),
    ],
)  # fmt: skip
def test_letterheads(lines: tuple[str, ...], authority: str, case: str, date: str) -> None:
    """Authority, case number and date are read from the lines around the kind word."""
    (decision,) = find(pieces(*lines))
    assert (decision.authority, decision.case_number, decision.date) == (authority, case, date)


@pytest.mark.parametrize(
    "lines",
    [
        ("Socialnämnden", "BESLUT", "2015-02-18", "Dnr SN 2015/14"),
        ("Beslut", "Nämnden godkänner rapporten om IVO:s tillsyn och lägger den till handlingarna."),
        ("IVO fattade beslut 2015-02-18 i ärendet.",),
    ],
)
def test_not_every_decision_is_an_inspectorates(lines: tuple[str, ...]) -> None:
    """A committee's own decision, and sentences about one, are no letterhead."""
    assert list(find(pieces(*lines))) == []


@pytest.mark.parametrize(
    "case",
    ["8.5-29206/2014", "8.7.1-6361/2015-1", "33787/2013", "ISM 2011/21483", "2019/012345", "43-2009:3888", "3891-2010"],
)
def test_case_numbers(case: str) -> None:
    """The forms that IVO, Arbetsmiljöverket, Skolinspektionen and JO use."""
    match = CASE_NUMBER.search(f"Dnr {case}.")
    assert match and match[0] == case


def test_an_answer_to_an_audit_is_no_audit() -> None:
    """'Svar på revisionsrapport' is the committee's paper."""
    assert is_audit(pieces("Lindby kommun", "Revisionsrapport"))
    assert not is_audit(pieces("Tjänsteskrivelse", "Revisionsrapport om äldreomsorgen: svar på rapporten"))


def test_a_range_of_paragraphs_is_no_matter(capture: Make) -> None:
    """'§§ 45–46' on the cover of minutes is not where matter 45 begins; a title may stand on the line below."""

    def draw(canvas: Canvas) -> None:
        sheet = Sheet(canvas)
        sheet.write("Sammanträdesprotokoll", 16, bold=True, gap=2)
        sheet.write("§§ 45–46")
        sheet.paragraph("Plats och tid: kommunhuset i Lindby, klockan 9. " + text_of(1))
        for number, words in ((45, "Lex Sarah-rapporter"), (46, "Ekonomisk uppföljning")):
            sheet.write(f"§ {number}", 12, bold=True)
            sheet.write(words, 12, bold=True, gap=1.8)
            sheet.paragraph(text_of(3, number))

    found = read(capture, made(draw))
    assert [d.title for d in found][1:] == ["Lex Sarah-rapporter", "Ekonomisk uppföljning"]


def test_matters_need_rising_numbers() -> None:
    """A reference to an earlier paragraph at the beginning of a line starts no matter."""
    body = Piece("paragraph", text_of(3), 0, 1)
    reference = Piece("paragraph", "§ 4 i lagen gäller.", 0, 1)
    found = parts(
        [Piece("heading", "§ 20 Bokslut", 2, 1), body, reference, body, Piece("heading", "§ 21 Budget", 2, 1), body]
    )
    assert [part.title for part in found] == ["Bokslut", "Budget"]
