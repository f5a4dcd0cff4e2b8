"""A source that is not what it was is told of, at the end of the crawl and by 'tillsyn sources check'."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipeline.acquire.alarms import stored_alarms
from pipeline.acquire.frontier import Frontier

DAY = 86400
TODAY = time.strftime("%Y-%m-%d", time.gmtime())
CHECK = b"<title>En stund</title><h1>Vi kontrollerar din webbl\xc3\xa4sare</h1><script>x()</script>"


def _state(workspace: Path) -> tuple[str, str, str]:
    """State, alarms and last good day of the source, as 'sources check' reads them."""
    frontier = Frontier(workspace / "crawl.sqlite")
    alarm = stored_alarms(frontier, "ort")
    frontier.close()
    assert alarm is not None
    return alarm.kind, alarm.what, alarm.last_good


def _age(workspace: Path, days: float) -> None:
    """Make all that a workspace knows so much older."""
    with sqlite3.connect(workspace / "crawl.sqlite") as db:
        back = days * DAY
        db.execute("UPDATE urls SET changed = changed - ?, first = first - ?, fetched = fetched - ?", (back,) * 3)
        db.execute("UPDATE yields SET time = time - ?", (back,))
        db.execute("UPDATE robots SET fetched = fetched - ?", (back,))


class _Town:
    """A site of nine pages without validators, well until ``trouble`` answers in its place."""

    def __init__(self, html: Callable[..., bytes], reply: Any) -> None:
        self.html, self.reply = html, reply
        self.trouble: Callable[[Any], Any] | None = None

    def __call__(self, request: Any) -> Any:
        if self.trouble is not None:
            return self.trouble(request)
        if request.path.endswith((".txt", ".xml")):
            return self.reply(b"", status=404)
        links = [f"/p{n}" for n in range(8)] if request.path == "/" else []
        return self.reply(self.html(request.path, *links))


@pytest.mark.parametrize("trouble", ["stopped", "gone", "robots", "check", "login", "forbidden", "moved"])
def test_a_dead_source_is_never_called_good(trouble: str, web: Any, crawler: Any, html: Any, reply: Any) -> None:
    """However a source dies after a good crawl, what is known from before does not hide it, nor move its good day."""
    town = _Town(html, reply)
    server = web(town)
    assert crawler(server.url("/"), expect=9).alarms == ()
    _age(crawler.workspace, 3)
    good = time.strftime("%Y-%m-%d", time.gmtime(time.time() - 3 * DAY))
    town.trouble = {
        "stopped": lambda r: _hang_up,
        "gone": lambda r: reply(b"", status=404),
        "robots": lambda r: reply(b"", status=503) if r.path == "/robots.txt" else reply(html("S")),
        "check": lambda r: reply(b"", status=404) if r.path.endswith((".txt", ".xml")) else reply(CHECK),
        "login": lambda r: reply(b"", status=302, headers={"Location": "/login?next=/"}),
        "forbidden": lambda r: reply(b"Forbidden", status=403),
        "moved": lambda r: reply(b"", status=302, headers={"Location": "/ny"} if r.path == "/" else {}),
    }[trouble]
    if trouble == "robots":
        with sqlite3.connect(crawler.workspace / "crawl.sqlite") as db:
            db.execute("DELETE FROM robots")
    for _ in range(2):
        summary = crawler(server.url("/"), expect=9)
        assert {a.kind for a in summary.alarms} & {"dead", "blocked"}
        assert {a.last_good for a in summary.alarms} == {good}
        assert not summary.complete
        state, what, last_good = _state(crawler.workspace)
        assert (state, last_good) == ("alarm", good) and what
    town.trouble = None
    with sqlite3.connect(crawler.workspace / "crawl.sqlite") as db:
        db.execute("DELETE FROM robots")
    assert crawler(server.url("/"), expect=9).alarms == ()
    assert _state(crawler.workspace) == ("ok", "", TODAY)


async def _hang_up(reader: Any, writer: Any) -> None:
    writer.transport.abort()


def test_one_dead_place_of_two_is_no_dead_source(web: Any, crawler: Any, html: Any, reply: Any) -> None:
    """A feed that is gone is named as a failure; the source it belongs to gives its pages and raises no alarm."""
    server = web(lambda r: reply(html("S"), etag=True) if r.path == "/" else reply(b"", status=404))
    for _ in range(2):
        summary = crawler(server.url("/"), feeds=(server.url("/feed"),))
        assert summary.alarms == ()
        assert [(f.kind, f.declared) for f in summary.failures] == [("gone", True)]


def _look(name: str) -> bytes:
    """A page in a look of its own."""
    parts = f'<header class="{name}top {name}bar"></header><main class="{name}body {name}wide {name}text">'
    return (
        f'<body>{parts}<p>{"Beslut i nämnden. " * 30}</p><a href="/a">a</a></main><footer class="{name}end">'.encode()
    )


def _styled(reply: Any, look: list[str], etag: bool = False) -> Callable[[Any], Any]:
    def app(request: Any) -> Any:
        good = request.path in ("/", "/a")
        return reply(_look(look[0]), etag=etag) if good else reply(b"", status=404)

    return app


@pytest.mark.parametrize("etag", [False, True])
def test_another_markup_alarms_until_it_is_seen_to(etag: bool, web: Any, crawler: Any, reply: Any) -> None:
    """The alarm of a new look stays, also when pages answer 304; the old look or a new declaration ends it."""
    look = ["a"]
    server = web(_styled(reply, look, etag))

    def alarms(**keys: Any) -> list[str]:
        found = [alarm.kind for alarm in crawler(server.url("/"), **keys).alarms]
        assert (_state(crawler.workspace)[0] == "alarm") is bool(found)
        return found

    assert alarms() == []
    assert alarms() == []
    look[0] = "b"
    assert [alarms() for _ in range(3)] == [["markup"]] * 3
    look[0] = "a"
    assert alarms() == []
    look[0] = "c"
    assert alarms() == ["markup"]
    assert alarms(terms="sedd över") == []
    assert alarms(terms="sedd över") == []


def test_a_site_that_falls_silent(web: Any, crawler: Any, html: Any, reply: Any) -> None:
    """Nothing new for far longer than a source's pace alarms; a new page ends it."""
    pages = {"/": html("Start")}
    server = web(lambda r: reply(pages[r.path], etag=True) if r.path in pages else reply(b"", status=404))
    for n in range(5):
        pages["/"] = html("Start", *(f"/p{m}" for m in range(n)))
        pages[f"/p{n}"] = html(f"Nyhet {n}")
        assert crawler(server.url("/")).alarms == ()
        _age(crawler.workspace, 10)
    assert crawler(server.url("/")).alarms == ()
    _age(crawler.workspace, 60)
    silent = crawler(server.url("/")).alarms
    assert [(a.kind, a.what) for a in silent] == [("silent", "nothing new or changed for 70 days")]
    pages["/"] = html("Start", "/p9")
    pages["/p9"] = html("Äntligen")
    assert crawler(server.url("/")).alarms == ()


def test_a_site_that_never_changed_falls_silent_too(web: Any, crawler: Any, html: Any, reply: Any) -> None:
    """A site that is as it was in the first crawl alarms after half a year, not after a quarter."""
    server = web(lambda r: reply(html("S"), etag=True) if r.path == "/" else reply(b"", status=404))
    crawler(server.url("/"))
    _age(crawler.workspace, 90)
    assert crawler(server.url("/")).alarms == ()
    _age(crawler.workspace, 310)
    assert [(a.kind, a.what) for a in crawler(server.url("/")).alarms] == [
        ("silent", "nothing new or changed for 400 days")
    ]
    assert _state(crawler.workspace)[0] == "alarm"
