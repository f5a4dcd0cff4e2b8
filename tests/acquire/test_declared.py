"""A municipality as it is declared: what the declaration does not name is found by the crawl."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from pipeline.acquire.crawling import crawl
from pipeline.sources import builtin_sources, select


@pytest.fixture
def site(web: Any, html: Any, reply: Any) -> Any:
    """A site with a page that only a sitemap names, one that only a feed names, and one that only links lead to."""

    def start(sitemap: str, robots: str) -> Any:
        def app(request: Any) -> Any:
            head = b'<link rel="alternate" type="application/rss+xml" href="/flode"></head>'
            pages = {
                "/": (html("Ort", "/nyheter/").replace(b"</head>", head), "text/html"),
                "/nyheter/": (html("Nyheter", "/nyheter/tillsyn", "/beslut.pdf"), "text/html"),
                sitemap: (f"<urlset><url><loc>{server.url('/karta')}</loc></url></urlset>".encode(), "application/xml"),
                "/flode": (
                    f"<rss><channel><item><link>{server.url('/flodet')}</link></item></channel></rss>".encode(),
                    "application/rss+xml",
                ),
                "/beslut.pdf": (b"%PDF-1.4", "application/pdf"),
                "/robots.txt": (robots.format(server.url(sitemap)).encode(), "text/plain"),
            }  # fmt: skip
            if request.path in ("/karta", "/flodet", "/nyheter/tillsyn"):
                return reply(html(request.path), "text/html")
            body, kind = pages.get(request.path, (b"", "text/html"))
            return reply(body, kind, 200 if body else 404)

        server = web(app)
        return server

    return start


@pytest.mark.parametrize(("code", "cms", "sitemap", "robots"), [
    ("2083", None, "/en/egen/karta.xml", "Sitemap: {}"), ("2083", None, "/sitemap.xml", "User-agent: *"),
    ("2080", "sitevision", "/sitemapindex.xml", "User-agent: *"),
    ("1283", "wordpress", "/wp-sitemap.xml", "User-agent: *"),
])  # fmt: skip
def test_a_declared_municipality_is_found_whole(
    site: Any, crawler: Any, code: str, cms: str | None, sitemap: str, robots: str
) -> None:
    """From the start page alone: the sitemap of robots.txt or of the system's usual place, the feed, and the links."""
    (declared,) = select(builtin_sources(), codes=[code])
    assert declared.cms == cms and not (declared.sitemaps or declared.feeds or declared.listings)
    server = site(sitemap, robots)
    source = replace(declared, start=(server.url("/"),), delay=0.0, expect=0)
    summary = crawl(crawler.workspace, [source], allow_private=True, limits=crawler.limits)
    assert summary.complete, summary
    pages = {"/", "/nyheter/", "/nyheter/tillsyn", "/beslut.pdf", "/karta", "/flodet"}
    assert pages <= set(crawler.bodies())
