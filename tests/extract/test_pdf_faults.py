"""PDF files that cannot be read: one clear sentence each, and never a crash."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pdf_files import decision, text_of
from reportlab.lib.pagesizes import A4
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

from pipeline.errors import InputError
from pipeline.extract import documents, pdf
from pipeline.records import Capture

PDF = "application/pdf"
Make = Callable[..., Capture]
WHOLE = decision(2)


def encrypted(user: str) -> bytes:
    """A file that needs a password to open (or only to change, when ``user`` is empty)."""
    canvas = Canvas("x.pdf", pagesize=A4, encrypt=StandardEncryption(user, "owner"))
    canvas.drawString(100, 500, text_of(1))
    return bytes(canvas.getpdfdata())


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (encrypted("hemligt"), "encrypted"),
        (b"", "empty"),
        (b"  \n ", "empty"),
        (b"%PDF-1.7\n%\xe2\xe3\nsedan bara skr\xe4p", "cut off"),
        (b"%PDF-1.4\nskr\xe4p\n%%EOF", "damaged"),
        (b"%PDF-1.7\n" + WHOLE[9:200], "cut off"),
    ],
)
def test_one_sentence_says_what_is_wrong(capture: Make, body: bytes, words: str) -> None:
    """No document, one problem, one sentence that names the fault."""
    found = documents(capture(body, url="https://www.lindby.example/fel.pdf", content_type=PDF))
    assert found.documents == ()
    assert [problem.where for problem in found.problems] == ["https://www.lindby.example/fel.pdf"]
    assert words in found.problems[0].what and found.problems[0].what.count(".") == 1


def test_a_file_protected_against_change_only_is_read(capture: Make) -> None:
    """Many decisions are locked against editing: that is no hindrance."""
    found = documents(capture(encrypted(""), content_type=PDF), ocr=False)
    assert text_of(1) in found.documents[0].text


def test_what_is_no_pdf_is_named_so() -> None:
    """A page served under the name of a PDF is told from a damaged file."""
    with pytest.raises(InputError, match="no PDF"):
        pdf.text(b"<html><body>Sidan finns inte</body></html>")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, len(WHOLE)))
def test_cut_off_anywhere(capture: Make, length: int) -> None:
    """A file cut off at any byte gives documents or a problem, never an exception."""
    found = documents(capture(WHOLE[:length], content_type=PDF), ocr=False)
    assert found.documents or found.problems


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, len(WHOLE) - 1), st.integers(0, 255)), min_size=1, max_size=30))
def test_bytes_changed_anywhere(capture: Make, changes: list[tuple[int, int]]) -> None:
    """Files with changed bytes give documents or a problem, never an exception."""
    body = bytearray(WHOLE)
    for index, value in changes:
        body[index] = value
    found = documents(capture(bytes(body), content_type=PDF), ocr=False)
    assert found.documents or found.problems
