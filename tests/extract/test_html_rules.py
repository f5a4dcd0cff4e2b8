"""Single-page rules: what goes, what stays although it looks alike, and the reason given."""

from __future__ import annotations

import re

import pytest

from pipeline.extract.boilerplate import date_line, reason, rules, sift
from pipeline.extract.building import Piece
from pipeline.extract.titles import choose, without_site

GONE = [
    "Hoppa direkt till innehållet", "Gå direkt till innehållet", "Fortsätt till huvudinnehållet", "Till startsidan", "Till toppen", "MENY", "Skriv ut",
    "Lyssna | Skriv ut | Dela", "hus_web.jpg", "Foto: Kommunen", "Norrby kommuns logotyp", "Vi använder kakor för att förbättra webbplatsen.",
    "Så behandlar vi dina personuppgifter", "Läs rapporten (pdf, 1,2 MB)", "Pdf, 249.1 kB, öppnas i nytt fönster.", "https://www.norrby.example/x.html",
    "Hjälpte informationen på den här sidan dig? Ja Nej", "Ditt namn:", "Dela sidan på Facebook", "Gammal nyhet: den här informationen kan vara inaktuell",
    "Den här nyheten är mer än sex månader gammal", "Kontakt: Anna Berg, 0123-45 60 00", "Sidansvarig: Kommunikation", "Läs också: Fler söker stöd",
    "Du är här: Start / Nyheter", "Startsida > Stöd och omsorg > Äldre", "Annons", "Prenumerera från 1 krona",
]  # fmt: skip
KEPT = [
    "Kommunen har ingen meny av åtgärder.", "IVO kritiserar kommunen för hur den behandlar personuppgifter i socialtjänsten.", "Kontakten med anhöriga brister.",
    "Läs- och skrivsvårigheter ska upptäckas tidigt.", "Dokumentationen är bristfällig.", "Nyheten spreds snabbt i kommunen.", "Telefonen var avstängd i tre dagar, visar utredningen.",
    "Rutiner saknas", "Sök stöd i tid, råder socialchefen.", "Barnen fick inte komma till tals.", "Dela på ansvaret, säger facket till nämnden.",
]  # fmt: skip


@pytest.mark.parametrize("text", GONE)
def test_furniture_goes_with_a_reason(text: str) -> None:
    """A line that is no content is taken by a named rule with an explanation."""
    assert re.match(r"\w+: \S", reason(text) or "")


@pytest.mark.parametrize("text", KEPT)
def test_look_alikes_stay(text: str) -> None:
    """Content that shares words with a rule stays."""
    assert reason(text) is None
    assert sift([Piece("paragraph", text)]).kept


def test_contact_block_goes_whole_and_stops_at_content() -> None:
    """Heading, names and numbers of a contact block go; the paragraph after it stays."""
    rows = [
        "Nämnden svarar i maj.",
        "För mer information",
        "Eva Lund, socialchef",
        "0123-45 60 00, eva.lund@norrby.example",
        "Inspektionen återkommer efter sommaren och granskar då alla enheter på nytt.",
    ]
    found = sift([Piece("paragraph", row) for row in rows])
    assert [piece.text for piece in found.kept] == [rows[0], rows[4]]
    assert [removed.text for removed in found.removed] == rows[1:4]


def test_heading_for_more_information_without_contacts_stays() -> None:
    """A section of that name with text of its own is content."""
    pieces = [
        Piece("heading", "Mer information om granskningen", 2),
        Piece("paragraph", "Granskningen omfattade fyra enheter och pågick hela våren."),
    ]
    assert len(sift(pieces).kept) == 2


def test_date_lines_give_their_dates_and_go() -> None:
    """The date is read before its line goes; an empty label gives none; a sentence with a date stays."""
    found = sift(
        [
            Piece("title", "Rubrik"),
            Piece("paragraph", "Publicerad 2 maj 2015"),
            Piece("paragraph", "Uppdaterad:"),
            Piece("paragraph", "Den 2 maj 2015 kom beslutet."),
        ]
    )
    assert [(mention.kind, mention.date) for mention in found.dates] == [("published", "2015-05-02")]
    assert [piece.text for piece in found.kept] == ["Rubrik", "Den 2 maj 2015 kom beslutet."]


@pytest.mark.parametrize(
    ("line", "top", "expected"),
    [
        ("2015-06-29 15:48", True, ["2015-06-29"]), ("2015-06-29 15:48", False, None), ("Nyhet | 21 juni 2024", True, ["2024-06-21"]),
        ("Av: Nyhetsdesken den 10 mars 2020", True, ["2020-03-10"]), ("Redaktionen Publicerad:", False, []), ("Kommunen fick kritik den 10 mars 2020.", True, None),
    ],
)  # fmt: skip
def test_lines_of_dates(line: str, top: bool, expected: list[str] | None) -> None:
    """A bare date counts near the top only; bylines may stand beside it; a sentence is no date line."""
    found = date_line(line, None, top=top)
    assert (None if found is None else [mention.date for mention in found]) == expected


def test_every_rule_can_be_explained() -> None:
    """Each rule has an id and a reason in words."""
    every = (*rules().lines, *rules().sections)
    assert all(rule.id and rule.why for rule in every)
    assert len({rule.id for rule in every}) == len(every)


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Kritik mot nämnden - Norrby kommun", "Kritik mot nämnden"), ("Kritik mot nämnden | IVO.se", "Kritik mot nämnden"),
        ("Norrby kommun – Kritik mot nämnden", "Kritik mot nämnden"), ("Kritik – och svar", "Kritik – och svar"), ("Norrby kommun", "Norrby kommun"),
        ("Kritik mot nämnden | Nyheter | Norrby", "Kritik mot nämnden"), ("IVO: barn- och unga | www.norrby.example", "IVO: barn- och unga"),
    ],
)  # fmt: skip
def test_titles_lose_their_site(title: str, expected: str) -> None:
    """The name of the site goes from either end, a dash within the title stays, a title is never emptied."""
    assert without_site(title, "", "https://www.norrby.example/a") == expected


def test_title_is_the_heading_that_the_page_repeats() -> None:
    """Of several first-level headings the one in the page's title is taken; a logo in an h1 is passed over."""
    assert (
        choose(
            ["Norrby kommun", "Kakor", "Kritik mot nämnden"],
            "Kritik mot nämnden | Norrby",
            "",
            "",
            "https://www.norrby.example",
        )
        == "Kritik mot nämnden"
    )
    assert choose([], "Kritik | Norrby kommun", "") == "Kritik"
