"""PDF text layer: reading order, running lines, hyphens, headings, lists, footnotes, pages as anchors."""

from __future__ import annotations

import io
from collections.abc import Callable

import pypdfium2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pdf_files import HEIGHT, SENTENCES, WIDTH, Sheet, columns, decision, letterhead, made, text_of, wrap
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from pipeline.extract import documents, pdf
from pipeline.extract.hyphens import mend, running_text
from pipeline.records import Capture, Document

PDF = "application/pdf"
Make = Callable[..., Capture]


def read(capture: Make, body: bytes, **options: str) -> Document:
    """The first document of a PDF (no OCR)."""
    found = documents(capture(body, url="https://www.lindby.kommun.example/beslut.pdf", content_type=PDF), ocr=False)
    return found.documents[0]


def kinds(document: Document, kind: str) -> list[str]:
    """The texts of the blocks of one kind."""
    return [document.text[block.start : block.end] for block in document.blocks if block.kind == kind]


def test_running_heads_and_feet_are_gone_and_the_first_letterhead_stays(capture: Make) -> None:
    """Of a decision of three pages, letterhead and case number stand once, addresses and page numbers never."""
    text = read(capture, decision(3)).text
    for once in ("Inspektionen för vård och omsorg", "BESLUT", "Dnr 8.7.1-12345/2017-6"):
        assert text.count(once) == 1, once
    for never in ("1(3)", "2(3)", "Box 0", "registrator@ivo.example", "Avdelning mitt"):
        assert never not in text, never
    assert all(f"Skälen på sida {page}." in text for page in (2, 3))


def test_removed_lines_say_why(capture: Make) -> None:
    """Each line taken away is reported with the rule and the page."""
    removed = documents(capture(decision(3), content_type=PDF), ocr=False).removed
    reasons = {item.reason.split(":")[0] for item in removed}
    assert {"page_number", "running_head", "running_foot"} <= reasons
    assert any(item.text == "2(3)" and item.reason.endswith("(sida 2)") for item in removed)


def test_blocks_carry_their_page(capture: Make) -> None:
    """The page number of a block is the page on which its text stands: an anchor for evidence."""
    document = read(capture, decision(3))
    pages = {document.text[b.start : b.end].split(".")[0]: b.page for b in document.blocks if b.kind == "paragraph"}
    assert pages["Skälen på sida 2"] == 2 and pages["Skälen på sida 3"] == 3


def test_title_and_headings_by_size_and_weight(capture: Make) -> None:
    """The largest heading is the title, bold lines are headings, neither 'BESLUT' nor the sender is the title."""
    document = read(capture, decision(2))
    assert document.title == "Tillsyn av socialnämnden i Åstorp"
    assert kinds(document, "title") == [document.title]
    assert kinds(document, "heading") == ["Ärendet", "Beslut", "Bakgrund", "Skälen för beslutet"]


def test_a_decision_is_the_inspectorates_and_dated_by_its_letterhead(capture: Make) -> None:
    """On a municipality's site, too: the letterhead says who decided and when."""
    document = read(capture, decision(2))
    assert (document.source_kind, document.decided) == ("inspectorate", "2017-05-04")
    assert document.published is None


def test_columns_are_read_one_after_the_other(capture: Make) -> None:
    """Two columns drawn row by row come out column by column, the heading across them first."""
    left, right = (wrap(text_of(6, start), 75 * mm, 10) for start in (0, 3))
    document = read(capture, columns(left, right))
    assert document.title == "Två spalter om tillsyn"
    words = document.text.replace("\n", " ")
    assert words.index(SENTENCES[5]) < words.index("handlingsplan som följs upp varje månad. Riktlinjerna", 400)
    assert [words.count(sentence) for sentence in SENTENCES] == [2] * 6


def test_a_table_is_not_torn_into_columns(capture: Make) -> None:
    """Short lines in wide cells stay rows: they are no columns."""

    def draw(canvas: Canvas) -> None:
        sheet = Sheet(canvas, y=HEIGHT - 80 * mm)
        sheet.paragraph(text_of(4))
        for year, count, studied in ((2017, 412, 96), (2018, 468, 102), (2019, 501, 88), (2020, 377, 120)):
            canvas.drawString(25 * mm, sheet.y, str(year))
            canvas.drawString(70 * mm, sheet.y, f"{count} anmälningar")
            canvas.drawString(130 * mm, sheet.y, f"{studied} utredda")
            sheet.y -= 15

    document = read(capture, made(draw))
    assert "2018 | 468 anmälningar | 102 utredda" in kinds(document, "table_row")


