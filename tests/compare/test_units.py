"""What is counted: versions, copies and retellings are one unit, and nothing undated or unplaced is lost."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from worlds import Did, Said, analysis, world

from pipeline.compare import Selection, compare

PROBLEM = (Said("Rutiner saknas.", "routines"),)


def _rows(tables: dict, **wanted: str) -> list[dict]:
    wanted = {"period": "all", "polarity": "problem", "source_kind": "all", "attribution": "all"} | wanted
    return [r for r in tables["comparison"].to_pylist() if all(r[k] == v for k, v in wanted.items())]


def _row(tables: dict, **wanted: str) -> dict:
    (row,) = _rows(tables, **wanted)
    return row


def test_only_the_latest_version_of_a_page_counts(tmp_path: Path) -> None:
    """A page fetched twice is one unit, with what it says last; www and a final slash make no other page."""
    old = analysis("old", "2083", PROBLEM, url="https://www.k.example/sida/")
    new = analysis(
        "new", "2083", (Said("Rutiner finns.", "routines", "ok"),), url="http://k.example/sida",
        captured=datetime(2025, 1, 1, tzinfo=UTC),
    )  # fmt: skip
    tables = compare(world(tmp_path, old, new))
    assert tables["units"].column("document").to_pylist() == ["new"]
    assert _row(tables, municipality="2083", theme="routines")["documents_with"] == 0


def test_the_same_document_in_two_segments_counts_once(tmp_path: Path) -> None:
    """A page archived twice with the same bytes has one id, and its findings are not doubled."""
    from pipeline.tables import connect, write_segment

    one = analysis("d", "2083", PROBLEM)
    for segment in ("a", "b"):
        write_segment(tmp_path, segment, [one])
    row = _row(compare(connect(tmp_path)), municipality="2083", theme="routines")
    assert (row["documents"], row["documents_with"], row["findings"]) == (1, 1, 1)


def test_copies_are_one_unit_and_one_speaks(tmp_path: Path) -> None:
    """The same text under two addresses is one unit, spoken for by the inspectorate, findings once."""
    one = analysis("a", "2083", PROBLEM, content_digest="x")
    two = analysis("b", "2083", PROBLEM, content_digest="x", source_kind="inspectorate")
    tables = compare(world(tmp_path, one, two))
    (unit,) = tables["units"].to_pylist()
    assert (unit["document"], unit["merged"], unit["reason"]) == ("b", 2, "duplicate")
    assert unit["source_kinds"] == ["inspectorate", "municipality"]
    row = _row(tables, municipality="2083", theme="routines")
    assert (row["documents"], row["findings"]) == (1, 1)


def test_near_duplicates_by_signature(tmp_path: Path) -> None:
    """Texts that share most shingles are one unit; the same form about another municipality is not."""
    signature = np.random.default_rng(1).integers(0, 2**62, 64)
    close = signature.copy()
    close[:6] += 1
    far = signature.copy()
    far[::2] += 1
    prints = {"a": signature, "b": close, "c": far, "d": close}
    tables = compare(
        world(
            tmp_path,
            *(
                analysis(n, "1860" if n == "d" else "2083", PROBLEM, fingerprint=tuple(map(int, p)))
                for n, p in prints.items()
            ),
        )
    )
    assert sorted(tables["units"].column("documents").to_pylist()) == [["a", "b"], ["c"], ["d"]]


def test_retellings_of_an_event_are_one_unit(tmp_path: Path) -> None:
    """A decision and a newspaper's account of it within 60 days are one unit; a look back two years later is not."""
    act = Did("IVO förelägger.", "injunction", date="2019-11-25")
    decision = analysis("ivo", "2083", (act, *PROBLEM), date="2019-11-25", source_kind="inspectorate")
    press = analysis(
        "press", "2083", (act, Said("Ledningen är otydlig.", "leadership")), date="2019-11-28", source_kind="press"
    )
    later = analysis("later", "2083", (act, *PROBLEM), date="2021-03-01")
    tables = compare(world(tmp_path, decision, press, later))
    assert tables["units"].column("documents").to_pylist() == [["ivo", "press"], ["later"]]
    assert _row(tables, municipality="2083", theme="leadership")["documents_with"] == 1
    press_only = _rows(tables, municipality="2083", source_kind="press")
    assert {r["theme"]: r["documents_with"] for r in press_only} == {"leadership": 1, "all": 1}


def test_pages_that_retell_one_public_page_are_one_unit(tmp_path: Path) -> None:
    """Two pages that name the same source (Dublin Core) are one unit."""
    pair = [analysis(n, "2083", PROBLEM, derived_from="https://x.se/1") for n in ("a", "b")]
    assert compare(world(tmp_path, *pair))["units"].num_rows == 1


def test_undated_and_unplaced_documents_do_not_vanish(tmp_path: Path) -> None:
    """No date: counted in 'all' and 'unknown'. No municipality: counted in the country."""
    tables = compare(
        world(tmp_path, analysis("a", "2083", PROBLEM, date=None), analysis("b", "", PROBLEM, date="2019-05"))
    )
    periods = {r["period"] for r in tables["comparison"].to_pylist() if r["documents"] and r["municipality"] == "2083"}
    assert periods == {"all", "unknown"}
    (row,) = [
        r for r in tables["national"].to_pylist()
        if (r["theme"], r["period"], r["polarity"]) == ("routines", "all", "problem")
    ]  # fmt: skip
    assert (row["documents"], row["documents_with"], row["municipalities"]) == (2, 2, 1)
    assert "" in tables["coverage"].column("municipality").to_pylist()


