"""Where a page's content is, by the way that fits the page: its CMS's look, or the generic way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from selectolax.lexbor import LexborHTMLParser

from pipeline.extract import blocks, cms, generic, metadata, region, unknown
from pipeline.extract.boilerplate import sift
from pipeline.extract.building import Piece
from pipeline.extract.identity import words
from pipeline.extract.language import language
from pipeline.records import Removed

_MENU_LINKS = 0.85
_SAMPLE = 6_000
_SAME = 0.8
_MANY = 2_000
_MUCH = 1.5


@dataclass(frozen=True, slots=True)
class Content:
    """The pieces of a page's content, what the markup rules took, how it was found, and the CMS."""

    pieces: tuple[Piece, ...]
    removed: tuple[Removed, ...]
    way: str
    cms: str | None
    swedish: bool = True


def is_swedish(tree: LexborHTMLParser, meta: metadata.Metadata) -> bool:
    """Whether the page says that it is Swedish or, where it says nothing, reads so.

    The looks of ``cms`` are those of Swedish sites; a theme elsewhere in the world has others.
    """
    said = meta.language or meta.meta.get("og:locale", "") or meta.meta.get("content-language", "")
    if said:
        return said.lower().startswith("sv")
    return tree.body is not None and language(tree.body.text(separator=" ")[:_SAMPLE], default="") == "sv"


def find(tree: LexborHTMLParser, markup: str, url: str, meta: metadata.Metadata) -> Content:
    """The content of a page: the region of its CMS where one is known and looks right, else the generic way."""
    swedish = is_swedish(tree, meta)
    name = cms.detect(markup) if swedish else None
    if name and (place := region.find(tree, cms.variants(name))) and (found := _read(place, name)):
        return found
    if swedish and (place := generic.marked(tree)) and (found := _read(place, name)):
        return found
    general = unknown.until_end(unknown.find(markup, url), meta.body)
    partial = unknown.is_partial(tree, general, meta.is_article)
    if not ((swedish and len(general) < _MANY) or partial):
        return Content(tuple(general), (), "trafilatura", name, swedish)
    thorough = unknown.find(markup, url, fast=False) if partial else general
    own = _read(place, name) if (place := generic.region(tree)) else None
    if own and _holds(own.pieces, general) and (swedish or _is_trusted(own, meta)):
        return replace(own, swedish=swedish)
    return Content(tuple(_nearer(own, general, thorough)), (), "trafilatura", name, swedish)


def _is_trusted(own: Content, meta: metadata.Metadata) -> bool:
    """Whether a foreign page's own region may be taken: it is marked up as the content, or the page is no article."""
    return not meta.is_article or own.way.endswith("article")


def _nearer(own: Content | None, quick: Sequence[Piece], thorough: Sequence[Piece]) -> Sequence[Piece]:
    """Of two readings that differ much in length the one that shares more with the page's own densest region."""
    sizes = sorted(sum(len(piece.text) for piece in found) for found in (quick, thorough))
    if own is None or not sizes[0] or sizes[1] < _MUCH * sizes[0]:
        return thorough or quick
    return max((thorough, quick), key=lambda found: _likeness(own.pieces, found))


def _counted(pieces: Sequence[Piece]) -> Counter[str]:
    return Counter(word for piece in pieces for word in words(piece.text))


def _likeness(a: Sequence[Piece], b: Sequence[Piece]) -> float:
    """Share of words in common (Dice coefficient of the two multisets)."""
    left, right = _counted(a), _counted(b)
    return 2 * (left & right).total() / max(1, left.total() + right.total())


def _read(place: region.Region, name: str | None) -> Content | None:
    gone = region.prune(place)
    fragment = blocks.read(region.markup_of(place))
    if not looks_right(fragment):
        return None
    kept, links = without_menus(fragment)
    return Content(tuple(kept), (*gone, *links), place.way, name)


def _holds(own: Sequence[Piece], other: Sequence[Piece]) -> bool:
    """Whether ``own`` has nearly all words of ``other``: then it is the same content, with its structure kept."""
    want = _counted(sift(other).kept)
    return (_counted(own) & want).total() >= _SAME * want.total()


def looks_right(fragment: blocks.Fragment) -> bool:
    """Whether a region holds text: something besides links, and not only headings."""
    text = sum(len(p.text) for p, share in zip(fragment.pieces, fragment.links, strict=True) if share < _MENU_LINKS)
    body = any(p.kind not in ("heading", "title") for p in fragment.pieces)
    return body and (text >= 40 or len(fragment.pieces) >= 3)


def _is_menu(piece: Piece, share: float) -> bool:
    return (
        share >= _MENU_LINKS and piece.kind not in ("table_row", "heading") and not piece.text.endswith((".", "?", "!"))
    )


def without_menus(fragment: blocks.Fragment) -> tuple[list[Piece], list[Removed]]:
    """Without the lines that are only links; a page that is mostly such lines (a listing) keeps them."""
    menu = [_is_menu(piece, share) for piece, share in zip(fragment.pieces, fragment.links, strict=True)]
    links = sum(len(piece.text) for piece, is_menu in zip(fragment.pieces, menu, strict=True) if is_menu)
    prose = sum(
        len(piece.text)
        for piece, is_menu in zip(fragment.pieces, menu, strict=True)
        if not is_menu and piece.kind != "heading"
    )
    if links > prose:
        return list(fragment.pieces), []
    for i in range(len(menu) - 1, -1, -1):
        menu[i] = menu[i] or _heads_links(fragment, menu, i)
    kept = [piece for piece, is_menu in zip(fragment.pieces, menu, strict=True) if not is_menu]
    gone = [piece for piece, is_menu in zip(fragment.pieces, menu, strict=True) if is_menu]
    return kept, [Removed(piece.text, "links: bara länkar") for piece in gone]


def _heads_links(fragment: blocks.Fragment, menu: Sequence[bool], i: int) -> bool:
    """Whether a piece is a heading with nothing but link lines under it ('Fler nyheter'), or a link above one."""
    pieces = fragment.pieces
    if pieces[i].kind != "heading" or i + 1 >= len(pieces):
        return False
    if fragment.links[i] >= _MENU_LINKS and menu[i + 1]:
        return True
    below = range(i + 1, len(pieces))
    end = next((j for j in below if pieces[j].kind == "heading" and not menu[j]), len(pieces))
    return end > i + 1 and all(menu[i + 1 : end])
