"""Declared sources: what is right is read, what is wrong is named with file, key and mend."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from pipeline.errors import CorpusError
from pipeline.geography import municipalities
from pipeline.records import Source
from pipeline.sources import builtin_sources, endless, load_sources, matches, parse_sources, select, to_toml

GOOD = """
[[source]]
id = "ort"
kind = "municipality"
municipality = "2083"
start = ["https://ort.example/"]
sitemaps = ["https://ort.example/karta.xml"]
feeds = ["https://ort.example/rss"]
listings = ["https://ort.example/nyheter"]
include = ["/nyheter/"]
exclude = ["/arkiv/*/bild"]
delay = 2
expect = 30
"""


def test_every_key_of_a_declaration_is_read() -> None:
    """A full declaration becomes a Source with all its places, patterns and numbers."""
    (source,) = parse_sources(GOOD.encode(), "ort.toml")
    assert source == Source(
        "ort", "municipality", municipality="2083", start=("https://ort.example/",),
        sitemaps=("https://ort.example/karta.xml",), feeds=("https://ort.example/rss",),
        listings=("https://ort.example/nyheter",), include=("/nyheter/",), exclude=("/arkiv/*/bild",), delay=2.0,
        expect=30,
    )  # fmt: skip


def test_a_declaration_survives_writing() -> None:
    """What is written as TOML reads back the same, quotation marks and backslashes included."""
    (source,) = parse_sources(GOOD.encode(), "ort.toml")
    odd = Source(
        "b", "press", name='Orten "Nytt" \\ Kuriren', feeds=("https://b.example/",), include=(r"/\d+$",), delay=0.5
    )
    text = "\n".join(map(to_toml, (source, odd)))
    assert parse_sources(text.encode(), "x") == (source, odd)


@pytest.mark.parametrize(("change", "said"), [
    (("start =", "starts ="), "source[1].starts: unknown key; did you mean 'start'?"),
    (('kind = "municipality"', 'kind = "municipalty"'),
    "source[1].kind: 'municipalty' is no kind; did you mean 'municipality'?"),
    (('id = "ort"', 'id = "Ort 1"'), "source[1].id: 'Ort 1' is no id"),
    (('id = "ort"', ""), "source[1].id: missing; add a line id"),
    (('"2083"', '"83"'), "source[1].municipality: '83' is no code; write four digits"),
    (('municipality = "2083"', "municipality = 2083"),
    "source[1].municipality: is 2083; write a text in quotation marks."),
    (("https://ort.example/rss", "ort.example/rss"), "source[1].feeds: 'ort.example/rss' is no web address"),
    (('["https://ort.example/"]', '"https://ort.example/"'),
    "source[1].start: is 'https://ort.example/'; write a list of texts"),
    (("delay = 2", "delay = -1"), "source[1].delay: is -1; write a number from 0 up."),
    (("expect = 30", "expect = 1.5"), "source[1].expect: is 1.5; write a whole number."),
    (('"/nyheter/"', '"/(nyheter"'), "source[1].include: '/(nyheter' is no regular expression"),
    (('"/nyheter/"', "'(a+)+$'"), "source[1].include: '(a+)+$' could try for ever on a long address; repeat nothing"),
    (("[[source]]", "[source]"), "source: must be a list of tables; write each source under [[source]]."),
    (("[[source]]", "[[sources]]"), "sources: unknown key; did you mean 'source'?"),
    (("delay = 2", "delay = "), "is not readable as TOML in UTF-8"),
])  # fmt: skip
def test_each_mistake_is_named(change: tuple[str, str], said: str) -> None:
    """File, key and mend stand in the sentence."""
    with pytest.raises(CorpusError) as caught:
        parse_sources(GOOD.replace(*change).encode(), "ort.toml")
    assert said in str(caught.value) and str(caught.value).startswith("ort.toml: ")


def test_a_source_without_a_place_and_one_that_stands_twice() -> None:
    """A source must say where to look, and an id is used once."""
    with pytest.raises(
        CorpusError, match="names no place to look; add at least one of start, sitemaps, feeds, listings"
    ):
        parse_sources(b'[[source]]\nid = "a"\n', "x")
    with pytest.raises(CorpusError, match="'ort' stands twice"):
        parse_sources((GOOD + GOOD).encode(), "x")
    with pytest.raises(CorpusError, match="cannot be read"):
        load_sources(Path("there-is-none.toml"))


@pytest.mark.parametrize(("pattern", "url", "expected"), [
    ("/nyheter/", "https://a.example/nyheter/1", True), ("/nyheter/*.pdf", "https://a.example/nyheter/x/y.pdf", True),
    ("/nyheter/*.pdf", "https://a.example/nyheter/xpdf", False), ("a.example/n", "https://aXexample/n", False),
    (r"/\d{4}/", "https://a.example/2024/x", True), ("^https://b", "https://a.example/https://b", False),
    ("/sida?id=", "https://a.example/sida?id=4", True), ("/nyheter/.*", "https://a.example/nyheter/1", True),
    ("*/beslut/*", "https://a.example/beslut/1", True), ("a|b$", "https://x.example/b", True),
])  # fmt: skip
def test_patterns(pattern: str, url: str, expected: bool) -> None:
    """Plain text with asterisks, or a regular expression where its signs say so."""
    assert matches(pattern, url) is expected


@pytest.mark.parametrize("pattern", [
    "(a+)+$", "(?:[a-z]+/)*x", "^(a|ab)*c$", "(a*)*", "(a?){30}", "(?P<x>a+)+", "((ab)+c)+", "(?i:a+)+",
    "(a{1,9}){2,}", "a.*b.*c.*d.*e", "(?:ab|cd)+", r"(\\+)+", "([)(]+)+", "(?=a+)*b",
])  # fmt: skip
def test_endless_expressions_are_known(pattern: str) -> None:
    """A repeat of a repeat or of a choice, and many repeats in a row, are found in any spelling."""
    assert endless(pattern)


@pytest.mark.parametrize("pattern", [
    r"/beslut/.*\.pdf$", "^https://x.example/(a|b)/", r"(nyhet|press)/\d{4}/", r"(?:www\.)?x", r"/20[12]\d/",
    "(?i)beslut+", "/(?:nyheter|press)?/.*", "a|b+", "[^/]+/[^/]+$", "*a*a*a*a*b", "(beslut.*pdf)", "[(a+)]+$",
    r"\(a+\)+$", "/sida?id=",
])  # fmt: skip
def test_usual_expressions_are_not_endless(pattern: str) -> None:
    """Single repeats, choices, sets and escaped signs are what patterns are written with."""
    assert not endless(pattern)


def test_asterisks_are_found_fast() -> None:
    """Text with many asterisks is matched in an instant, also where it nearly fits a long address."""
    began = time.monotonic()
    assert not matches("*a*a*a*a*a*a*a*b*", "a" * 2000)
    assert matches("*a*a*b*c*", "a" * 1000 + "xbxc")
    assert time.monotonic() - began < 1


def test_all_municipalities_are_declared() -> None:
    """The package declares all 290 municipalities at their websites, and authorities and press besides."""
    sources = builtin_sources()
    places = {s.municipality: s.start[0].rstrip("/") for s in sources if s.kind == "municipality"}
    assert places == {m.code: m.website.rstrip("/") for m in municipalities()}
    assert {"ivo", "arbetsmiljoverket", "skolinspektionen", "jo", "skr"} <= {s.id for s in sources}
    assert sum(s.kind == "press" and bool(s.feeds) for s in sources) >= 40
    assert all(s.delay >= 1 and s.terms for s in sources)


def test_written_lists_are_up_to_date(tmp_path: Path, root: Path) -> None:
    """municipalities.toml and press.toml are what build.py writes."""
    folder = tmp_path / "corpus" / "sources"
    folder.mkdir(parents=True)
    (tmp_path / "corpus" / "municipalities.csv").write_bytes((root / "corpus" / "municipalities.csv").read_bytes())
    (folder / "build.py").write_bytes((root / "corpus" / "sources" / "build.py").read_bytes())
    subprocess.run([sys.executable, str(folder / "build.py")], check=True)
    for name in ("municipalities.toml", "press.toml"):
        assert (folder / name).read_text("utf-8") == (root / "corpus" / "sources" / name).read_text("utf-8")


def test_choice() -> None:
    """Sources are chosen by id, kind and municipality; an empty choice is all."""
    sources = builtin_sources()
    assert [s.id for s in select(sources, codes=["2083"])] == ["kommun-2083"]
    assert {s.kind for s in select(sources, kinds=["inspectorate"])} == {"inspectorate"}
    assert select(sources) == sources
