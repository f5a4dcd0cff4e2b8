"""Dates in Swedish prose, numbers, amounts and case numbers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.classify.amounts import amounts, count_before
from pipeline.classify.casenumbers import case_numbers
from pipeline.classify.dates_in_text import Reader


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("den 25 november 2019", "2019-11-25"),
        ("den 3 okt. 2018", "2018-10-03"),
        ("2014-05-06", "2014-05-06"),
        ("i mars 2014", "2014-03"),
        ("hösten 2014", "2014-23"),
        ("våren 2015", "2015-21"),
        ("under 2017", "2017"),
        ("i februari", "2020-02"),
        ("i november", "2019-11"),
        ("den 25 november", "2019-11-25"),
        ("i fjol", "2019"),
        ("i somras", "2019-22"),
        ("i fredags", "2020-03-13"),
        ("i går", "2020-03-14"),
        ("26/9 2018", "2018-09-26"),
        ("i februari i fjol", "2019-02"),
        ("den 31 juni 2018", "2018-06"),
    ],
)
def test_dates_have_the_precision_of_the_text(text: str, expected: str) -> None:
    """Told on Sunday 15 March 2020, each expression has this value."""
    assert [d.value for d in Reader("2020-03-15").read(f"Det hände {text}.")] == [expected]


@pytest.mark.parametrize(
    "text", ["13 kap. 8 § SoL (2001:453)", "Kammarrättens mål 2015/16:3", "läsåret 2025/2026", "prop. 2016/17:43"]
)
def test_statutes_and_school_years_are_no_dates(text: str) -> None:
    """Numbers of statutes, bills and school years are left alone."""
    assert Reader("2020-03-15").read(text) == []


def test_months_go_on_from_what_was_told() -> None:
    """A month without a year is the first after the last date told, never later than the document."""
    reader = Reader("2021-03-01")
    told = [
        "Under år 2019 kom det fram.",
        "Den 17 oktober sändes det.",
        "I januari kom rapporten.",
        "I februari svarade de.",
    ]
    values = [found.value for sentence in told for found in reader.read(sentence)]
    assert values == ["2019", "2019-10-17", "2020-01", "2020-02"]


def test_a_day_beside_the_documents_date_is_of_its_year() -> None:
    """A page of 26 September tells of 'den 28 september' of the same year, whatever year was named before."""
    reader = Reader("2018-09-26")
    assert [d.value for d in reader.read("Det hände sommaren 2017 och sänds den 28 september.")][-1] == "2018-09-28"


def test_the_end_of_a_span_is_no_date_of_its_own() -> None:
    """Neither end of 'mellan … och …' tells when something was done."""
    roles = [
        d.role
        for d in Reader("2013-01-01").read("Svaret gällde tiden mellan den 14 december 2011 och den 29 mars 2012.")
    ]
    assert roles == ["since", "since"]


def test_a_document_without_date_gives_no_years() -> None:
    """Without any year there is none to guess."""
    assert [d.value for d in Reader(None).read("Det hände i februari.")] == [None]


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("senast den 4 maj 2015", "deadline"),
        ("har till den 19 augusti på sig att svara", "deadline"),
        ("före den 14 juni 2022", "deadline"),
        ("fick den 12 maj 2021 som sista dag", "deadline"),
        ("träffas den 4 maj 2022", "deadline"),
        ("träffades våren 2022", "then"),
        ("sedan 2015", "since"),
        ("handlingar från 2020", "since"),
        ("(VK 22/10)", "since"),
        ("beslutade den 4 maj 2015", "then"),
    ],
)
def test_deadlines_are_told_apart(text: str, role: str) -> None:
    """What must be done by a date did not happen on it."""
    assert [d.role for d in Reader("2022-03-01").read(f"Nämnden {text}.")] == [role]


@given(st.text(alphabet="den 0123456789-/majhöst2019.", max_size=40), st.sampled_from([None, "2020", "2020-03-15"]))
def test_any_text_can_be_read(text: str, told: str | None) -> None:
    """Whatever the text, offsets lie in it and values have a form that records knows."""
    for found in Reader(told).read(text):
        assert 0 <= found.start < found.end <= len(text)
        assert found.value is None or len(found.value) in (4, 7, 10)


@pytest.mark.parametrize(
    ("text", "kronor"),
    [
        ("ett vite om 1 000 000 kronor", 1_000_000),
        ("en miljon kronor", 1_000_000),
        ("1,4 miljoner kronor", 1_400_000),
        ("två och en halv miljon kronor", 2_500_000),
        ("700 000 i vite", 700_000),
        ("150 000 kr", 150_000),
        ("500 tkr", 500_000),
        ("l 000 000 kronor", 1_000_000),
    ],
)
def test_amounts(text: str, kronor: int) -> None:
    """Figures, words and what optical reading made of them are kronor."""
    assert [value for _, _, value in amounts(text)] == [kronor]


def test_numbers_of_other_things_are_no_amounts() -> None:
    """Children, years and paragraphs are not money."""
    assert amounts("fyra barn, 13 kap. 8 § och år 2019") == []


@pytest.mark.parametrize(
    ("left", "count"), [("fyra ", 4), ("tre nya ", 3), ("en ", 1), ("12 ", 12), ("den ", None), ("en ny sådan ", None)]
)
def test_counts_stand_before_what_they_count(left: str, count: int | None) -> None:
    """At most two words stand between; 'en' counts only beside its noun."""
    assert count_before(f"De gjorde {left}", len(f"De gjorde {left}")) == count


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("Dnr 8.5-29206/2014", "8.5-29206/2014"),
        ("dnr 8.7.l-636l/20l5-1", "8.7.1-6361/2015-1"),
        ("(dnr 33787/2013)", "33787/2013"),
        ("JO dnr 2565-2016", "2565-2016"),
        ("ISM 2011/21483", "ISM 2011/21483"),
        ("ärende 2019/012345", "2019/012345"),
    ],
)
def test_case_numbers(text: str, number: str) -> None:
    """Case numbers of the inspectorates are read, damaged ones mended."""
    ((start, end, value),) = case_numbers(text)
    assert value == number
    assert text[start:end].replace("l", "1") == number