@pytest.mark.parametrize(
    ("date", "half"),
    [("2019-06-30", "2019-H1"), ("2019-07", "2019-H2"), ("2019-21", "2019-H1"), ("2019-23", "2019-H2"), ("2019", None)],
)
def test_half_years(tmp_path: Path, date: str, half: str | None) -> None:
    """A date of a day, month or season has a half-year; a date of a year only has none."""
    tables = compare(world(tmp_path, analysis("a", "2083", PROBLEM, date=date)))
    assert tables["units"].column("period_half").to_pylist() == [half]
    found = {r["period"] for r in tables["comparison"].to_pylist() if r["documents"]}
    assert found == {"all", "2019"} | ({half} if half else set())


def test_pages_on_nothing_reviewed_are_not_in_the_base(tmp_path: Path) -> None:
    """A page without findings and events, and one that could not be read, are covered but not counted."""
    tables = compare(
        world(
            tmp_path, analysis("a", "2083", PROBLEM), analysis("b", "2083", (Said("Badhuset har öppet."),)),
            analysis("c", "2083", PROBLEM, status="needs_ocr"),
        )
    )  # fmt: skip
    (row,) = [r for r in tables["coverage"].to_pylist() if r["municipality"] == "2083" and r["source_kind"] == "all"]
    assert (row["captures"], row["documents"], row["counted"], row["unread"]) == (3, 2, 1, 1)


def test_nothing_collected_is_not_nothing_found(tmp_path: Path) -> None:
    """'-' where nothing was collected, '..' under five units with no rate, '' and a rate from five on."""
    few = [analysis(f"f{i}", "1860", PROBLEM) for i in range(4)]
    enough = [analysis(f"e{i}", "2083", PROBLEM) for i in range(5)]
    tables = compare(world(tmp_path, *few, *enough))
    marks = {m: _row(tables, municipality=m, theme="routines") for m in ("0114", "1860", "2083")}
    assert [row["status"] for row in marks.values()] == ["-", "..", ""]
    assert [row["rate"] for row in marks.values()] == [None, None, 1.0]
    assert marks["1860"]["documents_with"] == 4 and marks["1860"]["rank"] is None
    assert {r["municipality"] for r in _rows(tables, theme="routines")} == {
        r["municipality"] for r in tables["coverage"].to_pylist() if r["municipality"]
    }


def test_a_document_counts_where_it_has_a_fifth_of_the_mentions(tmp_path: Path) -> None:
    """A document on two municipalities counts for both, one on six for none of them but for the country."""
    two = analysis("a", ("2083", "1860"), PROBLEM)
    six = analysis("b", ("2083", "1860", "0114", "0115", "0117", "0120"), PROBLEM)
    tables = compare(world(tmp_path, two, six))
    assert _row(tables, municipality="1860", theme="routines")["documents"] == 1
    assert max(r["documents"] for r in tables["national"].to_pylist()) == 2


def test_filters_of_source_and_voice_change_what_is_counted(tmp_path: Path) -> None:
    """--source takes the documents of that kind as base; --attribution keeps the base and counts that voice."""
    a = analysis("a", "2083", (Said("Brist.", "routines", "problem", "press"),), source_kind="press")
    b = analysis("b", "2083", PROBLEM)
    press = compare(world(tmp_path, a, b), Selection(source="press"))
    row = _row(press, municipality="2083", theme="routines", source_kind="press")
    assert (row["documents"], row["documents_with"]) == (1, 1)
    voice = compare(world(tmp_path, a, b), Selection(attribution="inspectorate"))
    row = _row(voice, municipality="2083", theme="routines", attribution="inspectorate")
    assert (row["documents"], row["documents_with"]) == (2, 1)


def test_choosing_a_municipality_does_not_change_its_numbers(tmp_path: Path) -> None:
    """A municipality's row is the same alone as among all; other municipalities are left out."""
    documents = [
        analysis(f"{m}-{i}", m, PROBLEM if i % 2 else (Said("Chef saknas.", "leadership"),))
        for m in ("2083", "1860", "0114")
        for i in range(6)
    ]
    everything = compare(world(tmp_path, *documents))
    alone = compare(world(tmp_path, *documents), Selection(municipalities=("1860",)))
    assert set(alone["comparison"].column("municipality").to_pylist()) == {"1860"}
    assert _rows(alone, municipality="1860") == _rows(everything, municipality="1860")
    county = compare(world(tmp_path, *documents), Selection(county="20", theme="routines"))
    assert {r["theme"] for r in county["comparison"].to_pylist()} == {"routines"}
    assert "1860" not in county["comparison"].column("municipality").to_pylist()


def test_the_invariant_of_counts(tmp_path: Path) -> None:
    """Units with a theme never exceed units, in any row."""
    documents = [analysis(f"d{i}", "2083", PROBLEM, date=f"20{10 + i}-01-01") for i in range(6)]
    for row in compare(world(tmp_path, *documents))["comparison"].to_pylist():
        assert 0 <= row["documents_with"] <= row["documents"]
        assert row["rate"] is None or row["low"] <= row["rate"] <= row["high"]
