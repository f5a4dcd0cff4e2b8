"""A new site is looked at as politely as it would be crawled: robots.txt, pauses, walls."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

import pytest

from pipeline.acquire.detect import Detection, detect
from pipeline.acquire.session import PoliteSession
from pipeline.errors import FetchError

Look = Callable[..., Detection]


@pytest.fixture
def look() -> Iterator[Look]:
    """Looks at a site with hardly a pause."""
    session = PoliteSession(allow_private=True)
    yield lambda url, delay=0.01: detect(session, url, delay=delay)
    session.close()


def _site(pages: dict[str, Any], reply: Any) -> Any:
    return lambda request: pages.get(request.path, reply(b"", status=404))


def _head(page: bytes, *feeds: str) -> bytes:
    links = "".join(f'<link rel="alternate" type="application/rss+xml" href="{feed}">' for feed in feeds)
    return page.replace(b"</head>", links.encode() + b"</head>")


def test_a_second_between_two_requests(web: Any, html: Any, reply: Any) -> None:
    """Unless told otherwise a look leaves a host a second between any two requests."""
    server = web(_site({"/": reply(html("Ort"))}, reply))
    session = PoliteSession(allow_private=True)
    detect(session, server.url("/"))
    session.close()
    times = [request.time for request in server.requests]
    assert len(times) == 6  # robots.txt, the page, four usual places of a sitemap
    assert min(later - earlier for earlier, later in pairwise(times)) >= 1


def test_robots_that_moved(web: Any, html: Any, reply: Any, look: Look) -> None:
    """A robots.txt behind a redirect forbids as any other, and then nothing else is asked for."""
    moved = reply(b"", status=301, headers={"Location": "/r2"})
    rules = reply(b"User-agent: *\nDisallow: /", "text/plain")
    server = web(_site({"/robots.txt": moved, "/r2": rules, "/": reply(html("Ort"))}, reply))
    with pytest.raises(FetchError, match=r"its robots\.txt forbids us"):
        look(server.url("/"))
    assert server.paths() == ["/robots.txt", "/r2"]


def test_only_what_is_allowed_is_asked(web: Any, html: Any, reply: Any, look: Look) -> None:
    """Sitemaps and feeds that robots.txt forbids are left alone; others are declared."""
    rules = reply(b"User-agent: *\nDisallow: /sitemap\nDisallow: /hemligt", "text/plain")
    feed = reply(b"<rss><channel><item><link>/x</link></item></channel></rss>", "application/rss+xml")
    page = reply(_head(html("Ort"), "/hemligt/feed", "/feed"))
    server = web(_site({"/robots.txt": rules, "/": page, "/feed": feed, "/hemligt/feed": feed}, reply))
    found = look(server.url("/"))
    assert found.source.feeds == (server.url("/feed"),)
    assert set(server.paths()) == {"/robots.txt", "/", "/wp-sitemap.xml", "/feed"}


def test_another_host_has_its_own_rules(web: Any, html: Any, reply: Any, look: Look) -> None:
    """Where the address leads to another host, that host's robots.txt is asked first."""

    def app(request: Any) -> Any:
        if request.path == "/robots.txt":
            return reply(b"User-agent: *\nDisallow: /" if request.host else b"", "text/plain")
        return reply(b"", status=301, headers={"Location": server.url("/", 1)})

    server = web(app, hosts=2)
    with pytest.raises(FetchError, match=r"its robots\.txt forbids us"):
        look(server.url("/"))
    assert server.paths(1) == ["/robots.txt"]


def test_a_slow_site_is_asked_little(web: Any, html: Any, reply: Any, look: Look, monkeypatch: Any) -> None:
    """With a Crawl-delay of minutes only the page itself is looked at, and that is said."""
    monkeypatch.setattr("pipeline.acquire.detect._PATIENCE", 0.1)
    rules = reply(b"User-agent: *\nCrawl-delay: 300", "text/plain")
    server = web(_site({"/robots.txt": rules, "/": reply(_head(html("Ort"), "/feed"))}, reply))
    found = look(server.url("/"))
    assert server.paths() == ["/robots.txt", "/"]
    assert found.source.delay == 300 and "300 seconds" in found.remarks[-1]


WALLS = {
    "firewall": b"<html><title>Request Rejected</title>The requested URL was rejected. Your support ID is 1</html>",
    "login": b"<html><title>Intranet</title><form><input type=password></form></html>",
}


@pytest.mark.parametrize("name", WALLS)
def test_a_wall_is_no_source(name: str, web: Any, reply: Any, look: Look) -> None:
    """A firewall's or a login's page is refused with a sentence that says what it is."""
    server = web(_site({"/": reply(WALLS[name])}, reply))
    with pytest.raises(FetchError, match=f"a {name} .*, so that nothing can be learnt of it"):
        look(server.url("/"))


def test_a_redirect_to_a_login_is_no_source(web: Any, reply: Any, look: Look) -> None:
    """A start page that sends us to a login is refused before the login is asked for."""
    server = web(_site({"/": reply(b"", status=302, headers={"Location": "/login?next=/"})}, reply))
    with pytest.raises(FetchError, match="a login is asked for"):
        look(server.url("/"))
    assert server.paths() == ["/robots.txt", "/"]


def test_unreachable_rules(web: Any, html: Any, reply: Any, look: Look) -> None:
    """A robots.txt that answers 500 forbids everything here too."""
    server = web(_site({"/robots.txt": reply(b"", status=500), "/": reply(html("Ort"))}, reply))
    with pytest.raises(FetchError, match=r"robots\.txt answers 500"):
        look(server.url("/"))
    assert set(server.paths()) == {"/robots.txt"}
