"""Private addresses are never called, by whatever name, spelling or redirect they are reached."""

from __future__ import annotations

import http.server
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from pipeline.acquire import CrawlSummary, addresses, crawl
from pipeline.records import Source

HERE, INNER, NAME = "127.0.0.1", "127.0.0.2", "intern.example"


@dataclass
class Inner:
    """A server in a private network: its port, and the paths that anyone got through to."""

    port: int = 0
    paths: list[str] = field(default_factory=list)


@pytest.fixture
def inner(monkeypatch: pytest.MonkeyPatch) -> Iterator[Inner]:
    """A server at 127.0.0.2, which is private, in a world in which 127.0.0.1 and nothing else of that net is public.

    The name service of that world knows 127.0.0.2 by a name.
    """
    found = Inner()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found.paths.append(self.path)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *arguments: Any) -> None:
            """Say nothing."""

    try:
        server = http.server.ThreadingHTTPServer((INNER, 0), Handler)
    except OSError:
        pytest.skip(f"{INNER} is no address of this machine")
    found.port = server.server_address[1]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    strict, look_up = addresses._global, socket.getaddrinfo
    monkeypatch.setattr(addresses, "_global", lambda address: str(address) == HERE or strict(address))
    monkeypatch.setattr(
        socket, "getaddrinfo", lambda host, *more, **how: look_up(INNER if host == NAME else host, *more, **how)
    )
    yield found
    server.shutdown()
    server.server_close()


def _crawl(crawler: Any, url: str, *, allow_private: bool = False) -> CrawlSummary:
    source = Source(id="ort", kind="municipality", start=(url,), delay=0.0)
    return crawl(crawler.workspace, [source], allow_private=allow_private, limits=crawler.limits)


HOSTS = {
    "literal": INNER, "name": NAME, "decimal": "2130706434", "hex": "0x7f.2", "octal": "0177.0.0.2", "short": "127.2",
    "mapped": "[::ffff:127.0.0.2]", "mapped in hex": "[::ffff:7f00:2]",
}  # fmt: skip


@pytest.mark.parametrize("kind", HOSTS)
@pytest.mark.parametrize("way", ["start", "redirect", "link", "robots"])
def test_private_address(way: str, kind: str, inner: Inner, web: Any, crawler: Any, html: Any, reply: Any) -> None:
    """Declared, redirected to, linked to, or as the place of a robots.txt: named, and no request arrives there."""
    target = f"http://{HOSTS[kind]}:{inner.port}/x"

    def app(request: Any) -> Any:
        moved = {"robots": "/robots.txt", "redirect": "/"}.get(way)
        if request.path == moved:
            return reply(b"", status=301, headers={"Location": target})
        return reply(html("Start", target)) if request.path == "/" else reply(b"", status=404)

    server = web(app)
    summary = _crawl(crawler, target if way == "start" else server.url("/"))
    assert inner.paths == []
    reasons = [failure.reason for failure in summary.failures]
    if way == "link":
        assert summary.complete and reasons == []  # another host is not the source's
    else:
        assert not summary.complete
        assert len(reasons) == 1 and "not on the public internet" in reasons[0]


def test_the_private_server_answers_whom_it_may(inner: Inner, web: Any, crawler: Any, html: Any, reply: Any) -> None:
    """With private addresses allowed the same redirect is followed: what is refused above is not merely absent."""
    target = f"http://{NAME}:{inner.port}/x"
    server = web(lambda r: reply(b"", status=301 if r.path == "/" else 404, headers={"Location": target}))
    _crawl(crawler, server.url("/"), allow_private=True)
    assert "/x" in inner.paths
