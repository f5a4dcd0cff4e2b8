"""Whether a page is a list of other pages: teasers and links, and hardly a text of its own."""

from __future__ import annotations

import re
from collections.abc import Sequence

from selectolax.lexbor import LexborHTMLParser, LexborNode

from pipeline.extract.building import Piece
from pipeline.extract.identity import words

_CHROME = frozenset(("nav", "header", "footer", "aside", "form"))
_ITEM = re.compile(
    r"(?:^|[\s_-])(?:item|card|teaser|puff|news|nyhet|post|entry|result|hit|listing|blurb)(?:$|[\s_-])", re.I
)
_LEAST_ENTRIES = 3
_LONGEST_ENTRY = 600
_SHARE = 0.6
_NEARLY_ALL = 0.9
_MOST_LINKS = 600


def _entry(link: LexborNode) -> LexborNode | None:
    """The list item, article, card or heading that a link stands in; None for one in running text or in a menu."""
    found, above = None, link.parent
    for _ in range(30):
        if above is None or above.tag in ("body", "html", "main"):
            return found
        if above.tag in _CHROME:
            return None
        if found is None and _is_entry(above):
            found = above
        above = above.parent
    return found


def _is_entry(node: LexborNode) -> bool:
    if node.tag in ("li", "article", "tr", "h2", "h3", "h4"):
        return True
    return node.tag == "div" and bool(_ITEM.search(node.attributes.get("class") or ""))


def entries(tree: LexborHTMLParser) -> tuple[str, ...]:
    """The words of each short entry of the page that leads to another page, outside of menus."""
    found: dict[int, str] = {}
    for link in tree.css("a[href]")[:_MOST_LINKS]:
        node = _entry(link) if len(link.text(strip=True)) >= 4 else None
        if node is not None and node.mem_id not in found:
            text = node.text(separator=" ", strip=True)
            if len(text) <= _LONGEST_ENTRY:
                found[node.mem_id] = " ".join(words(text))
    return tuple(text for text in found.values() if text)


def is_listing(found: Sequence[str], pieces: Sequence[Piece]) -> bool:
    """Whether most of what was read from a page (``pieces``) stands in such entries.

    Three of them at least, or two that are nearly all there is.
    """
    texts = [" ".join(words(piece.text)) for piece in pieces if piece.kind != "title"]
    whole = sum(map(len, texts))
    shown = [entry for entry in found if any(text and (text in entry or entry in text) for text in texts)]
    joined = " | ".join(shown)
    held = sum(len(text) if text in joined else _inside(text, shown) for text in texts if text)
    return held >= (_SHARE if len(shown) >= _LEAST_ENTRIES else _NEARLY_ALL) * whole and len(shown) > 1


def _inside(text: str, shown: Sequence[str]) -> int:
    """Characters of a text that are entries run together, as a reader without structure leaves them."""
    return min(len(text), sum(len(entry) + 1 for entry in shown if entry in text))
