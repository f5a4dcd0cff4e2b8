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

from pipeline.extract import content, embedded, listing, metadata, pagedates, titles
from pipeline.extract.boilerplate import Sifted, is_menu_words, sift
from pipeline.extract.bounds import LARGEST, MOST_TAGS, bounded
from pipeline.extract.building import Piece, build_document, join
from pipeline.extract.charset import decode
from pipeline.extract.kinds import source_kind as kind_of
from pipeline.extract.normalise import line
from pipeline.extract.templates import Template
from pipeline.records import Capture, DateMention, Document, Extraction, Problem, Removed, SourceKind

_WORD = re.compile(r"\w+")


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
    is_listing: bool = False


@dataclass(frozen=True, slots=True)
class _Found:
    """A parsed page with its content, before cleaning."""

    tree: LexborHTMLParser
    meta: metadata.Metadata
    title: str
    headings: tuple[str, ...]
    outside: tuple[DateMention, ...]
    beside: tuple[DateMention, ...]
    entries: tuple[str, ...]
    content: content.Content
    cut: bool


def _find(markup: str, url: str, captured: datetime | None = None, dated: bool = False) -> _Found:
    markup, cut = bounded(markup)
    tree = LexborHTMLParser(markup)
    meta = metadata.read(tree, captured)
    headings = tuple(node.text(separator=" ") for node in tree.css("h1")[:20])
    title = titles.choose(list(headings), meta.title, meta.shared_title, meta.site_name, url)
    outside = tuple(pagedates.outside(tree, captured)) if dated else ()  # before the content is cut out of the tree
    beside = tuple(pagedates.near_title(tree, captured)) if dated else ()
    entries = listing.entries(tree) if dated else ()
    return _Found(tree, meta, title, headings, outside, beside, entries, content.find(tree, markup, url, meta), cut)


def read(markup: str, url: str = "", captured: datetime | None = None, template: Template | None = None) -> Page:
    """Read a page from its decoded markup.

    ``captured`` (UTC) resolves relative dates; ``template`` takes what recurs on the
    pages of this host. Never raises for bad markup.
    """
    found = _find(markup, url, captured, dated=True)
    sifted = _cleaned(_titled(found.content.pieces, found.title, found.headings), captured, template)
    return Page(
        title=found.title,
        pieces=sifted.kept or tuple(embedded.items(found.tree)),
        dates=pagedates.choose(sifted.dates, found.outside, found.meta.dates, found.beside),
        removed=(*found.content.removed, *sifted.removed),
        extractor=found.content.way,
        cms=found.content.cms,
        source=found.meta.source,
        cut=found.cut,
        is_listing=not sifted.kept or listing.is_listing(found.entries, sifted.kept),
    )


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
    """Rules first, so that date lines are read before anything takes them; then the site's template."""
    sifted = sift(found, captured)
    kept, taken = template.sift(sifted.kept) if template else (list(sifted.kept), [])
    return replace(sifted, kept=tuple(kept), removed=(*sifted.removed, *taken))


def main_text(html: bytes, url: str = "") -> str:
    """The main text of a page: headings, paragraphs, lists and tables, without boilerplate.

    The title comes first on a Swedish page that shows it, on others it is part of the text
    where it stands in the content itself. ``html``: the bytes as they were served. '' for a
    page without content.
    """
    found = _find(decode(html).text, url)
    pieces = found.content.pieces
    if found.content.swedish:
        return join(sift(_titled(pieces, found.title, found.headings)).kept)[0]
    return join(piece for piece in pieces if not is_menu_words(piece.text))[0]


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
    document = build_document(
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
    return replace(document, status="listing") if page.is_listing and document.status == "ok" else document


def raw_pieces(capture: Capture) -> tuple[Piece, ...]:
    """The pieces of a page's content before any rule or template cleans them, the title first.

    This is what templates are learnt from.
    """
    content_type = next((v for k, v in capture.headers.items() if k.lower() == "content-type"), "")
    found = _find(decode(capture.body, content_type).text, capture.url)
    return tuple(_titled(found.content.pieces, found.title, found.headings))
