"""Search: the same words and the same question language in SQLite, on the command line and in the static page."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import UsageError, WorkspaceError
from pipeline.geography import find
from pipeline.publish import site
from pipeline.publish.database import write_database
from pipeline.publish.material import open_material
from pipeline.publish.search.fulltext import highlights, search
from pipeline.publish.search.index import base36, differences, write_index
from pipeline.publish.search.query import Atom, parse
from pipeline.publish.search.words import terms, words
from pipeline.records import Analysis, Block, Concern, Document, Finding, Passage

NOW = datetime(2026, 11, 21, 22, tzinfo=UTC)
# (municipality, date, who published, sentences with theme and sense or None)
WRITTEN: list[tuple[str, str, str, list[tuple[str, str, str]]]] = [
    ("Hedemora", "2019-03-01", "inspectorate", [
        ("Rutinerna för avvikelser saknas.", "routines", "problem"),
        ("Dokumentationsrutiner finns men följs inte.", "documentation", "problem"),
        ("Socialnämnden beslutade om en plan.", "leadership", "remedy"),
    ]),
    ("Upplands Väsby", "2020-05-05", "press", [
        ("En ny rutin är på plats.", "routines", "remedy"),
        ("Cheferna har slutat, en efter en.", "leadership", "problem"),
        ("Det finns arbetsmiljöproblem på enheten.", "work_environment", "problem"),
    ]),
    ("Hedemora", "2016", "press", [
        ("Ärendet har diarienummer 8.5-29206/2014.", "", ""),
        ("Personalen ska få stöd i skolan.", "competence", "neutral"),
        ("Inte tillräckligt många chefer stannar.", "staffing", "problem"),
    ]),
]  # fmt: skip


def analyses() -> list[Analysis]:
    """The sentences above as analysed documents."""
    made = []
    for number, (place, date, kind, said) in enumerate(WRITTEN):
        name, text, passages, findings = f"{number:016x}", "", [], []
        for index, (sentence, theme, sense) in enumerate(said):
            start = len(text) + bool(text)
            text += f" {sentence}" if text else sentence
            passages.append(Passage(name, index, start, len(text), sentence, "sentence"))
            if theme:
                finding = Finding(name, index, start, len(text), sentence, theme, sense, "other", 0.9)  # type: ignore[arg-type]
                findings.append(finding)
        document = Document(
            name, f"https://www.example.se/{number}", f"Om {place}", text, (Block("paragraph", 0, len(text)),),
            kind, NOW, "0" * 64, published=date, municipalities=(Concern(find(place).code, place, 1.0),),  # type: ignore[arg-type]
        )  # fmt: skip
        made.append(Analysis(document, tuple(passages), tuple(findings)))
    return made


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory, synthetic: ModuleType) -> Path:
    """A workspace of nine sentences with database, index and report."""
    folder, root = synthetic.store(tmp_path_factory.mktemp("search"), analyses())
    material = open_material(folder, root, generated=NOW)
    write_database(material, folder / "tillsyn.db")
    write_index(material, folder / "report" / "data" / "search")
    site.build(folder, root, generated=NOW)
    return Path(folder)


# Question -> how many of the nine sentences answer.
ASKED = {
    "rutin": 3, "rutiner": 3, "rutinerna": 3, "dokumentationsrutiner": 1, "dokumentation": 1, "arbetsmiljö": 1,
    "miljö": 1, "chef": 2, "rutin saknas": 1, "rutin OR chef": 5, "rutin ELLER chef": 5, "rutin -avvikelser": 2,
    "dokument*": 1, "arbets*": 1, '"finns men följs"': 1, '"följs finns"': 0, '"inte tillräckligt"': 1,
    "8.5-29206/2014": 1, "kommun:hedemora": 6, "kommun:2083": 6, 'kommun:"Upplands Väsby"': 3,
    "kommun:upplands_väsby rutin": 1, "-kommun:hedemora": 3, "tema:rutiner": 2, "tema:routines": 2,
    "tema:rutiner sinne:problem": 1, "tema:ledarskap": 2, "sinne:åtgärd": 2, "-sinne:problem": 4, "år:2019": 3,
    "år:2016-2019": 6, "källa:press": 6, "källa:press rutin": 1, "röst:inspectorate": 0, "rutin och": 3, "skola": 1,
    "chef -\"en efter en\"": 1, "kommun:hedemora kommun:upplands_väsby": 9, "hittas inte alls": 0, "rutinens": 3,
}  # fmt: skip


@pytest.mark.parametrize(("question", "answers"), ASKED.items())
def test_what_sqlite_finds(workspace: Path, question: str, answers: int) -> None:
    """Words are found in all forms and inside compounds; phrases, minus, OR, beginnings and filters do as they say."""
    result = search(workspace / "tillsyn.db", question)
    assert result.total == answers == len(result.hits)


def test_hits_carry_highlights_findings_and_facets(workspace: Path) -> None:
    """A hit says which letters answer, what the sentence is marked with, and how all hits spread."""
    result = search(workspace / "tillsyn.db", "rutin")
    marked = {hit.text[a:b] for hit in result.hits for a, b in hit.highlights}
    assert marked == {"Rutinerna", "Dokumentationsrutiner", "rutin"}
    assert result.facets["municipality"] == {"Hedemora": 2, "Upplands Väsby": 1}
    assert result.facets["theme"] == {"routines": 2, "documentation": 1}
    assert result.facets["year"] == {"2019": 2, "2020": 1}
    hit = next(hit for hit in result.hits if "saknas" in hit.text)
    assert hit.findings == ({"theme": "routines", "polarity": "problem", "attribution": "other"},)
    assert hit.municipalities == ("Hedemora",)


def test_limit_and_offset_page_through(workspace: Path) -> None:
    """Pages together are the whole, in one order."""
    whole = search(workspace / "tillsyn.db", "kommun:hedemora", limit=9).hits
    pages = [search(workspace / "tillsyn.db", "kommun:hedemora", limit=2, offset=n).hits for n in (0, 2, 4)]
    assert tuple(hit for page in pages for hit in page) == whole


@pytest.mark.parametrize("question", ["tema:xyz", "kommun:atlantis", "år:nitton", "sinne:glad"])
def test_unknown_values_are_named(workspace: Path, question: str) -> None:
    """A filter value that does not exist is an error that says so, not an empty answer."""
    with pytest.raises(UsageError):
        search(workspace / "tillsyn.db", question)


def test_no_database_is_said(tmp_path: Path) -> None:
    """Without a database the sentence says which command makes one."""
    with pytest.raises(WorkspaceError, match="tillsyn report"):
        search(tmp_path / "tillsyn.db", "rutin")


@given(st.text(max_size=40))
def test_any_question_can_be_read(text: str) -> None:
    """No question breaks the parser: it is read, or it is said what is wrong."""
    try:
        query = parse(text)
    except UsageError:
        return
    assert all(atom.words for atom in query.atoms)


@pytest.mark.parametrize(
    "question", ['"', "a*b", 'NEAR("a" "b")', "form:x", "'; DROP TABLE passages; --", "* - OR", "(", "^a"]
)
def test_questions_are_data(workspace: Path, question: str) -> None:
    """Signs that mean something to SQLite or to FTS5 are words or nothing, never commands."""
    assert search(workspace / "tillsyn.db", question).total >= 0
    assert search(workspace / "tillsyn.db", "rutin").total == 3


def test_terms_of_a_compound() -> None:
    """A compound is found under its lemma, its parts, and the compounds inside it."""
    assert set(terms("dokumentationsrutinerna")) == {"dokumentationsrutin", "dokumentation", "rutin"}
    assert {"arbetsmiljöproblem", "arbetsmiljö", "problem"} <= set(terms("arbetsmiljöproblemen"))
    assert terms("ska") == ("ska",)


@given(st.text(max_size=60))
def test_words_lie_where_they_say(text: str) -> None:
    """Offsets of words are those of the text, in order and apart."""
    at = 0
    for start, end, form in words(text):
        assert at <= start < end <= len(text)
        assert text[start:end].lower() == form
        at = end


def test_highlights_of_phrases() -> None:
    """A phrase is marked as a whole, a beginning through its whole word."""
    text = "Rutiner saknas. Saknas rutiner?"
    assert [text[a:b] for a, b in highlights(text, [Atom(("saknas", "rutiner"))])] == ["Saknas rutiner"]
    assert [text[a:b] for a, b in highlights(text, [Atom(("rut",), True)])] == ["Rutiner", "rutiner"]


@given(st.sets(st.integers(0, 10**7)))
def test_postings_come_back(numbers: set[int]) -> None:
    """Differences in base 36 give the numbers back."""
    ordered = sorted(numbers)
    at, back = 0, []
    for step in differences(ordered).split():
        at += int(step, 36)
        back.append(at)
    assert back == ordered
    assert all(int(base36(n), 36) == n for n in numbers)


def test_the_verb_prints_and_gives_json(
    workspace: Path, command: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    """'tillsyn search' prints the sentences; with --json a program reads them; words with a minus are no options."""
    done = command("search", "rutin", "-avvikelser", "--workspace", workspace)
    assert done.returncode == 0, done.stderr
    assert "Dokumentationsrutiner finns" in done.stdout
    assert "saknas" not in done.stdout
    done = command("search", "tema:rutiner sinne:problem", "--workspace", workspace, "--json")
    found = json.loads(done.stdout)
    assert found["total"] == 1
    assert found["hits"][0]["text"] == "Rutinerna för avvikelser saknas."
    assert command("search", "tema:xyz", "--workspace", workspace).returncode == 2


@pytest.fixture(scope="module")
def page(workspace: Path) -> Iterator[Any]:
    """The search page in Chromium, from the disk; every error of its console is an error here."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        opened = browser.new_page()
        errors: list[str] = []
        opened.on("pageerror", lambda error: errors.append(str(error)))
        opened.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
        opened.goto((workspace / "report" / "sok.html").as_uri())
        yield opened
        browser.close()
        assert not errors


