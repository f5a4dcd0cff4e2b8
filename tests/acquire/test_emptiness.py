"""Never an empty page as success: what shows nothing and leads nowhere is a failure with a name."""

from __future__ import annotations

from typing import Any

import pytest

from pipeline.acquire.discovery import count_words
from pipeline.acquire.judge import hollow

RSS, XML = "application/rss+xml", "application/xml"
EMPTY = {
    "body": ("start", b"<html><head><title></title></head><body></body></html>", "text/html", "is empty"),
    "script": ("start", b"<title>Ort</title><div id=app></div><script>start(1, 2)</script>", "text/html", "is empty"),
    "application": (
        "start", b"<title>Ort</title><noscript>Ge oss JavaScript.</noscript><script>x()</script>", "text/html",
        "shows 3 words, a script and no link",
    ),
    "feed": ("feeds", b"<rss><channel><title>Nytt</title></channel></rss>", RSS, "a feed without any item"),
    "sitemap": ("sitemaps", b"<urlset></urlset>", XML, "a sitemap without any address"),
    "index": ("sitemaps", b"<sitemapindex></sitemapindex>", XML, "a sitemap without any address"),
    "listing": ("listings", b"<title>Nyheter</title><p>Inga nyheter just nu.", "text/html", "a listing without any"),
}  # fmt: skip


@pytest.mark.parametrize("name", EMPTY)
def test_what_is_empty_is_named_and_alarming(name: str, web: Any, crawler: Any, reply: Any) -> None:
    """A page, feed, sitemap or listing of nothing fails, the source has an alarm, and no page of it is handed out."""
    key, body, kind, reason = EMPTY[name]
    server = web(lambda r: reply(body, kind) if r.path == "/x" else reply(b"", status=404))
    summary = crawler(**{"start": ()} | {key: (server.url("/x"),)})
    assert [f.kind for f in summary.failures] == ["failed"] and reason in summary.failures[0].reason
    assert summary.fetched == 0 and summary.alarms and not summary.complete
    assert key == "listings" or not crawler.captures()


def test_a_listing_whose_links_lead_elsewhere_is_empty(web: Any, crawler: Any, html: Any, reply: Any) -> None:
    """A listing that has only its menu left, and none of the links that 'include' asks for, is named."""
    server = web(lambda r: reply(html(r.path, "/meny/1")) if r.path == "/nytt" else reply(b"", status=404))
    summary = crawler(start=(), listings=(server.url("/nytt"),), include=("/nyhet/",))
    assert "a listing without any link" in summary.failures[0].reason


def test_what_leads_on_or_speaks_is_not_empty(web: Any, crawler: Any, html: Any, reply: Any) -> None:
    """Frames, viewers and linked pictures without a word, words without a link, an undeclared feed of nothing: well."""
    pages = {
        "/": html("Start", "/ram", "/bild", "/ord", "/feed/", "/visare"),
        "/ord": b"<title>O</title><p>Beslut i n\xc3\xa4mnden.",
        "/ram": b"<html><frameset><frame src='/inne'></frameset></html>", "/inne": html("Inne"),
        "/visare": b"<body><object data='/beslut.pdf'></object></body>", "/beslut.pdf": b"%PDF-1.4",
        "/bild": b"<body><a href='/inne'><img src='/x.png'></a></body>",
    }  # fmt: skip

    def app(request: Any) -> Any:
        if request.path == "/feed/":
            return reply(b"<rss><channel></channel></rss>", RSS)
        body = pages.get(request.path)
        return reply(body or b"", status=200 if body else 404)

    server = web(app)
    summary = crawler(server.url("/"))
    assert summary.failures == () and summary.complete
    assert set(crawler.bodies()) == set(pages)


def test_words_that_are_shown() -> None:
    """Scripts and styles are no words of a page; a long page without links is one whatever its scripts."""
    assert (
        count_words(b"<body>ett <script>tre fyra</script><style>fem</style><noscript>ett till</noscript></body>") == 3
    )
    assert hollow(b"<p>" + b"ord " * 40 + b"<script>x()</script>", "text/html") == ""
