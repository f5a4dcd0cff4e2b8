"""The verbs crawl, sources and archive, as a user types them; and an archive played back as if it were the network."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest
import requests

from pipeline.acquire import Limits
from pipeline.acquire.addresses import is_public
from pipeline.acquire.alarms import crawled_sources, stored_alarms
from pipeline.acquire.focus import load_focus
from pipeline.acquire.frontier import Frontier
from pipeline.acquire.replay import ReplayAdapter
from pipeline.acquire.schedule import DAY, next_due
from pipeline.archive import read_captures, segments


@pytest.fixture
def site(web: Any, html: Any, reply: Any) -> Any:
    """A small WordPress site with a feed and a sitemap."""

    def app(request: Any) -> Any:
        pages = {
            "/": html("Ort", "/a", "/wp-content/beslut.pdf").replace(
                b"</head>", b'<link rel="alternate" type="application/rss+xml" href="/feed/"></head>'
            ),
            "/a": html("Anmälan enligt lex Sarah"),
            "/sitemap.xml": f"<urlset><url><loc>{server.url('/b')}</loc></url></urlset>".encode(),
            "/b": html("Beslut"), "/wp-content/beslut.pdf": b"%PDF-1.4",
            "/feed/": f"<rss><channel><item><link>{server.url('/a')}</link></item></channel></rss>".encode(),
        }  # fmt: skip
        kinds = {
            "/sitemap.xml": "application/xml",
            "/feed/": "application/rss+xml",
            "/wp-content/beslut.pdf": "application/pdf",
        }
        page = pages.get(request.path)
        return reply(page or b"", kinds.get(request.path, "text/html"), 200 if page else 404, etag=bool(page))

    server = web(app)
    return server


def _declare(folder: Path, url: str) -> Path:
    file = folder / "ort.toml"
    file.write_text(f'[[source]]\nid = "ort"\nkind = "municipality"\nstart = ["{url}"]\ndelay = 0\n', "utf-8")
    return file


def test_crawl_and_archive_verbs(site: Any, tmp_path: Path, command: Any) -> None:
    """crawl archives, archive list names what it holds, show gives the bytes, extract writes the files."""
    workspace, source = tmp_path / "ws", _declare(tmp_path, site.url("/"))
    done = command("crawl", "--workspace", workspace, "--source", source, "--allow-private", "--json")
    assert done.returncode == 0, done.stderr
    summary = json.loads(done.stdout)
    assert summary["complete"] and summary["failed"] == 0
    rows = [json.loads(r) for r in command("archive", "list", "--workspace", workspace, "--json").stdout.splitlines()]
    assert {r["url"].removeprefix(site.url("")) for r in rows} == {"/", "/a", "/b", "/wp-content/beslut.pdf"} or {
        "/" + r["url"].split("/", 3)[3] for r in rows
    } == {"/", "/a", "/b", "/wp-content/beslut.pdf"}
    shown = command("archive", "show", site.url("/wp-content/beslut.pdf"), "--workspace", workspace)
    assert shown.stdout == "%PDF-1.4"
    assert command("archive", "extract", tmp_path / "ut", "--workspace", workspace).returncode == 0
    index = [json.loads(row) for row in (tmp_path / "ut" / "captures.jsonl").read_text("utf-8").splitlines()]
    assert all((tmp_path / "ut" / row["file"]).exists() for row in index) and len(index) == 4
    missing = command("archive", "show", "https://borta.example/", "--workspace", workspace)
    assert missing.returncode == 3 and "is not in the archive" in missing.stderr
    checked = command("sources", "check", "--workspace", workspace, "--source", source)
    assert checked.returncode == 0 and "good" in checked.stdout


def test_failures_and_bad_calls_have_exit_codes(site: Any, tmp_path: Path, command: Any) -> None:
    """A refused address, a file with a mistake, an unknown source, an empty workspace: each its sentence and code."""
    source = _declare(tmp_path, site.url("/"))
    refused = command("crawl", "--workspace", tmp_path / "ws", "--source", source)
    assert refused.returncode == 7 and "not on the public internet" in refused.stdout
    source.write_text(source.read_text("utf-8").replace("start", "strat"), "utf-8")
    wrong = command("crawl", "--workspace", tmp_path / "ws", "--source", source)
    assert wrong.returncode == 4 and "did you mean 'start'?" in wrong.stderr
    unknown = command("crawl", "--workspace", tmp_path / "ws", "--source", "ivoo")
    assert unknown.returncode == 2 and "did you mean 'ivo'?" in unknown.stderr
    assert command("archive", "list", "--workspace", tmp_path / "tom").returncode == 3
    assert command("crawl", "--workspace", tmp_path / "ws").returncode == 2


def test_an_id_stands_in_one_file(tmp_path: Path, command: Any) -> None:
    """An id of two source files is refused by name; the same file or the same built-in id twice is no mistake."""
    one, two = _declare(tmp_path, "https://ort.example/"), tmp_path / "annan.toml"
    two.write_text(one.read_text("utf-8"), "utf-8")
    twice = command("sources", "list", "--source", one, "--source", two)
    assert twice.returncode == 4 and f"{two}: source 'ort' stands in another file too" in twice.stderr
    again = command("sources", "list", "--source", one, "--source", tmp_path / "." / one.name, "--source", "ivo")
    assert again.returncode == 0 and [row.split("\t")[0] for row in again.stdout.splitlines()] == ["ort", "ivo"]
    one.write_text(one.read_text("utf-8").replace('"ort"', '"ivo"'), "utf-8")
    assert command("sources", "list", "--source", "ivo", "--source", one).returncode == 4


def test_a_source_of_a_file_is_shown_and_checked(web: Any, reply: Any, tmp_path: Path, command: Any) -> None:
    """show reads a file or a workspace; check without --source tells of a file's source that gave too little."""
    server = web(lambda request: reply(b"<html><title>Ort</title><body>Text</body></html>", "text/html"))
    workspace, file = tmp_path / "ws", _declare(tmp_path, server.url("/"))
    file.write_text(file.read_text("utf-8") + "expect = 1000\n", "utf-8")
    shown = command("sources", "show", "--source", file)
    assert shown.returncode == 0 and "expect = 1000" in shown.stdout and shown.stdout.count("[[source]]") == 1
    assert command("sources", "show", "ivo", "--source", file).returncode == 4
    assert command("sources", "show").returncode == 2
    assert command("sources", "show", "--workspace", workspace).returncode == 6
    assert command("crawl", "--workspace", workspace, "--source", file, "--allow-private").returncode == 7
    file.unlink()
    assert command("sources", "show", "ort", "--workspace", workspace).stdout == shown.stdout
    checked = command("sources", "check", "--workspace", workspace)
    assert checked.returncode == 7 and "ort\tALARM" in checked.stdout and "where 1000 are expected" in checked.stdout
    assert command("sources", "check", "--workspace", workspace, "--source", "ivo").returncode == 0
    again = command("crawl", "--workspace", workspace, "--source", workspace / "sources.toml", "--allow-private")
    assert again.returncode == 7 and command("sources", "show", "--workspace", workspace).stdout == shown.stdout


