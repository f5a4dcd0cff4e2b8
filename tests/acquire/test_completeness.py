"""No link is lost: not by a kill, not by an answer 304, not by a declaration that changes."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipeline.archive import read_captures, segments

ROOT = Path(__file__).parents[2]


class Command:
    """The command ``tillsyn crawl`` on one workspace and one source, as processes that may be killed."""

    def __init__(self, folder: Path) -> None:
        self.workspace, self.file = folder / "workspace", folder / "ort.toml"

    def start(self, **keys: object) -> subprocess.Popen[bytes]:
        """A crawl under way; ``keys`` are those of the declaration."""
        rows = {"id": '"ort"', "kind": '"municipality"', "delay": "0"} | {k: repr(v) for k, v in keys.items()}
        self.file.write_text("[[source]]\n" + "".join(f"{k} = {v}\n" for k, v in rows.items()), "utf-8")
        call = [sys.executable, "-m", "pipeline", "crawl", "--workspace", self.workspace, "--source", self.file]
        return subprocess.Popen(
            [*call, "--allow-private"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd=ROOT,
            env=os.environ | {"TILLSYN_LANGUAGE": "en"},
        )  # fmt: skip

    def __call__(self, **keys: object) -> str:
        """What a whole crawl says."""
        return self.start(**keys).communicate(timeout=60)[0].decode()

    def kill_when(self, done: Callable[[], bool], **keys: object) -> None:
        """Start a crawl and kill it -9 a little after ``done``."""
        process, deadline = self.start(**keys), time.monotonic() + 30
        while not done() and time.monotonic() < deadline:
            time.sleep(0.02)
        time.sleep(0.5)
        assert process.poll() is None, "the kill must hit a crawl that is under way"
        process.send_signal(signal.SIGKILL)
        process.communicate()


@pytest.fixture
def tillsyn(tmp_path: Path) -> Command:
    """The command, with a workspace of its own."""
    return Command(tmp_path)


def _slow(body: bytes, seconds: float) -> Any:
    """A page that comes after some time."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(seconds)
        head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        writer.write(head.encode() + body)
        await writer.drain()

    return answer


def test_a_kill_forgets_no_host_that_a_source_moved_to(web: Any, tillsyn: Command, html: Any, reply: Any) -> None:
    """The start page moved to another host, the crawl is killed before that host answers: its pages are found after."""
    slow = [8.0]

    def app(request: Any) -> Any:
        if request.path.endswith((".txt", ".xml")):
            return reply(b"", status=404)
        if request.host == 0:
            return reply(b"", status=301, headers={"Location": server.url("/", 1)})
        if request.path == "/":
            return _slow(html("Start", "/b1", "/b2"), slow[0])
        return reply(html(request.path), etag=True)

    server = web(app, hosts=2)
    tillsyn.kill_when(lambda: "/" in server.paths(1), start=[server.url("/")])
    slow[0] = 0.0
    tillsyn(start=[server.url("/")])
    assert {"/b1", "/b2"} <= set(server.paths(1))


def test_a_host_that_a_source_moved_to_is_known_from_the_start(web: Any, crawler: Any, html: Any, reply: Any) -> None:
    """In the second crawl a changed page of the new host is read before the start page has redirected again."""
    again: list[int] = []

    def app(request: Any) -> Any:
        if request.path.endswith((".txt", ".xml")):
            return reply(b"", status=404)
        if request.host == 0:
            early = again and "/b1" not in [r.path for r in server.requests[again[0] :]]
            return reply(b"", status=503 if early else 301, headers={"Location": server.url("/", 1)})
        if request.path == "/b1" and again:
            return reply(html("Ny", "/b2"), etag=True)
        return reply(html(request.path, *(["/b1"] if request.path == "/" else [])), etag=True)

    server = web(app, hosts=2)
    crawler(server.url("/"))
    again.append(len(server.requests))
    crawler(server.url("/"))
    assert "/b2" in server.paths(1)


def test_links_that_were_met_before_a_source_moved_are_read_again(
    web: Any, crawler: Any, html: Any, reply: Any
) -> None:
    """A page that was read while the new host was not yet known leads to its pages in the next crawl."""

    def app(request: Any) -> Any:
        if request.path.endswith((".txt", ".xml")):
            return reply(b"", status=404)
        if request.host == 0 and request.path == "/flyttad":
            return reply(b"", status=301, headers={"Location": server.url("/", 1)})
        return reply(html(request.path, server.url("/undangömd", 1)) if request.host == 0 else html("B"), etag=True)

    server = web(app, hosts=2)
    places = (server.url("/", 0), server.url("/flyttad", 0))
    crawler(*places, workers=1)
    assert "/undang%C3%B6md" not in server.paths(1), "it was met too early"
    crawler(*places, workers=1)
    assert "/undang%C3%B6md" in server.paths(1)
    asked = len(server.requests)
    crawler(*places, workers=1)
    starts = [r for r in server.requests[asked:] if r.path == "/"]
    assert starts and all("if-none-match" in r.headers for r in starts), "once, not ever"


