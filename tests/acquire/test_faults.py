"""A server that does everything wrong: each fault is handled as named, nothing else is lost."""

from __future__ import annotations

import asyncio
import gzip
import itertools
import json
import os
import subprocess
import sys
import time
import zlib
from pathlib import Path
from typing import Any

import pytest

from pipeline.acquire.discovery import sitemap_links
from pipeline.acquire.handler import Handler
from pipeline.acquire.robots import Robots

CUT = gzip.compress(b"a" * 9999, mtime=0)[:20]
OK = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"


def _raw(*pieces: bytes | float) -> Any:
    """An answer of raw bytes; a number waits so many seconds. The connection is closed at the end."""

    async def send(reader: Any, writer: Any) -> None:
        for piece in pieces:
            if isinstance(piece, bytes):
                writer.write(piece)
                await writer.drain()
            else:
                await asyncio.sleep(piece)

    return send


def _drip(head: bytes, byte: bytes = b"x") -> Any:
    """``head``, then one byte every fifth of a second without end."""

    async def send(reader: Any, writer: Any) -> None:
        writer.write(head)
        for _ in range(600):
            writer.write(byte)
            await writer.drain()
            await asyncio.sleep(0.2)

    return send


def _app(faults: dict[str, Any], html: Any, reply: Any) -> Any:
    """A start page that links to faults and to two good pages; a fault is a Reply, raw, or a list of them in turn."""

    def app(request: Any) -> Any:
        if request.path == "/robots.txt":
            return reply(b"", status=404)
        if request.path == "/":
            return reply(html("Start", "/bra/1", *faults, "/bra/2"))
        fault = faults.get(request.path)
        if isinstance(fault, list):
            return fault.pop(0) if len(fault) > 1 else fault[0]
        return fault if fault is not None else reply(html(request.path), status=200 if "/bra/" in request.path else 404)

    return app


def _gone_wrong(summary: Any) -> dict[str, str]:
    return {"/" + f.url.split("/", 3)[3]: f.reason for f in summary.failures}


def _page(html: Any, title: str) -> bytes:
    body: bytes = html(title)
    return OK.encode() + b"Content-Length: %d\r\n\r\n" % len(body) + body


