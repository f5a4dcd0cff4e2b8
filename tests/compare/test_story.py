"""Timeline, conflicts and follow-through: what happened, told once, in order, with the words that say so."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from subprocess import CompletedProcess

import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from worlds import Analysis, Did, Said, analysis, world

from pipeline.compare import compare
from pipeline.compare.dates import compatible, gap, sorting, span
from pipeline.compare.follow_through import NAMES, tell

BAD = Said("Rutiner saknas.", "routines")
MENDED = Said("Nya rutiner har tagits fram.", "routines", "remedy", "municipality")
GOOD = Said("Inga brister i rutinerna.", "routines", "ok")


def _told(folder: Path, *documents: Analysis) -> list[tuple[str, str, int, int]]:
    rows = compare(world(folder, *documents))["follow_through"].to_pylist()
    return [(r["theme"], r["state"], r["episode"], r["step"]) for r in rows if r["theme"] == "routines"]


def test_a_whole_episode_and_its_recurrence(tmp_path: Path) -> None:
    """Criticised, remedied, closed, criticised again; the last begins a second episode; days and quotes are right."""
    documents = [
        analysis(n, "2083", (said,), date=d)
        for n, said, d in [
            ("a", BAD, "2017-03-01"), ("b", MENDED, "2017-05-30"), ("c", GOOD, "2018-03-01"), ("d", BAD, "2019-03-01")
        ]
    ]  # fmt: skip
    tables = compare(world(tmp_path, *documents))
    rows = [r for r in tables["follow_through"].to_pylist() if r["theme"] == "routines"]
    states = ["criticised", "remedy_announced", "closed", "criticised_again"]
    assert [(r["state"], r["episode"], r["step"], r["days"]) for r in rows] == [
        (states[0], 1, 1, 0), (states[1], 1, 2, 90), (states[2], 1, 3, 365), (states[3], 2, 1, 0)
    ]  # fmt: skip
    assert [r["quote"] for r in rows] == [BAD.text, MENDED.text, GOOD.text, BAD.text]
    (closure,) = [r for r in tables["closure"].to_pylist() if r["theme"] == "routines" and r["municipality"]]
    assert (closure["episodes"], closure["closed"], closure["recurred"], closure["open"]) == (2, 1, 1, True)
    assert closure["median_days"] == 365


def test_criticism_repeated_soon_is_one_step(tmp_path: Path) -> None:
    """A second document within 90 days repeats the criticism; after more than 90 days it is criticism again."""
    near = [analysis(n, "2083", (BAD,), date=d) for n, d in [("a", "2019-01-01"), ("b", "2019-03-01")]]
    assert _told(tmp_path / "1", *near) == [("routines", "criticised", 1, 1)]
    far = [analysis(n, "2083", (BAD,), date=d) for n, d in [("a", "2019-01-01"), ("b", "2019-06-01")]]
    assert [s for _, s, _, _ in _told(tmp_path / "2", *far)] == ["criticised", "criticised_again"]


def test_looking_back_is_not_new_criticism(tmp_path: Path) -> None:
    """A later page that names the old problem while telling of its remedy only tells of the remedy."""
    documents = [
        analysis("a", "2083", (BAD,), date="2019-01-01"), analysis("b", "2083", (BAD, MENDED), date="2021-01-01")
    ]  # fmt: skip
    assert [s for _, s, _, _ in _told(tmp_path, *documents)] == ["criticised", "remedy_announced"]


def test_the_municipality_cannot_close_its_own_case(tmp_path: Path) -> None:
    """'It works now' said by the municipality is no closing, said by the inspectorate it is."""
    own = Said("Inga brister i rutinerna.", "routines", "ok", "municipality")
    documents = [analysis("a", "2083", (BAD,), date="2019-01-01"), analysis("b", "2083", (own,), date="2019-09-01")]
    assert [s for _, s, _, _ in _told(tmp_path, *documents)] == ["criticised"]


def test_a_closed_case_closes_the_themes_of_its_authority(tmp_path: Path) -> None:
    """IVO's closing closes the routines but not the work environment, which is Arbetsmiljöverket's."""
    work = Said("Arbetsbelastningen är för hög.", "work_environment")
    documents = [
        analysis("a", "2083", (BAD, work), date="2019-01-01"),
        analysis("b", "2083", (Did("IVO avslutar ärendet.", "closed", date="2019-12-01"),), date="2019-12-02"),
    ]
    rows = compare(world(tmp_path, *documents))["follow_through"].to_pylist()
    found = {theme: [r["state"] for r in rows if r["theme"] == theme] for theme in ("routines", "work_environment")}
    assert found == {"routines": ["criticised", "closed"], "work_environment": ["criticised"]}


def test_undated_evidence_is_kept_apart(tmp_path: Path) -> None:
    """Evidence without a date is step 0 of episode 0 and orders nothing."""
    documents = [analysis("a", "2083", (BAD,), date=None), analysis("b", "2083", (BAD,), date="2019-01-01")]
    assert _told(tmp_path, *documents) == [("routines", "criticised", 0, 0), ("routines", "criticised", 1, 1)]


@given(
    st.lists(
        st.tuples(st.integers(0, 2), st.integers(0, 2), st.integers(-1, 400), st.integers(0, 5), st.booleans()),
        max_size=40,
    )
)
def test_stories_obey_their_grammar(evidence: list[tuple[int, int, int, int, bool]]) -> None:
    """Every episode begins with criticism, a closing ends it, and no state follows itself but criticism."""
    ordered = sorted(evidence, key=lambda e: (e[0], e[2]))
    columns: tuple[tuple, ...] = tuple(zip(*ordered, strict=True)) if ordered else ((), (), (), (), ())
    steps = tell(*columns)
    before: tuple[int, int, str] | None = None
    for row, episode, number, state in zip(steps.row, steps.episode, steps.step, steps.state, strict=True):
        if not episode:
            continue
        here = (columns[0][row], episode, NAMES[state])
        if number == 1:
            assert here[2] == ("criticised" if episode == 1 else "criticised_again")
        else:
            assert before is not None and before[:2] == here[:2] and before[2] != "closed"
            assert here[2] == "criticised_again" or here[2] != before[2]
        before = here


def test_one_event_told_twice_is_one_row(tmp_path: Path) -> None:
    """A precise and a vague telling are merged: the better date, all facts, both quotes, first the surest."""
    sure = Did("Den 25 november förelade IVO nämnden.", "injunction_with_fine", date="2019-11-25", amount=500_000)
    vague = Did("Under 2019 fick kommunen ett vitesföreläggande.", "injunction_with_fine", authority=None, date="2019")
    late = analysis("a", "2083", (vague,), date="2020-05-01")
    tables = compare(world(tmp_path, late, analysis("b", "2083", (sure,), date="2019-12-01")))
    (row,) = [r for r in tables["timeline"].to_pylist() if r["kind"] == "injunction_with_fine"]
    assert (row["date"], row["date_from"], row["authority"], row["amount"]) == ("2019-11-25", "event", "IVO", 500_000)
    assert (row["mentions"], row["sanction"], row["step"]) == (2, 4, "injunction")
    assert row["quotes"] == [sure.text, vague.text] and row["documents"] == ["b", "a"]
    (rate,) = [
        r for r in tables["event_rates"].to_pylist()
        if (r["municipality"], r["kind"], r["period"]) == ("2083", "sanction", "all")
    ]  # fmt: skip
    assert rate["events"] == 1 and rate["rate"] == pytest.approx(10_000 / rate["population"])


def test_undated_criticism_takes_the_date_told_before_it(tmp_path: Path) -> None:
    """In a page of 2021 that looks back on 2019, criticism without a date belongs to the act told just before."""
    act = Did("Den 25 november 2019 förelade IVO.", "injunction", date="2019-11-25")
    page = analysis("a", "2083", (act, Did("IVO gav kritik.", "criticism")), date="2021-03-01")
    rows = compare(world(tmp_path, page))["timeline"].to_pylist()
    assert [(r["kind"], r["date"], r["date_from"]) for r in rows] == [
        ("criticism", "2019-11-25", "context"), ("injunction", "2019-11-25", "event")
    ]  # fmt: skip


def _reports(count: int, date: str) -> Did:
    return Did(f"{count} anmälningar gjordes.", "lex_sarah_report", date=date, count=count)


def test_counts_that_disagree_are_flagged(tmp_path: Path) -> None:
    """Three reports in February in one document, four in January in another: both shown, with a conflict."""
    a = analysis("a", "2083", (_reports(3, "2020-02"),), date="2020-04-01")
    b = analysis("b", "2083", (_reports(4, "2020-01"),), date="2021-03-01")
    tables = compare(world(tmp_path, a, b))
    (conflict,) = tables["conflicts"].to_pylist()
    assert (conflict["field"], {conflict["value_a"], conflict["value_b"]}) == ("count", {"3", "4"})
    assert {conflict["document_a"], conflict["document_b"]} == {"a", "b"}
    assert conflict["sentence"].startswith("Hedemora: Lex Sarah-anmälan: antalet är 4 (2020-01)")
    flagged = {r["conflict"] for r in tables["timeline"].to_pylist()}
    assert flagged == {conflict["conflict_id"]}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ((3, "2020-02"), (4, "2020-06")), ((3, "2019"), (4, "2020")), ((3, "2020-02"), (4, "2020")),
        ((3, "2020-02"), (3, "2020-01")),
    ],
)  # fmt: skip
def test_what_may_well_be_two_events_is_no_conflict(
    tmp_path: Path, one: tuple[int, str], other: tuple[int, str]
) -> None:
    """Far apart, of other years, of other precision, or of one count: no conflict."""
    documents = [analysis(n, "2083", (_reports(*e),), date="2021-01-01") for n, e in (("a", one), ("b", other))]
    assert compare(world(tmp_path, *documents))["conflicts"].num_rows == 0


def test_one_document_is_not_set_against_itself(tmp_path: Path) -> None:
    """A document that tells of three reports in January and four in February contradicts nobody."""
    page = analysis("a", "2083", (_reports(3, "2020-01"), _reports(4, "2020-02")), date="2020-03-01")
    assert compare(world(tmp_path, page))["conflicts"].num_rows == 0


def test_open_episodes_are_followed_to_the_last_capture(tmp_path: Path) -> None:
    """An episode that nobody closed is censored at the last capture, not taken for closed."""
    page = analysis("a", "2083", (BAD,), date="2019-01-01", captured=datetime(2024, 1, 1, tzinfo=UTC))
    (row,) = [r for r in compare(world(tmp_path, page))["closure"].to_pylist() if r["municipality"] == "2083"]
    assert (row["closed"], row["open"], row["median_days"]) == (0, True, None)


def test_dates_of_reduced_precision() -> None:
    """Spans, order and gaps of years, months, seasons and days."""
    assert [str(d) for d in span("2019-22") or ()] == ["2019-06-01", "2019-08-31"]
    assert span("2019-13") is None and span("sommaren") is None and span(None) is None
    assert (sorting("2020"), sorting("2020", late=True), sorting("2020-02", late=True)) == (
        "2020-01-01", "2020-12-31", "2020-02-29"
    )  # fmt: skip
    assert compatible("2019", "2019-11-25") and not compatible("2018", "2019-11-25") and compatible(None, "2019")
    assert gap("2020-01", "2020-02") == 1 and gap("2020", "2020-05-01") == 0


@pytest.mark.shared
def test_hedemora_in_order(seeds_run: tuple[Path, CompletedProcess[str]]) -> None:
    """From the five real pages: criticism 2017-2019, injunction with fine, remedies, closed, and three against four."""
    folder = seeds_run[0] / "comparison"
    rows = [r for r in pq.read_table(folder / "timeline.parquet").to_pylist() if r["municipality"] == "2083"]
    story = [(r["step"], r["date"]) for r in rows if r["step"] in ("criticised", "injunction", "remedy", "closed")]
    years = [(step, date[:4]) for step, date in story]
    assert [y for s, y in years if s == "criticised"][:3] == ["2017", "2018", "2019"]
    fine = story.index(("injunction", "2019-11-25"))
    remedied, closed = years.index(("remedy", "2020")), years.index(("closed", "2020"))
    assert years.index(("criticised", "2019")) < fine < remedied < closed
    (end,) = [r for r in rows if r["step"] == "closed"]
    assert end["kind"] == "closed_without_remarks" and end["authority"] == "IVO"
    (fined,) = [r for r in rows if r["date"] == "2019-11-25" and r["step"] == "injunction"]
    assert fined["kind"] == "injunction_with_fine" and fined["sanction"] == 4
    (conflict,) = pq.read_table(folder / "conflicts.parquet").to_pylist()
    assert conflict["kind"] == "lex_sarah_report" and {conflict["value_a"], conflict["value_b"]} == {"3", "4"}


@pytest.mark.shared
def test_hedemora_through_the_command(
    seeds_run: tuple[Path, CompletedProcess[str]], command: Callable[..., CompletedProcess[str]]
) -> None:
    """'tillsyn compare --municipality Hedemora' shows its rows with coverage and definitions."""
    done = command("compare", "--workspace", seeds_run[0], "--municipality", "Hedemora")
    assert done.returncode == 0, done.stderr
    assert "Hedemora" in done.stdout and "Coverage" in done.stdout and "Älmhult" not in done.stdout