def test_a_page_of_a_sitemap_that_moved_widens_nothing(web: Any, crawler: Any, html: Any, reply: Any) -> None:
    """Only declared places move a source: a page in a sitemap that redirects away is left, and named."""

    def app(request: Any) -> Any:
        if request.path == "/karta.xml":
            return reply(f"<urlset><url><loc>{server.url('/jobb')}</loc></url></urlset>".encode(), "application/xml")
        if request.path == "/jobb":
            return reply(b"", status=302, headers={"Location": server.url("/", 1)})
        return reply(b"", status=404)

    server = web(app, hosts=2)
    summary = crawler(start=(), sitemaps=(server.url("/karta.xml"),))
    assert server.paths(1) == []
    assert ["outside of the source" in f.reason for f in summary.failures] == [True]


def test_a_kill_forgets_no_change_of_a_declaration(web: Any, tillsyn: Command, html: Any, reply: Any) -> None:
    """'include' is widened, that crawl is killed and resumed: pages not yet read lead to what it now admits."""
    slow = [0.0]

    def app(request: Any) -> Any:
        if request.path.endswith((".txt", ".xml")):
            return reply(b"", status=404)
        links = {"/": ("/a/1", "/a/2"), "/a/1": ("/b/1",), "/a/2": ("/b/2",)}.get(request.path, ())
        if request.path == "/a/2" and slow[0]:
            return _slow(html(request.path, *links), slow[0])
        return reply(html(request.path, *links), etag=True)

    server = web(app)
    tillsyn(start=[server.url("/")], include=["/a/"])
    asked, slow[0] = len(server.requests), 8.0
    wide = {"start": [server.url("/")], "include": ["/a/", "/b/"]}
    tillsyn.kill_when(lambda: "/a/2" in server.paths()[asked:], **wide)
    slow[0] = 0.0
    tillsyn(**wide)
    assert {"/b/1", "/b/2"} <= set(server.paths())


def test_a_declaration_that_only_asks_more_slowly_reads_nothing_anew(
    web: Any, crawler: Any, html: Any, reply: Any
) -> None:
    """Keys that admit no link ('expect') leave the next crawl as cheap as ever."""
    server = web(lambda r: reply(html("S"), etag=True) if r.path == "/" else reply(b"", status=404))
    crawler(server.url("/"))
    asked = len(server.requests)
    crawler(server.url("/"), expect=1)
    assert ["if-none-match" in r.headers for r in server.requests[asked:] if r.path == "/"] == [True]


def test_what_a_killed_crawl_archived_is_kept_by_a_crawl_of_another_source(
    web: Any, tillsyn: Command, html: Any, reply: Any
) -> None:
    """Pages archived but not yet known, of a source that is not crawled now, stop nothing and are not lost."""
    pages = {f"/p{n}": html(f"/p{n}", f"/q{n}") for n in range(40)} | {f"/q{n}": html(f"/q{n}") for n in range(40)}
    pages["/"] = html("Start", *(f"/p{n}" for n in range(40)))

    def app(request: Any) -> Any:
        body = pages.get(request.path)
        return _slow(body, 0.02) if body else reply(b"", status=404)

    server, held = web(app, hosts=2), list[sqlite3.Connection]()

    def archived() -> bool:
        """Keep the frontier from being written, while pages are archived."""
        if not held and "/p3" in server.paths():
            held.append(sqlite3.connect(tillsyn.workspace / "crawl.sqlite", timeout=10, isolation_level=None))
            held[0].execute("BEGIN IMMEDIATE")
        return bool(held)

    tillsyn.kill_when(archived, start=[server.url("/")])
    held[0].rollback()
    held[0].close()
    assert "Fetched" in tillsyn(id="annan", start=[server.url("/", 1)])
    tillsyn(start=[server.url("/")])
    found = Counter(
        c.url for path in segments(tillsyn.workspace / "archive") for c in read_captures(path, revisits=False)
    )
    ours = {url: count for url, count in found.items() if url.startswith(server.url("/"))}
    assert ours == {server.url(path): 1 for path in pages}


