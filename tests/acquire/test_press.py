"""The press: the same pages and records as without it, and a crawl that goes on whatever becomes of its helpers."""

from __future__ import annotations

import gzip
import os
import pickle
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.acquire import crawling, desk, helper, press
from pipeline.acquire.discovery import Page, read_page
from pipeline.acquire.press import Press, helpers_for
from pipeline.archive import Exchange, Original, Packer, segments

URL = "https://ort.example/sida"
HTML = b"""<html><head><title>N\xc3\xa4mnden</title></head><body><main class="text"><a href="/a">Ett \xc3\xa4rende</a>
<a href="/b.pdf">Beslut</a> <a rel="next" href="/c">N\xc3\xa4sta</a></main></body></html>"""
NOON = datetime(2026, 3, 4, 12, 0, 0, 250_000, tzinfo=UTC)
ID = "<urn:uuid:00000000-0000-4000-8000-000000000000>"


class Eager(Press):
    """A press that waits for its helpers when it starts them."""

    def _start(self) -> None:
        super()._start()
        deadline = time.monotonic() + 60
        while self._starting and time.monotonic() < deadline:
            self._welcome()
            time.sleep(0.01)


@pytest.fixture
def eager() -> Iterator[Eager]:
    """A press with one helper that is ready for work."""
    one = Eager(1, after=1)
    one.read_page(HTML, URL)
    yield one
    one.close()


@pytest.fixture(scope="module")
def shared() -> Iterator[Eager]:
    """The same, for all examples of a property."""
    one = Eager(1, after=1)
    one.read_page(HTML, URL)
    yield one
    one.close()


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[subprocess.Popen[bytes]]:
    """The processes of all helpers that are started."""
    processes: list[subprocess.Popen[bytes]] = []
    start = helper._started

    def starting(numbers: list[int]) -> subprocess.Popen[bytes]:
        processes.append(start(numbers))
        return processes[-1]

    monkeypatch.setattr(helper, "_started", starting)
    return processes


def _exchange(body: bytes = HTML, **changes: Any) -> Exchange:
    fields: dict[str, Any] = {
        "url": URL, "time": NOON, "status": 200, "headers": (("Content-Type", "text/html"), ("X-Ort", "ä")),
        "body": body,
        "reason": "OK", "request_headers": (("Host", "ort.example"),), "ip": "192.0.2.1", "source": "ort",
        "requested_url": f"{URL}/gammal", "metadata": {"via": "1", "rule": "länk"}, "role": "",
    }  # fmt: skip
    return Exchange(**(fields | changes))


def _content(members: bytes) -> bytes:
    """Records without their own ids, of which those beside a response are drawn by chance."""
    return re.sub(rb"WARC-Record-ID: <[^>]*>", b"", gzip.decompress(members))