def test_bullets_become_list_items_over_their_lines(capture: Make) -> None:
    """A hanging indent belongs to its bullet; the next bullet and the next paragraph begin anew."""

    def draw(canvas: Canvas) -> None:
        sheet = Sheet(canvas, y=HEIGHT - 80 * mm)
        sheet.paragraph("Nämnden ska senast i september visa följande åtgärder för tillsynsmyndigheten i ärendet:")
        for item in ("Rutinerna för " + text_of(2).lower(), "Kort punkt om bemanning."):
            for number, line in enumerate(wrap(item, 140 * mm, 11)):
                sheet.write(("• " if number == 0 else "") + line, x=(30 if number == 0 else 33) * mm)
        sheet.y -= 8
        sheet.paragraph(text_of(3))

    document = read(capture, made(draw))
    assert kinds(document, "list_item") == ["Rutinerna för " + text_of(2).lower(), "Kort punkt om bemanning."]
    assert kinds(document, "paragraph")[-1] == text_of(3)


def test_footnotes_stand_apart_and_the_sentence_goes_on(capture: Make) -> None:
    """A sentence over a page break is one paragraph although a footnote stands between its halves."""
    lines = wrap(text_of(14), 160 * mm, 11)

    def draw(canvas: Canvas) -> None:
        sheet = Sheet(canvas, y=HEIGHT - 80 * mm)
        for line in lines[:6]:
            sheet.write(line)
        sheet.y = 60 * mm
        sheet.write("1 Se riktlinjerna från 2014, som gällde vid tillfället.", size=8)
        canvas.showPage()
        sheet = Sheet(canvas, y=HEIGHT - 60 * mm)
        for line in lines[6:]:
            sheet.write(line)

    document = read(capture, made(draw))
    assert kinds(document, "footnote") == ["1 Se riktlinjerna från 2014, som gällde vid tillfället."]
    assert kinds(document, "paragraph") == [text_of(14)]


def test_a_table_of_contents_is_no_text(capture: Make) -> None:
    """Lines of dots with a page number go; the headings they name stay where they stand."""

    def draw(canvas: Canvas) -> None:
        sheet = Sheet(canvas, y=HEIGHT - 80 * mm)
        for number, words in enumerate(("Inledning", "Resultat", "Bedömning"), 1):
            sheet.write(f"{number}. {words} {'.' * 40} {number + 2}")
        sheet.y -= 20
        sheet.write("Inledning", 14, bold=True)
        sheet.paragraph(text_of(3))

    assert read(capture, made(draw)).text == f"Inledning\n\n{text_of(3)}"


def test_a_single_page_loses_its_foot(capture: Make) -> None:
    """Without a second page to compare with, small print with an address at the very foot goes all the same."""

    def draw(canvas: Canvas) -> None:
        letterhead(canvas, 1, 1)
        sheet = Sheet(canvas, y=HEIGHT - 80 * mm)
        sheet.paragraph(text_of(5))

    text = read(capture, made(draw)).text
    assert "Box 0" not in text and "1(1)" not in text and "Avdelning mitt" not in text
    assert "Dnr 8.7.1-12345/2017-6" in text and text_of(5) in text


def test_line_end_hyphens_are_mended_and_true_ones_kept(capture: Make) -> None:
    """PDFium marks a hyphen at a line's end; whether it belongs to the word shows in what follows."""
    rows = (
        "Nämnden svarar för vård-", "och omsorgsverksamheten samt för dokumenta-", "tion enligt IVO-",
        "beslut och Malung-", "Sälens riktlinjer under åren 2018-", "2019 i hela kommunen.",
    )  # fmt: skip

    def draw(canvas: Canvas) -> None:
        sheet = Sheet(canvas, y=HEIGHT - 80 * mm)
        for row in rows:
            sheet.write(row)

    assert read(capture, made(draw)).text == (
        "Nämnden svarar för vård- och omsorgsverksamheten samt för dokumentation enligt IVO-beslut och Malung-Sälens "
        "riktlinjer under åren 2018-2019 i hela kommunen."
    )


@pytest.mark.parametrize(
    ("before", "after", "whole"),
    [
        ("arbets", "miljön är", "arbetsmiljön är"),
        ("barn", "och ungdomsnämnden", "barn- och ungdomsnämnden"),
        ("plan- ", "och bygglagen", "plan- - och bygglagen"),
        ("lex Sarah-", "anmälan", "lex Sarah--anmälan"),
        ("HVB", "hemmet", "HVB-hemmet"),
        ("Upplands", "Bro", "Upplands-Bro"),
        ("skicka e", "post till", "skicka e-post till"),
        ("1", "2 kap.", "1-2 kap."),
    ],
)
def test_mend(before: str, after: str, whole: str) -> None:
    """The halves of a word, one rule each."""
    assert mend(before, after) == whole


