"""Sitemaps (sitemaps.org 0.9) and sitemap indexes, read as a stream of tokens.

No XML parser: a sitemap may be larger than memory, cut off, wrongly encoded or hostile, and
only two elements matter. Entities are never expanded beyond XML's own five.
"""

from __future__ import annotations

import codecs
import html
import re
from collections.abc import Iterator

from pipeline.acquire.answer import inflated
from pipeline.acquire.discovery.link import Link
from pipeline.acquire.urls import normalise

_TOKEN = re.compile(
    rb"<!--.*?-->"
    rb"|<(?:(?!image:|video:|news:|xhtml:)[\w.-]+:)?(?:(?P<set>sitemapindex)|(?P<urlset>urlset)|(?P<open>sitemap|url)"
    rb"|loc\s*>(?P<loc>.*?)</(?:[\w.-]+:)?loc|lastmod\s*>(?P<lastmod>.*?)</(?:[\w.-]+:)?lastmod)(?=[\s>/])",
    re.S,
)
_CDATA = re.compile(rb"<!\[CDATA\[(.*?)\]\]>", re.S)
_HOLD = 1 << 20
_ISO = re.compile(r"\d{4}(?:-\d{2}(?:-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?)?)?")


def _loc(raw: bytes) -> str:
    inner = (_CDATA.sub(rb"\1", raw) if b"[" in raw else raw).strip()
    try:
        text = inner.decode("utf-8")
    except UnicodeDecodeError:
        text = inner.decode("cp1252", "replace")
    return html.unescape(text).strip() if "&" in text else text


def _utf8(pieces: Iterator[bytes], first: bytes) -> Iterator[bytes]:
    """Pieces in UTF-16 turned into UTF-8; others as they are."""
    if first[:2] not in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        yield first
        yield from pieces
        return
    decoder = codecs.getincrementaldecoder("utf-16")("replace")
    yield decoder.decode(first).encode("utf-8")
    for piece in pieces:
        yield decoder.decode(piece).encode("utf-8")


def _closed(buffer: bytes, name: bytes) -> int:
    """The end of the last closing tag of this name (with any prefix), 0 when there is none."""
    end = len(buffer)
    while (at := buffer.rfind(name, 0, end)) >= 0:
        start = buffer.rfind(b"<", 0, at)
        if start >= 0 and buffer[start + 1 : start + 2] == b"/" and at - start < 40:
            return at + len(name)
        end = at
    return 0


def _cut(buffer: bytes) -> int:
    """How far the buffer can be read: to the last entry that is closed, and not into a remark that has begun."""
    cut = max(_closed(buffer, b"url>"), _closed(buffer, b"sitemap>"))
    if not cut and len(buffer) > _HOLD // 4:
        cut = _closed(buffer, b"loc>")
    remark = buffer.rfind(b"<!--", 0, cut)
    if remark >= 0 and buffer.find(b"-->", remark, cut) < 0:
        return remark
    return cut


def _tokens(pieces: Iterator[bytes]) -> Iterator[re.Match[bytes]]:
    buffer = b""
    for piece in pieces:
        buffer += piece
        cut = _cut(buffer)
        yield from _TOKEN.finditer(buffer[:cut])
        buffer = buffer[cut:]
        if len(buffer) > _HOLD:
            buffer = buffer[-_HOLD // 2 :]
    yield from _TOKEN.finditer(buffer)


def _lines(pieces: Iterator[bytes], base: str) -> Iterator[Link]:
    rest = b""
    for piece in pieces:
        *lines, rest = (rest + piece).split(b"\n")
        yield from (Link(url, rule="sitemap") for line in lines if (url := normalise(_loc(line), base)))
        rest = rest[-4096:]
    if url := normalise(_loc(rest), base):
        yield Link(url, rule="sitemap")


def _entries(pieces: Iterator[bytes]) -> Iterator[tuple[bool, str, str | None]]:
    """(is a sitemap, location, lastmod) of each entry, in order."""
    index, nested, location = False, False, ""
    changed: str | None = None
    for token in _tokens(pieces):
        kind = token.lastgroup
        if kind == "set":
            index = True
        elif kind in ("open", "loc") and location:
            yield nested, location, changed
            location, changed = "", None
        if kind == "open":
            nested, changed = token.group("open") == b"sitemap", None
        elif kind == "loc":
            nested, location = nested or index, _loc(token.group("loc"))
        elif kind == "lastmod":
            found = _ISO.match(_loc(token.group("lastmod")))
            changed = found.group() if found else None
    if location:
        yield nested, location, changed


def sitemap_links(pieces: Iterator[bytes], base: str) -> Iterator[Link]:
    """The links of a sitemap (XML or text, gzipped or not) as they stream by; those of an index have role 'sitemap'.

    Raises zlib.error when a gzipped one is damaged (after the links that came before).
    """
    first = _gathered(pieces)
    if first.startswith(b"\x1f\x8b"):
        pieces = inflated(_chain(first, pieces))
        first = _gathered(pieces)
    if b"<" not in first:
        yield from _lines(_chain(first, pieces), base)
        return
    for nested, location, changed in _entries(_utf8(pieces, first)):
        if url := normalise(location, base):
            yield Link(url, role="sitemap" if nested else "page", rule="sitemap", lastmod=changed)


def _gathered(pieces: Iterator[bytes]) -> bytes:
    """The first pieces, together at least 2 KiB where there is as much."""
    first = b""
    while len(first) < 2048 and (piece := next(pieces, None)) is not None:
        first += piece
    return first


def _chain(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest
