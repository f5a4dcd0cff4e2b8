"""RSS 0.9x, 1.0 and 2.0 and Atom, however broken."""

from __future__ import annotations

import re
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Any

from lxml import etree

from pipeline.acquire.charset import decode
from pipeline.acquire.discovery.link import Link
from pipeline.acquire.urls import normalise

_PROLOG = re.compile(r"<\?xml[^>]*\?>|<!DOCTYPE[^>\[]*(?:\[.*?\]\s*)?>", re.S | re.I)
_ENTITIES = re.compile(r"<!ENTITY", re.I)
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?")
_BARE = re.compile(r"&(?!#?\w+;)")
_DATES = ("pubdate", "published", "updated", "date", "modified")


class FeedError(ValueError):
    """The bytes are no feed."""


def _name(element: Any) -> str:
    return etree.QName(element).localname.lower() if isinstance(element.tag, str) else ""


def _date(text: str) -> str | None:
    """A date of RFC 822 or ISO 8601 as ISO 8601; None when it is neither."""
    if found := _ISO.match(text.strip()):
        return found.group()
    try:
        return parsedate_to_datetime(text.strip()).astimezone(UTC).isoformat()
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _target(child: Any) -> str:
    """Where a link, guid or enclosure element of an item points to."""
    name, rel = _name(child), child.get("rel", "alternate")
    if name == "link":
        return (child.get("href") or child.text or "") if rel in ("alternate", "enclosure") else ""
    if name == "guid" and child.get("isPermaLink", "true").lower() == "true":
        return child.text or ""
    if name == "enclosure" and "pdf" in child.get("type", ""):
        return child.get("url") or ""
    return ""


def _item(item: Any, base: str) -> list[Link]:
    words = " ".join("".join(c.itertext()) for c in item if _name(c) in ("title", "description", "summary"))
    dates = (_date(c.text or "") for c in item if _name(c) in _DATES)
    changed = next((d for d in dates if d), None)
    # Descendants, not children: a tag left open in a title draws what follows into itself.
    inside = [c for c in item.iter() if _name(c) in ("link", "guid", "enclosure")]
    links = {u: None for c in inside if _name(c) != "guid" and (u := normalise(_target(c).strip(), base))}
    guids = {u: None for c in inside if _name(c) == "guid" and (u := normalise(_target(c).strip(), base))}
    urls = links if any(_name(c) == "link" and _target(c).strip() for c in inside) else links | guids
    return [Link(url, " ".join(words.split())[:500], rule="feed", lastmod=changed) for url in urls]


def feed_links(data: bytes, base: str, content_type: str = "") -> tuple[list[Link], list[str]]:
    """The items of a feed, and what was odd about it (undated items, entities that are not expanded).

    A following page of an Atom feed (rel 'next') has role 'feed'. Entities declared in the feed are never expanded.

    Raises FeedError when the bytes are no feed.
    """
    text = decode(data, content_type).lstrip("\ufeff \r\n\t")
    odd = ["declares XML entities, which are not expanded"] if _ENTITIES.search(text[:20_000]) else []
    text = _BARE.sub("&amp;", _PROLOG.sub("", text))
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise FeedError(f"is no feed: {error}") from error
    if root is None or _name(root) not in ("rss", "feed", "rdf"):
        raise FeedError(f"is no feed but <{'' if root is None else _name(root)}>")
    items = [element for element in root.iter() if _name(element) in ("item", "entry")]
    links = [link for item in items for link in _item(item, base)]
    undated = sum(link.lastmod is None for link in links)
    if undated:
        odd.append(f"{undated} of {len(links)} items have no readable date")
    following = (e.get("href", "") for e in root.iter() if _name(e) == "link" and e.get("rel") == "next")
    links += [Link(url, role="feed", rule="feed") for href in following if (url := normalise(href, base))]
    return links, odd
