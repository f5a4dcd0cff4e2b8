"""When a URL that failed or was gone is asked for again."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

from pipeline.acquire.schedule import DAY, due_after_failure


def _later(workspace: Path, days: float) -> None:
    """Let so many days pass for the frontier."""
    with sqlite3.connect(workspace / "crawl.sqlite") as db:
        db.execute("UPDATE urls SET due = max(0, due - ?), fetched = fetched - ?", (days * DAY, days * DAY))


def test_failures_wait_longer_and_longer() -> None:
    """The next crawl asks at once, later ones after 1, 2, 4, 8 and at most 16 days."""
    assert [due_after_failure(0, n) / DAY for n in (1, 2, 3, 4, 5, 6, 7, 500)] == [0, 1, 2, 4, 8, 16, 16, 16]


def test_what_fails_for_good_is_asked_for_ever_more_rarely(web: Any, crawler: Any, html: Any, reply: Any) -> None:
    """A forbidden page is asked for in two crawls, then when its time has come; one good answer ends the count."""
    state = {"forbidden": True}

    def app(request: Any) -> Any:
        if request.path == "/stopp" and state["forbidden"]:
            return reply(b"nej", status=403)
        good = request.path in ("/", "/stopp")
        return reply(html(request.path, "/stopp"), etag=True) if good else reply(b"", status=404)

    server = web(app)

    def asked() -> bool:
        before = server.paths().count("/stopp")
        crawler(server.url("/"))
        return server.paths().count("/stopp") > before

    assert [asked() for _ in range(4)] == [True, True, False, False]
    _later(crawler.workspace, 1)
    assert [asked() for _ in range(2)] == [True, False]
    _later(crawler.workspace, 1)
    assert not asked(), "two days now"
    _later(crawler.workspace, 1)
    state["forbidden"] = False
    assert asked()
    with sqlite3.connect(crawler.workspace / "crawl.sqlite") as db:
        rows = db.execute("SELECT state, fails FROM urls WHERE url = ?", (server.url("/stopp"),)).fetchall()
    assert rows == [("done", 0)]


def test_a_dead_host_is_asked_for_ever_more_rarely(web: Any, crawler: Any, html: Any, reply: Any) -> None:
    """A document on a host that does not answer is tried in two crawls, then when its time has come."""
    tried: list[float] = []

    def app(request: Any) -> Any:
        if request.host == 1:
            tried.append(request.time)
            return _hang_up
        links = (server.url("/beslut.pdf", 1),)
        return reply(html("S", *links), etag=True) if request.path == "/" else reply(b"", status=404)

    async def _hang_up(reader: Any, writer: Any) -> None:
        writer.transport.abort()

    server = web(app, hosts=2)
    counts = []
    for _ in range(4):
        before = len(tried)
        crawler(server.url("/"), include=("beslut",))
        counts.append(len(tried) > before)
    assert counts == [True, True, False, False]


def test_pages_of_a_host_that_was_down_are_not_put_off(web: Any, crawler: Any, html: Any, reply: Any) -> None:
    """After three crawls in which nothing could be had of a host, the first one that reaches it asks for its pages."""
    down: list[int] = []

    async def hang_up(reader: Any, writer: Any) -> None:
        writer.transport.abort()

    def app(request: Any) -> Any:
        if down:
            return hang_up
        good = request.path in ("/", "/a")
        return reply(html(request.path, "/a"), etag=True) if good else reply(b"", status=404)

    server = web(app)
    crawler(server.url("/"))
    _later(crawler.workspace, 1)
    down.append(1)
    for _ in range(3):
        assert crawler(server.url("/")).alarms
    down.clear()
    asked = len(server.requests)
    crawler(server.url("/"))
    assert {"/", "/a"} <= set(server.paths()[asked:])


def test_a_start_page_that_fails_is_asked_for_in_every_crawl(web: Any, crawler: Any, reply: Any) -> None:
    """However often a declared place failed, the next crawl looks whether it is back."""
    server = web(lambda r: reply(b"nej", status=403 if r.path == "/" else 404))
    for count in range(1, 5):
        assert not crawler(server.url("/")).complete
        assert server.paths().count("/") == count


def test_a_page_that_is_gone_is_asked_for_when_it_is_linked_again(
    web: Any, crawler: Any, html: Any, reply: Any
) -> None:
    """An unchanged page with a dead link asks for nothing; a page that is new or changed, or --recheck, does."""
    pages: dict[str, bytes] = {"/": html("Start", "/borta", "/a"), "/a": html("A")}

    def app(request: Any) -> Any:
        body = pages.get(request.path)
        return reply(body, etag=True) if body else reply(b"", status=404)

    server = web(app)
    crawler(server.url("/"))
    crawler(server.url("/"))
    assert server.paths().count("/borta") == 1
    crawler(server.url("/"), recheck=True)
    assert server.paths().count("/borta") == 2
    pages["/borta"] = html("Tillbaka")
    crawler(server.url("/"))
    assert server.paths().count("/borta") == 2
    pages["/"] = html("Start", "/a", "/borta", text="Sidan är tillbaka. " * 20)
    crawler(server.url("/"))
    assert server.paths().count("/borta") == 3
    assert any(c.url.endswith("/borta") for c in crawler.captures())


def test_a_sitemap_brings_back_what_was_gone_by_a_later_date(web: Any, crawler: Any, html: Any, reply: Any) -> None:
    """A page that was gone and stands in a sitemap is asked for when its date there is another, not before."""
    state = {"date": "2026-01-01", "there": False}

    def app(request: Any) -> Any:
        if request.path == "/karta.xml":
            entry = f"<url><loc>{server.url('/a')}</loc><lastmod>{state['date']}</lastmod></url>"
            return reply(f"<urlset>{entry}</urlset>".encode(), "text/xml")
        there = request.path == "/a" and state["there"]
        return reply(html("A")) if there else reply(b"", status=404)

    server = web(app)
    for _ in range(2):
        crawler(start=(), sitemaps=(server.url("/karta.xml"),))
        assert server.paths().count("/a") == 1
    state |= {"date": "2026-02-02", "there": True}
    crawler(start=(), sitemaps=(server.url("/karta.xml"),))
    assert set(crawler.bodies()) == {"/a"}