def _without_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make work in this process fail, so that what works is done by a helper."""

    def failing(*arguments: Any, **options: Any) -> Any:
        raise AssertionError("done in the crawl's own process")

    monkeypatch.setattr(press, "read_page", failing)
    monkeypatch.setattr(Packer, "members", failing)


@pytest.mark.parametrize("listing", [True, False])
@pytest.mark.parametrize("shape", [True, False])
def test_a_helper_reads_the_same_page(
    eager: Eager, monkeypatch: pytest.MonkeyPatch, listing: bool, shape: bool
) -> None:
    """Title, links with their roles, and shape come back from a helper as they are read here."""
    _without_here(monkeypatch)
    page = eager.read_page(HTML, URL, "text/html", listing=listing, shape=shape)
    assert page == read_page(HTML, URL, "text/html", listing=listing, shape=shape)
    assert isinstance(page, Page) and page.links[0].url == "https://ort.example/a"
    assert len(page.links) == 3 and bool(page.shape) is shape


@settings(max_examples=40, deadline=None)
@given(st.binary(max_size=300), st.text(max_size=20), st.booleans())
def test_any_page_is_read_alike(shared: Eager, data: bytes, kind: str, listing: bool) -> None:
    """Whatever the bytes and the declared type, a helper reads them as this process does."""
    data += HTML * (len(data) % 2)
    assert shared.read_page(data, URL, kind, listing=listing) == read_page(data, URL, kind, listing=listing)


@pytest.mark.parametrize("changes", [
    {}, {"status": 404, "body": b""}, {"request_headers": (), "metadata": {}}, {"body": os.urandom(9000)},
    {"status": 304, "body": b"", "revisit": Original(URL, NOON, "ab" * 32, ID, "x.warc.gz", 7)}, {"source": None},
])  # fmt: skip
def test_a_helper_packs_the_same_records(
    eager: Eager, monkeypatch: pytest.MonkeyPatch, changes: dict[str, Any]
) -> None:
    """Responses, revisits and what stands beside them have the same content, packed there or here."""
    exchange = _exchange(**changes)
    here = Packer().members(exchange, ID, "cd" * 32)
    _without_here(monkeypatch)
    assert _content(eager.members(exchange, ID, "cd" * 32)) == _content(here)


def test_an_open_file_is_packed_as_its_bytes(eager: Eager, tmp_path: Path) -> None:
    """A body that is a file, read before or not, is packed from its start."""
    (tmp_path / "kropp").write_bytes(HTML)
    with (tmp_path / "kropp").open("rb") as body:
        body.read(10)
        members = eager.members(_exchange(body=body), ID, "cd" * 32)
    assert _content(members) == _content(Packer().members(_exchange(), ID, "cd" * 32))


def test_what_a_helper_cannot_do_is_done_here_and_said(eager: Eager) -> None:
    """Work that fails there is done here; the helper is kept, and the fault is named once."""
    for _ in range(2):
        assert eager._asked(eager._free.get(), str, "brew") is None
    assert [f.what for f in eager.faults] == [
        "a helper process failed at a piece of its work (KeyError: 'brew'); the crawl did it"
    ]
    assert pickle.loads(desk.answer(b"nonsense"))[0] is False


def test_a_killed_helper_is_named_once(eager: Eager) -> None:
    """After kill -9 of the helper all work is done here, right, and one sentence says why."""
    process = eager._helpers[0].process
    process.kill()
    for _ in range(9):
        assert eager.read_page(HTML, URL) == read_page(HTML, URL)
        assert _content(eager.members(_exchange(), ID, "")) == _content(Packer().members(_exchange(), ID, ""))
    assert [f.what for f in eager.faults] == ["a helper process was killed (signal 9); the crawl does its work"]
    assert process.returncode == -9, "it is not left as a zombie"


_BROKEN = """
import pickle, signal, socket, struct, sys, time
lines = [socket.socket(fileno=int(n)) for n in sys.argv[1:]]
lines[0].send(b"+")
lines[0].recv(9999)
{0}
time.sleep(60)
"""


@pytest.mark.parametrize(("says", "what"), [
    ("sys.exit(3)", "ended (code 3)"),
    ("lines[0].sendall(bytes(9000)); lines[0].recv(9)", "gives no sensible answer"),
    ("lines[0].sendall(b'\\xff' * 90)", "gives no sensible answer (a message that lacks"),
    ("lines[0].sendall(b'\\0\\0')", "gives no sensible answer"),
    ("a = pickle.dumps((True, 7)); lines[0].sendall(struct.pack('>I', len(a)) + a)", "gives no sensible answer"),
    ("a = pickle.dumps((True, ('', ((1,),), 0, ()))); lines[0].sendall(struct.pack('>I', len(a)) + a)",
     "gives no sensible answer (links of another form)"),
    ("", "gives no sensible answer (none in time)"),
])  # fmt: skip
def test_nonsense_is_not_believed(monkeypatch: pytest.MonkeyPatch, says: str, what: str) -> None:
    """A helper that ends, falls silent, breaks off or answers something else is given up, and the page is read here."""
    code = _BROKEN.replace("{0}", says)

    def starting(numbers: list[int]) -> subprocess.Popen[bytes]:
        return subprocess.Popen([sys.executable, "-c", code, *map(str, numbers)], pass_fds=numbers)

    monkeypatch.setattr(helper, "_started", starting)
    monkeypatch.setattr(helper, "_PATIENCE", 1)
    one = Eager(1, after=1)
    for _ in range(3):
        assert one.read_page(HTML, URL) == read_page(HTML, URL)
    assert len(one.faults) == 1 and what in one.faults[0].what
    assert one._helpers[0].process.returncode is not None
    one.close()


def test_a_helper_that_cannot_be_started(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a program to start, the work is done here and the reason is named; one that fails at once too."""
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    one = Eager(2, after=1)
    assert one.read_page(HTML, URL) == read_page(HTML, URL)
    assert len(one.faults) == 1 and "cannot be started ([Errno 2]" in one.faults[0].what
    monkeypatch.setattr(sys, "executable", "/bin/false")
    other = Eager(1, after=1)
    assert other.read_page(HTML, URL) == read_page(HTML, URL)
    assert [f.what for f in other.faults] == ["a helper process ended (code 1); the crawl does its work"]
    one.close()
    other.close()


