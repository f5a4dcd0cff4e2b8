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
_OPENERS = ((b"<!--", b"-->"), (b"loc>", b"</loc"), (b"lastmod>", b"</lastmod"))
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


def _cut(buffer: bytes) -> int:
    """How far the buffer can be read without splitting a comment or an element that has begun."""
    cut = buffer.rfind(b">") + 1
    for opener, closer in _OPENERS:
        start = buffer.rfind(opener, 0, cut)
        while start >= 0 and opener != b"<!--" and buffer[start - 1 : start] not in (b"<", b":"):
            start = buffer.rfind(opener, 0, start)
        if start >= 0 and buffer.find(closer, start, cut) < 0:
            cut = min(cut, buffer.rfind(b"<", 0, start + 1) if opener != b"<!--" else start)
    return max(cut, 0)


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
    index, nested, location, changed = False, False, "", None
    for token in _tokens(pieces):
        kind = token.lastgroup
        if kind == "set":
            index = True
        elif kind == "open" or kind == "loc":
            if location:
                yield nested, location, changed
                location, changed = "", None
            if kind == "open":
                nested = token.group("open") == b"sitemap"
            else:
                nested = nested or index
                location = _loc(token.group("loc"))
        elif kind == "lastmod" and location:
            found = _ISO.match(_loc(token.group("lastmod")))
            changed = found.group() if found else None
    if location:
        yield nested, location, changed


def sitemap_links(pieces: Iterator[bytes], base: str) -> Iterator[Link]:
    """The links of a sitemap (XML or text, gzipped or not) as they stream by; those of an index have role 'sitemap'.

    Raises zlib.error when a gzipped one is damaged (after the links that came before).
    """
    first = next(pieces, b"")
    if first.startswith(b"\x1f\x8b"):
        pieces = inflated(_chain(first, pieces))
        first = next(pieces, b"")
    while first and len(first) < 64 and (more := next(pieces, b"")):
        first += more
    if b"<" not in first[:2048]:
        yield from _lines(_chain(first, pieces), base)
        return
    for nested, location, changed in _entries(_utf8(pieces, first)):
        if url := normalise(location, base):
            yield Link(url, role="sitemap" if nested else "page", rule="sitemap", lastmod=changed)


def _chain(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest
