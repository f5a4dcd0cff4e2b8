"""The crawl as a whole, against real sockets."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest

from pipeline.acquire import crawl
from pipeline.acquire.lock import WorkspaceLock
from pipeline.errors import UsageError, WorkspaceError
from pipeline.records import Source

PDF = b"%PDF-1.4\n%%EOF\n"


def _site(pages: dict[str, Any], reply: Any, robots: str = "") -> Callable[[Any], Any]:
    """An app of fixed pages: path to bytes or Reply; 404 for the rest."""

    def app(request: Any) -> Any:
        if request.path == "/robots.txt":
            return reply(robots.encode(), "text/plain") if robots else reply(b"", "text/plain", 404)
        page = pages.get(request.path)
        if page is None:
            return reply(b"borta", status=404)
        return reply(page, etag=True) if isinstance(page, bytes) else page

    return app


def test_a_virtual_sweden(web: Any, crawler: Any, html: Any, reply: Any) -> None:
    """Forty municipalities on forty hosts, each with its own sitemap, feed, listing and papers: every page once."""

    def app(request: Any) -> Any:
        host, path = request.host, request.path
        site = sweden.url("", host)
        if path == "/robots.txt":
            return reply(f"User-agent: *\nDisallow: /hemligt/\nSitemap: {site}/karta.xml\n".encode(), "text/plain")
        if path == "/karta.xml":
            entries = "".join(f"<url><loc>{site}/sida/{n}</loc></url>" for n in range(5))
            return reply(f"<urlset>{entries}</urlset>".encode(), "application/xml")
        if path == "/nytt.rss":
            items = "".join(f"<item><title>Nytt {n}</title><link>{site}/nytt/{n}</link></item>" for n in range(3))
            return reply(f"<rss><channel>{items}</channel></rss>".encode(), "application/rss+xml")
        if path == "/":
            return reply(html("Start", "/sida/1", "/namnd/beslut.pdf", "/hemligt/1"), etag=True)
        if path.endswith(".pdf"):
            return reply(PDF + str(host).encode(), "application/pdf", etag=True)
        return reply(html(f"{path} i ort {host}", "/", "/sida/2"), etag=True)

    sweden = web(app, hosts=40)
    sources = [
        Source(f"ort-{n}", "municipality", start=(sweden.url("/", n),), feeds=(sweden.url("/nytt.rss", n),), delay=0.0)
        for n in range(40)
    ]
    summary = crawl(crawler.workspace, sources, allow_private=True)
    pages = Counter(c.url for c in crawler.captures())
    expected = {"/", "/namnd/beslut.pdf", *(f"/sida/{n}" for n in range(5)), *(f"/nytt/{n}" for n in range(3))}
    assert pages == Counter(sweden.url(path, n) for n in range(40) for path in expected)
    assert {c.source for c in crawler.captures()} == {source.id for source in sources}
    assert not [r for r in sweden.requests if r.path.startswith("/hemligt/")]
    assert summary.refused == 40
    assert summary.complete
    assert max(sweden.most.values()) == 1, "one connection a host"


def test_second_crawl_costs_next_to_nothing(web: Any, crawler: Any, html: Any, reply: Any) -> None:
    """Unchanged sites transfer under 2 % of the first crawl's bytes and are stored as revisits without bodies."""
    noise = random.Random(1)
    pages = {f"/{n}": html(f"Sida {n}", f"/{(n + 1) % 60}", text=noise.randbytes(6000).hex()) for n in range(60)}
    pages["/"] = html("Start", "/0", text=noise.randbytes(6000).hex())
    server = web(_site(pages, reply))
    first = crawler(server.url("/"))
    sent, archived = server.sent, first.archived
    second = crawler(server.url("/"))
    assert first.fetched == 61
    assert (second.fetched, second.unchanged) == (0, 61)
    assert server.sent - sent < 0.02 * sent
    assert second.archived < 0.3 * archived
    assert len(crawler.captures(revisits=False)) == 61
    assert {c.url: c.body for c in crawler.captures()} == {c.url: c.body for c in crawler.captures(revisits=False)}


def test_a_changed_page_is_fetched_again(web: Any, crawler: Any, html: Any, reply: Any) -> None:
    """The next crawl stores the new version of a changed page and finds a page that is new."""
    pages = {"/": html("Start", "/a"), "/a": html("Gammal")}
    server = web(_site(pages, reply))
    crawler(server.url("/"))
    pages["/a"] = html("Ny", "/b")
    pages["/b"] = html("Tillagd")
    summary = crawler(server.url("/"))
    assert (summary.fetched, summary.unchanged) == (2, 1)
    versions = [c.body for c in crawler.captures(revisits=False) if c.url.endswith("/a")]
    assert versions == [html("Gammal"), html("Ny", "/b")]


