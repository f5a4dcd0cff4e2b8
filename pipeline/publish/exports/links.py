"""Addresses that may stand in a file as links: http and https only."""

from __future__ import annotations

from urllib.parse import quote, urlsplit

from pipeline.publish.exports.cells import plain


def web(url: object) -> str | None:
    """``url`` percent-encoded when it leads to the web (http or https with a host), else None."""
    if not isinstance(url, str):
        return None
    try:
        parts = urlsplit(url.strip())
        host = parts.hostname
    except ValueError:
        return None
    if parts.scheme.lower() not in ("http", "https") or not host:
        return None
    return quote(plain(parts.geturl()), safe="%/:?#[]@!$&()*+,;=~-._")
