"""robots.txt: Google's published cases as cases of ours, and the rules of RFC 9309 for what is not a file of rules."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.acquire.gatekeeper import _verdict
from pipeline.acquire.robots import Robots, allowed, rules_for

_CASES = tomllib.loads(Path(__file__).with_name("robots_cases.toml").read_text("utf-8"))["case"]
_LINE = 2083 * 8


def _assertions() -> list[tuple[str, str, str, str, bool, bool]]:
    """(about, robots, agent, url, expected by Google, where RFC 9309 says otherwise) of every case."""
    rows = []
    for case in _CASES:
        for key in ("allow", "deny"):
            rows += [
                (case["about"], case["robots"], case["agent"], url, key == "allow", "rfc" in case)
                for url in case.get(key, [])
            ]
    return rows + _long_lines()


def _long_lines() -> list[tuple[str, str, str, str, bool, bool]]:
    """A line longer than eight times the longest address is cut off, and what is left of it counts."""
    deny = "user-agent: ortbot\ndisallow: /a/" + "x" * (_LINE - len("disallow: /a/") - 1) + "/slut\n"
    path = "/a/" + "x" * (_LINE - len("disallow: /a/") - 1)
    long_a = "/a/" + "a" * (_LINE - len("allow: /a/") - 1)
    long_b = long_a.replace("a", "b").replace("/b/", "/a/", 1)
    allow = f"user-agent: ortbot\ndisallow: /\nallow: {long_a}/slut\nallow: {long_b}/slut\n"
    host = "https://ort.example"
    return [
        ("long line", deny, "ortbot", f"{host}/hus", True, False),
        ("long line, cut", deny, "ortbot", f"{host}{path}/hus", False, False),
        ("long line", allow, "ortbot", f"{host}/", False, False),
        ("long line, whole", allow, "ortbot", f"{host}{long_a}/slut", True, False),
        ("long line, cut", allow, "ortbot", f"{host}{long_b}/hus", True, False),
    ]


def test_googles_cases() -> None:
    """Of the published allow and deny cases at least 130 hold; the others are those where RFC 9309 differs."""
    rows = _assertions()
    wrong = [row for row in rows if allowed(row[1], row[2], row[3]) != row[4]]
    assert len(rows) >= 141
    assert len(rows) - len(wrong) >= 130
    assert [row[0] for row in wrong if not row[5]] == []


@pytest.mark.parametrize("row", [r for r in _assertions() if r[5]])
def test_where_the_standard_differs_from_google_we_follow_the_standard(row: Any) -> None:
    """Both sides are brought to one percent-encoding before they are compared (RFC 9309 section 2.2.2)."""
    assert allowed(row[1], row[2], row[3])


@pytest.mark.parametrize("value", ["tillsyn", "Tillsyn", "TILLSYN", "Tillsyn/1.0", "tillsyn crawler", " tillsyn "])
def test_our_group_is_found(value: str) -> None:
    """A group speaks to us by our product token, whatever its case and what follows it."""
    assert not Robots.parse(f"User-agent: {value}\nDisallow: /x").allows("https://ort.example/x")


@pytest.mark.parametrize("value", ["till", "tillsynsbot", "tillsyn-bot", "bot", "mintillsyn", "sy"])
def test_other_groups_are_not_ours(value: str) -> None:
    """A group for an agent whose name is a part of ours, or has ours as a part, is not for us."""
    assert Robots.parse(f"User-agent: {value}\nDisallow: /x").allows("https://ort.example/x")


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_and_mark(end: str) -> None:
    """Lines end in LF, CRLF or CR; a byte order mark at the start is skipped."""
    text = "\ufeffUser-agent: *" + end + "Disallow: /x" + end + "Sitemap: https://ort.example/karta.xml" + end
    robots = Robots.parse(text.encode())
    assert not robots.allows("https://ort.example/x")
    assert robots.sitemaps == ("https://ort.example/karta.xml",)


def test_sitevision_rules() -> None:
    """The wildcards of SiteVision's robots.txt are understood; robots.txt itself is always allowed."""
    text = "User-agent: *\nDisallow: /*.html.printable\nDisallow: /*?sv.state=*\nDisallow: /rob\nCrawl-delay: 2.5"
    robots = Robots.parse(text)
    assert not robots.allows("https://ort.example/a.html.printable")
    assert not robots.allows("https://ort.example/a?sv.state=x")
    assert robots.allows("https://ort.example/a.html")
    assert robots.allows("https://ort.example/robots.txt")
    assert robots.crawl_delay == 2.5


