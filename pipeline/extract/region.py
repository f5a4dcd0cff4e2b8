"""The part of a page that holds its content, and that part without what is not content inside it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from pipeline.extract.cms import Variant
from pipeline.extract.normalise import line
from pipeline.records import Removed

_LEAST = 60
_STRUCTURE = (
    "script",
    "style",
    "noscript",
    "template",
    "svg",
    "nav",
    "iframe",
    "object",
    "select",
    "textarea",
    "dialog",
    "figcaption",
    "form",
    "[role=navigation]",
    "[role=search]",
    "[role=alert]",
    "[role=dialog]",
    "[role=alertdialog]",
    "[role=complementary]",
    "[aria-label=breadcrumb]",
)
# Parts of class names and ids, between their hyphens and underscores, of what is not content on any site.
_NAMES = re.compile(
    r"(?:^|[\s_-])(?:breadcrumbs?|brodsmul\w*|share|sharing|sharebuttons|addthis|social|socialmedia|some|delning|dela|cookies?|cookiebar|consent|kakor|"
    r"feedback|synpunkt\w*|rating|tyckt\w*|contact|contacts|kontakt|kontakter|kontaktinfo|contactcard|related|relaterat|relaterade|relatedlinks|assistive|"
    r"hidden-text|sr-only|sronly|visuallyhidden|visually-hidden|screen-reader-text|screenreader|readspeaker|rsbtn|rs_skip|browsealoud|talkingweb|lyssna|"
    r"toolbar|toolbox|pagetools|print|printbutton|toc|table-of-contents|tableofcontents|innehallsforteckning|anchors?|quicklinks|shortcuts|genvagar|"
    r"alert|alerts|krisinformation|crisis|kris|driftinformation|notification|notice|warning|varning|oldnews|old-news|gammal|archived-notice|"
    r"sidebar|sidokolumn|sidomeny|aside|menu|meny|submenu|leftmenu|navigation|nav|pagination|pager|tags|taggar|taxonomy|comments?|comment-list|newsletter|nyhetsbrev|"
    r"popup|modal|overlay|skip-link|skiplink|skiplinks|search|sok|login|caption|bildtext|wp-caption-text|promo|puff|puffar|ad|ads|annons|advert\w*|banner|site-header|site-footer|sidfot|pagefooter|cta|webform)(?:$|[\s_-])",
    re.IGNORECASE,
)
_KEEP = re.compile(
    r"(?:has|with|no|without|har|left|right)-(?:sidebar|nav|menu|toc)|fakta|factbox|fact-box|faq|accordion",
    re.IGNORECASE,
)
_UNWRAP = ["strong", "b", "em", "i", "font", "u", "small", "abbr", "mark", "bdi", "ins"]
_ASSISTIVE = re.compile(r"[\s,(]*(?:pdf|word|excel)[^)]{0,60}\)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Region:
    """Nodes of a page that together hold its content. ``way`` says how they were found ('sitevision-new')."""

    nodes: tuple[LexborNode, ...]
    way: str
    variant: Variant | None = None


def select(root: LexborHTMLParser | LexborNode, selector: str) -> list[LexborNode]:
    """Nodes that match; [] for a selector the parser does not know (data of ours, or a page's own id)."""
    try:
        return root.css(selector)
    except (SelectolaxError, ValueError):
        return []


def _outermost(nodes: Sequence[LexborNode]) -> tuple[LexborNode, ...]:
    """Without those that lie inside an earlier one (document order is kept)."""
    seen: set[int] = set()
    kept = []
    for node in nodes:
        above = node.parent
        depth = 0
        while above is not None and above.mem_id not in seen and depth < 300:
            above, depth = above.parent, depth + 1
        if above is None or depth >= 300:
            kept.append(node)
        seen.add(node.mem_id)
    return tuple(kept)


def text_length(nodes: Iterable[LexborNode]) -> int:
    """Characters of text in the nodes, runs of white space counted as they stand in the page."""
    return sum(len(node.text(strip=True)) for node in nodes)


def find(tree: LexborHTMLParser, looks: Iterable[Variant]) -> Region | None:
    """The region of the first look that has one with at least 60 characters of text; None when none has.

    A region without the page's first heading or paragraph of its own look is passed over.
    """
    for look in looks:
        for selector in look.regions:
            nodes = _outermost(select(tree, selector)[:200])
            if nodes and text_length(nodes) >= _LEAST:
                return Region(nodes, look.name, look)
    return None


def _is_unwanted(node: LexborNode) -> bool:
    attributes = node.attributes
    names = f"{attributes.get('class') or ''} {attributes.get('id') or ''}"
    return bool(_NAMES.search(names)) and not _KEEP.search(names)


def _is_safe(node: LexborNode, whole: int) -> bool:
    """Whether it may go: it holds neither the title nor most of the text."""
    if node.css_first("h1") is not None:
        return False
    return len(node.text(strip=True)) * 2 < whole or whole < 400


def _reason(node: LexborNode) -> str:
    attributes = node.attributes
    names = ".".join((attributes.get("class") or attributes.get("id") or "").split()[:2])
    return f"markup: {node.tag}{'.' + names if names else ''}"


def prune(region: Region) -> list[Removed]:
    """Take from the region what its look, its tags or its class names say is not content; tells what went."""
    removed: list[Removed] = []
    whole = text_length(region.nodes)
    drop = [*_STRUCTURE, *(region.variant.drop if region.variant else ())]
    for node in region.nodes:
        for found in _outermost(select(node, ",".join(drop))):
            if found.mem_id != node.mem_id and (found.tag in ("script", "style") or _is_safe(found, whole)):
                _take(found, removed)
        for found in _outermost([n for n in select(node, "[class],[id]") if _is_unwanted(n)]):
            if found.mem_id != node.mem_id and _is_safe(found, whole):
                _take(found, removed)
    return removed


def _take(node: LexborNode, removed: list[Removed]) -> None:
    text = line(node.text(separator=" ")) if node.tag not in ("script", "style", "noscript", "template") else ""
    if text:
        removed.append(Removed(text[:500], _reason(node)))
    node.decompose()


def markup_of(region: Region) -> str:
    """The region as HTML for the block reader; inline tags that carry nothing are unwrapped first."""
    parts = []
    for node in region.nodes:
        node.unwrap_tags(_UNWRAP)
        parts.append(node.html or "")
    return "\n".join(parts)
