"""Which addresses may be followed at all: those that lead to the web."""

from __future__ import annotations

from urllib.parse import urlsplit


def web_address(url: object) -> str | None:
    """``url`` when it is http or https with a host, else None; not yet made safe for the place it goes to."""
    if not isinstance(url, str):
        return None
    try:
        parts = urlsplit(url.strip())
        host = parts.hostname
    except ValueError:
        return None
    return parts.geturl() if parts.scheme.lower() in ("http", "https") and host else None