_FIELDS = (
    "User-agent",
    "user agent",
    "Disallow",
    "Dissallow",
    "disallow /a",
    "Allow",
    "Sitemap",
    "Crawl-delay",
    "Host",
)
_VALUES = ("*", "tillsyn", "annan", "", " ", "/", "/a", "/*.pdf$", "# /", "2", "https://ort.example/karta.xml: /")
_LINES = st.builds("{}{}{}".format, st.sampled_from(("", " ", *_FIELDS)), st.sampled_from((":", " ", "", ": ")),
                   st.sampled_from(_VALUES))  # fmt: skip
_BREAKS = st.sampled_from(("\n", "\r\n", "\r", "\v", "\f", "\x1c", "\x85", "\u2028", "# "))


@given(st.lists(st.tuples(_LINES | st.text(max_size=12), _BREAKS), max_size=8))
def test_what_is_called_free_is_free(lines: list[tuple[str, str]]) -> None:
    """The short way past the rules is taken only where protego, asked for any address, would not forbid it."""
    robots = Robots.parse("User-agent: *\n" + "".join(line + end for line, end in lines))
    for path in ("/", "/a", "/a/b.pdf", "/%C3%A5", "/?q=1"):
        url = f"https://ort.example{path}"
        assert not robots.free or robots.rules.can_fetch(url, "zz-us")
        assert robots.allows(url) == robots.rules.can_fetch(url, "zz-us")


@pytest.mark.parametrize(("text", "free"), [
    ("", True), ("User-agent: *\nDisallow:\n", True), ("User-agent: *\nDisallow: # allt", True),
    ("Sitemap: https://ort.example/karta.xml\nUser-agent: x\nCrawl-delay: 3", True),
    ("User-agent: *\nAllow: /", False), ("User-agent: annan\nDisallow: /", False), ("User-agent: *\nDisallow /", False),
    ("User-agent: *\n# kommentar\vDisallow: /", False),
])  # fmt: skip
def test_files_without_a_rule_are_known(text: str, free: bool) -> None:
    """The usual file that forbids nothing is seen to do so; any rule at all, for anyone, is left to protego."""
    assert Robots.parse(text).free is free


@pytest.mark.parametrize(("status", "may"), [
    (200, False), (301, True), (400, True), (401, True), (403, True), (404, True), (410, True), (429, True),
    (451, True),
    (500, False), (502, False), (503, False), (599, False), (0, False),
])  # fmt: skip
def test_status_rules(status: int, may: bool) -> None:
    """RFC 9309 section 2.3.1: 4xx and too many redirects allow everything, 5xx and no answer nothing."""
    assert rules_for(status, b"User-agent: *\nDisallow: /").allows("https://ort.example/x") is may


def test_unreachable_for_a_month_counts_as_unavailable() -> None:
    """After 30 days without an answer the file is treated as missing (RFC 9309 section 2.3.1.4)."""
    day = 86400.0
    assert _verdict("https://ort.example", 29 * day, 503, b"", 1.0).reason
    assert not _verdict("https://ort.example", 31 * day, 503, b"", 1.0).reason


def _app(answers: list[Any], html: Any, reply: Any) -> Any:
    def app(request: Any) -> Any:
        if request.path.startswith("/robots.txt") or request.path.startswith("/r/"):
            return answers[0] if len(answers) == 1 else answers.pop(0)
        return reply(html(request.path, "/hemligt"), etag=True)

    return app


def test_file_is_cached_for_a_day(web: Any, crawler: Any, html: Any, reply: Any) -> None:
    """A second crawl on the same day does not ask for robots.txt again, and still obeys it."""
    server = web(_app([reply(b"User-agent: *\nDisallow: /hemligt", "text/plain")], html, reply))
    crawler(server.url("/"))
    crawler(server.url("/"))
    assert server.paths().count("/robots.txt") == 1
    assert "/hemligt" not in server.paths()