def test_identical_body_without_validators_is_a_revisit(web: Any, crawler: Any, html: Any, reply: Any) -> None:
    """A server that knows no ETag sends the page again; the archive keeps only a reference to the first one."""
    server = web(_site({"/": reply(html("Start", "/a")), "/a": reply(html("A"))}, reply))
    crawler(server.url("/"))
    summary = crawler(server.url("/"), recheck=True)
    assert (summary.fetched, summary.unchanged) == (0, 2)
    assert len(crawler.captures(revisits=False)) == 2
    assert len(crawler.captures()) == 4


def test_without_validators_a_page_is_not_fetched_again_the_same_day(
    web: Any, crawler: Any, html: Any, reply: Any
) -> None:
    """Only the start page, where news appear, is asked for at once."""
    server = web(_site({"/": reply(html("Start", "/a")), "/a": reply(html("A"))}, reply))
    crawler(server.url("/"))
    crawler(server.url("/"))
    assert Counter(server.paths())["/a"] == 1
    assert Counter(server.paths())["/"] == 2


def test_every_failed_url_is_named_with_its_reason(web: Any, crawler: Any, html: Any, reply: Any) -> None:
    """Gone, forbidden, refused, broken: each is in the summary and in the log, and the rest is archived."""
    pages = {
        "/": html("Start", "/borta", "/stängt", "/fel", "/hemligt/x", "/bra"),
        "/bra": html("Bra"), "/fel": reply(b"x", status=500), "/st%C3%A4ngt": reply(html("Stopp"), status=403),
    }  # fmt: skip
    server = web(_site(pages, reply, "User-agent: *\nDisallow: /hemligt/"))
    summary = crawler(server.url("/"))
    said = {f.url.split("/", 3)[3]: (f.kind, f.reason) for f in summary.failures}
    assert said["borta"] == ("gone", "404 X")
    assert said["st%C3%A4ngt"][0] == "failed" and "403" in said["st%C3%A4ngt"][1]
    assert said["fel"] == ("failed", "500 X, 3 times")
    assert said["hemligt/x"] == ("refused", "its robots.txt forbids it")
    assert not summary.complete
    assert set(crawler.bodies()) == {"/", "/bra"}
    log = (crawler.workspace / "logs" / "crawl-00001.jsonl").read_text("utf-8")
    assert '"event": "start"' in log and '"event": "end"' in log and "/borta" in log


def test_politeness_delay_and_agent(web: Any, crawler: Any, html: Any, reply: Any) -> None:
    """Requests to a host come one delay apart (robots.txt included), under an honest name, without cookies."""
    pages = {"/": reply(html("Start", "/a", "/b"), headers={"Set-Cookie": "spår=1"}), "/a": html("A"), "/b": html("B")}
    server = web(_site(pages, reply))
    crawler(server.url("/"), delay=0.3)
    times = [r.time for r in server.requests]
    assert len(times) >= 4
    assert min(b - a for a, b in pairwise(times)) >= 0.3
    agents = {r.headers["user-agent"] for r in server.requests}
    assert len(agents) == 1 and agents.pop().startswith("Tillsyn/")
    assert not [r for r in server.requests if "cookie" in r.headers]


def test_crawl_delay_of_robots_is_kept(web: Any, crawler: Any, html: Any, reply: Any) -> None:
    """A Crawl-delay longer than the source's delay decides."""
    server = web(_site({"/": html("Start", "/a"), "/a": html("A")}, reply, "User-agent: *\nCrawl-delay: 0.4"))
    crawler(server.url("/"))
    times = [r.time for r in server.requests]
    assert min(b - a for a, b in pairwise(times)) >= 0.4


def test_two_crawls_on_one_workspace(crawler: Any) -> None:
    """The second one says so and stops."""
    with WorkspaceLock(crawler.workspace), pytest.raises(WorkspaceError, match="another crawl is running"):
        crawler("http://127.0.0.1:9/")


def test_no_source_and_no_workspace(tmp_path: Any) -> None:
    """Without a source, or with a workspace that cannot be written, there is one clear sentence."""
    with pytest.raises(UsageError, match="no source"):
        crawl(tmp_path, [])
    (tmp_path / "file").write_text("")
    with pytest.raises(WorkspaceError, match="cannot be written"):
        crawl(tmp_path / "file" / "ws", [Source("a", "other", start=("http://127.0.0.1:9/",))])


