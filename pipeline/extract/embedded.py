"""Lists that a page keeps as JSON in its script tags: SiteVision's AppRegistry, Next.js and plain application/json."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from selectolax.lexbor import LexborHTMLParser

from pipeline.extract.building import Piece
from pipeline.extract.normalise import line

_REGISTRY = re.compile(r"registerInitialState\(\s*(['\"])[\w.-]{1,60}\1\s*,\s*")
_TITLES = ("title", "heading", "headline", "name", "displayName", "rubrik")
_TEXTS = ("description", "preamble", "ingress", "text", "summary", "body", "content", "excerpt")
_DATES = ("published", "publishDate", "date", "publicationDate", "created", "time")
_TAG = re.compile(r"<[^>]{0,300}>")
_LONGEST = 2_000_000
_MOST = 200


def states(tree: LexborHTMLParser) -> Iterator[Any]:
    """Every JSON value that the page's scripts carry; what does not parse is passed over."""
    decoder = json.JSONDecoder(strict=False)
    for node in tree.css("script")[:300]:
        kind = (node.attributes.get("type") or "").lower()
        if kind == "application/ld+json":
            continue
        source = node.text()
        if not source or len(source) > _LONGEST:
            continue
        starts = [0] if kind == "application/json" else [match.end() for match in _REGISTRY.finditer(source)]
        for start in starts[:50]:
            try:
                yield decoder.raw_decode(source[start:].lstrip() if start == 0 else source, 0 if start == 0 else start)[
                    0
                ]
            except (ValueError, RecursionError):
                continue


def _value(item: Mapping[str, Any], names: tuple[str, ...]) -> str:
    for name in names:
        value = item.get(name)
        if isinstance(value, str) and value.strip():
            return line(_TAG.sub(" ", value))
    return ""


def _lists(value: Any, depth: int = 0) -> Iterator[list[dict[str, Any]]]:
    if depth > 12:
        return
    if isinstance(value, list):
        items = [item for item in value[:_MOST] if isinstance(item, dict) and _value(item, _TITLES)]
        if len(items) > 1 and len(items) * 2 > len(value[:_MOST]):
            yield items
            return
    children = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for child in list(children)[:_MOST]:
        if isinstance(child, dict | list):
            yield from _lists(child, depth + 1)


def items(tree: LexborHTMLParser) -> list[Piece]:
    """The entries of the page's JSON lists as list items: 'title. Text (date)'. Two entries at least make a list."""
    found: list[Piece] = []
    for state in states(tree):
        for entries in _lists(state):
            for entry in entries:
                title, text, date = (_value(entry, names) for names in (_TITLES, _TEXTS, _DATES))
                words = title if not text or text == title else f"{title.rstrip('.')}. {text}"
                found.append(Piece("list_item", f"{words} ({date[:10]})" if re.match(r"\d{4}-\d\d", date) else words))
    return found