def test_old_copy_stands_in_while_the_file_is_down(web: Any, crawler: Any, html: Any, reply: Any) -> None:
    """When robots.txt answers 503 after a day, the rules of yesterday hold (RFC 9309 section 2.4)."""
    import sqlite3

    answers = [reply(b"User-agent: *\nDisallow: /hemligt", "text/plain"), reply(b"", status=503)]
    server = web(_app(answers, html, reply))
    crawler(server.url("/"))
    with sqlite3.connect(crawler.workspace / "crawl.sqlite") as db:
        db.execute("UPDATE robots SET fetched = fetched - 90000")
    summary = crawler(server.url("/"), recheck=True)
    assert server.paths().count("/robots.txt") > 1
    assert "/hemligt" not in server.paths()
    assert summary.unchanged == 1


def test_unreachable_file_forbids_everything(web: Any, crawler: Any, html: Any, reply: Any) -> None:
    """A robots.txt that answers 500 lets nothing be fetched, and the summary says why."""
    server = web(_app([reply(b"", status=500)], html, reply))
    summary = crawler(server.url("/"))
    assert set(server.paths()) == {"/robots.txt"}
    assert "robots.txt answers 500" in summary.failures[0].reason
    assert summary.failures[0].kind == "refused"


def test_a_host_that_cannot_be_found_has_failed(web: Any, crawler: Any, html: Any, reply: Any) -> None:
    """A name without an address is a failure by name in every crawl, not a refusal by a robots.txt that nobody has."""
    server = web(lambda r: reply(html("Start"), etag=True) if r.path == "/" else reply(b"", status=404))
    for _ in range(2):
        summary = crawler(server.url("/"), "http://finns-inte.invalid/x")
        (failure,) = summary.failures
        assert (failure.url, failure.kind) == ("http://finns-inte.invalid/x", "failed")
        assert failure.reason.startswith("its host cannot be found")
        assert (summary.failed, summary.refused, summary.complete) == (1, 0, False)


def test_a_host_that_answers_nothing_has_failed(web: Any, crawler: Any, html: Any, reply: Any) -> None:
    """Where no connection comes about, the page has failed; the rule that forbids it says so too."""
    server = web(lambda r: reply(html("Start")))
    url = server.url("/")
    server.__exit__()
    summary = crawler(url)
    assert [f.kind for f in summary.failures] == ["failed"]
    assert "robots.txt cannot be reached" in summary.failures[0].reason


@pytest.mark.parametrize(("redirects", "obeyed"), [(5, True), (6, False)])
def test_redirects_of_the_file(web: Any, crawler: Any, html: Any, reply: Any, redirects: int, obeyed: bool) -> None:
    """Five redirects are followed, to another host too; more count as no file (RFC 9309 section 2.3.1.2)."""
    rules = reply(b"User-agent: *\nDisallow: /hemligt", "text/plain")

    def app(request: Any) -> Any:
        if request.path in ("/", "/hemligt"):
            return reply(html(request.path, "/hemligt"))
        step = int(request.path.rsplit("/", 1)[1]) if request.path.startswith("/r/") else 0
        if step == redirects:
            return rules
        return reply(b"", status=302, headers={"Location": server.url(f"/r/{step + 1}", 1)})

    server = web(app, hosts=2)
    crawler(server.url("/"))
    assert ("/hemligt" not in server.paths(0)) is obeyed


def test_large_file_is_read_to_the_limit(web: Any, crawler: Any, html: Any, reply: Any) -> None:
    """Of a file of more than 512 KiB what stands before the limit counts, and nothing fails (RFC 9309 section 2.5)."""
    text = b"User-agent: *\nDisallow: /hemligt\n" + b"# " + b"x" * 700_000
    server = web(_app([reply(text, "text/plain")], html, reply))
    summary = crawler(server.url("/"))
    assert "/hemligt" not in server.paths()
    assert summary.fetched == 1


@given(st.binary(max_size=300), st.text(max_size=40))
def test_any_bytes_are_rules(data: bytes, path: str) -> None:
    """No content of a robots.txt makes the reader fail."""
    assert Robots.parse(data).allows("https://ort.example/" + path) in (True, False)