@pytest.mark.parametrize("recheck", [False, True])
def test_what_is_excluded_later_is_not_asked_for(recheck: bool, web: Any, crawler: Any, linked: Any) -> None:
    """A pattern added to 'exclude', or one taken from 'include', holds for URLs that are known already; and back."""
    pages = {"/": ("/a", "/b", "/privat/1"), "/a": (), "/b": (), "/privat/1": ("/privat/2",), "/privat/2": ()}
    server = web(linked(pages))
    crawler(server.url("/"))
    asked = len(server.requests)
    crawler(server.url("/"), exclude=("/privat/",), recheck=recheck)
    assert {p for p in server.paths()[asked:] if p in pages} == {"/", "/a", "/b"}
    asked = len(server.requests)
    crawler(server.url("/"), include=("/a",), recheck=recheck)
    assert {p for p in server.paths()[asked:] if p in pages} == {"/", "/a"}
    asked = len(server.requests)
    crawler(server.url("/"), recheck=recheck)
    assert {p for p in server.paths()[asked:] if p in pages} == set(pages)


def test_a_place_that_is_no_longer_declared_is_left(web: Any, crawler: Any, linked: Any) -> None:
    """A start page and a feed that were taken out of the declaration, and their host, are not asked for any more."""
    server = web(linked({"/": ("/a",), "/a": (), "/gammal": ()}), hosts=2)
    crawler(server.url("/"), server.url("/gammal"), server.url("/", 1))
    asked = len(server.requests)
    summary = crawler(server.url("/"))
    assert {(r.host, r.path) for r in server.requests[asked:] if not r.path.endswith((".txt", ".xml"))} == {
        (0, "/"), (0, "/a"),
    }  # fmt: skip
    assert summary.complete


def test_no_redirect_leads_to_what_is_excluded(web: Any, crawler: Any, html: Any, reply: Any) -> None:
    """A page, and a start page, that redirect into an excluded path are left and named."""

    def app(request: Any) -> Any:
        if request.path in ("/a", "/flytt"):
            return reply(b"", status=301, headers={"Location": "/privat/1"})
        return reply(html(request.path, "/a")) if request.path in ("/", "/privat/1") else reply(b"", status=404)

    server = web(app)
    summary = crawler(server.url("/"), server.url("/flytt"), exclude=("/privat/",))
    assert "/privat/1" not in server.paths()
    assert {f.url.rsplit("/", 1)[1]: f.kind for f in summary.failures} == {"a": "skipped", "flytt": "skipped"}


def test_a_page_may_become_a_listing(web: Any, crawler: Any, html: Any, reply: Any) -> None:
    """A URL known as a page and declared as a listing later is read as one: its second page is found."""
    paged = '<a href="/nyheter?page=2">Nästa</a>'.encode()

    def app(request: Any) -> Any:
        links = {"/": ("/nyheter",), "/nyheter": ("/n/1",), "/nyheter?page=2": ("/n/2",)}.get(request.path, ())
        if request.path.endswith((".txt", ".xml")):
            return reply(b"", status=404)
        return reply(html(request.path, *links) + (paged if request.path == "/nyheter" else b""), etag=True)

    server = web(app)
    rules = {"include": ("/n/", "/nyheter$")}
    crawler(server.url("/"), **rules)
    assert "/n/2" not in server.paths()
    crawler(server.url("/"), listings=(server.url("/nyheter"),), **rules)
    assert {"/nyheter?page=2", "/n/2"} <= set(server.paths())
    with sqlite3.connect(crawler.workspace / "crawl.sqlite") as db:
        found = db.execute("SELECT role, rule, depth FROM urls WHERE url = ?", (server.url("/nyheter"),)).fetchall()
    assert found == [("listing", "listing", 0)]


def test_a_page_may_become_a_start_page(web: Any, crawler: Any, html: Any, reply: Any) -> None:
    """A URL known by a link and declared as a start page later is asked for in every crawl."""
    server = web(lambda r: reply(html(r.path, "/b")) if r.path in ("/", "/b") else reply(b"", status=404))
    crawler(server.url("/"))
    crawler(server.url("/"))
    assert server.paths().count("/b") == 1, "it has no validators and was read today"
    for count in (2, 3):
        crawler(server.url("/"), server.url("/b"))
        assert server.paths().count("/b") == count


def test_a_link_is_judged_again_where_it_means_more(web: Any, crawler: Any, linked: Any) -> None:
    """The same link counts for more on a page about the subject than on the one before it: its target comes sooner."""
    menu = tuple(f"/m/{n}" for n in range(6))
    pages = {"/": (*menu, "/bilaga"), "/tillsyn/ivo-granskning": ("/bilaga",), "/bilaga": (), **dict.fromkeys(menu, ())}
    server = web(linked(pages))
    crawler(server.url("/"), server.url("/tillsyn/ivo-granskning"), workers=1)
    order = [path for path in server.paths() if path in pages]
    assert order[:3] == ["/", "/tillsyn/ivo-granskning", "/bilaga"] and set(order) == set(pages)
