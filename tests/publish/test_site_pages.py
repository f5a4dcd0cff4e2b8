"""The static site as files: what it says, where its links lead, and that outside text stays text."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import CorpusError, WorkspaceError
from pipeline.publish import site
from pipeline.publish.catalogue import catalogue
from pipeline.publish.site import display
from pipeline.publish.site.chunks import embed

NOW = datetime(2026, 11, 21, 22, 0, tzinfo=UTC)


class Page(HTMLParser):
    """What a test wants to know of a page: its links, ids, elements with attributes, and its text."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path, self.links, self.ids, self.elements, self.text = path, [], set(), [], []
        self.feed(path.read_text("utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Collect an element."""
        found = dict(attrs)
        self.elements.append((tag, found))
        self.ids |= {found["id"]} if found.get("id") else set()
        self.links += [value for key in ("href", "src") if (value := found.get(key))]

    def handle_data(self, data: str) -> None:
        """Collect text."""
        self.text.append(data)

    @property
    def words(self) -> str:
        """The text in one line."""
        return " ".join(" ".join(self.text).split())


@cache
def _pages(report: Path) -> dict[Path, Page]:
    return {path: Page(path) for path in report.rglob("*.html")}


def _chunk(report: Path, name: str) -> Any:
    text = (report / "data" / f"{name}.js").read_text("utf-8")
    return json.loads(text.partition(f").{name} = ")[2].rstrip(";\n"))


def _policy(page: Page) -> str:
    return next(a["content"] for t, a in page.elements if t == "meta" and a.get("http-equiv"))


def test_every_link_leads_somewhere(small_site: Path) -> None:
    """Every relative link of every page points at a file that is there, and every anchor at an id on that page."""
    pages = _pages(small_site)
    missing = []
    for path, page in pages.items():
        for link in page.links:
            parts = urlsplit(link)
            if parts.scheme or not (parts.path or parts.fragment):
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            lost = parts.fragment and target in pages and parts.fragment not in pages[target].ids
            if lost or not target.exists():
                missing.append((path.name, link))
    assert not missing, missing[:10]


def test_every_page_has_the_policy_and_nothing_inline(small_site: Path) -> None:
    """The strict policy stands on every page, and no page needs an exception from it: no inline script or style."""
    for path, page in _pages(small_site).items():
        assert "default-src 'none'" in _policy(page), path
        assert "unsafe" not in _policy(page), path
        for tag, attributes in page.elements:
            assert tag != "style", path
            assert "style" not in attributes, (path, tag)
            assert not [name for name in attributes if name.startswith("on")], (path, tag)
            assert tag != "script" or attributes.get("src"), path


def test_nothing_is_loaded_from_elsewhere(small_site: Path) -> None:
    """Scripts, styles, pictures and fonts are all files of the report; only links for people lead out."""
    for path, page in _pages(small_site).items():
        for tag, attributes in page.elements:
            if tag in ("script", "img", "iframe", "object", "embed"):
                assert not urlsplit(attributes.get("src") or "").scheme, path
            if tag == "link" and attributes.get("rel") == "stylesheet":
                assert not urlsplit(attributes["href"] or "").scheme, path
    css = (small_site / "assets" / "site.css").read_text("utf-8")
    assert not re.findall(r"url\(\s*[\"']?(?:https?:)?//", css)


def test_both_languages_have_the_same_pages(small_site: Path) -> None:
    """Every page but those of documents stands in Swedish and in English, with its own language declared."""
    swedish = {p.relative_to(small_site) for p in small_site.rglob("*.html") if p.parts[len(small_site.parts)] != "en"}
    english = {p.relative_to(small_site / "en") for p in (small_site / "en").rglob("*.html")}
    assert {p for p in swedish if p.parts[0] != "document"} == english
    assert '<html lang="en"' in (small_site / "en" / "index.html").read_text("utf-8")
    assert "What goes wrong" in (small_site / "en" / "index.html").read_text("utf-8")


def test_english_can_be_the_language_at_the_top(english_site: Path) -> None:
    """With language='en' the English pages stand at the root and the Swedish ones in sv/."""
    assert '<html lang="en"' in (english_site / "index.html").read_text("utf-8")
    assert '<html lang="sv"' in (english_site / "sv" / "index.html").read_text("utf-8")


def test_numbers_of_the_heat_map_are_those_of_the_comparison(small_site: Path) -> None:
    """Every shown percentage and every '..' of the heat map agrees with comparison.parquet."""
    rows = duckdb.sql(
        f"SELECT municipality, theme, rate, status, documents FROM '{small_site.parent}/comparison/comparison.parquet' "
        "WHERE period = 'all' AND polarity = 'problem' AND source_kind = 'all' AND attribution = 'all' "
        "AND theme <> 'all'"
    ).fetchall()
    wanted = {}
    for code, theme, rate, status, documents in rows:
        shown = "–" if not documents else ".." if status == ".." else str(int(rate * 100 + 0.5))
        wanted[code, theme] = shown
    html = (small_site / "index.html").read_text("utf-8")
    seen = {
        (code, theme): shown
        for code, theme, shown in re.findall(r'href="kommun/(\d{4})\.html#tema-(\w+)" title="[^"]*">([^<]+)</a>', html)
    }
    assert seen
    assert seen == {key: value for key, value in wanted.items() if value != "–"}


def test_filters_count_as_the_comparison_does(small_site: Path) -> None:
    """The counted documents that the page's filters work on give the comparison's own counts, margin by margin."""
    units, heat = _chunk(small_site, "units"), _chunk(small_site, "heat")
    codes, themes = [p[0] for p in heat["places"]], [t[0] for t in heat["themes"]]
    polarities = ("problem", "remedy", "ok", "neutral")
    counted: dict[tuple[str, str, str], int] = {}
    for where, _, _, _, facts in units:
        for key in {(codes[i], themes[f // 20], polarities[f // 5 % 4]) for i in where for f in facts}:
            counted[key] = counted.get(key, 0) + 1
    rows = duckdb.sql(
        f"SELECT municipality, theme, polarity, documents_with "
        f"FROM '{small_site.parent}/comparison/comparison.parquet' "
        "WHERE period = 'all' AND source_kind = 'all' AND attribution = 'all' AND theme <> 'all' AND polarity <> 'all' "
        "AND municipality <> '' AND documents_with > 0"
    ).fetchall()
    assert rows
    assert counted == {(code, theme, polarity): n for code, theme, polarity, n in rows}


def test_quotes_stand_where_the_document_says(small_site: Path) -> None:
    """Each sentence on a municipality's page links to an anchor on its document's page, where the same words follow."""
    page = (small_site / "kommun" / "0180.html").read_text("utf-8")
    links = re.findall(r'<a class="to" href="\.\./document/(\w+)\.html#(m\d+)">(.*?)</a></blockquote>', page)
    assert links
    for document, anchor, quote in links[:40]:
        text = (small_site / "document" / f"{document}.html").read_text("utf-8")
        after = text[text.index(f'id="{anchor}"') :]
        plain = re.sub(r"<[^>]+>", "", quote)
        assert re.sub(r"<[^>]+>", "", after.split(">", 1)[1]).startswith(plain)


def test_documents_without_a_municipality_can_be_read(small_site: Path) -> None:
    """Documents that name no municipality are part of the country's numbers, and their sentences have a page too."""
    page = Page(small_site / "kommun" / "0000.html")
    assert "Utan känd kommun" in page.words
    assert [link for link in page.links if link.startswith("../document/")]
    assert "kommun/0000.html" in Page(small_site / "kommuner.html").links


def test_the_archived_copy_is_named(small_site: Path) -> None:
    """A document's page names the fetch time, SHA-256, archive file and offset, and the page it retells."""
    path = sorted((small_site / "document").glob("*.html"))[0]
    words = Page(path).words
    assert "2026-11-21 21:30:00 UTC" in words
    assert re.search(r"\b[0-9a-f]{64}\b", words)
    assert "synthetic.warc.gz" in words
    assert re.search(r"byte \d+ i filen", words)
    assert re.search(r'href="https://www\.example\.se/\d+\?a=1&amp;b=2"', path.read_text("utf-8"))


def test_hostile_text_stays_text(hostile_site: Path) -> None:
    """Script tags, attribute breakers, bidi controls and javascript: addresses are characters, nothing more."""
    for path, page in _pages(hostile_site).items():
        pictures = [a["src"] or "" for t, a in page.elements if t == "img"]
        assert [Path(picture).name for picture in pictures] == ["mark.svg"], path
        assert not [a for t, a in page.elements if t == "script" and "evil" in (a.get("src") or "")], path
        assert not re.search("[\u202a-\u202e\u2066-\u2069]", path.read_text("utf-8")), path
        for link in page.links:
            assert urlsplit(link).scheme in ("", "http", "https"), (path, link)
    assert "{{7*7}}" in Page(next((hostile_site / "document").glob("*.html"))).words
    for chunk in (hostile_site / "data").glob("*.js"):
        assert "<" not in chunk.read_text("utf-8"), chunk


def test_building_again_clears_and_lists(english_site: Path) -> None:
    """A second build removes pages it did not write, and lists the files that exports have put into report/data."""
    stale = english_site / "document" / "0123456789abcdef.html"
    stale.write_text("old")
    (english_site / "data" / "tillsyn å.csv").write_bytes(b"x" * 2500)
    workspace = english_site.parent
    site.build(workspace, workspace / "tables" / "test", language="en", generated=NOW)
    assert not stale.exists()
    words = (english_site / "sv" / "ladda-ner.html").read_text("utf-8")
    assert "data/tillsyn%20%C3%A5.csv" in words
    assert "2,5 kB" in words
    assert "heat.js</a>" not in words


def test_a_workspace_without_comparison_says_so(tmp_path: Path) -> None:
    """Building before comparing ends in one clear sentence that names the missing file."""
    with pytest.raises(WorkspaceError, match="no tables"):
        site.build(tmp_path, tmp_path / "tables" / "none", generated=NOW)


def test_no_language_but_those_of_the_catalogue() -> None:
    """Asking for a third language names the two that there are."""
    with pytest.raises(CorpusError, match="sv, en"):
        catalogue("fi")


def test_both_languages_fill_the_same_places() -> None:
    """A text and its translation have the same placeholders, and none is empty."""
    for key, text in catalogue("sv").texts.items():
        other = catalogue("en").texts[key]
        assert text.strip(), key
        assert other.strip(), key
        assert set(re.findall(r"\{(\w*)\}", text)) == set(re.findall(r"\{(\w*)\}", other)), key


def test_templates_ask_only_for_texts_that_exist() -> None:
    """Every literal key in the templates and scripts is in the catalogue."""
    folder = Path(site.__file__).parent
    known = catalogue("sv").texts
    for path in folder.glob("templates/*.html"):
        for key in re.findall(r"\bta?\('([a-z_]+\.[a-z_0-9]+)'[,)]", path.read_text("utf-8")):
            assert key in known, (path.name, key)
    for path in folder.glob("static/*.js"):
        for key in re.findall(r"T\.text\(\"([a-z_]+)\"[,)]", path.read_text("utf-8")):
            assert f"js.{key}" in known, (path.name, key)


@given(st.text())
def test_cleaning_keeps_offsets(text: str) -> None:
    """Cleaning never changes the length of a text, and leaves no control that turns text around."""
    made = display.clean(text)
    assert len(made) == len(text)
    assert not re.search("[\u202a-\u202e\u2066-\u2069\x00-\x08]", made)


@given(st.text(alphabet="abc<>&\u2028\u2029/\"'åäö", max_size=40))
def test_embedded_json_is_read_back_unchanged(text: str) -> None:
    """What a script chunk carries is the same text after parsing, and holds no bare angle bracket."""
    made = embed({"a": text})
    assert json.loads(made) == {"a": text}
    assert not set(made) & set("<>&\u2028\u2029")


@given(st.text(min_size=1, max_size=30), st.lists(st.tuples(st.integers(0, 30), st.integers(1, 10)), max_size=5))
def test_pieces_join_to_the_text(text: str, spans: list[tuple[int, int]]) -> None:
    """However marks overlap, the pieces put together are the text itself."""
    marks = [display.Mark(a, a + n, "x") for a, n in spans]
    made = display.pieces(text, 0, len(text), marks)
    assert "".join(piece.text for piece in made) == text


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("https://www.ivo.se/a b?x=å", "https://www.ivo.se/a%20b?x=%C3%A5"),
        ("http://example.se", "http://example.se"),
        ("javascript:alert(1)", None),
        (" JaVaScRiPt:alert(1)", None),
        ("data:text/html,<script>", None),
        ("file:///etc/passwd", None),
        ("//example.se/x", None),
        ("https://", None),
        ("https://[::1", None),
        ("", None),
        (None, None),
    ],
)
def test_only_web_addresses_become_links(url: str | None, safe: str | None) -> None:
    """http and https with a host pass, percent-encoded; everything else is no link."""
    assert display.safe_url(url) == safe


@pytest.mark.parametrize(
    ("text", "swedish", "english"),
    [
        ("2019-11-25", "25 november 2019", "25 November 2019"),
        ("2019-11", "november 2019", "November 2019"),
        ("2014-23", "hösten 2014", "autumn 2014"),
        ("2014", "2014", "2014"),
        (None, "", ""),
        ("okänt", "okänt", "okänt"),
    ],
)
def test_dates_are_written_out(text: str | None, swedish: str, english: str) -> None:
    """Dates of every precision are written as a reader of the language expects."""
    assert display.date(text, "sv") == swedish
    assert display.date(text, "en") == english


def test_numbers_are_written_as_swedes_do() -> None:
    """Thousands by a space that does not break, decimals by a comma, per cent after a space."""
    assert display.number(20000) == "20\u00a0000"
    assert display.number(-3.5, 1) == "\N{MINUS SIGN}3,5"
    assert display.percent(0.125) == "13\u00a0%"
    assert display.percent(0.125, "en") == "13%"
    assert display.percent(None) == "–"
