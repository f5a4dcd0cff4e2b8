"""A link as it was found, with the rule that speaks for it."""

from __future__ import annotations

from typing import Literal, NamedTuple

Role = Literal["page", "sitemap", "feed", "listing", "robots"]


class Link(NamedTuple):
    """A normalised URL, its words, its role in the crawl, the rule that found it, and a time of change (ISO 8601)."""

    url: str
    text: str = ""
    role: Role = "page"
    rule: str = "link"
    lastmod: str | None = None
