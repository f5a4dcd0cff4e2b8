"""Where pages are found: sitemaps, feeds, listings and the links of pages."""

from __future__ import annotations

from pipeline.acquire.discovery.feeds import feed_links
from pipeline.acquire.discovery.link import Link, Role
from pipeline.acquire.discovery.pages import Page, count_words, read_page
from pipeline.acquire.discovery.sitemaps import sitemap_links

__all__ = ["Link", "Page", "Role", "count_words", "feed_links", "read_page", "sitemap_links"]
