"""What a page says of itself outside its text: meta tags, JSON-LD, its own date lines, its source."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from selectolax.lexbor import LexborHTMLParser

from pipeline.extract import dates as dating
from pipeline.extract.normalise import line
from pipeline.records import DateKind, DateMention

_META_DATES: Mapping[str, DateKind] = {
    "article:published_time": "published",
    "article:modified_time": "updated",
    "og:updated_time": "updated",
    "datepublished": "published",
    "datemodified": "updated",
    "dcterms.issued": "published",
    "dcterms.created": "published",
    "dcterms.modified": "updated",
    "dc.date.issued": "published",
    "dc.date.modified": "updated",
    "dc.date": "published",
    "publish-date": "published",
    "pubdate": "published",
    "last-modified": "updated",
    "date": "published",
    "revised": "updated",
    "sv.published": "published",
    "article.published": "published",
    "article.updated": "updated",
    "dc.date.created": "published",
    "epi.published": "published",
}
_LD_DATES: Mapping[str, DateKind] = {"datePublished": "published", "dateModified": "updated"}
_SOURCES = ("dcterms.source", "dc.source")
_NEWS = re.compile(r"Article|BlogPosting|Report")
_ARTICLES = re.compile(r"Article|NewsArticle|BlogPosting|WebPage|Report|GovernmentService|FAQPage|Event")


@dataclass(frozen=True, slots=True)
class Metadata:
    """Meta tags (lower-case names), ``<title>``, language and the dates that tags and JSON-LD give.

    ``body`` is the longest text that JSON-LD gives as an article's; ``types`` its '@type's.
    """

    title: str = ""
    shared_title: str = ""
    site_name: str = ""
    language: str = ""
    source: str | None = None
    dates: tuple[DateMention, ...] = ()
    types: tuple[str, ...] = ()
    body: str = ""
    meta: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_article(self) -> bool:
        """Whether the page says that it is an article (a news item, a blog post), by og:type or JSON-LD."""
        return self.meta.get("og:type", "").lower() == "article" or any(_NEWS.search(name) for name in self.types)


def _metas(tree: LexborHTMLParser) -> dict[str, str]:
    found: dict[str, str] = {}
    for node in tree.css("meta[content]")[:300]:
        attributes = node.attributes
        name = (
            attributes.get("name")
            or attributes.get("property")
            or attributes.get("itemprop")
            or attributes.get("http-equiv")
        )
        if name:
            found.setdefault(name.lower(), attributes.get("content") or "")
    return found


def _date(kind: DateKind, value: str, where: str, captured: datetime | None) -> DateMention | None:
    found = next(dating.find(line(value)[:60], captured.date() if captured else None), None)
    return DateMention(kind, found.date, f"{where}: {line(value)[:60]}") if found and found.start == 0 else None


def _walk(data: Any, depth: int = 0) -> Iterator[Mapping[str, Any]]:
    if depth > 8:
        return
    if isinstance(data, dict):
        yield data
        for value in list(data.values())[:200]:
            if isinstance(value, dict | list):
                yield from _walk(value, depth + 1)
    elif isinstance(data, list):
        for value in data[:200]:
            yield from _walk(value, depth + 1)


def linked_data(tree: LexborHTMLParser) -> list[Mapping[str, Any]]:
    """All objects of the page's JSON-LD scripts; what is not JSON is passed over."""
    found: list[Mapping[str, Any]] = []
    for node in tree.css('script[type="application/ld+json"]')[:20]:
        try:
            found += _walk(json.loads(node.text() or "null", strict=False))
        except (ValueError, RecursionError):
            continue
    return found


def read(tree: LexborHTMLParser, captured: datetime | None = None) -> Metadata:
    """The metadata of a page. ``captured`` resolves relative dates."""
    meta = _metas(tree)
    objects = linked_data(tree)
    mentions = [
        _date(kind, meta[name], f"meta {name}", captured) for name, kind in _META_DATES.items() if meta.get(name)
    ]
    types: list[str] = []
    for item in objects:
        kind = item.get("@type")
        names = (
            [kind]
            if isinstance(kind, str)
            else [k for k in kind if isinstance(k, str)]
            if isinstance(kind, list)
            else []
        )
        types += names
        if any(_ARTICLES.search(name) for name in names):
            mentions += [
                _date(k, str(item[key]), f"JSON-LD {key}", captured) for key, k in _LD_DATES.items() if item.get(key)
            ]
    title, root = tree.css_first("title"), tree.root
    return Metadata(
        title=line(title.text()) if title else "",
        shared_title=line(meta.get("og:title") or meta.get("dcterms.title") or meta.get("dc.title") or ""),
        site_name=line(meta.get("og:site_name") or meta.get("application-name") or ""),
        language=(root.attributes.get("lang") or "").lower() if root else "",
        source=next((meta[name].strip() for name in _SOURCES if meta.get(name, "").strip()), None),
        dates=tuple(mention for mention in mentions if mention),
        types=tuple(types),
        body=max((text for item in objects if isinstance(text := item.get("articleBody"), str)), key=len, default=""),
        meta=meta,
    )