def test_running_text_keeps_a_last_hyphen() -> None:
    """A hyphen with nothing after it stays."""
    assert running_text([("förskole", True)]) == "förskole-"


def test_document_information(capture: Make) -> None:
    """The address in 'Subject' is the page retold; a title that is a file name is no title."""
    body = made(
        lambda canvas: Sheet(canvas, y=500).paragraph(text_of(2)),
        subject="https://www.lindby.example/original",
        title="Microsoft Word - beslut_slutlig.docx",
    )
    document = read(capture, body)
    assert document.derived_from == "https://www.lindby.example/original"
    assert "Word" not in document.title


def test_text_is_normal(capture: Make) -> None:
    """No soft hyphens, no U+0002, no non-breaking spaces, no ligatures."""
    body = made(lambda canvas: Sheet(canvas, y=500).write("Tio\u00a0000 kronor i vite och of\u00adfentlig"))
    text = read(capture, body).text
    assert not set(text) & {"\u00ad", "\u0002", "\ufffe", "\u00a0", "\ufb01"}
    assert "Tio 000 kronor" in text


WORDS = st.lists(st.text("abcdeåäö", min_size=2, max_size=12), min_size=30, max_size=120)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(WORDS, st.integers(9, 13), st.integers(60, 160))
def test_no_word_is_lost_or_moved(words: list[str], size: int, width: int) -> None:
    """Whatever the words, the size and the width: all words come out, in order."""

    def draw(canvas: Canvas) -> None:
        Sheet(canvas, y=HEIGHT - 70 * mm).paragraph(" ".join(words), width * mm, size)

    assert pdf.text(made(draw)).split() == words


def test_every_block_is_a_piece_of_the_text(capture: Make) -> None:
    """Blocks lie in the text in order, and together with line breaks they make it."""
    document = read(capture, decision(4))
    ends = [0]
    for block in document.blocks:
        assert document.text[ends[-1] : block.start].strip() == ""
        ends.append(block.end)
    assert ends[-1] == len(document.text)


def test_a_paper_set_larger_than_the_rest_is_not_all_headings(capture: Make) -> None:
    """Among pages of 10 points, a page of 13 points has paragraphs; its bold line is its heading."""

    def draw(canvas: Canvas) -> None:
        for size in (10, 10, 10, 13):
            sheet = Sheet(canvas, y=HEIGHT - 80 * mm)
            sheet.write(f"Om bemanningen {size}", size + 1, bold=True, gap=2)
            for start in range(4):
                sheet.paragraph(text_of(2, start), size=size)
            canvas.showPage()

    document = read(capture, made(draw))
    named = kinds(document, "title") + kinds(document, "heading")
    assert named == ["Om bemanningen 10"] * 3 + ["Om bemanningen 13"]
    assert len(kinds(document, "paragraph")) == 16


@pytest.mark.parametrize(("turn", "x", "y"), [(0, 0, 0), (90, WIDTH, 0), (180, WIDTH, HEIGHT), (270, 0, HEIGHT)])
def test_turned_writing(turn: int, x: float, y: float) -> None:
    """A page whose words run upwards, downwards or upside down (a landscape table) is read like any other."""

    def draw(canvas: Canvas) -> None:
        canvas.translate(x, y)
        canvas.rotate(turn)
        sheet = Sheet(canvas, y=(WIDTH if turn % 180 else HEIGHT) - 60 * mm)
        sheet.write("Rubrik över sidan", 16, bold=True, gap=2)
        sheet.paragraph(text_of(5), width=150 * mm)

    assert pdf.text(made(draw)) == "Rubrik över sidan\n" + text_of(5)


def test_a_page_whose_corner_is_not_at_zero() -> None:
    """The page's box may begin anywhere: heads and feet are still heads and feet."""
    file, buffer = pypdfium2.PdfDocument(decision(3)), io.BytesIO()
    for page in file:
        page.set_mediabox(-100, -50, WIDTH - 100, HEIGHT - 50)
        page.set_cropbox(0, 0, WIDTH, HEIGHT)
    file.save(buffer)
    assert pdf.text(buffer.getvalue()).split("\n")[0] == "Inspektionen för vård och omsorg"
    assert "Box 0" not in pdf.text(buffer.getvalue())


def test_pages_without_words_give_an_empty_document(capture: Make) -> None:
    """A file with a blank page is stored as empty, and asks for no OCR."""
    body = made(lambda canvas: canvas.showPage())
    document = read(capture, body)
    assert (document.status, document.text) == ("empty", "")
    assert len(pypdfium2.PdfDocument(body)) == 1
