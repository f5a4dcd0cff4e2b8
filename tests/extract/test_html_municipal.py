"""The municipal gold: content kept, nothing else, titles and dates exact, over every look."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from gold.look import GoldPage
from gold.pages import pages
from gold.scoring import score

from pipeline.extract import documents
from pipeline.extract.html import main_text
from pipeline.records import Capture, Document

PAGES = pages()


def _document(page: GoldPage, capture: Callable[..., Capture]) -> Document:
    return documents(capture(page.html, page.url)).documents[0]


def test_gold_has_sixty_pages_of_every_cms() -> None:
    """The gold is large enough, and each CMS has looks that were not seen when the rules were written."""
    assert len(PAGES) >= 60
    for cms in ("sitevision", "optimizely", "wordpress", "drupal", "umbraco", ""):
        looks = {page.look.name: page.look.unseen for page in PAGES if page.look.cms == cms}
        assert set(looks.values()) == {True, False}, cms


def test_content_is_kept_and_nothing_else() -> None:
    """Recall of content at least .99 and leakage of furniture at most .005 over all pages."""
    scores = [score(page, main_text(page.html, page.url)) for page in PAGES]
    assert sum(s.found for s in scores) / sum(s.content for s in scores) >= 0.99
    assert sum(s.leaked for s in scores) / sum(s.output for s in scores) <= 0.005


@pytest.mark.parametrize("look", sorted({page.look.name for page in PAGES}))
def test_title_dates_and_cms_of_each_look(look: str, capture: Callable[..., Capture]) -> None:
    """The title is the page's, the dates are those it states and no others, the CMS is named, the title comes first."""
    for page in (page for page in PAGES if page.look.name == look):
        document = _document(page, capture)
        assert document.title == page.content.title
        assert (document.published, document.updated) == (page.published, page.updated), page.url
        assert (document.cms or "") == page.look.cms
        assert document.blocks[0].kind == "title"
        assert document.text.startswith(page.content.title)


@pytest.mark.parametrize("look", sorted({page.look.name for page in PAGES if page.look.cms}))
def test_structure_of_each_look(look: str, capture: Callable[..., Capture]) -> None:
    """Headings, list items and table rows come out as such, in the order of the page."""
    kinds = {"h2": {"heading"}, "h3": {"heading"}, "item": {"list_item"}, "step": {"list_item"}, "row": {"table_row"}}
    for page in (page for page in PAGES if page.look.name == look):
        document = _document(page, capture)
        found = {document.text[b.start : b.end]: b.kind for b in document.blocks}
        for kind, text in page.content.blocks:
            if kind in kinds:
                assert found.get(text) in kinds[kind], (page.url, text, found.get(text))


def test_known_cms_is_read_from_its_region(capture: Callable[..., Capture]) -> None:
    """A page of a known CMS names the look it was read by; a page of none says which generic way it came."""
    by = {page.look.name: _document(page, capture).extractor for page in PAGES}
    assert by["sitevision-new"] == "sitevision-new"
    assert by["municipio"] == "municipio"
    assert by["unknown-div"].startswith(("generic", "trafilatura"))
