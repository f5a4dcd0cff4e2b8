"""Declared sources: what is right is read, what is wrong is named with file, key and mend."""

from __future__ import annotations

import importlib.util
import json
import re
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

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
    """What is written as TOML reads back the same, quotation marks, backslashes and line breaks included."""
    (source,) = parse_sources(GOOD.encode(), "ort.toml")
    odd = Source(
        "b",
        "press",
        name='Orten "Nytt" \\ Kuriren\n\tåäö\x7f',
        feeds=("https://b.example/",),
        include=(r"/\d+$",),
        delay=0.5,
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
    (("delay = 2", "delay = -1"), "source[1].delay: is -1; write a number from 0 to 3600."),
    (("delay = 2", "delay = 1e8"), "source[1].delay: is 100000000.0; write a number from 0 to 3600."),
    (("delay = 2", "delay = nan"), "source[1].delay: is nan; write a number from 0 to 3600."),
    (("expect = 30", "expect = 10000000"), "source[1].expect: is 10000000; write a number from 0 to 1000000."),
    (('"2083"', '"9999"'), "source[1].municipality: '9999' is the code of none of the 290 municipalities; see"),
    (('"2083"', '"2185"'), "'2185' is the code of none of the 290 municipalities; did you mean '2"),
    (("https://ort.example/rss", "https://ex ample.se/"), "source[1].feeds: 'https://ex ample.se/' has no name of a"),
    (("https://ort.example/rss", "https://user@/"), "source[1].feeds: 'https://user@/' is no web address"),
    (("https://ort.example/rss", "https://x:99999/"), "source[1].feeds: 'https://x:99999/' has a port that cannot be"),
    (("https://ort.example/rss", "https://x:0/"), "source[1].feeds: 'https://x:0/' has a port that cannot be"),
    (('"/nyheter/"', '""'), "source[1].include: '' fits every address; write a part of those that are meant."),
    (('"/arkiv/*/bild"', '"a", ""'), "source[1].exclude: '' fits every address"),
    (('"/arkiv/*/bild"', '".*"'), "source[1].exclude: '.*' fits every address"),
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


def test_a_mistake_is_one_sentence() -> None:
    """A value with one mistake gives one line, however many checks look at it."""
    for change in (
        ('"2083"', '"9999"'),
        ("https://ort.example/rss", "https://ex ample.se:99999/"),
        ("delay = 2", "delay = 1e8"),
    ):
        with pytest.raises(CorpusError) as caught:
            parse_sources(GOOD.replace(*change).encode(), "ort.toml")
        assert len(str(caught.value).splitlines()) == 1


@pytest.mark.parametrize("url", [
    "https://ort.example:8443/a b", "http://127.0.0.1:1/", "https://[::1]:80/", "https://åre.example/", "http://x",
])  # fmt: skip
def test_unusual_addresses_are_read(url: str) -> None:
    """Ports, numbers, names with å and spaces in a path are addresses too."""
    (source,) = parse_sources(GOOD.replace("https://ort.example/rss", url).encode(), "ort.toml")
    assert source.feeds == (url,)


def test_a_byte_order_mark_is_no_mistake() -> None:
    """A file that an editor of Windows saved is read as any other."""
    assert parse_sources(b"\xef\xbb\xbf" + GOOD.lstrip().encode(), "x") == parse_sources(GOOD.encode(), "x")


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
    assert sum(s.kind == "press" and bool(s.feeds) for s in sources) >= 50
    assert all(s.delay >= 1 and s.terms for s in sources)


def test_written_lists_are_up_to_date(tmp_path: Path, root: Path) -> None:
    """municipalities.toml and press.toml are what build.py writes."""
    folder = tmp_path / "corpus" / "sources"
    folder.mkdir(parents=True)
    (tmp_path / "corpus" / "municipalities.csv").write_bytes((root / "corpus" / "municipalities.csv").read_bytes())
    for name in ("build.py", "papers.tsv", "cms.tsv", "listings.tsv"):
        (folder / name).write_bytes((root / "corpus" / "sources" / name).read_bytes())
    subprocess.run([sys.executable, str(folder / "build.py")], check=True)
    for name in ("municipalities.toml", "press.toml"):
        assert (folder / name).read_text("utf-8") == (root / "corpus" / "sources" / name).read_text("utf-8")


@pytest.fixture(scope="module")
def build() -> Any:
    """The script that writes the declarations."""
    path = Path(__file__).parents[1] / "corpus" / "sources" / "build.py"
    spec = importlib.util.spec_from_file_location("sources_build", path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(("address", "cms"), [
    ("https://www.ort.se/omsorg/hemtjanst.4.640dac6b1300db73e7c800013063.html", "sitevision"),
    ("https://www.ort.se/download/18.17c8f30e197e3166ee93ea0f/1751912797146/beslut.pdf", "sitevision"),
    ("https://www.ort.se/arkiv/nyheter/2023-03-27-tillsyn-av-skolan.html", "sitevision"),
    ("https://www.ort.se/omsorg/anmalan.3874.html", "sitevision"), ("https://ort.se/sitemap1.xml.gz", "sitevision"),
    ("https://www.ort.se/4aecaf/contentassets/172843824c51415f8daf4569716b55b3/r.pdf", "optimizely"),
    ("https://www.ort.se/globalassets/dokument/plan.pdf", "optimizely"),
    ("https://cms.ort.se/wp-content/uploads/2024/12/regler.pdf", "wordpress"),
    ("https://www.ort.se/app/uploads/2023/08/regler.pdf", "wordpress"),
    ("https://www.ort.se/sites/default/files/plan.pdf", "drupal"),
    ("https://www.ort.se/omsorg/aldre.html", ""), ("https://www.ort.se/2015/12/02/nyhet/", ""),
    ("https://www.ort.se/nyheter/2018/", ""),
])  # fmt: skip
def test_an_address_bears_the_mark_of_its_system(build: Any, address: str, cms: str) -> None:
    """Node ids, file archives and dated news tell the system; plain paths tell nothing."""
    assert build.cms_of(address) == cms


def test_evidence_is_of_the_municipality_itself(build: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A row whose address bears no mark, another mark, or stands on another host is refused by code and address."""
    site = {"2083": "https://www.ort.se"}
    monkeypatch.setattr(build, "HERE", tmp_path)
    for seen, address in (
        ("address", "https://www.ort.se/omsorg"), ("address", "https://www.ort.se/wp-content/a.pdf"),
        ("address", "https://www.bort.se/globalassets/a.pdf"), ("page", "https://www.bort.se/anslagstavla"),
    ):  # fmt: skip
        (tmp_path / "cms.tsv").write_text(f"code\tcms\tseen\taddress\n2083\toptimizely\t{seen}\t{address}\n", "utf-8")
        with pytest.raises(ValueError, match="2083: https://"):
            build.systems(site)
    (tmp_path / "cms.tsv").write_text(
        "code\tcms\tseen\taddress\n2083\toptimizely\taddress\thttps://cms.ort.se/globalassets/a.pdf\n", "utf-8"
    )
    assert build.systems(site) == {"2083": "optimizely"}


def test_cited_pages_agree_with_the_declared_systems(build: Any, root: Path) -> None:
    """Each cited address on a municipality's own host that bears a mark bears that of the system declared."""
    declared = {s.municipality: s for s in builtin_sources() if s.kind == "municipality"}
    marked = 0
    for url, code in _cited(root):
        source = declared[code]
        if build.own(url, source.start[0]) and (cms := build.cms_of(url)):
            assert source.cms in (cms, None), url
            marked += source.cms == cms
    assert marked >= 60
    assert sum(bool(s.cms) for s in declared.values()) >= 213


def test_news_lists_are_those_that_cited_pages_show(build: Any, root: Path) -> None:
    """Declared is a list that is cited itself, and one that two cited news stand right below, and no other."""
    declared = {s.municipality: s for s in builtin_sources() if s.kind == "municipality"}
    shown: dict[tuple[str, str], set[str]] = defaultdict(set)
    for url, code in _cited(root):
        parts, home = urlsplit(url), urlsplit(declared[code].start[0])
        if (parts.hostname or "").removeprefix("www.") != (home.hostname or "").removeprefix("www.") or parts.query:
            continue
        above, _, slug = parts.path.strip("/").rpartition("/")
        if slug in NEWS:
            shown[code, f"/{parts.path.strip('/')}"] |= {"", url}
        elif above.rpartition("/")[2] in NEWS and not re.match(r"\d{4}", slug) and "." not in slug:
            shown[code, f"/{above}"].add(url)
    expected = {(code, path) for (code, path), urls in shown.items() if len(urls) > 1}
    listed = {(code, urlsplit(url).path.rstrip("/")) for code, s in declared.items() for url in s.listings}
    assert listed
    assert listed <= expected


def test_what_is_expected_follows_the_population(build: Any) -> None:
    """A document for every 100 inhabitants, within bounds, in every declaration."""
    assert [build.expected(n) for n in (0, 2294, 5400, 16224, 99999, 995574)] == [50, 50, 50, 160, 1000, 1000]
    people = {m.code: m.population for m in municipalities()}
    declared = [s for s in builtin_sources() if s.kind == "municipality"]
    assert all(s.expect == build.expected(people[s.municipality or ""]) for s in declared)
    assert len({s.expect for s in declared}) > 50


NEWS = ("nyheter", "nyhetsarkiv", "aktuellt", "pressrum", "pressmeddelanden")
P4 = {
    "gotland": "09", "jamtland": "23", "kalmar": "08", "sormland": "04", "jonkoping": "06", "varmland": "17",
    "sjuharad": "14", "malmohus": "12", "skaraborg": "06 14", "norrbotten": "25", "gavleborg": "21", "stockholm": "01",
    "goteborg": "14", "blekinge": "10", "kronoberg": "07", "vasterbotten": "24", "vasternorrland": "22",
    "vastmanland": "19", "uppland": "03", "vast": "14", "halland": "13", "orebro": "18", "ostergotland": "05",
    "dalarna": "20", "kristianstad": "12",
}  # fmt: skip
"""Local stations of Sveriges Radio by their ids, each with its county (Habo was in Skaraborg once)."""


def _cited(root: Path) -> Iterator[tuple[str, str]]:
    """Addresses of the annotated real documents, each with the codes of its municipalities."""
    for file in sorted((root / "corpus" / "annotations").glob("*_documents.json")):
        for document in json.loads(file.read_text("utf-8")):
            yield from ((document["url"], code) for code in document["municipalities"])


def test_every_local_newsroom_of_public_service_is_declared(root: Path) -> None:
    """25 P4 stations and 21 newsrooms of SVT; a feed's number is that of cited articles about the station's county."""
    press = {s.id: s for s in builtin_sources() if s.kind == "press"}
    assert {name.removeprefix("sr-p4-") for name in press if name.startswith("sr-p4-")} == set(P4)
    assert sum(name.startswith("svt-") for name in press) == 21 + 1
    counties: dict[str, Counter[str]] = defaultdict(Counter)
    for url, code in _cited(root):
        if number := re.search(r"sverigesradio\.se/.*programid=(\d+)", url):
            counties[number[1]][code[:2]] += 1
    for name, county in P4.items():
        if feeds := press[f"sr-p4-{name}"].feeds:
            ((most, _),) = counties[feeds[0].rpartition("/")[2]].most_common(1)
            assert most in county.split(), name


def test_a_newspaper_says_what_may_be_done_with_it() -> None:
    """Each paper has the quotation right in its terms, and one that starts at a page says that it was not opened."""
    papers = [s for s in builtin_sources() if s.kind == "press"]
    assert sum(not s.id.startswith(("sr-", "svt-")) for s in papers) >= 60
    assert all("22 § upphovsrättslagen" in s.terms for s in papers)
    assert all("har inte öppnats härifrån" in s.terms for s in papers if s.start)
    assert all(len({*s.start, *s.feeds}) == 1 for s in papers)


def test_choice() -> None:
    """Sources are chosen by id, kind and municipality; an empty choice is all."""
    sources = builtin_sources()
    assert [s.id for s in select(sources, codes=["2083"])] == ["kommun-2083"]
    assert {s.kind for s in select(sources, kinds=["inspectorate"])} == {"inspectorate"}
    assert select(sources) == sources
