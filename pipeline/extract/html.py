"""HTML: from the bytes of a page to its title, text, structure and dates.

A page of a known CMS: selectolax (lexbor) finds the region, BeautifulSoup reads that
fragment. Any other page, and a region that looks wrong: trafilatura.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from selectolax.lexbor import LexborHTMLParser

from pipeline.extract import blocks, cms, embedded, metadata, pagedates, region, titles, unknown
from pipeline.extract.boilerplate import Sifted, sift
from pipeline.extract.building import Piece, build_document, join
from pipeline.extract.charset import decode
from pipeline.extract.kinds import source_kind as kind_of
from pipeline.extract.normalise import line
from pipeline.extract.templates import Template
from pipeline.records import Capture, DateMention, Document, Extraction, Problem, Removed, SourceKind

LARGEST = 3_000_000
"""Characters of markup that are read; what follows is cut off and reported."""
MOST_TAGS = 120_000
"""Tags that are read: the page is cut after as many."""
_TAG = re.compile(r"<[a-zA-Z]")
_WORD = re.compile(r"\w+")
_MENU_LINKS = 0.85


@dataclass(frozen=True, slots=True)
class Page:
    """What one page of HTML says, before it becomes a Document."""

    title: str
    pieces: tuple[Piece, ...]
    dates: tuple[DateMention, ...]
    removed: tuple[Removed, ...]
    extractor: str
    cms: str | None
    source: str | None
    cut: bool = False


def _bounded(markup: str) -> tuple[str, bool]:
    cut = markup[:LARGEST]
    if cut.count("<") > MOST_TAGS:
        for count, match in enumerate(_TAG.finditer(cut)):
            if count >= MOST_TAGS:
                cut = cut[: match.start()]
                break
    return cut, len(cut) < len(markup)


def read(markup: str, url: str = "", captured: datetime | None = None, template: Template | None = None) -> Page:
    """Read a page from its decoded markup.

    ``captured`` (UTC) resolves relative dates; ``template`` takes what recurs on the
    pages of this host. Never raises for bad markup.
    """
    markup, cut = _bounded(markup)
    name = cms.detect(markup)
    tree = LexborHTMLParser(markup)
    meta = metadata.read(tree, captured)
    outside = pagedates.outside(tree, captured)
    headings = [node.text(separator=" ") for node in tree.css("h1")[:20]]
    title = titles.choose(headings, meta.title, meta.shared_title, meta.site_name, url)
    found, gone, way = _content(tree, markup, url, name)
    sifted = _cleaned(_titled(found, title, headings), captured, template)
    kept = sifted.kept or tuple(embedded.items(tree))
    dates = pagedates.choose(sifted.dates, outside, meta.dates)
    return Page(title, kept, dates, (*gone, *sifted.removed), way, name, meta.source, cut)


def _content(tree: LexborHTMLParser, markup: str, url: str, name: str | None) -> tuple[list[Piece], list[Removed], str]:
    """The pieces of the page's content, what the markup rules took, and the way it was found."""
    if name and (place := region.find(tree, cms.variants(name))):
        gone = region.prune(place)
        fragment = blocks.read(region.markup_of(place))
        if looks_right(fragment):
            kept, links = _without_menus(fragment)
            return kept, [*gone, *links], place.way
    found = unknown.body(markup, url)
    if found is None:
        found = unknown.body(markup, url, fast=False)
    return ([] if found is None else unknown.pieces(found)), [], "trafilatura"


def looks_right(fragment: blocks.Fragment) -> bool:
    """Whether a region holds text: something besides links, and not only headings."""
    text = sum(len(p.text) for p, share in zip(fragment.pieces, fragment.links, strict=True) if share < _MENU_LINKS)
    body = any(p.kind not in ("heading", "title") for p in fragment.pieces)
    return body and (text >= 40 or len(fragment.pieces) >= 3)