FAULTS = {
    "dropped": ([_raw(b"")], "the connection failed"),
    "partial": ([_raw(OK.encode() + b"Content-Length: 5000\r\n\r\n<html>halv")], "malformed after 10 bytes"),
    "drip": ([_drip(OK.encode() + b"Content-Length: 99999\r\n\r\n")], "drips"),
    "chunked drip": ([_drip(OK.encode() + b"Transfer-Encoding: chunked\r\n\r\nffff\r\n")], "in time"),
    "silence": ([_raw(OK.encode() + b"Content-Length: 99\r\n\r\n<html>", 5.0)], "in time"),
    "slow headers": ([_drip(b"HTTP/1.1 200 OK\r\nX-Slow: ")], "no answer in time"),
    "bad chunks": ([_raw(OK.encode() + b"Transfer-Encoding: chunked\r\n\r\nzz\r\nhej\r\n")], "malformed"),
    "cut chunks": ([_raw(OK.encode() + b"Transfer-Encoding: chunked\r\n\r\n20\r\nhej")], "broke off"),
    "no http": ([_raw(b"SSH-2.0-OpenSSH_9.9\r\n")], "the connection failed"),
    "bad gzip": ([_raw(OK.encode() + b"Content-Encoding: gzip\r\nContent-Length: 5\r\n\r\nhejsa")], "damaged gzip"),
    "cut gzip": ([_raw(OK.encode() + b"Content-Encoding: gzip\r\nContent-Length: 20\r\n\r\n" + CUT)],
                 "damaged gzip"),
    "strange coding": ([_raw(OK.encode() + b"Content-Encoding: zip\r\nContent-Length: 5\r\n\r\nhejsa")],
                       "unknown Content-Encoding"),
    "10 GB announced": ([_raw(OK.encode() + b"Content-Length: 10737418240\r\n\r\n<html>", 1.0)],
    "announces 10737418240"),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
def test_fault_is_named_and_nothing_else_is_lost(name: str, web: Any, crawler: Any, html: Any, reply: Any) -> None:
    """The page with the fault is named with its reason; the pages around it are archived, whole and once."""
    fault, reason = FAULTS[name]
    server = web(_app({"/fel": fault}, html, reply))
    summary = crawler(server.url("/"))
    assert reason in _gone_wrong(summary)["/fel"]
    assert set(crawler.bodies()) == {"/", "/bra/1", "/bra/2"}
    assert not summary.complete


@pytest.mark.parametrize("name", ["dropped", "partial", "bad chunks", "bad gzip"])
def test_passing_fault_is_healed_by_a_retry(name: str, web: Any, crawler: Any, html: Any, reply: Any) -> None:
    """What fails once and then works is archived as if nothing had been."""
    server = web(_app({"/fel": [*FAULTS[name][0], reply(html("Hel"))]}, html, reply))
    summary = crawler(server.url("/"))
    assert crawler.bodies()["/fel"] == html("Hel")
    assert summary.complete


LATIN = "<html><title>F</title><body><a href='/bra/å'>Förelägganden</a></body></html>".encode("cp1252")
ODD = {
    "length that is no number": _raw(OK.encode() + b"Content-Length: \xb2\r\nConnection: close\r\n\r\n" + LATIN),
    "length below nothing": _raw(OK.encode() + b"Content-Length: -5\r\nConnection: close\r\n\r\n" + LATIN),
    **{f"charset {name}": _raw(b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=%s\r\nContent-Length: %d\r\n\r\n"
                               % (name.encode(), len(LATIN)) + LATIN)
       for name in ("base64", "rot13", "hex", "idna", "punycode", "undefined", "unicode_escape", "finns-inte")},
}  # fmt: skip


@pytest.mark.parametrize("name", ODD)
def test_odd_headers_are_lived_with(name: str, web: Any, crawler: Any, html: Any, reply: Any) -> None:
    """A length that is no number or an encoding that no text has: the page and its link are archived like others."""
    summary = crawler(web(_app({"/fel": ODD[name]}, html, reply)).url("/"))
    assert crawler.bodies()["/fel"] == LATIN
    assert set(crawler.bodies()) == {"/", "/fel", "/bra/1", "/bra/2", "/bra/%C3%A5"}
    assert summary.complete


@pytest.mark.parametrize("value", ["9" * 30, "999999999999", "1" * 5000])
def test_retry_after_beyond_all_years(value: str, web: Any, crawler: Any, html: Any, reply: Any) -> None:
    """A wait that no calendar holds is one of a year: the page is left for a later crawl, not asked for again."""
    server = web(_app({"/fel": reply(b"", status=503, headers={"Retry-After": value})}, html, reply))
    wrong = _gone_wrong(crawler(server.url("/")))
    assert f"asks us to come back at {time.gmtime().tm_year + 1}-" in wrong["/fel"]
    assert server.paths().count("/fel") == 1


def test_retry_after_that_is_no_number(web: Any, crawler: Any, html: Any, reply: Any) -> None:
    """'²' is no number of seconds: the page is asked for again as if nothing had been said."""
    late = reply(b"", status=503, headers={"Retry-After": "\xb2"})
    server = web(_app({"/fel": [late, reply(html("Nu"))]}, html, reply))
    assert crawler(server.url("/")).complete
    assert crawler.bodies()["/fel"] == html("Nu")


def test_robots_file_with_an_odd_header(web: Any, crawler: Any, html: Any, reply: Any) -> None:
    """A robots.txt that answers 503 and asks for '²' seconds forbids its own host, and no other."""
    app = _app({}, html, reply)

    def odd(request: Any) -> Any:
        if request.host == 1 and request.path == "/robots.txt":
            return reply(b"", status=503, headers={"Retry-After": "\xb2"})
        return app(request)

    server = web(odd, hosts=2)
    summary = crawler(server.url("/"), server.url("/", 1))
    assert "robots.txt answers 503" in _gone_wrong(summary)["/"]
    assert set(crawler.bodies()) == {"/", "/bra/1", "/bra/2"}


@pytest.mark.parametrize("value", ["3601", "1e300"])
def test_delay_beyond_an_hour(
    value: str, web: Any, crawler: Any, html: Any, reply: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A Crawl-delay of aeons is cut, and the summary says so (the longest one is a tenth of a second here)."""
    assert Robots.parse(f"User-agent: *\nCrawl-delay: {value}").crawl_delay == 3600
    monkeypatch.setattr("pipeline.acquire.robots.LONGEST_DELAY", 0.1)
    app = _app({}, html, reply)
    rules = reply(f"User-agent: *\nCrawl-delay: {value}".encode(), "text/plain")
    server = web(lambda request: rules if request.path == "/robots.txt" else app(request))
    summary = crawler(server.url("/"))
    assert [(n.where, "an hour is kept" in n.what) for n in summary.notes] == [(server.url("/")[:-1], True)]
    assert set(crawler.bodies()) == {"/", "/bra/1", "/bra/2"}


@pytest.mark.parametrize("value", ["nan", "-5", "snart"])
def test_delay_that_is_no_time(value: str) -> None:
    """A Crawl-delay that is no number of seconds from 0 up says nothing."""
    assert Robots.parse(f"User-agent: *\nCrawl-delay: {value}").crawl_delay is None


def test_a_fault_of_ours_at_one_page(
    web: Any, crawler: Any, html: Any, reply: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the crawl itself does wrong at one URL is that URL's failure, counted and logged; it goes on."""
    good = Handler._good

    def failing(self: Any, item: Any, *arguments: Any) -> Any:
        if item.url.endswith("/fel"):
            raise KeyError("oväntat")
        return good(self, item, *arguments)

    monkeypatch.setattr(Handler, "_good", failing)
    summary = crawler(web(_app({"/fel": reply(html("Fel"))}, html, reply)).url("/"))
    assert _gone_wrong(summary) == {"/fel": "an unexpected fault (KeyError: 'oväntat')"}
    assert (summary.failed, summary.complete) == (1, False)
    assert set(crawler.bodies()) == {"/", "/bra/1", "/bra/2"}
    log = [json.loads(row) for row in Path(summary.log).read_text("utf-8").splitlines()]
    assert [row["verdict"] for row in log if row.get("url", "").endswith("/fel")] == ["failed"]


def test_a_fault_of_ours_in_a_list(
    web: Any, crawler: Any, html: Any, reply: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A sitemap in whose midst the reading fails gives the pages before that, and is named as failed."""

    def failing(pieces: Any, base: str) -> Any:
        yield from itertools.islice(sitemap_links(pieces, base), 1)
        raise RuntimeError("mitt i")

    monkeypatch.setattr("pipeline.acquire.handler.sitemap_links", failing)
    lists: list[bytes] = []
    app = _app({}, html, reply)
    server = web(lambda r: reply(lists[0], "application/xml") if r.path == "/lista" else app(r))
    lists.append(_lists(server.url(""), "latin"))
    summary = crawler(sitemaps=(server.url("/lista"),))
    assert _gone_wrong(summary) == {"/lista": "an unexpected fault (RuntimeError: mitt i)"}
    assert len(crawler.bodies()) == 1


def test_wrong_length(web: Any, crawler: Any, html: Any, reply: Any) -> None:
    """More bytes than announced: what HTTP allows to be read is archived, and the rest is not silently lost."""
    body = html("Hel")
    head = OK.encode() + b"Content-Length: %d\r\n\r\n" % (len(body) - 20)
    server = web(_app({"/fel": [_raw(head + body)]}, html, reply))
    summary = crawler(server.url("/"))
    assert crawler.bodies()["/fel"] == body[:-20]
    assert [n.what for n in summary.notes] == ["sends more bytes than its Content-Length announces"]


def test_gzip_bomb(web: Any, crawler: Any, html: Any, reply: Any) -> None:
    """A body that unpacks to a gigabyte is cut off while unpacking."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    bomb = b"".join(packer.compress(bytes(1 << 20)) for _ in range(200)) + packer.flush()
    server = web(_app({"/fel": reply(bomb, headers={"Content-Encoding": "gzip"})}, html, reply))
    assert "a gzip bomb" in _gone_wrong(crawler(server.url("/")))["/fel"]


def test_redirect_loop_and_long_chain(web: Any, crawler: Any, html: Any, reply: Any) -> None:
    """A loop, a redirect to oneself and a chain of more than ten are named; a chain of ten is followed."""
    faults = {"/a": "/b", "/b": "/c", "/c": "/a", "/sig": "/sig"} | {f"/k/{n}": f"/k/{n + 1}" for n in range(10)}
    faults |= {f"/l/{n}": f"/l/{n + 1}" for n in range(11)}
    replies = {k: reply(b"", status=302, headers={"Location": v}) for k, v in faults.items()}
    app = _app(replies, html, reply)

    def start(request: Any) -> Any:
        links = ("/bra/1", "/a", "/sig", "/k/0", "/l/0")
        if request.path in ("/k/10", "/l/11"):
            return reply(html("Framme"))
        return reply(html("Start", *links)) if request.path == "/" else app(request)

    server = web(start)
    wrong = _gone_wrong(crawler(server.url("/")))
    assert "redirect loop" in wrong["/c"] and "redirect loop" in wrong["/sig"]
    assert "more than 10 redirects" in wrong["/l/10"]
    assert set(crawler.bodies()) == {"/", "/bra/1", "/k/10"}


@pytest.mark.parametrize("status", [429, 503])
def test_retry_after(status: int, web: Any, crawler: Any, html: Any, reply: Any) -> None:
    """The host is left alone for as long as it asks for, then the page is fetched."""
    faults = {"/fel": [reply(b"", status=status, headers={"Retry-After": "2"}), reply(html("Nu"))]}
    server = web(_app(faults, html, reply))
    summary = crawler(server.url("/"), workers=2)
    times = [r.time for r in server.requests]
    asked = next(n for n, r in enumerate(server.requests) if r.path == "/fel")
    assert times[asked + 1] - times[asked] >= 1.99
    assert set(crawler.bodies()) == {"/", "/fel", "/bra/1", "/bra/2"}
    assert summary.complete


def test_retry_after_that_is_too_long(web: Any, crawler: Any, html: Any, reply: Any) -> None:
    """A host that asks for hours is left for a later crawl; the page and the time are named."""
    late = reply(b"", status=503, headers={"Retry-After": time.strftime("%a, %d %b %Y 00:00:00 GMT", time.gmtime(4e9))})
    server = web(_app({"/fel": late}, html, reply))
    summary = crawler(server.url("/"))
    assert "asks us to come back at" in _gone_wrong(summary)["/fel"]
    assert server.paths().count("/fel") == 1


def test_wrong_charset(web: Any, crawler: Any, html: Any, reply: Any) -> None:
    """A page in windows-1252 that calls itself UTF-8 is archived byte for byte, and its links are found."""
    page = "<html><body><a href='/bra/åäö'>Förelägganden</a></body></html>".encode("cp1252")
    server = web(_app({"/fel": reply(page, "text/html; charset=utf-8")}, html, reply))
    summary = crawler(server.url("/"))
    assert crawler.bodies()["/fel"] == page
    assert "/bra/%C3%A5%C3%A4%C3%B6" in crawler.bodies()
    assert summary.complete


def test_html_served_as_pdf(web: Any, crawler: Any, html: Any, reply: Any) -> None:
    """A web page under the name of a PDF is archived as what it is, read for links, and remarked upon."""
    server = web(_app({"/beslut.pdf": reply(html("Ej funnen", "/bra/3"), "application/pdf")}, html, reply))
    summary = crawler(server.url("/"))
    assert {"/beslut.pdf", "/bra/3"} <= set(crawler.bodies())
    assert [n.what for n in summary.notes] == ["is a web page under the name of a PDF"]


@pytest.mark.parametrize("kind", ["binary/octet-stream", "pdf", "application/x-pdf", "application/octet-stream", "fil"])
def test_pdf_under_another_name(kind: str, web: Any, crawler: Any, html: Any, reply: Any) -> None:
    """A PDF whose content type says nothing is taken, as its first bytes say what it is."""
    pdf = b"%PDF-1.4\n" + b"x" * 5000
    packed = reply(gzip.compress(pdf), kind, headers={"Content-Encoding": "gzip"})
    server = web(_app({"/beslut": reply(pdf, kind), "/packad": packed, "/kort": reply(b"%PDF-1.4", kind)}, html, reply))
    summary = crawler(server.url("/"))
    assert summary.complete and summary.skipped == 0
    assert crawler.bodies()["/beslut"] == crawler.bodies()["/packad"] == pdf
    assert crawler.bodies()["/kort"] == b"%PDF-1.4"


@pytest.mark.parametrize(
    "body", [b"MZ" + bytes(5000), b"", gzip.compress(bytes(5000), mtime=0)], ids=["program", "empty", "packed noughts"]
)
def test_what_says_nothing_and_is_nothing(body: bytes, web: Any, crawler: Any, html: Any, reply: Any) -> None:
    """Of a content type that says nothing only a PDF is collected."""
    server = web(_app({"/fil": reply(body, "binary/octet-stream")}, html, reply))
    summary = crawler(server.url("/"))
    assert _gone_wrong(summary) == {"/fil": "is of type binary/octet-stream, which is not collected"}
    assert summary.skipped == 1


@pytest.mark.parametrize("kind", ["application/gzip", "application/xml", "text/html", "application/rss+xml"])
@pytest.mark.parametrize("key", ["sitemaps", "feeds"])
def test_gzipped_lists(key: str, kind: str, web: Any, crawler: Any, html: Any, reply: Any) -> None:
    """A feed or sitemap that is gzipped without saying so is read, whatever type it says it has."""
    app = _app({}, html, reply)
    lists: list[bytes] = []
    server = web(lambda r: reply(lists[0], kind) if r.path == "/lista" else app(r))
    lists.append(gzip.compress(_lists(server.url(""), "latin" if key == "sitemaps" else "broken dates")))
    summary = crawler(**{key: (server.url("/lista"),)})
    assert {"/bra/1", "/bra/2"} <= set(crawler.bodies())
    assert summary.complete


def test_damaged_gzipped_feed(web: Any, crawler: Any, html: Any, reply: Any) -> None:
    """A gzipped feed that is cut short is named as damaged."""
    server = web(lambda r: reply(CUT, "application/rss+xml") if r.path == "/feed" else reply(b"", status=404))
    assert "damaged gzip" in _gone_wrong(crawler(feeds=(server.url("/feed"),)))["/feed"]


def test_images_are_not_collected(web: Any, crawler: Any, html: Any, reply: Any) -> None:
    """What turns out to be a film is not downloaded, and named as passed over."""
    server = web(_app({"/film": reply(b"x" * 1000, "video/mp4")}, html, reply))
    summary = crawler(server.url("/"))
    assert "is of type video/mp4" in _gone_wrong(summary)["/film"]
    assert summary.complete


def _lists(server_url: str, kind: str) -> bytes:
    pages = "".join(f"<url><loc>{server_url}/bra/{n}</loc></url>" for n in (1, 2))
    bomb = "".join(f'<!ENTITY b{n} "{f"&b{n - 1};" * 10}">' for n in range(1, 10))
    doctype = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY b0 "bom">{bomb}]>'
    return {
        "itself": f"<sitemapindex><sitemap><loc>{server_url}/lista</loc></sitemap>"
        f"<sitemap><loc>{server_url}/lista2</loc></sitemap></sitemapindex>",
        "bomb": f"{doctype}<urlset><x>&b9;</x>{pages}</urlset>",
        "feed bomb": f"{doctype}<rss><channel><title>&b9;</title><item><link>{server_url}/bra/1</link></item>"
        f"<item><link>{server_url}/bra/2</link></item></channel></rss>",
        "broken dates": f"<rss><channel><item><link>{server_url}/bra/1</link><pubDate>den 32 brumaire</pubDate></item>"
        f"<item><link>{server_url}/bra/2</link><pubDate></pubDate></item></channel></rss>",
        "broken xml": f"<rss><channel><item><title>A & B <b></title><link>{server_url}/bra/1</link></item>"
        f"<item><link>{server_url}/bra/2</link></item>",
        "latin": f"<?xml version='1.0' encoding='UTF-8'?><urlset><!-- Å -->{pages}</urlset>",
    }[kind].encode("cp1252")  # fmt: skip


@pytest.mark.parametrize(("kind", "key"), [
    ("itself", "sitemaps"), ("bomb", "sitemaps"), ("latin", "sitemaps"), ("feed bomb", "feeds"),
    ("broken dates", "feeds"),
    ("broken xml", "feeds"),
])  # fmt: skip
def test_lists_with_faults(kind: str, key: str, web: Any, crawler: Any, html: Any, reply: Any) -> None:
    """Sitemaps and feeds that include themselves, explode, lie about dates or are no XML still give their pages."""

    def app(request: Any) -> Any:
        if request.path == "/lista":
            return reply(_lists(server.url(""), kind), "application/xml")
        if request.path == "/lista2":
            return reply(_lists(server.url(""), "latin"), "application/xml")
        return reply(html(request.path)) if "/bra/" in request.path else reply(b"", status=404)

    server = web(app)
    summary = crawler(**{key: (server.url("/lista"),)})
    assert set(crawler.bodies()) == {"/bra/1", "/bra/2"}
    assert summary.complete
    assert server.paths().count("/lista") == 1


# A child begins with its parent's peak memory (getrusage(2) keeps it over exec), and a test process is large:
# a small process in between starts the crawl and says what that alone took.
_MEASURE = """
import os, subprocess, sys
process = subprocess.Popen(sys.argv[2:])
_, status, usage = os.wait4(process.pid, 0)
open(sys.argv[1], "w").write(str(usage.ru_maxrss // 1024))
sys.exit(os.waitstatus_to_exitcode(status))
"""


def _crawl_process(tmp_path: Path, declaration: str) -> tuple[int, int, str]:
    """Run the command in a process of its own: exit code, peak memory in MiB, output."""
    source, peak = tmp_path / "ort.toml", tmp_path / "peak"
    source.write_text(declaration, "utf-8")
    crawl = ["-m", "pipeline", "crawl", "--workspace", tmp_path / "workspace", "--source", source, "--allow-private"]
    done = subprocess.run(
        [sys.executable, "-c", _MEASURE, peak, sys.executable, *crawl],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
        cwd=Path(__file__).parents[2], env=os.environ | {"TILLSYN_LANGUAGE": "en"},
    )  # fmt: skip
    return done.returncode, int(peak.read_text()), done.stdout


@pytest.mark.slow
def test_sitemap_of_a_million_urls_in_little_memory(web: Any, tmp_path: Path, html: Any, reply: Any) -> None:
    """A gzipped sitemap of a million URLs is streamed, as is a PDF of 40 MB: peak memory stays under 300 MB."""
    packer = zlib.compressobj(6, zlib.DEFLATED, 31)
    parts = [packer.compress(b"<urlset>")]
    pdf = b"%PDF-1.4\n" + os.urandom(1 << 20) * 40

    def app(request: Any) -> Any:
        if request.path == "/karta.xml.gz":
            return reply(sitemap, "application/gzip")
        if request.path == "/stor.pdf":
            return reply(pdf, "application/pdf")
        return reply(html(request.path, "/stor.pdf")) if request.path == "/" else reply(b"", status=404)

    server = web(app)
    for start in range(0, 1_000_000, 1000):
        places = (f"/{'viktig' if n in (5, 999_999) else 'annat'}/{n}" for n in range(start, start + 1000))
        entries = "".join(f"<url><loc>{server.url()[:-1]}{p}</loc><lastmod>2024-05-01</lastmod></url>" for p in places)
        parts.append(packer.compress(entries.encode()))
    sitemap = b"".join([*parts, packer.compress(b"</urlset>"), packer.flush()])
    declaration = (
        f'[[source]]\nid = "ort"\nkind = "municipality"\nstart = ["{server.url("/")}"]\ndelay = 0\n'
        f'sitemaps = ["{server.url("/karta.xml.gz")}"]\ninclude = ["/viktig/", ".pdf"]\n'
    )
    _, peak, output = _crawl_process(tmp_path, declaration)
    assert peak < 300, output
    assert {"/viktig/5", "/viktig/999999", "/stor.pdf"} <= set(server.paths())


def test_memory_does_not_grow_with_bombs(web: Any, tmp_path: Path, html: Any, reply: Any) -> None:
    """Bombs and endless bodies on one site: the crawl ends, names them, and stays under 300 MB."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    bomb = b"".join(packer.compress(bytes(1 << 20)) for _ in range(400)) + packer.flush()
    endless = OK.encode() + b"\r\n" + b"x" * 60_000_000
    faults = {f"/bomb/{n}": reply(bomb, headers={"Content-Encoding": "gzip"}) for n in range(4)}
    server = web(_app(faults | {"/stor": [_raw(endless)]}, html, reply))
    declaration = f'[[source]]\nid = "ort"\nkind = "municipality"\nstart = ["{server.url("/")}"]\ndelay = 0\n'
    code, peak, output = _crawl_process(tmp_path, declaration)
    assert code == 7
    assert output.count("a gzip bomb") == 4
    assert "is larger than the limit" in output
    assert peak < 300