def test_private_addresses_are_refused(web: Any, crawler: Any, html: Any, reply: Any) -> None:
    """Without leave no loopback address is called at all, and the reason is named."""
    server = web(_site({"/": html("Start")}, reply))
    source = Source("ort", "municipality", start=(server.url("/"),), delay=0.0)
    summary = crawl(crawler.workspace, [source])
    assert server.requests == []
    assert "not on the public internet" in summary.failures[0].reason
    assert summary.alarms[0].kind == "empty"


def test_include_and_exclude(web: Any, crawler: Any, html: Any, reply: Any) -> None:
    """Patterns decide which links belong to a source."""
    pages = {p: html(p) for p in ("/nyheter/1", "/nyheter/arkiv/2", "/annat")}
    pages["/"] = html("Start", *pages)
    server = web(_site(pages, reply))
    crawler(server.url("/"), include=("/nyheter/",), exclude=("/nyheter/a*/",))
    assert set(crawler.bodies()) == {"/", "/nyheter/1"}


def test_links_outside_of_the_source_are_left(web: Any, crawler: Any, html: Any, reply: Any) -> None:
    """Another host is not crawled, unless a feed of the source names a page of it."""

    def app(request: Any) -> Any:
        if request.path == "/flöde":
            return reply(b"", status=404)
        if request.path == "/feed":
            feed = f"<rss><channel><item><link>{server.url('/artikel', 1)}</link></item></channel></rss>"
            return reply(feed.encode(), "application/rss+xml")
        if request.path == "/robots.txt":
            return reply(b"", status=404)
        return reply(html(request.path, server.url("/annan", 1)))

    server = web(app, hosts=2)
    crawler(server.url("/"), feeds=(server.url("/feed"),))
    assert [p for p in server.paths(1) if p != "/robots.txt"] == ["/artikel"]


def test_paging_and_rules(web: Any, crawler: Any, html: Any, reply: Any) -> None:
    """A listing is followed to its last page, and each URL remembers the rule that admitted it."""
    pages: dict[str, Any] = {f"/nyhet/{n}": html(f"Nyhet {n}") for n in range(12)}
    for page in range(4):
        items = "".join(f'<a href="/nyhet/{n}">Nyhet {n}</a>' for n in range(page * 3, page * 3 + 3))
        following = f'<a href="/nyheter?page={page + 1}">Nästa</a>' if page < 3 else ""
        pages["/nyheter" + (f"?page={page}" if page else "")] = (
            f"<html><title>Nyheter</title><body>{items}{following}{'ord ' * 200}</body></html>".encode()
        )
    server = web(_site(pages, reply))
    crawler(start=(), listings=(server.url("/nyheter"),), include=("/nyhet/",))
    assert set(crawler.bodies()) == set(pages)
    import sqlite3

    rules = dict(sqlite3.connect(crawler.workspace / "crawl.sqlite").execute("SELECT url, rule FROM urls").fetchall())
    assert rules[server.url("/nyheter?page=3")] == "paging"
    assert rules[server.url("/nyhet/11")] == "listing"


def test_focus_fetches_the_subject_first(web: Any, crawler: Any, html: Any, reply: Any) -> None:
    """Pages whose address or words are about supervision come before badhus and lunch."""
    paths = ["/badhus/1", "/lunch/2", "/om/3", "/tillsyn/ivo-foreläggande", "/namnd/granskning", "/evenemang/4"]
    pages = {p.replace("ä", "%C3%A4"): html(p) for p in paths} | {"/": html("Start", *paths)}
    server = web(_site(pages, reply))
    crawler(server.url("/"), workers=1)
    order = [p for p in server.paths() if p in pages][1:]
    assert order[:2] == ["/tillsyn/ivo-forel%C3%A4ggande", "/namnd/granskning"]
    assert set(crawler.bodies()) == set(pages), "what is off the subject comes later, but comes"


def test_redirects_are_followed_and_remembered(web: Any, crawler: Any, html: Any, reply: Any) -> None:
    """A moved page is archived under its new address and says what was asked for."""
    pages = {
        "/": html("Start", "/gammal"), "/ny": html("Ny"),
        "/gammal": reply(b"", status=301, headers={"Location": "/mellan"}),
        "/mellan": reply(b"", status=302, headers={"Location": "/ny"}),
    }  # fmt: skip
    server = web(_site(pages, reply))
    summary = crawler(server.url("/"))
    (page,) = [c for c in crawler.captures() if c.url.endswith("/ny")]
    assert page.requested_url == server.url("/gammal")
    assert summary.redirected == 2 and summary.complete


