"""A URL may belong to several sources, and to another one than before."""

from __future__ import annotations

import sqlite3
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pipeline.acquire import CrawlSummary, crawl
from pipeline.records import Source


def _crawl(crawler: Any, *sources: Source, recheck: bool = False) -> CrawlSummary:
    return crawl(crawler.workspace, sources, allow_private=True, limits=crawler.limits, recheck=recheck)


def _held(crawler: Any, source: str) -> set[str]:
    """Paths that the frontier holds for a source."""
    with sqlite3.connect(crawler.workspace / "crawl.sqlite") as db:
        own = "SELECT url FROM urls WHERE source = ?"
        shared = "SELECT urls.url FROM urls JOIN shares ON shares.url = urls.id WHERE shares.source = ?"
        rows = db.execute(f"{own} UNION {shared}", (source, source)).fetchall()
    return {"/" + url.split("/", 3)[3] for (url,) in rows}


def test_a_source_may_take_another_name(web: Any, crawler: Any, html: Any, reply: Any, linked: Any) -> None:
    """What was crawled under another id is asked for again, without an alarm, and archived once."""

    def app(request: Any) -> Any:
        if request.path == "/robots.txt":
            return reply(f"Sitemap: {server.url('/karta.xml')}".encode(), "text/plain")
        if request.path == "/karta.xml":
            return reply(f"<urlset><url><loc>{server.url('/k')}</loc></url></urlset>".encode(), "text/xml", etag=True)
        return pages(request)

    pages = linked({"/": ("/a",), "/a": (), "/k": ()})
    server = web(app)
    old = Source("gammal", "municipality", start=(server.url("/"),), delay=0.0)
    new = Source("ny", "municipality", start=(server.url("/"),), delay=0.0)
    _crawl(crawler, old)
    asked = len(server.requests)
    summary = _crawl(crawler, new)
    assert {"/", "/a", "/k"} <= set(server.paths()[asked:])
    assert (summary.alarms, summary.fetched, summary.unchanged) == ((), 0, 4)
    assert summary.sources["ny"]["unchanged"] == 4
    assert set(crawler.bodies()) == {"/", "/a", "/k"}
    asked = len(server.requests)
    assert _crawl(crawler, old, recheck=True).alarms == (), "and back"
    assert {"/", "/a", "/k"} <= set(server.paths()[asked:])


@pytest.mark.parametrize("together", [True, False])
def test_feeds_that_share_their_articles(together: bool, web: Any, crawler: Any, html: Any, reply: Any) -> None:
    """A national and a regional feed of the same articles: each article is fetched once and counts for both."""

    def app(request: Any) -> Any:
        if request.path.startswith("/feed"):
            items = "".join(f"<item><title>x</title><link>{server.url(f'/art/{n}')}</link></item>" for n in range(3))
            return reply(f"<rss><channel>{items}</channel></rss>".encode(), "application/rss+xml", etag=True)
        return reply(html(request.path)) if request.path.startswith("/art") else reply(b"", status=404)

    server = web(app)
    press = [Source(f"p{n}", "press", feeds=(server.url(f"/feed{n}"),), delay=0.0, expect=2) for n in range(2)]
    alarms = (
        _crawl(crawler, *press).alarms
        if together
        else [*_crawl(crawler, press[0]).alarms, *_crawl(crawler, press[1]).alarms]
    )
    assert list(alarms) == []
    assert Counter(p for p in server.paths() if p.startswith("/art")) == Counter({f"/art/{n}": 1 for n in range(3)})
    for n in range(2):
        assert {f"/feed{n}", "/art/0", "/art/1", "/art/2"} == _held(crawler, f"p{n}")


@pytest.mark.parametrize("together", [True, False])
def test_two_sources_of_one_site_both_follow(together: bool, web: Any, crawler: Any, linked: Any) -> None:
    """A page that two sources lead to gives each the links that this one admits, in whatever order they come."""
    pages = {"/": ("/delad",), "/b": ("/delad",), "/delad": ("/a/1", "/b/1"), "/a/1": (), "/b/1": ()}
    server = web(linked(pages))
    one = Source("en", "municipality", start=(server.url("/"),), include=("/delad", "/a/"), delay=0.0)
    two = Source("tva", "auditor", start=(server.url("/b"),), include=("/delad", "/b/"), delay=0.0)
    for sources in [(one, two)] if together else [(one,), (two,)]:
        _crawl(crawler, *sources)
    assert set(crawler.bodies()) == set(pages)
    assert "/b/1" in _held(crawler, "tva") and "/b/1" not in _held(crawler, "en")
    assert {"/delad"} <= _held(crawler, "tva") & _held(crawler, "en")
    asked = len(server.requests)
    summary = _crawl(crawler, one, two)
    assert summary.complete and summary.fetched == 0
    assert len(server.requests) - asked <= len(pages) + 1, "each page is asked for once"


@pytest.mark.parametrize("late", [False, True])
def test_two_sources_share_a_whole_site(late: bool, web: Any, crawler: Any, linked: Any) -> None:
    """Every page of a site that two sources start on is held by both, whether they start on the same page or not."""
    pages = {f"/{n}": tuple(f"/{m}" for m in (2 * n + 1, 2 * n + 2) if m < 31) for n in range(31)}
    server = web(linked(pages | {"/start": ("/0",)}))
    one = Source("en", "municipality", start=(server.url("/0"),), delay=0.0)
    two = Source("tva", "auditor", start=(server.url("/start" if late else "/0"),), delay=0.0)
    _crawl(crawler, one, two)
    assert set(pages) <= _held(crawler, "en") & _held(crawler, "tva")
    times = Counter(p for p in server.paths() if p in pages)
    assert max(times.values()) <= (2 if late else 1), "once more at most, for the source that came later"
    assert set(crawler.bodies()) >= set(pages)


def test_what_one_source_excludes_the_other_keeps(web: Any, crawler: Any, linked: Any) -> None:
    """A URL of two sources, excluded by the one that found it first, goes on as the other's."""
    server = web(linked({"/": ("/delad",), "/b": ("/delad",), "/delad": ()}))
    one = Source("en", "municipality", start=(server.url("/"),), delay=0.0)
    two = Source("tva", "auditor", start=(server.url("/b"),), delay=0.0)
    _crawl(crawler, one, two)
    asked = len(server.requests)
    _crawl(crawler, replace(one, exclude=("/delad",)), two, recheck=True)
    assert server.paths()[asked:].count("/delad") == 1
    assert "/delad" in _held(crawler, "tva") and "/delad" not in _held(crawler, "en")


def _aged(file: Path) -> None:
    """Make a frontier what an earlier version left."""
    with sqlite3.connect(file) as db:
        db.execute("DROP TABLE shares")
        for column in ("anew", "fails"):
            db.execute(f"ALTER TABLE urls DROP COLUMN {column}")
        for column in ("rules", "hosts"):
            db.execute(f"ALTER TABLE declarations DROP COLUMN {column}")


def test_a_frontier_of_an_earlier_version_goes_on(web: Any, crawler: Any, linked: Any) -> None:
    """Tables and columns that it lacks are added, and what it knows is not asked for again in full."""
    server = web(linked({"/": ("/a",), "/a": ()}))
    crawler(server.url("/"))
    _aged(crawler.workspace / "crawl.sqlite")
    asked = len(server.requests)
    summary = crawler(server.url("/"))
    assert (summary.complete, summary.fetched, summary.unchanged) == (True, 0, 2)
    assert all("if-none-match" in r.headers for r in server.requests[asked:] if not r.path.endswith((".xml", ".txt")))
