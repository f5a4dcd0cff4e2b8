"""The links of an HTML page: to pages, documents, feeds, and to the next page of a listing."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from selectolax.lexbor import LexborHTMLParser

from pipeline.acquire.charset import decode
from pipeline.acquire.discovery.link import Link
from pipeline.acquire.discovery.sitevision import registry_links
from pipeline.acquire.urls import normalise, origin

_DOCUMENT = re.compile(r"\.(?:pdf|docx?|odt|rtf)$|/download/18\.[0-9a-f]+/", re.I)
_USELESS = re.compile(
    r"\.(?:jpe?g|png|gif|svg|webp|ico|bmp|tiff?|css|js|mjs|woff2?|ttf|eot|mp[34]|m4[av]|avi|mov|wmv|webm|wav|ogg|zip|rar|7z|gz"
    r"|exe|dmg|apk|ics|vcf|xlsx?|pptx?|csv|kml|gpx|swf|json)$",
    re.I,
)
_FEED_URL = re.compile(r"state=rss|/feed/?$|[./]rss(?:\.xml)?/?$|\.atom$", re.I)
_COMMENTS = re.compile(r"\bkommentar(?:er|sflöde)|\bcomments?\b", re.I)
_ANCHORS = "a[href], area[href], iframe[src], frame[src], embed[src], object[data]"
_NEXT_WORDS = re.compile(
    r"\s*(?:nästa(?: sida)?|next(?: page)?|äldre(?: inlägg| nyheter)?|fler(?: nyheter)?|visa fler|[›»>]+|\d{1,3})\s*",
    re.I,
)
_PAGED = re.compile(r"(?:[?&](?:page|sida|p|paged|start|offset|from|skip|pagenumber)=\d+|/(?:page|sida|p)/\d+)", re.I)


class Page(NamedTuple):
    """What the crawl wants to know of a page."""

    title: str
    links: tuple[Link, ...]
    password: bool
    shape: tuple[str, ...]


def _attribute(node: Any, name: str) -> str:
    return (node.attributes.get(name) or "").strip()


def _text(node: Any) -> str:
    words = node.text(separator=" ")
    if len(words) > 400:
        words = words.strip()[:400]
    return " ".join(words.split())[:200] or (_attribute(node, "title") or _attribute(node, "aria-label"))[:200]


def is_next(href: str, url: str, text: str, rel: str) -> bool:
    """Whether a link of a listing leads to another page of the same listing."""
    if "next" in rel.split():
        return True
    here, there = urlsplit(url), urlsplit(href)
    return here.netloc == there.netloc and bool(_PAGED.search(href)) and bool(_NEXT_WORDS.fullmatch(text))


@lru_cache(maxsize=1 << 15)
def _link(href: str, base: str, page: str, text: str, rel: str) -> Link | None:
    """The link that an anchor means; kept, as most links of a site stand on all its pages.

    ``page`` is the address of a listing that the anchor stands on, '' elsewhere.
    """
    url = normalise(href, base)
    path = url.partition("?")[0] if url else ""
    if url is None or "nofollow" in rel or _USELESS.search(path):
        return None
    if _FEED_URL.search(url):
        if _COMMENTS.search(text) or "comments" in url:
            return None
        return Link(url, text, "feed", "page feed")
    if page and is_next(url, page, text, rel):
        return Link(url, text, "listing", "paging")
    return Link(url, text, "page", "document" if _DOCUMENT.search(path) else "listing" if page else "link")


def _anchor(node: Any, base: str, site: str, page: str) -> Link | None:
    attributes = node.attributes
    href = attributes.get("href") or attributes.get("src") or attributes.get("data") or ""
    # An absolute path means the same on all pages of a host.
    place = site if href.startswith("/") else base
    return _link(href, place, page, _text(node), (attributes.get("rel") or "").lower() if "rel" in attributes else "")


def _head_links(tree: LexborHTMLParser, base: str, address: str, listing: bool) -> list[Link]:
    """The feeds and the next page that a head names. Feeds of comments are none: WordPress gives one to every post.

    Such a feed says so in its title, or it stands right below the address of a single post or page.
    """
    found = []
    names = (_attribute(tree.body, "class") if tree.body is not None else "").split()
    post = urlsplit(address).path != "/" and bool({"single", "page"} & set(names))
    own = f"{address.partition('?')[0].rstrip('/')}/feed/"
    for node in tree.css("link[href]"):
        rel, kind = _attribute(node, "rel").lower(), _attribute(node, "type").lower()
        url = normalise(_attribute(node, "href"), base)
        if url is None:
            continue
        if rel == "alternate" and kind in ("application/rss+xml", "application/atom+xml"):
            title = _attribute(node, "title")
            if not (_COMMENTS.search(title) or "comments" in url or (post and url == own)):
                found.append(Link(url, title, "feed", "page feed"))
        elif rel == "next" and listing:
            found.append(Link(url, "", "listing", "paging"))
    return found


def _meta(tree: LexborHTMLParser, name: str) -> str:
    node = tree.css_first(f'meta[name="{name}"]')
    return _attribute(node, "content") if node is not None else ""


def _refresh(tree: LexborHTMLParser, base: str) -> list[Link]:
    for node in tree.css("meta[http-equiv]"):
        if _attribute(node, "http-equiv").lower() == "refresh":
            _, found, target = _attribute(node, "content").partition("=")
            if found and (url := normalise(target.strip("\"' "), base)):
                return [Link(url, rule="refresh")]
    return []


def read_page(data: bytes, url: str, content_type: str = "", *, listing: bool = False, shape: bool = True) -> Page:
    """Title and links of an HTML page; with ``listing`` also where its next page is. Never fails: HTML has no errors.

    Links marked nofollow, or all of a page marked so, are left alone. ``shape`` is only taken
    when asked for.
    """
    text = decode(data, content_type)
    small = data.lower()
    tree = LexborHTMLParser(text)
    base_node = tree.css_first("base[href]") if b"<base" in small else None
    base = (normalise(_attribute(base_node, "href"), url) if base_node is not None else None) or url
    links: list[Link] = []
    if b"nofollow" not in small or "nofollow" not in _meta(tree, "robots").lower():
        site, page = f"{origin(base)}/", base if listing else ""
        links = [link for node in tree.css(_ANCHORS) if (link := _anchor(node, base, site, page))]
        if b"alternate" in small or listing:
            links += _head_links(tree, base, url, listing)
        if b"http-equiv" in small:
            links += _refresh(tree, base)
        if b"registerinitialstate" in small:
            links += registry_links(text, base)
    title = tree.css_first("title")
    return Page(
        title=" ".join(title.text().split()) if title is not None else "",
        links=tuple({link.url: link for link in reversed(links)}.values())[::-1],
        password=b"password" in small and tree.css_first('input[type="password" i]') is not None,
        shape=_shape(tree) if shape else (),
    )


def count_words(data: bytes, content_type: str = "") -> int:
    """Number of words that a page shows (to a browser without scripts)."""
    tree = LexborHTMLParser(decode(data, content_type))
    tree.strip_tags(["script", "style", "template"])
    body = tree.body
    return len(body.text(separator=" ").split()) if body is not None else 0


def _shape(tree: LexborHTMLParser) -> tuple[str, ...]:
    """The classes and ids of a page's large parts: what changes when a site changes its markup."""
    marks = set()
    for node in tree.css("main, article, #content, [role=main], body > div, body > header, body > footer"):
        names = (_attribute(node, "class").split() or [""])[:3]
        marks |= {f"{node.tag}.{name}" for name in names if not any(c.isdigit() for c in name)}
    return tuple(sorted(marks))