def test_start_page_that_moved_to_another_host(web: Any, crawler: Any, html: Any, reply: Any) -> None:
    """Where the start page redirects to belongs to the source from then on."""

    def app(request: Any) -> Any:
        if request.host == 0 and request.path == "/":
            return reply(b"", status=301, headers={"Location": server.url("/", 1)})
        if request.host == 0 or request.path == "/robots.txt":
            return reply(b"", status=404)
        return reply(html(request.path, "/a"))

    server = web(app, hosts=2)
    summary = crawler(server.url("/"))
    assert {c.url for c in crawler.captures()} == {server.url("/", 1), server.url("/a", 1)}
    assert summary.complete


def test_interrupted_crawl_goes_on(web: Any, crawler: Any, html: Any, reply: Any) -> None:
    """What was fetched before a stop is not fetched again after it."""
    pages = {f"/{n}": html(f"Sida {n}") for n in range(200)} | {"/": html("Start", *(f"/{n}" for n in range(200)))}
    server = web(_site(pages, reply))

    class StopError(Exception):
        pass

    seen = []

    def event(host: str, verdict: str) -> None:
        seen.append(verdict)
        if len(seen) > 50:
            raise StopError

    with pytest.raises(StopError):
        crawler(server.url("/"), on_event=event)
    summary = crawler(server.url("/"))
    assert summary.resumed
    assert summary.fetched == 201
    assert set(crawler.bodies()) == set(pages)


def test_new_declaration_reads_links_anew(web: Any, crawler: Any, html: Any, reply: Any) -> None:
    """After 'include' was widened, an unchanged start page still leads to the pages that it now admits."""
    pages = {"/": html("Start", "/a/1", "/b/1"), "/a/1": html("A"), "/b/1": html("B")}
    server = web(_site(pages, reply))
    crawler(server.url("/"), include=("/a/",))
    crawler(server.url("/"), include=("/a/", "/b/"))
    assert set(crawler.bodies()) == set(pages)


def test_alarm_when_a_source_gives_too_little(web: Any, crawler: Any, html: Any, reply: Any) -> None:
    """Far fewer documents than expected, and a firewall in place of pages, are alarms with the last good day."""
    server = web(_site(pages := {"/": html("Start", "/a"), "/a": html("A")}, reply))
    assert crawler(server.url("/"), expect=2).alarms == ()
    few = crawler(server.url("/"), expect=50).alarms
    assert [a.kind for a in few] == ["few"] and few[0].last_good == time.strftime("%Y-%m-%d", time.gmtime())
    wall = b"<html><title>Request Rejected</title><body>The requested URL was rejected. Your support ID is: 1"
    pages |= {"/": wall, "/a": wall}
    summary = crawler(server.url("/"), expect=2, recheck=True)
    assert "blocked" in [a.kind for a in summary.alarms]
    assert all(wall != c.body for c in crawler.captures()), "a firewall page is never handed out as a page"


def test_empty_page_is_never_a_success(web: Any, crawler: Any, html: Any, reply: Any) -> None:
    """Status 200 without a byte, and a login in place of a page, are failures with a name."""
    login = b"<html><body><form><input name=u><input type=password name=p></form></body></html>"
    pages = {"/": html("Start", "/tom", "/inne", "/flytt"), "/tom": reply(b""), "/inne": login}
    pages["/flytt"] = reply(b"", status=302, headers={"Location": "/login?next=/flytt"})
    server = web(_site(pages, reply))
    summary = crawler(server.url("/"))
    reasons = {f.url.rsplit("/", 1)[1]: f.reason for f in summary.failures}
    assert "an empty page" in reasons["tom"]
    assert "a login is asked for" in reasons["inne"] and "a login is asked for" in reasons["flytt"]


def test_workers_share_hosts_fairly(web: Any, crawler: Any, html: Any, reply: Any) -> None:
    """A host that is slow does not hold up the others."""
    slow = threading.Event()

    def app(request: Any) -> Any:
        if request.path == "/robots.txt":
            return reply(b"", status=404)
        if request.host == 0:

            async def wait(reader: Any, writer: Any) -> None:
                import asyncio

                await asyncio.sleep(0.8)
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 9\r\n\r\nlangsamt!")
                await writer.drain()
                slow.set()

            return wait
        assert not slow.is_set()
        return reply(html("Snabb"))

    server = web(app, hosts=6)
    sources = [Source(f"o{n}", "municipality", start=(server.url("/", n),), delay=0.0) for n in range(6)]
    summary = crawl(crawler.workspace, sources, allow_private=True, limits=replace(crawler.limits, read=5, headers=5))
    assert len(crawler.captures()) == 6 and summary.complete