def _without_menus(fragment: blocks.Fragment) -> tuple[list[Piece], list[Removed]]:
    """Without the runs of link lines after the text; a page that is mostly such lines (a listing) keeps them."""
    is_menu = [
        share >= _MENU_LINKS and p.kind != "table_row" and not p.text.endswith((".", "?", "!"))
        for p, share in zip(fragment.pieces, fragment.links, strict=True)
    ]
    prose = sum(
        len(p.text) for p, menu in zip(fragment.pieces, is_menu, strict=True) if not menu and p.kind != "heading"
    )
    links = sum(len(p.text) for p, menu in zip(fragment.pieces, is_menu, strict=True) if menu)
    if links > prose:
        return list(fragment.pieces), []
    kept = [p for p, menu in zip(fragment.pieces, is_menu, strict=True) if not menu or p.kind == "heading"]
    return kept, [
        Removed(p.text, "links: bara länkar")
        for p, m in zip(fragment.pieces, is_menu, strict=True)
        if m and p.kind != "heading"
    ]


def _key(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


def _titled(found: Sequence[Piece], title: str, headings: Sequence[str]) -> list[Piece]:
    """The pieces with the title first; the heading that shows it becomes the title, a repeated one goes."""
    if not title:
        return list(found)
    shown = any(_key(h) == _key(title) for h in headings) or any(_key(p.text) == _key(title) for p in found[:8])
    rest, taken = [], False
    for i, piece in enumerate(found):
        if not taken and i < 12 and _key(piece.text) == _key(title):
            taken = True
            continue
        rest.append(piece)
    return [Piece("title", title, 1), *rest] if shown else rest


def _cleaned(found: Sequence[Piece], captured: datetime | None, template: Template | None) -> Sifted:
    kept, taken = template.sift(found) if template else (list(found), [])
    sifted = sift(kept, captured)
    return replace(sifted, removed=(*taken, *sifted.removed))


def main_text(html: bytes, url: str = "") -> str:
    """The main text of a page: title where it stands, headings, paragraphs, lists and tables, without boilerplate.

    ``html``: the bytes as they were served. '' for a page without content.
    """
    return join(read(decode(html).text, url).pieces)[0]


def documents(
    capture: Capture, template: Template | None = None, *, source_kind: SourceKind | None = None
) -> Extraction:
    """The Document of a captured HTML page, with the lines that were taken away and why."""
    content_type = next((v for k, v in capture.headers.items() if k.lower() == "content-type"), "")
    page = read(decode(capture.body, content_type).text, capture.url, capture.time, template)
    problems = (
        (
            Problem(
                "extract", capture.url, f"The page is longer than {LARGEST} characters or {MOST_TAGS} tags and was cut."
            ),
        )
        if page.cut
        else ()
    )
    return Extraction((build(capture, page, source_kind),), page.removed, problems)


def build(capture: Capture, page: Page, source_kind: SourceKind | None) -> Document:
    """The Document that a Page becomes; ``source_kind`` None: by host, source or content."""
    head = line(" ".join(piece.text for piece in page.pieces[:12]))
    return build_document(
        capture,
        page.pieces,
        title=page.title or None,
        source_kind=source_kind or kind_of(capture.url, head, page.source),
        dates=page.dates,
        media_type="text/html",
        extractor=page.extractor,
        cms=page.cms,
        derived_from=page.source,
    )


def raw_pieces(capture: Capture) -> tuple[Piece, ...]:
    """The pieces of a page's content before any rule or template cleans them, the title first.

    This is what templates are learnt from.
    """
    content_type = next((v for k, v in capture.headers.items() if k.lower() == "content-type"), "")
    markup, _ = _bounded(decode(capture.body, content_type).text)
    tree = LexborHTMLParser(markup)
    meta = metadata.read(tree)
    headings = [node.text(separator=" ") for node in tree.css("h1")[:20]]
    title = titles.choose(headings, meta.title, meta.shared_title, meta.site_name, capture.url)
    found, _, _ = _content(tree, markup, capture.url, cms.detect(markup))
    return tuple(_titled(found, title, headings))
