"""Markup kept within what can be read in a second: length, number of tags, depth."""

from __future__ import annotations

import re

LARGEST = 2_000_000
"""Characters of markup that are read; what follows is cut off and reported."""
MOST_TAGS = 12_000
"""Tags that are read; the page is cut after as many."""
DEEPEST = 150
"""Elements inside each other; tags that open deeper are left out, their text stays."""
MOST_ATTRIBUTES = 500
"""Words inside one tag; one with more loses its attributes (parsers compare each with all before it)."""
_SUSPICIOUS_TAGS = 6_000
_SUSPICIOUS_UNCLOSED = 500
_OPEN = re.compile(r"<[a-zA-Z]")
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)[^<>]*>")
_LONG_TAG = re.compile(r"<([a-zA-Z][a-zA-Z0-9]*)(?=[\s/])[^<>]{2000,}(?:>|\Z)")
_VOID = frozenset(
    ("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr")
) | frozenset(("p", "li", "td", "tr", "th", "option", "dt", "dd"))


def bounded(markup: str) -> tuple[str, bool]:
    """The markup within the bounds, and whether it was cut. A page of usual size comes back as it is."""
    cut = _LONG_TAG.sub(_fewer_attributes, markup[:LARGEST])
    if cut.count("<") > MOST_TAGS:
        cut = _fewer_tags(cut)
    shorter = len(markup) > LARGEST or cut.count("<") < markup.count("<")
    return _flat(cut) if _may_be_deep(cut) else cut, shorter


def _fewer_attributes(tag: re.Match[str]) -> str:
    crowded = tag[0].count("=") > MOST_ATTRIBUTES or len(tag[0].split()) > MOST_ATTRIBUTES
    return f"<{tag[1]}>" if crowded else tag[0]


def _fewer_tags(markup: str) -> str:
    for count, match in enumerate(_OPEN.finditer(markup)):
        if count >= MOST_TAGS:
            return markup[: match.start()]
    return markup


def _may_be_deep(markup: str) -> bool:
    """Many tags, or many that are never closed: only then is the depth worth counting."""
    tags = markup.count("<")
    return tags > _SUSPICIOUS_TAGS or tags - 2 * markup.count("</") > _SUSPICIOUS_UNCLOSED


def _flat(markup: str) -> str:
    """Without the tags that open deeper than ``DEEPEST``, and without those that would close them."""
    depth = dropped = 0

    def keep(match: re.Match[str]) -> str:
        nonlocal depth, dropped
        if match[2].lower() in _VOID:
            return match[0] if depth < DEEPEST else " "
        if match[1]:
            if dropped:
                dropped -= 1
                return " "
            depth = max(0, depth - 1)
            return match[0]
        if depth >= DEEPEST:
            dropped += 1
            return " "
        depth += 1
        return match[0]

    return _TAG.sub(keep, markup)
