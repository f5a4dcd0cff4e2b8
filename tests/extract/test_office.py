"""Word and OpenDocument files: structure kept, faults named in one sentence."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from typing import Any

import docx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from odf.opendocument import OpenDocumentText
from odf.style import Style
from odf.table import Table, TableCell, TableRow
from odf.text import H, List, ListItem, Note, NoteBody, NoteCitation, P
from pdf_files import text_of

from pipeline.extract import documents
from pipeline.extract.office import DOCX, ODT
from pipeline.records import Capture, Document

Make = Callable[..., Capture]
URL = "https://www.lindby.kommun.example/skrivelse"


def word(build: Callable[[Any], None]) -> bytes:
    """The bytes of a .docx."""
    document, buffer = docx.Document(), io.BytesIO()
    build(document)
    document.save(buffer)
    return buffer.getvalue()


def letter(document: Any) -> None:
    """A committee letter with a title, headings, a list, a table and a bold line."""
    document.add_heading("Redovisning av lex Sarah-rapporter", 0)
    document.add_heading("Sammanfattning", 1)
    document.add_paragraph(text_of(2))
    document.add_paragraph("Rutinerna har setts över.", style="List Bullet")
    document.add_paragraph("Personalen har fått utbildning.", style="List Number")
    document.add_paragraph("").add_run("Förvaltningens bedömning").bold = True
    table = document.add_table(rows=2, cols=2)
    for row, cells in zip(table.rows, (("År", "Rapporter"), ("2019", "14")), strict=True):
        for cell, words in zip(row.cells, cells, strict=True):
            cell.text = words
    document.add_paragraph(text_of(1, 3))


def open_document() -> bytes:
    """An .odt with the same kinds of parts and a footnote."""
    document = OpenDocumentText()
    document.styles.addElement(Style(name="Title", family="paragraph"))
    document.text.addElement(P(stylename="Title", text="Granskning av hemtjänsten"))
    document.text.addElement(H(outlinelevel=2, text="Iakttagelser"))
    paragraph = P(text="Tillsynen visade brister.")
    note = Note(noteclass="footnote")
    note.addElement(NoteCitation(text="1"))
    body = NoteBody()
    body.addElement(P(text="Se rapporten från våren."))
    note.addElement(body)
    paragraph.addElement(note)
    document.text.addElement(paragraph)
    items = List()
    for words in ("Dokumentationen saknas.", "Bemanningen är låg."):
        item = ListItem()
        item.addElement(P(text=words))
        items.addElement(item)
    document.text.addElement(items)
    table = Table(name="T")
    row = TableRow()
    for words in ("2019", "14 rapporter"):
        cell = TableCell()
        cell.addElement(P(text=words))
        row.addElement(cell)
    table.addElement(row)
    document.text.addElement(table)
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def blocks(document: Document) -> list[tuple[str, str]]:
    """Kind and text of each block."""
    return [(block.kind, document.text[block.start : block.end]) for block in document.blocks]


def test_word(capture: Make) -> None:
    """Title, headings (a bold line too), list items and table rows come out as such, in order."""
    (document,) = documents(capture(word(letter), url=f"{URL}.docx", content_type=DOCX)).documents
    assert document.title == "Redovisning av lex Sarah-rapporter"
    assert blocks(document) == [
        ("title", "Redovisning av lex Sarah-rapporter"),
        ("heading", "Sammanfattning"),
        ("paragraph", text_of(2)),
        ("list_item", "Rutinerna har setts över."),
        ("list_item", "Personalen har fått utbildning."),
        ("heading", "Förvaltningens bedömning"),
        ("table_row", "År | Rapporter"),
        ("table_row", "2019 | 14"),
        ("paragraph", text_of(1, 3)),
    ]
    assert (document.source_kind, document.extractor) == ("municipality", "office")


def test_opendocument(capture: Make) -> None:
    """The same for .odt; the footnote stands apart from the sentence that has it."""
    (document,) = documents(capture(open_document(), url=f"{URL}.odt", content_type=ODT)).documents
    assert blocks(document) == [
        ("title", "Granskning av hemtjänsten"),
        ("heading", "Iakttagelser"),
        ("paragraph", "Tillsynen visade brister."),
        ("list_item", "Dokumentationen saknas."),
        ("list_item", "Bemanningen är låg."),
        ("table_row", "2019 | 14 rapporter"),
        ("footnote", "Se rapporten från våren."),
    ]


def test_minutes_in_word_are_split(capture: Make) -> None:
    """Matters of minutes written in Word are documents of their own, as in a PDF."""

    def minutes(document: Any) -> None:
        document.add_heading("Protokoll från socialnämnden", 0)
        for number in (7, 8):
            document.add_heading(f"§ {number} Ärende {number}", 1)
            document.add_paragraph(text_of(3, number))

    found = documents(capture(word(minutes), url=f"{URL}.docx", content_type=DOCX)).documents
    assert [document.title for document in found] == ["Protokoll från socialnämnden", "Ärende 7", "Ärende 8"]
    assert [document.part for document in found] == [None, 1, 2]


def zipped(**files: bytes) -> bytes:
    """A ZIP with these files ('word_document' for word/document.xml)."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, body in files.items():
            archive.writestr(name.replace("_", "/", 1) + ".xml", body)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"PK\x03\x04 och sedan inget", "damaged"),
        (word(letter)[:3000], "damaged"),
        (zipped(word_document=b"<inte xml"), "damaged"),
        (zipped(content=b"<office>"), "damaged"),
        (zipped(annat=b"<x/>"), "neither"),
        (zipped(**{"META-INF_manifest": b"<m><encryption-data/></m>", "content": b"<x/>"}), "encrypted"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512), ".doc"),
    ],
)
def test_faults(capture: Make, body: bytes, words: str) -> None:
    """No document, one problem, one sentence that names the fault."""
    found = documents(capture(body, url=f"{URL}.docx", content_type=DOCX))
    assert found.documents == ()
    assert len(found.problems) == 1 and words in found.problems[0].what


def test_a_bomb_is_not_unpacked(capture: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that would unpack to more than the limit is refused before it is unpacked."""
    monkeypatch.setattr("pipeline.extract.office._LARGEST", 10_000)
    found = documents(capture(zipped(word_document=bytes(50_000)), url=f"{URL}.docx", content_type=DOCX))
    assert "unpacks to more" in found.problems[0].what


WHOLE = word(letter)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(4, len(WHOLE) - 1), st.integers(0, 255)), min_size=1, max_size=20))
def test_bytes_changed_anywhere(capture: Make, changes: list[tuple[int, int]]) -> None:
    """A Word file with changed bytes gives documents or a problem, never an exception."""
    body = bytearray(WHOLE)
    for index, value in changes:
        body[index] = value
    found = documents(capture(bytes(body), url=f"{URL}.docx", content_type=DOCX))
    assert found.documents or found.problems