def test_a_crawl_that_did_not_end_is_no_crawl_that_never_was(tmp_path: Path) -> None:
    """A source whose crawl was killed stands among those crawled here, without a verdict."""
    frontier = Frontier(tmp_path / "crawl.sqlite")
    frontier.declared("ort", "digest")
    assert crawled_sources(frontier) == ["ort"] and stored_alarms(frontier, "ort") is None
    frontier.close()


def test_sources_verbs(site: Any, tmp_path: Path, command: Any) -> None:
    """list and show know the built-in sources; add looks at a site and declares its CMS, sitemap and feed."""
    listed = command("sources", "list", "--kind", "inspectorate")
    assert {line.split("\t")[0] for line in listed.stdout.splitlines()} >= {"ivo", "jo"}
    assert 'municipality = "2083"' in command("sources", "show", "Hedemora").stdout
    file = tmp_path / "nya.toml"
    added = command("sources", "add", site.url("/"), "--to", file, "--municipality", "2083", "--allow-private")
    assert added.returncode == 0, added.stderr
    text = file.read_text("utf-8")
    assert (
        'cms = "wordpress"' in text and "/sitemap.xml" in text and "/feed/" in text and 'municipality = "2083"' in text
    )
    again = command("sources", "add", site.url("/"), "--to", file, "--allow-private")
    assert again.returncode == 4 and "stands in it already" in again.stderr


def test_replay_repeats_a_crawl_to_the_byte(site: Any, crawler: Any, tmp_path: Path) -> None:
    """A crawl that is answered from an archive archives the same bytes, without a connection; others are refused."""
    crawler(site.url("/"))
    before, asked = crawler.bodies(), len(site.requests)
    files = segments(crawler.workspace / "archive")
    again = type(crawler)(tmp_path / "again")
    assert again(site.url("/"), adapter=ReplayAdapter(files)).complete
    assert again.bodies() == before
    assert len(site.requests) == asked
    with requests.Session() as session:
        session.mount("http://", ReplayAdapter(files))
        assert session.get(site.url("/wp-content/beslut.pdf")).content == b"%PDF-1.4"
        with pytest.raises(requests.ConnectionError, match="not in the archive"):
            session.get(site.url("/okänd"))


