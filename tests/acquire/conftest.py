"""Loopback servers for the crawler: many hosts on many ports of one process, real sockets."""

from __future__ import annotations

import asyncio
import hashlib
import socket
import threading
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from pipeline.acquire import CrawlSummary, Limits, crawl
from pipeline.archive import read_captures, segments
from pipeline.records import Capture, Source


@dataclass
class Request:
    """One request as the server saw it; ``host`` is the index of the port it came to."""

    host: int
    path: str
    headers: dict[str, str]
    time: float


@dataclass
class Reply:
    """An ordinary answer. With ``etag`` a matching If-None-Match gets 304."""

    body: bytes = b""
    kind: str = "text/html; charset=utf-8"
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    etag: bool = False


Raw = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
App = Callable[[Request], "Reply | Raw"]


class Web:
    """A web of ``hosts`` servers on loopback ports: ``requests`` lists what was asked, ``sent`` counts bytes."""

    def __init__(self, app: App, hosts: int = 1) -> None:
        self.app, self.requests, self.sent, self.open, self.most = (
            app,
            list[Request](),
            0,
            dict[int, int](),
            dict[int, int](),
        )
        self._sockets = [socket.create_server(("127.0.0.1", 0), backlog=128) for _ in range(hosts)]
        self.ports = [s.getsockname()[1] for s in self._sockets]
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._ready = threading.Event()

    def url(self, path: str = "/", host: int = 0) -> str:
        """The address of a path on one of the hosts."""
        return f"http://127.0.0.1:{self.ports[host]}{path}"

    def paths(self, host: int | None = None) -> list[str]:
        """The paths that were asked for, in order."""
        return [r.path for r in self.requests if host is None or r.host == host]

    def __enter__(self) -> Web:
        self._thread.start()
        self._ready.wait(10)
        return self

    def __exit__(self, *args: object) -> None:
        def end() -> None:
            for task in asyncio.all_tasks(self._loop):
                task.cancel()
            self._loop.call_later(0.02, self._loop.stop)

        self._loop.call_soon_threadsafe(end)
        self._thread.join(10)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        for host, sock in enumerate(self._sockets):
            serve = lambda r, w, host=host: self._serve(host, r, w)  # noqa: E731
            self._loop.run_until_complete(asyncio.start_server(serve, sock=sock))
        self._ready.set()
        self._loop.run_forever()
        for sock in self._sockets:
            sock.close()

    async def _serve(self, host: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.open[host] = self.open.get(host, 0) + 1
        self.most[host] = max(self.most.get(host, 0), self.open[host])
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                line, *rest = head.decode("latin-1").split("\r\n")
                headers = {k.lower(): v.strip() for k, _, v in (h.partition(":") for h in rest) if k}
                request = Request(host, line.split(" ")[1], headers, time.monotonic())
                self.requests.append(request)
                answer = self.app(request)
                if not isinstance(answer, Reply):
                    await answer(reader, writer)
                    return
                self._write(writer, request, answer)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError, OSError):
            return
        finally:
            self.open[host] -= 1
            writer.close()

    def _write(self, writer: asyncio.StreamWriter, request: Request, reply: Reply) -> None:
        headers = {"Content-Type": reply.kind, **reply.headers} if reply.kind else dict(reply.headers)
        status, body = reply.status, reply.body
        if reply.etag:
            headers["ETag"] = '"' + hashlib.sha256(body).hexdigest()[:16] + '"'
            if request.headers.get("if-none-match") == headers["ETag"]:
                status, body = 304, b""
        headers["Content-Length"] = str(len(body))
        head = f"HTTP/1.1 {status} X\r\n" + "".join(f"{k}: {v}\r\n" for k, v in headers.items()) + "\r\n"
        self.sent += len(head) + len(body)
        writer.write(head.encode("latin-1") + body)


@pytest.fixture
def web() -> Iterator[Callable[..., Web]]:
    """Starts webs: ``web(app, hosts=1)``; they end with the test."""
    running: list[Web] = []

    def start(app: App, hosts: int = 1) -> Web:
        running.append(Web(app, hosts).__enter__())
        return running[-1]

    yield start
    for one in running:
        one.__exit__()


class Crawler:
    """Crawls into one workspace with zero delay and short limits; hands out what was archived."""

    limits = Limits(connect=2, read=1, headers=1.5, total=4, slow_after=1, tries=3, patience=20)

    def __init__(self, workspace: Path) -> None:
        self.workspace = workspace

    def __call__(self, *urls: str, limits: Limits | None = None, **options: object) -> CrawlSummary:
        """Crawl one source that starts at ``urls``; keys of the source among ``options``."""
        keys = {
            "sitemaps", "feeds", "listings", "include", "exclude", "delay", "expect", "cms", "kind", "start", "terms",
        }  # fmt: skip
        declared = {k: options.pop(k) for k in list(options) if k in keys}
        source = Source(**({"id": "ort", "kind": "municipality", "start": urls, "delay": 0.0} | declared))  # type: ignore[arg-type]
        return crawl(self.workspace, [source], allow_private=True, limits=limits or self.limits, **options)  # type: ignore[arg-type]

    def captures(self, **options: bool) -> list[Capture]:
        """All captures of the archive."""
        return [c for path in segments(self.workspace / "archive") for c in read_captures(path, **options)]

    def bodies(self) -> dict[str, bytes]:
        """Body by path and query of all pages archived in full."""
        found = {}
        for capture in self.captures(revisits=False):
            key = "/" + capture.url.split("/", 3)[3]
            assert key not in found, f"{key} is archived twice"
            found[key] = capture.body
        return found


@pytest.fixture
def crawler(tmp_path: Path) -> Crawler:
    """A crawler with a workspace of its own."""
    return Crawler(tmp_path / "workspace")


def html(title: str, *links: str, text: str = "") -> bytes:
    """A page with a title, links and enough text to be one."""
    anchors = "".join(f'<li><a href="{link}">{link}</a></li>' for link in links)
    filler = text or "Nämnden behandlar ärendet och följer upp det under året. " * 4
    head = f"<!doctype html><html><head><title>{title}</title></head>"
    return f"{head}<body><main><h1>{title}</h1><p>{filler}</p><ul>{anchors}</ul></main></body></html>".encode()


@pytest.fixture(name="html")
def html_fixture() -> Callable[..., bytes]:
    """The function that makes pages."""
    return html


@pytest.fixture
def reply() -> type[Reply]:
    """The class of ordinary answers."""
    return Reply


@pytest.fixture
def linked() -> Callable[[Mapping[str, Sequence[str]]], App]:
    """Makes apps of pages, path to links, with validators; everything else is gone."""

    def make(pages: Mapping[str, Sequence[str]]) -> App:
        def app(request: Request) -> Reply | Raw:
            if request.path not in pages:
                return Reply(b"", status=404)
            return Reply(html(request.path, *pages[request.path]), etag=True)

        return app

    return make
