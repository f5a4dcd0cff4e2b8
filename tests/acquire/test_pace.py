"""The pause between two requests to a host, whoever makes them; and that every answer is archived."""

from __future__ import annotations

import sqlite3
import time
from itertools import pairwise
from typing import Any

import pytest

RULES = b"User-agent: *\nDisallow: /hemligt"


def _gaps(server: Any, host: int = 0) -> list[float]:
    times = [request.time for request in server.requests if request.host == host]
    return [later - earlier for earlier, later in pairwise(times)]


def test_redirects_of_robots_keep_the_pause(web: Any, crawler: Any, html: Any, reply: Any) -> None:
    """The redirects of a robots.txt on its own host come no faster than the source's delay."""

    def app(request: Any) -> Any:
        following = {"/robots.txt": "/r/1", "/r/1": "/r/2"}.get(request.path)
        if following:
            return reply(b"", status=301, headers={"Location": following})
        return reply(RULES, "text/plain") if request.path == "/r/2" else reply(html("Start", "/a"))

    server = web(app)
    crawler(server.url("/"), delay=0.3)
    assert server.paths()[:3] == ["/robots.txt", "/r/1", "/r/2"]
    assert min(_gaps(server)) >= 0.3


def test_redirects_of_robots_to_a_host_that_is_crawled(web: Any, crawler: Any, html: Any, reply: Any) -> None:
    """Where ten robots.txt lead to one host, that host is still asked no faster than the delay."""

    def app(request: Any) -> Any:
        if request.path == "/robots.txt" and request.host:
            return reply(b"", status=301, headers={"Location": server.url("/regler", 0)})
        if request.path in ("/robots.txt", "/regler"):
            return reply(RULES, "text/plain")
        return reply(html(request.path, "/a", "/b", "/c"))

    server = web(app, hosts=6)
    summary = crawler(*(server.url("/", host) for host in range(6)), delay=0.2)
    assert server.paths(0).count("/regler") == 5
    assert min(_gaps(server)) >= 0.2
    assert summary.complete


def test_retries_of_robots_keep_the_pause_and_are_archived(web: Any, crawler: Any, html: Any, reply: Any) -> None:
    """A robots.txt that answers 503 twice is asked for again after the source's delay; all three answers are kept."""
    answers = [reply(b"slut", status=503), reply(b"igen", status=503), reply(RULES, "text/plain")]
    server = web(lambda r: answers.pop(0) if r.path == "/robots.txt" else reply(html("Start", "/hemligt")))
    crawler(server.url("/"), delay=1.3)
    assert server.paths().count("/robots.txt") == 3 and "/hemligt" not in server.paths()
    assert min(_gaps(server)) >= 1.3
    kept = [c for c in crawler.captures(every_status=True, every_role=True) if c.url.endswith("/robots.txt")]
    assert [(c.status, c.body) for c in kept] == [(503, b"slut"), (503, b"igen"), (200, RULES)]


@pytest.mark.parametrize("last", [200, 500])
def test_answers_before_a_retry_are_archived(last: int, web: Any, crawler: Any, html: Any, reply: Any) -> None:
    """Each of the answers to a page that is asked for three times stands in the archive, not the last one alone."""
    answers = [reply(b"ett", status=500), reply(b"tv", status=502), reply(html("Start"), status=last)]
    server = web(lambda r: reply(b"", status=404) if r.path != "/" else answers.pop(0))
    crawler(server.url("/"))
    kept = [c for c in crawler.captures(every_status=True) if c.url == server.url("/")]
    assert [c.status for c in kept] == [500, 502, last]


def _later(crawler: Any, seconds: float) -> None:
    """Make the workspace believe that so much time has passed since its hosts asked to be left alone."""
    with sqlite3.connect(crawler.workspace / "crawl.sqlite") as db:
        db.execute("UPDATE resting SET until = until - ?", (seconds,))
        db.execute("UPDATE urls SET due = max(0, due - ?)", (seconds,))


@pytest.mark.parametrize("recheck", [False, True])
def test_a_long_wait_holds_for_the_next_crawl(recheck: bool, web: Any, crawler: Any, html: Any, reply: Any) -> None:
    """A host that asks for two hours is asked for nothing until they have passed; every crawl counts what waits."""
    busy = [reply(b"", status=503, headers={"Retry-After": "7200"}), reply(html("Nu"))]
    pages = {"/": reply(html("Start", "/a", *(f"/{n}" for n in range(5))))}

    def app(request: Any) -> Any:
        if request.path == "/a":
            return busy.pop(0)
        found = pages.get(request.path) or (reply(html(request.path)) if request.path[1:].isdigit() else None)
        return found or reply(b"", status=404)

    server = web(app)
    first = crawler(server.url("/"), focus=False)
    assert (first.deferred, first.failed, first.complete) == (first.waiting, 0, False) and first.deferred >= 1
    asked = len(server.requests)
    second = crawler(server.url("/"), focus=False, recheck=recheck)
    assert len(server.requests) == asked
    assert [(f.url, f.kind) for f in second.failures] == [(server.url("/a"), "deferred")]
    assert second.deferred >= first.deferred and not second.complete
    (note,) = second.notes
    assert note.where == server.url("")[7:] and f"; {second.deferred} addresses wait for that" in note.what
    _later(crawler, 7201)
    third = crawler(server.url("/"), focus=False)
    assert third.complete and third.deferred == 0
    kept = {"/" + c.url.split("/", 3)[3] for c in crawler.captures(revisits=False)}
    assert kept == {"/", "/a", *(f"/{n}" for n in range(5))}


def test_a_wait_that_is_nearly_over_is_waited_for(web: Any, crawler: Any, html: Any, reply: Any) -> None:
    """A crawl that begins a second before the host may be asked again begins that host a second later."""
    server = web(lambda r: reply(html("Start"), etag=True) if r.path == "/" else reply(b"", status=404))
    crawler(server.url("/"))
    with sqlite3.connect(crawler.workspace / "crawl.sqlite") as db:
        row = (server.url("")[7:], time.time() + 1.5, "503 X, asks us to come back")
        db.execute("INSERT INTO resting VALUES (?, ?, ?)", row)
    asked, began = len(server.requests), time.monotonic()
    assert crawler(server.url("/")).complete
    assert server.requests[asked].time - began >= 1.3


def test_robots_that_asks_for_hours(web: Any, crawler: Any, html: Any, reply: Any) -> None:
    """A robots.txt that answers 503 and asks for hours defers its host, without a second question."""
    busy = reply(b"", status=503, headers={"Retry-After": "7200"})
    server = web(lambda r: busy if r.path == "/robots.txt" else reply(html("Start")))
    for _ in range(2):
        summary = crawler(server.url("/"))
        assert server.paths() == ["/robots.txt"]
        assert [f.kind for f in summary.failures] == ["deferred"]
        assert "its robots.txt answers 503, asks us to come back at" in summary.failures[0].reason