def test_interrupts_are_for_the_crawl(eager: Eager, monkeypatch: pytest.MonkeyPatch) -> None:
    """SIGINT and SIGTERM leave a helper at its work, which ends with the crawl."""
    process = eager._helpers[0].process
    for number in (signal.SIGINT, signal.SIGTERM):
        process.send_signal(number)
    _without_here(monkeypatch)
    assert eager.read_page(HTML, URL).title == "Nämnden"
    eager.close()
    assert process.returncode == 0 and eager.faults == ()


def test_small_crawls_start_none(started: list[Any], web: Any, crawler: Any, html: Any, reply: Any) -> None:
    """A handful of pages costs no process; neither does a crawl with one thread, or on one core."""
    page = html("Sida", "/a", "/b")
    server = web(lambda r: reply(page) if r.path in ("/", "/a", "/b") else reply(b"", status=404))
    crawler(server.url("/"))
    assert started == []
    assert helpers_for(1) == 0


def test_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    """One helper a core beside the crawl's own, two at most."""
    found = []
    for cores in (1, 2, 3, 8):
        monkeypatch.setattr(os, "sched_getaffinity", lambda _, cores=cores: set(range(cores)))
        found.append(helpers_for(16))
    assert found == [0, 1, 2, 2]


def _crawled_with(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let crawls have one helper, ready before the first page."""
    monkeypatch.setattr(crawling, "Press", lambda _, baton: Eager(1, after=1, baton=baton))


def _site(html: Any, reply: Any) -> tuple[dict[str, bytes], Any]:
    pages = {f"/{n}": html(f"Sida {n}") for n in range(40)} | {"/": html("Start", *(f"/{n}" for n in range(40)))}
    return pages, lambda r: reply(pages.get(r.path, b""), status=200 if r.path in pages else 404)


def test_a_crawl_with_helpers(
    started: list[Any], monkeypatch: pytest.MonkeyPatch, web: Any, crawler: Any, html: Any, reply: Any
) -> None:
    """All pages are archived by way of the helper, nothing is remarked, and no process is left."""
    _crawled_with(monkeypatch)
    _without_here(monkeypatch)
    pages, app = _site(html, reply)
    server = web(app)
    summary = crawler(server.url("/"))
    assert crawler.bodies() == pages
    assert summary.complete and summary.notes == ()
    assert [process.returncode for process in started] == [0]


def test_a_helper_killed_during_a_crawl(
    started: list[Any], monkeypatch: pytest.MonkeyPatch, web: Any, crawler: Any, html: Any, reply: Any
) -> None:
    """The crawl ends as if nothing had been, every page asked for once, and its summary and log name the fault."""
    _crawled_with(monkeypatch)
    pages, app = _site(html, reply)

    def slowly(request: Any) -> Any:
        time.sleep(0.01)  # on a fast machine all would be over before the tenth page is told of
        return app(request)

    server = web(slowly)
    seen: list[str] = []

    def event(host: str, verdict: str) -> None:
        seen.append(verdict)
        if len(seen) == 10:
            started[0].kill()

    summary = crawler(server.url("/"), on_event=event)
    assert crawler.bodies() == pages
    assert summary.complete
    assert sorted(p for p in server.paths() if p in pages) == sorted(pages)
    said = "a helper process was killed (signal 9); the crawl does its work"
    assert [(note.where, note.what) for note in summary.notes] == [("crawl", said)]
    assert said in Path(summary.log).read_text("utf-8")
    assert started[0].returncode == -9


def test_a_crawl_that_fails_leaves_no_process(
    started: list[Any], monkeypatch: pytest.MonkeyPatch, web: Any, crawler: Any, html: Any, reply: Any
) -> None:
    """When crawl() raises, its helpers have ended before."""
    _crawled_with(monkeypatch)
    _, app = _site(html, reply)

    def event(host: str, verdict: str) -> None:
        raise RuntimeError("a fault of the caller's")

    with pytest.raises(RuntimeError, match="fault of the caller"):
        crawler(web(app).url("/"), on_event=event)
    assert [process.returncode for process in started] == [0]


_SCRIPT = """
import sys, time
from pipeline.acquire.press import Press
press = Press(1, after=1)
while press._starting or not press._helpers:
    press.read_page(b"<title>a</title>", "https://ort.example/")
    time.sleep(0.01)
print(press._helpers[0].process.pid, press.faults, flush=True)
time.sleep(60)
"""


def test_helpers_end_with_a_killed_crawl(tmp_path: Path) -> None:
    """After kill -9 of the crawl its helper ends by itself.

    The crawl is a script without a main guard, in a folder with another package called 'pipeline'.
    """
    script, folder = tmp_path / "script" / "mine.py", tmp_path / "here"
    script.parent.mkdir()
    script.write_text(_SCRIPT, "utf-8")
    (folder / "pipeline").mkdir(parents=True)
    (folder / "pipeline" / "__init__.py").write_text("raise SystemExit('the wrong package')", "utf-8")
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
    crawl = subprocess.Popen([sys.executable, script], stdout=subprocess.PIPE, text=True, cwd=folder, env=environment)
    assert crawl.stdout is not None
    number, _, faults = crawl.stdout.readline().strip().partition(" ")
    assert faults == "()"
    assert _alive(int(number))
    crawl.kill()
    crawl.communicate()
    deadline = time.monotonic() + 20
    while _alive(int(number)) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not _alive(int(number))


def _alive(number: int) -> bool:
    """Whether a process runs; one that has ended may wait to be noticed by its new parent."""
    try:
        os.kill(number, 0)
        status = subprocess.run(["ps", "-o", "stat=", "-p", str(number)], capture_output=True, text=True, check=False)
    except ProcessLookupError:
        return False
    return bool(status.stdout.strip()) and not status.stdout.strip().startswith("Z")


def test_segments_hold_what_helpers_packed(
    monkeypatch: pytest.MonkeyPatch, web: Any, crawler: Any, html: Any, reply: Any
) -> None:
    """The archive of a crawl with a helper passes another tool's look at every record's digests."""
    from fastwarc.warc import ArchiveIterator

    _crawled_with(monkeypatch)
    _, app = _site(html, reply)
    crawler(web(app).url("/"))
    (segment,) = segments(crawler.workspace / "archive")
    with segment.open("rb") as stream:
        assert all(r.verify_block_digest() for r in ArchiveIterator(stream, parse_http=False))
