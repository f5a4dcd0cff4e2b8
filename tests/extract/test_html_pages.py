"""Single pages of HTML: charset, source, JSON lists, language, hostile markup, other ways in."""

from __future__ import annotations

import resource
import time
from collections.abc import Callable

import pytest
from gold.mutate import mutate
from gold.pages import pages

from pipeline.extract import documents, media_type
from pipeline.extract.bounds import DEEPEST, MOST_TAGS, bounded
from pipeline.extract.html import main_text, read
from pipeline.records import Capture

HEAD = '<html lang="sv"><head><title>Sida</title></head><body><main>'
TEXT = "<p>Nämnden får kritik för brister i handläggningen av ärenden som rör barn och unga.</p>"


@pytest.mark.parametrize(
    ("encoding", "content_type", "meta"),
    [
        ("cp1252", "text/html", ""),
        ("cp1252", "text/html; charset=iso-8859-1", ""),
        ("cp1252", "text/html; charset=utf-8", '<meta charset="utf-8">'),
        ("utf-8", "text/html; charset=iso-8859-1", ""),
        ("utf-8", "text/html", '<meta http-equiv="Content-Type" content="text/html; charset=windows-1252">'),
        ("utf-8-sig", "text/html; charset=iso-8859-1", ""),
        ("utf-16", "text/html", ""),
    ],
)
def test_charset_is_settled_by_what_the_bytes_are(
    encoding: str, content_type: str, meta: str, capture: Callable[..., Capture]
) -> None:
    """Swedish letters survive whatever the header and the meta tag claim."""
    body = f"<html lang=sv><head>{meta}<title>Ärendet</title></head><body><main><h1>Ärendet</h1>{TEXT}</main></body></html>"
    document = documents(capture(body.encode(encoding), content_type=content_type)).documents[0]
    assert document.title == "Ärendet"
    assert "Nämnden får kritik för brister i handläggningen av ärenden" in document.text


def test_source_of_a_retold_page(capture: Callable[..., Capture]) -> None:
    """The page that dcterms.source names is kept and says who speaks."""
    body = HEAD.replace("<title>", '<meta name="dcterms.source" content="https://www.ivo.se/aktuellt/1"><title>') + TEXT
    document = documents(capture(body.encode())).documents[0]
    assert document.derived_from == "https://www.ivo.se/aktuellt/1"
    assert document.source_kind == "inspectorate"


def test_source_kind_of_the_caller_wins(capture: Callable[..., Capture]) -> None:
    """A declared source knows better than any guess."""
    assert documents(capture((HEAD + TEXT).encode()), source_kind="auditor").documents[0].source_kind == "auditor"


def test_json_list_of_a_page_without_text() -> None:
    """A SiteVision list that a script would draw is read from its JSON."""
    state = '{"items":[{"title":"IVO granskar hemtjänsten","published":"2024-05-02T08:00"},{"title":"Ny chef på plats","description":"Hon börjar i maj."}]}'
    page = read(
        f"<html lang=sv><body class=sv-layout><main></main><script>AppRegistry.registerInitialState('12.a', {state});</script></body></html>"
    )
    assert [piece.text for piece in page.pieces] == [
        "IVO granskar hemtjänsten (2024-05-02)",
        "Ny chef på plats. Hon börjar i maj.",
    ]


def test_another_language_is_told(capture: Callable[..., Capture]) -> None:
    """A page in English is kept, marked and not taken for Swedish."""
    body = b"<html lang=en><body><main><h1>About us</h1><p>This is the information that you have been looking for, and it is in English.</p></main></body></html>"
    document = documents(capture(body)).documents[0]
    assert (document.language, document.status) == ("en", "other_language")


def test_empty_and_failed_answers_are_problems(capture: Callable[..., Capture]) -> None:
    """Nothing to read gives no document but a sentence that says why."""
    empty = documents(capture(b"  \n"))
    assert not empty.documents
    assert empty.problems[0].what == "The file is empty."
    gone = capture(b"<html>borta</html>")
    gone = Capture(gone.url, gone.time, 404, gone.headers, gone.body, gone.sha256)
    assert "status 404" in documents(gone).problems[0].what
    assert "image/png are not read" in documents(capture(b"\x89PNG", content_type="image/png")).problems[0].what


def test_first_bytes_outrank_the_declared_type(capture: Callable[..., Capture]) -> None:
    """A PDF that a server calls text/html is a PDF; a page without type is told by its suffix or beginning."""
    assert media_type(capture(b"%PDF-1.7 ...")) == "application/pdf"
    assert media_type(capture(b"<!DOCTYPE html>", url="https://a.example/x", content_type="")) == "text/html"
    assert (
        media_type(capture(b"hej", url="https://a.example/x.txt", content_type="application/octet-stream"))
        == "text/plain"
    )


def test_long_page_is_cut_and_reported(capture: Callable[..., Capture]) -> None:
    """A page with too many tags is read as far as the bound, and the cut is a Problem."""
    extraction = documents(capture((HEAD + TEXT * (MOST_TAGS + 10)).encode()))
    assert "was cut" in extraction.problems[0].what
    assert 0 < len(extraction.documents[0].blocks) <= MOST_TAGS


def test_deep_nesting_is_flattened_without_losing_text() -> None:
    """Elements below the depth bound lose their tags, never their text."""
    markup, cut = bounded("<div>" * 5000 + "kvar" + "</div>" * 5000)
    assert not cut
    assert markup.count("<div>") == DEEPEST
    assert "kvar" in markup


@pytest.mark.parametrize("shred", ["<div>", "<ul><li>", "<table><tr><td>", "<blockquote>", "<b>", "<span>", "<dl><dd>"])
def test_deep_markup_neither_crashes_nor_swallows_what_follows(shred: str) -> None:
    """Thousands of unclosed elements before the text do not stop the reading."""
    page = f'<html lang="sv"><body><main class="pagecontent sv-layout">{TEXT * 4}{shred * 1500}</main></body></html>'
    assert "Nämnden får kritik" in main_text(page.encode(), "https://x.example/")


def test_two_thousand_damaged_pages() -> None:
    """No mutated page crashes, takes over two seconds of CPU, or makes the process grow by more than 300 MB."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    gold = sorted(pages(), key=lambda page: len(page.html))[:40]
    for seed in range(2000):
        page = gold[seed % len(gold)]
        damaged = mutate(page.html, seed)
        start = time.process_time()
        text = main_text(damaged, page.url)
        assert time.process_time() - start < 2, seed
        text.encode("utf-8")
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 300 * 1024


def test_a_tag_with_fifty_thousand_attributes_is_read_in_time() -> None:
    """A tag that holds 50,000 attributes loses them, and the page around it is read within two seconds of CPU."""
    attributes = " ".join(f'a{i}="b"' for i in range(50_000))
    markup = (
        f"<html lang=sv><body><main><h1>Kritik</h1><p {attributes}>IVO kritiserar nämnden.</p></main></body></html>"
    )
    start = time.process_time()
    text = main_text(markup.encode(), "https://x.example/")
    assert time.process_time() - start < 2
    assert "IVO kritiserar nämnden." in text
