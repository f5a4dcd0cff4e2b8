"""What an answer really is: a page, a firewall, a login, HTML under the name of PDF, or nothing at all."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from pipeline.acquire.answer import Answer, pieces_of, unpacked
from pipeline.acquire.discovery import count_words
from pipeline.errors import CorpusError
from pipeline.resources import data_path

_HTML_LIMIT = 16 << 20
_REAL = 25  # a firewall page or login has fewer links than this
_CHECK = 30  # words at most of a page that only checks the browser
_HTML_TYPES = ("text/html", "application/xhtml+xml")


@cache
def _marks() -> dict[str, Any]:
    file = data_path("corpus/sources/blocked.toml")
    try:
        marks = tomllib.loads(file.read_text("utf-8"))
        for key in ("firewall", "login"):
            marks[key] = tuple(str(mark).lower().encode("utf-8") for mark in marks[key])
        marks["login_paths"] = tuple(str(mark).lower() for mark in marks["login_paths"])
        marks["words"] = int(marks["words"])
    except (OSError, tomllib.TOMLDecodeError, KeyError, ValueError, TypeError) as error:
        raise CorpusError(
            f"{file}: needs lists 'firewall', 'login' and 'login_paths' and a number 'words' ({error})."
        ) from error
    return marks


@dataclass(frozen=True, slots=True)
class Content:
    """An answer's body seen through: ``kind`` by its first bytes, ``data`` its unpacked bytes (HTML only, else b'')."""

    kind: str
    data: bytes
    size: int


def _kind(head: bytes, media_type: str) -> str:
    """'pdf', 'html', 'xml', 'office' or 'other', by content before declaration."""
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n\0")[:512].lower()
    if b"%pdf-" in head[:1024].lower():
        return "pdf"
    if start.startswith((b"<!doctype html", b"<html", b"<head", b"<body")):
        return "html"
    if start.startswith(b"<?xml"):
        return "html" if b"<html" in start else "xml"
    if start.startswith(b"pk\x03\x04") or start.startswith(b"\xd0\xcf\x11\xe0"):
        return "office"
    if head.startswith(b"\x1f\x8b"):
        return "other"
    if media_type in _HTML_TYPES or (not media_type and start.startswith(b"<")):
        return "html"
    if start.startswith(b"<") and media_type == "application/pdf":
        return "html"
    return "other"


def see(answer: Answer, limit: int) -> Content:
    """Unpack and look at a body; checks the coding to its end, so that half a page is never taken for a whole.

    Raises ValueError for a damaged coding, OverflowError for one that unpacks beyond ``limit`` bytes.
    """
    pieces = unpacked(pieces_of(answer.body), answer.header("content-encoding"), limit)
    kept, size, kind = list[bytes](), 0, ""
    for piece in pieces:
        if kind in ("", "html") and size < _HTML_LIMIT:
            kept.append(piece)
        size += len(piece)
        if not kind and size >= 1024:
            kind = _kind(b"".join(kept)[:1024], answer.media_type)
    kind = kind or _kind(b"".join(kept)[:1024], answer.media_type)
    return Content(kind, b"".join(kept) if kind == "html" else b"", size)


def blocked(data: bytes, content_type: str, password: bool, links: int) -> str:
    """What keeps us out, in words, when a page is a firewall's or a login; '' for a real page."""
    if links >= _REAL:
        return ""
    marks, head = _marks(), data[:20_000].lower()
    what = next((f"a firewall answers ('{m.decode()}')" for m in marks["firewall"] if m in head), "")
    what = what or next((f"a login is asked for ('{m.decode()}')" for m in marks["login"] if m in head), "")
    if password and links < 10:
        what = what or "a login is asked for (a password field)"
    return what if what and count_words(data, content_type) <= marks["words"] else ""


def hollow(data: bytes, content_type: str) -> str:
    """What is missing, in words, on a page without links: all, or all but a script and a sentence; '' for a real page.

    A browser that is checked, or an application, shows its page by scripts, which a crawl does not run.
    """
    words = count_words(data, content_type)
    if not words:
        return "is empty: no word and no link"
    if words <= _CHECK and b"<script" in data.lower():
        return f"shows {words} words, a script and no link, as a check of browsers does"
    return ""


def leads_to_login(url: str) -> bool:
    """Whether a redirect to ``url`` asks for a login."""
    path = urlsplit(url).path.lower()
    return any(path.startswith(mark) or path.endswith(mark.rstrip("/")) for mark in _marks()["login_paths"])