def _ask(page: Any, question: str) -> str:
    page.fill("#search-field", question)
    page.press("#search-field", "Enter")
    page.wait_for_function("q => document.getElementById('search-result').dataset.query === q", arg=question)
    return str(page.inner_text("#search-say"))


@pytest.mark.browser
def test_the_page_finds_what_sqlite_finds(page: Any) -> None:
    """Every question above gives as many sentences in the static page as in the database."""
    given_ = {}
    for question in ASKED:
        said = _ask(page, question)
        given_[question] = int(said.split()[0]) if said[0].isdigit() else 0
    assert given_ == ASKED


@pytest.mark.browser
def test_the_page_marks_links_and_narrows(page: Any) -> None:
    """Hits are marked, lead to the sentence in its document, and a facet narrows the question; the address keeps it."""
    _ask(page, "rutin")
    assert set(page.locator("#search-hits mark").all_inner_texts()) == {"Rutinerna", "Dokumentationsrutiner", "rutin"}
    link = page.locator(".hit h3 a").first.get_attribute("href")
    assert link.startswith("document/")
    assert "#m" in link
    page.locator("#search-facets button", has_text="Hedemora").click()
    page.wait_for_function("document.getElementById('search-result').dataset.query === 'rutin kommun:hedemora'")
    assert "2 meningar" in page.inner_text("#search-say")
    assert "q=rutin" in page.url


@pytest.mark.browser
def test_the_page_opens_on_a_question(page: Any, workspace: Path) -> None:
    """A link with a question shows its answers, in English too."""
    page.goto((workspace / "report" / "en" / "sok.html").as_uri() + "?q=" + quote("tema:routines"))
    page.wait_for_selector(".hit")
    assert "2 sentences in 2 documents" in page.inner_text("#search-say")
    page.goto((workspace / "report" / "sok.html").as_uri())
