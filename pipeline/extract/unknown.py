"""A page of no known CMS: trafilatura finds its content; its tree becomes pieces."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

from selectolax.lexbor import LexborHTMLParser

from pipeline.extract.building import Piece
from pipeline.extract.identity import words
from pipeline.extract.normalise import line

_LEAST = 250
_MOST_PARAGRAPHS = 3_000
_LAST_WORDS = 6
_SHARE = 0.4
_MOSTLY = 0.7
_HEADS = {f"h{n}": n for n in range(1, 7)}


@cache
def _bare_extraction() -> Any:
    from trafilatura import bare_extraction

    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    return bare_extraction


def body(markup: str, url: str, fast: bool = True) -> Any:
    """trafilatura's tree of a page's content; None where it finds nothing or gives up."""
    try:
        found = _bare_extraction()(markup, url=url or None, fast=fast, include_comments=False, include_tables=True)
    except Exception as error:
        logging.getLogger(__name__).debug("%s: trafilatura gave up (%s)", url, error)
        return None
    return None if found is None else found.body


def find(markup: str, url: str, fast: bool = True) -> list[Piece]:
    """The pieces of the content of any page; ``fast``: without trafilatura's two further algorithms."""
    element = body(markup, url, fast)
    return [] if element is None else pieces(element)


def is_partial(tree: LexborHTMLParser, found: Sequence[Piece], is_article: bool) -> bool:
    """Whether the pieces are nearly nothing, or much less than the page says.

    Much less: under half of what stands in its paragraphs or, on a page that does not say it
    is an article, under two fifths of all its text that is no link. An article has much
    furniture around it, a service page or a product is nearly all content.
    """
    have = sum(len(piece.text) for piece in found)
    if have < _LEAST or tree.body is None:
        return True
    if have * 2 < sum(len(node.text(strip=True)) for node in tree.css("p")[:_MOST_PARAGRAPHS]):
        return True
    if is_article:
        return False
    silent = sum(len(node.text(strip=True)) for node in tree.body.css("a, script, style, noscript")[:_MOST_PARAGRAPHS])
    return have < _SHARE * (len(tree.body.text(strip=True)) - silent)


def until_end(found: list[Piece], said: str) -> list[Piece]:
    """The pieces up to the one in which the text ends that the page itself gives as its article (JSON-LD).

    What follows is something else (an author's note, teasers). Nothing is cut where the
    page's own text is shortened or ends somewhere in the beginning.
    """
    end = words(said)[-_LAST_WORDS:]
    if len(end) < _LAST_WORDS:
        return found
    closing = " ".join(end)
    last = next((i for i in range(len(found) - 1, -1, -1) if closing in " ".join(words(found[i].text))), None)
    if last is None:
        return found
    whole = sum(len(piece.text) for piece in found)
    kept = sum(len(piece.text) for piece in found[: last + 1])
    return found[: last + 1] if kept >= _MOSTLY * whole else found


def _text(element: Any) -> str:
    parts = []
    for node in element.iter():
        if isinstance(node.tag, str):
            parts.append(" " if node.tag in ("lb", "p", "item", "cell", "head") else "")
            parts.append(node.text or "")
        if node is not element:
            parts.append(node.tail or "")
    return line("".join(parts))


def pieces(tree: Any) -> list[Piece]:
    """The pieces of trafilatura's tree: heads, paragraphs, list items, table rows, quotes."""
    return [piece for piece in _pieces(tree) if piece.text]


def _pieces(tree: Any) -> Iterator[Piece]:
    for element in tree:
        tag = element.tag
        if not isinstance(tag, str):
            continue
        if tag == "head":
            yield Piece("heading", _text(element), _HEADS.get(element.get("rend") or "", 2))
        elif tag == "list":
            yield from (Piece("list_item", _text(item)) for item in element.iter("item"))
        elif tag == "table":
            yield from (_row(row) for row in element.iter("row"))
        elif tag == "quote":
            yield Piece("quote", _text(element))
        elif tag in ("div", "section", "article") and len(element):
            yield Piece("paragraph", line(element.text or ""))
            yield from _pieces(element)
        else:
            yield Piece("paragraph", _text(element))
        if element.tail and element.tail.strip():
            yield Piece("paragraph", line(element.tail))


def _row(row: Any) -> Piece:
    cells = [_text(cell) for cell in row.iter("cell")]
    return Piece("table_row", " | ".join(cell for cell in cells if cell))
