"""Swedish dates: every written form, labels, deadlines, and what is no date."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.extract import dates

REFERENCE = date(2020, 3, 15)
CAPTURED = datetime(2020, 3, 15, 9, tzinfo=UTC)
MONTHS = [
    "januari",
    "februari",
    "mars",
    "april",
    "maj",
    "juni",
    "juli",
    "augusti",
    "september",
    "oktober",
    "november",
    "december",
]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("den 4 maj 2015", "2015-05-04"), ("2020 jul 07", "2020-07-07"), ("hösten 2014", "2014-23"), ("vintern 2014/2015", "2014-24"),
        ("i februari 2014", "2014-02"), ("20 oktober 2021", "2021-10-20"), ("4/5 2015", "2015-05-04"), ("4/5-2015", "2015-05-04"),
        ("20150504", "2015-05-04"), ("2015-05-04T08:15:00+02:00", "2015-05-04"), ("4.5.2015", "2015-05-04"), ("Mars 2014", "2014-03"),
        ("25:e november 2019", "2019-11-25"), ("måndag 4 maj 2015", "2015-05-04"), ("1 dec. 2018", "2018-12-01"), ("November 25, 2019", "2019-11-25"),
        ("under 2018", "2018"), ("i februari", "2020-02"), ("i maj", "2019-05"), ("4 maj", "2019-05-04"), ("för tre dagar sedan", "2020-03-12"),
        ("i går", "2020-03-14"), ("våren i fjol", "2019-21"), ("i december i fjol", "2019-12"), ("2023-01", "2023-01"),
    ],
)  # fmt: skip
def test_forms(text: str, expected: str) -> None:
    """Each written form gives its date; what lacks a year takes it from the day the page was fetched."""
    assert [found.date for found in dates.find(text, REFERENCE)] == [expected]


@pytest.mark.parametrize(
    "text", ["8.5-29206/2014", "8.7.1-6361/2015-1", "2019-13-45", "99 maj 2015", "31 februari 2020", "0225-34 000", "1(10)", "13 kap. 8 §", "33787/2013"]
)  # fmt: skip
def test_no_dates(text: str) -> None:
    """Case numbers, telephone numbers, page counts and impossible days are no dates."""
    assert [found.date for found in dates.find(text, REFERENCE) if found.exact] == []


def test_without_reference_a_yearless_date_is_left_out() -> None:
    """Nothing is guessed where the day of fetching is not known."""
    assert list(dates.find("i februari, den 4 maj och i går")) == []


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Sida uppdaterad 2019-10-04", [("updated", "2019-10-04")]),
        ("Sidan uppdaterad: 4 oktober 2019", [("updated", "2019-10-04")]),
        ("Senast uppdaterad: 2023-01-16", [("updated", "2023-01-16")]),
        ("Denna sida publicerades: 16/5 2019", [("published", "2019-05-16")]),
        ("Publicerad 20 oktober 2021 | Uppdaterad 3 nov 2021", [("published", "2021-10-20"), ("updated", "2021-11-03")]),
        ("Publicerad 17:24, 16 maj 2019", [("published", "2019-05-16")]),
        ("Publicerad: idag kl 10.15", [("published", "2020-03-15")]),
        ("Senast granskad 2018-06-18", [("reviewed", "2018-06-18")]),
        ("Beslutsdatum: 2021-12-08", [("decided", "2021-12-08")]),
        ("Publicerad:", []), ("Publicerad: Nyheter", []), ("Senast uppdaterad: Anna", []),
    ],
)  # fmt: skip
def test_labels(line: str, expected: list[tuple[str, str]]) -> None:
    """A label and its date give kind and evidence; an empty label gives nothing."""
    found = dates.labelled_line(line, CAPTURED)
    assert [(mention.kind, mention.date) for mention in found] == expected
    for mention in found:
        assert line[mention.start : mention.end] == mention.evidence


def test_deadline_is_no_publication_date() -> None:
    """'senast den …' is a deadline, wherever it stands; running text publishes nothing."""
    text = "Svar ska lämnas senast den 4 maj 2015.\nRapporten publicerades 2 maj 2015 och har lästs av alla i nämnden."
    found = dates.labelled(text, CAPTURED)
    assert [(mention.kind, mention.date) for mention in found] == [("deadline", "2015-05-04")]
    assert text[found[0].start : found[0].end] == "senast den 4 maj 2015"


@given(
    st.dates(date(1960, 1, 1), date(2045, 12, 31)),
    st.sampled_from(["{d} {m} {y}", "den {d} {m} {y}", "{y}-{n:02}-{d:02}", "{d}/{n} {y}"]),
)
def test_every_day_in_every_form_is_read_back(day: date, form: str) -> None:
    """Writing a day in a Swedish form and reading it gives the day and its exact place."""
    written = form.format(d=day.day, m=MONTHS[day.month - 1], n=day.month, y=day.year)
    text = f"Den kom, {written}, till nämnden."
    found = list(dates.find(text))
    assert [(f.date, text[f.start : f.end]) for f in found] == [(day.isoformat(), written)]


@given(st.text(max_size=200))
def test_any_text_can_be_searched(text: str) -> None:
    """Offsets lie in the text and the evidence is what stands there, for any characters."""
    for mention in dates.labelled(text, CAPTURED):
        assert text[mention.start : mention.end] == mention.evidence