def test_replay_waits_for_nobody(web: Any, crawler: Any, html: Any, reply: Any) -> None:
    """A replay asks no host, so that neither its delay, its Crawl-delay nor its Retry-After is waited for.

    What failed then fails again, at once; so does what the archive does not hold.
    """
    rules = reply(b"User-agent: *\nCrawl-delay: 1", "text/plain")
    busy = {"/sen": reply(b"", status=503, headers={"Retry-After": "7200"}), "/fel": reply(b"", status=500)}
    start = reply(html("Start", "/a", "/fel", "/sen"))

    def app(request: Any) -> Any:
        fixed = {"/robots.txt": rules, "/": start, "/a": reply(html("A"))} | busy
        return fixed.get(request.path, reply(b"", status=404))

    server = web(app)
    crawler(server.url("/"), focus=False)
    again = type(crawler)(crawler.workspace.parent / "again")
    began = time.monotonic()
    replay = ReplayAdapter(segments(crawler.workspace / "archive"))
    summary = again(server.url("/"), server.url("/b"), adapter=replay, delay=30.0, limits=Limits(), focus=False)
    assert time.monotonic() - began < 5
    assert again.bodies() == crawler.bodies()
    wrong = {f.url.removeprefix(server.url("")): (f.kind, f.reason) for f in summary.failures}
    assert wrong["/fel"] == ("failed", "500 X") and wrong["/b"][0] == "failed"
    assert summary.deferred == 0


def test_archive_show_knows_an_address_as_people_write_it(
    web: Any, crawler: Any, html: Any, reply: Any, command: Any
) -> None:
    """Capital letters, a missing slash and å, ä, ö lead to the page as the crawl knows it."""
    pages = {"/": html("Start", "/sm/åäö"), "/sm/%C3%A5%C3%A4%C3%B6": html("Åäö")}
    server = web(lambda r: reply(pages.get(r.path, b""), status=200 if r.path in pages else 404))
    crawler(server.url("/"))
    for address in (server.url(""), server.url("/").replace("http", "HTTP"), f"{server.url('')}/#innehall"):
        assert command("archive", "show", address, "--workspace", crawler.workspace).stdout == pages["/"].decode()
    shown = command("archive", "show", server.url("/sm/åäö"), "--workspace", crawler.workspace)
    assert "<h1>Åäö</h1>" in shown.stdout


def test_replay_of_the_sample_archive(root: Path) -> None:
    """Any WARC answers requests: each page of the embedded sample is given as it stands there."""
    sample = root / "corpus" / "sample" / "sample.warc.gz"
    with requests.Session() as session:
        session.mount("https://", ReplayAdapter([sample]))
        captures = [c for _, c in zip(range(5), read_captures(sample), strict=False)]
        assert all(session.get(c.url).content == c.body for c in captures)


@pytest.mark.parametrize(("address", "public"), [
    ("8.8.8.8", True), ("2001:4860:4860::8888", True), ("127.0.0.1", False), ("10.1.2.3", False),
    ("192.168.1.1", False),
    ("169.254.169.254", False), ("100.64.0.1", False), ("0.0.0.0", False), ("224.0.0.1", False), ("::1", False),
    ("fe80::1", False),
    ("fc00::1", False), ("::ffff:127.0.0.1", False), ("2002:7f00:1::", False), ("64:ff9b::7f00:1", False),
    ("fe80::1%eth0", False),
    ("::127.0.0.1", False), ("64:ff9b:1::7f00:1", False), ("64:ff9b:1::808:808", False), ("::ffff:0:127.0.0.1", False),
    ("64:ff9b::a00:1", False), ("64:ff9b::c0a8:101", False), ("64:ff9b::808:808", True), ("::ffff:8.8.8.8", True),
    ("2002:a00:1::1", False), ("2002:808:808::1", True), ("2001:db8::1", False), ("ff02::1", False), ("::", False),
    ("240.0.0.1", False), ("192.0.2.1", False), ("inte-en-adress", False),
])  # fmt: skip
def test_addresses(address: str, public: bool) -> None:
    """Private, loopback, link-local and special addresses are known in every disguise."""
    assert is_public(address) is public


def test_schedule() -> None:
    """A page waits half as long as it has stood still, or half its mean time between changes, 60 days at most."""
    now = 1000 * DAY
    assert next_due(now, first=now, changed=now, changes=0, validator=True) == now
    assert next_due(now, first=now, changed=now, changes=0, validator=False) == now + DAY
    assert next_due(now, first=now - 30 * DAY, changed=now - 30 * DAY, changes=0, validator=True) == now + 15 * DAY
    assert next_due(now, first=now - 40 * DAY, changed=now - 20 * DAY, changes=10, validator=True) == now + 2 * DAY
    assert next_due(now, first=0, changed=0, changes=0, validator=True) == now + 60 * DAY


def test_focus() -> None:
    """Words about supervision count for a link, everyday services against it, in any spelling."""
    focus = load_focus()
    assert focus.score("https://a.example/nyheter/ivo-kritiserar", "IVO riktar kritik mot hemtjänsten") > 5
    assert focus.score("https://a.example/x", "Föreläggande med vite") == focus.score(
        "https://a.example/forelaggande-med-vite"
    )
    assert focus.score("https://a.example/uppleva/badhus", "Badhuset") < 0
    assert focus.score("https://a.example/om-oss") == 0
