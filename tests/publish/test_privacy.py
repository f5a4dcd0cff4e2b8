"""What must not leave is masked in place, everywhere; names are replaced consistently; all else stays."""

from __future__ import annotations

import random
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType

import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.publish import site
from pipeline.publish.database import write_database
from pipeline.publish.exports.downloads import write as write_downloads
from pipeline.publish.exports.formats import export
from pipeline.publish.material import Material, open_material
from pipeline.publish.privacy import MASK, luhn, redact
from pipeline.publish.pseudonyms import Pseudonyms
from pipeline.publish.rewriting import Rewriting
from pipeline.publish.search.index import write_index
from pipeline.records import Analysis, DateMention

NOW = datetime(2026, 11, 21, 22, tzinfo=UTC)


def identity(first: str) -> str:
    """Ten digits whose last is the check digit of the nine given."""
    return next(f"{first}{last}" for last in range(10) if luhn(f"{first}{last}"))


BORN, COORDINATED = identity("811218987"), identity("701063239")
HELD = [
    "anna.ek@kommun.example", "anna.ek @ kommun.example", "anna.ek(at)kommun.example", "anna.ek [at] kommun.example",
    "anna.ek%40kommun.example", "ANNA.EK@KOMMUN.EXAMPLE", "070-123 45 67", "0701234567", "070 123 45 67",
    "070 - 123 45 67", "+46 70 123 45 67", "+46(0)70-123 45 67", "0046701234567", "08-508 25 000", "08-12 34 56",
    "08/12345678", "(08) 123 456 78", "0225-340 00", "0225–340 00", "020-12 34 56", "0771-11 22 33",
    f"{BORN[:6]}-{BORN[6:]}", f"{BORN[:6]}+{BORN[6:]}", BORN, f"19{BORN}", f"19{BORN[:6]}-{BORN[6:]}",
    f"{BORN[:6]} {BORN[6:]}", f"{COORDINATED[:6]}-{COORDINATED[6:]}", f"19{COORDINATED}",
]  # fmt: skip
KEPT = [
    "dnr 8.5-29206/2014", "8.7.1-6361/2015-1", "33787/2013", "ISM 2011/21483", "2019/012345", "dnr 0123-45678",
    "1 000 000 kronor", "20 000 000", "0,5 procent", "2019-11-25", "25/11 2019", "01-02-2019", "2019-11-25 10:00",
    "kl. 08.00-17.00", "08-17", "08-09 2019", "2014-2015, 2016", "13 kap. 8 § SoL", "(2017:900)", "SFS 1991:900",
    "Org.nr 212000-2262", "/download/18.3f2a1/1571234567890/beslut.pdf", "https://www.example.se/2019/10/04/0225",
    "ISBN 978-91-0-012345-6", "1(10)", "§ 123 2019-05-06", "ring 112", "@kommunen på sociala medier",
]  # fmt: skip


@pytest.mark.parametrize("held", HELD)
def test_masked_in_place(held: str) -> None:
    """Addresses, telephone and identity numbers go, in every way they are written, and nothing beside them does."""
    masked = redact(f"Skriv till {held} i dag.")
    assert masked == f"Skriv till {MASK * len(held)} i dag."


@pytest.mark.parametrize("held", ["Telefon: 340 00", "tfn 34 00 00", "Växel 0225-340 00", "mobil: 123456"])
def test_a_word_tells_a_short_number(held: str) -> None:
    """After 'tel', 'tfn', 'växel' or 'mobil' a local number goes too."""
    assert not any(letter.isdigit() for letter in redact(held))


@pytest.mark.parametrize("kept", KEPT)
def test_left_alone(kept: str) -> None:
    """Case numbers, amounts, dates, times, law references, organisation numbers and file addresses stay."""
    assert redact(f"Se {kept} ovan.") == f"Se {kept} ovan."


def test_a_wrong_check_digit_is_no_identity_number() -> None:
    """Ten digits in the form of an identity number stay when the check digit does not fit, and month 13 too."""
    wrong = f"{BORN[:6]}-{BORN[6:9]}{(int(BORN[9]) + 1) % 10}"
    assert redact(wrong) == wrong
    odd = identity("811318987")
    assert redact(f"{odd[:6]}-{odd[6:]}") == f"{odd[:6]}-{odd[6:]}"


@given(st.text(alphabet=st.sampled_from("ab0123456789 -+@.:/()\nåÅ\u00a0"), max_size=80))
def test_length_and_lines_stay(text: str) -> None:
    """Length, line breaks and all other letters stay whatever the text, and masking twice changes nothing."""
    masked = redact(text)
    assert len(masked) == len(text)
    assert [i for i, c in enumerate(text) if c == "\n"] == [i for i, c in enumerate(masked) if c == "\n"]
    assert all(m in (c, MASK) for m, c in zip(masked, text, strict=True))
    assert redact(masked) == masked


@given(st.integers(0, 99), st.integers(1, 12), st.integers(1, 28), st.integers(0, 999), st.booleans(), st.booleans())
def test_every_identity_number_goes(
    year: int, month: int, day: int, number: int, coordinated: bool, long: bool
) -> None:
    """All identity and coordination numbers with their right check digit are masked, with and without century."""
    digits = identity(f"{year:02}{month:02}{day + 60 * coordinated:02}{number:03}")
    text = f"{'19' if long else ''}{digits[:6]}-{digits[6:]}"
    assert redact(f"({text})") == f"({MASK * len(text)})"


def planted(made: list[Analysis]) -> list[Analysis]:
    """The analyses with something to hide in every field that outside text reaches."""
    secret = f" hemlig.adress@kommun.example 070-765 43 21 {BORN[:6]}-{BORN[6:]} "
    found = []
    for number, one in enumerate(made):
        url = f"https://www.kommun.example/{number}?epost=hemlig.adress%40kommun.example&pnr={BORN}"
        date = DateMention("published", "2019-11-25", f"Publicerad {secret}")
        document = replace(one.document, url=url, derived_from=url, dates=(date,))
        passages = tuple(replace(p, heading=secret, previous=secret) for p in one.passages)
        findings = tuple(replace(f, cues=("hemlig.adress@kommun.example",)) for f in one.findings)
        events = tuple(replace(e, authority=f"IVO{secret}", case_number=f"Dnr 1-2/2019{secret}") for e in one.events)
        found.append(Analysis(document, passages, findings, events))
    return found


@pytest.fixture(scope="module")
def hiding(tmp_path_factory: pytest.TempPathFactory, synthetic: ModuleType) -> Material:
    """A workspace with something to hide everywhere, published in every form that there is."""
    hostile = f" Kontakt: hemlig.adress@kommun.example, tfn 070-765 43 21, {BORN[:6]}-{BORN[6:]}."
    made = planted(synthetic.analyses(25, 3, places=2, hostile=hostile))
    workspace, root = synthetic.store(tmp_path_factory.mktemp("hiding"), made)
    material = open_material(workspace, root, generated=NOW)
    write_database(material, workspace / "tillsyn.db")
    write_downloads(material, workspace / "report" / "data")
    write_index(material, workspace / "report" / "data" / "search")
    site.build(workspace, root, generated=NOW)
    export(material, "all")
    return material


def _contents(path: Path) -> Iterator[bytes]:
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            yield from (archive.read(name) for name in archive.namelist())
    elif path.suffix == ".parquet":
        yield str(pq.read_table(path).to_pylist()).encode()
    else:
        yield path.read_bytes()


def test_nothing_planted_leaves(hiding: Material) -> None:
    """Addresses, numbers and identity numbers planted in title, text, quotes, URL and events are in no file written."""
    folders = (hiding.workspace / "report", hiding.workspace / "exports")
    files = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    files.append(hiding.workspace / "tillsyn.db")
    assert len(files) > 80
    secrets = [b"hemlig.adress", b"hemlig adress", b"765 43 21", b"0707654321", BORN.encode(), BORN[6:].encode() + b"<"]
    secrets.append(f"{BORN[:6]}-{BORN[6:]}".encode())
    leaked = [(path.name, s) for path in files for content in _contents(path) for s in secrets if s in content.lower()]
    assert not leaked, leaked[:10]


def test_offsets_stay_true(hiding: Material) -> None:
    """After masking every quote still is what its document says at its offsets."""
    for table, column in (("findings", "quote"), ("events", "quote"), ("passages", "text")):
        query = f'SELECT count(*) AS n, count(*) FILTER (substr(d.text, x.start + 1, x."end" - x.start) <> x.{column})'
        row = next(iter(hiding.rows(f"{query} AS wrong FROM {table} x JOIN documents d ON d.id = x.document")))
        assert row["n"] > 0
        assert row["wrong"] == 0
    assert next(iter(hiding.rows(f"SELECT count(*) AS n FROM findings WHERE quote LIKE '%{MASK}%'")))["n"] > 0


SAID = (
    "Det var aldrig någon som svarade, säger Anna Svensson, anhörig. Socialchefen Karin Berglund håller inte med. "
    "Enligt Anna Svensson dröjde det. Svensson anmälde saken. Per Lindgren (S), ordförande i nämnden, beklagar. "
    "Åsa von Ek-Holm minns inget."
)


def test_persons_become_numbers_and_officials_stay() -> None:
    """A relative becomes 'Person 1' each time, by surname too; who speaks in office keeps the name."""
    text = Pseudonyms().text(SAID)
    assert "Svensson" not in text
    assert "Anna" not in text
    assert text.count("Person 1") == 3
    assert "Karin Berglund" in text
    assert "Per Lindgren (S)" in text
    assert text.endswith("Person 2 minns inget.")


def test_the_same_name_has_the_same_number_everywhere() -> None:
    """Numbers belong to names, not to documents."""
    names = Pseudonyms()
    assert names.text("Eva Ström ringde.") == "Person 1 ringde."
    assert names.text("Ola Nord och Eva Ström.") == "Person 2 och Person 1."


def test_offsets_move_with_the_names() -> None:
    """Where a name's length changes, offsets after it move, and those at its edges fall on the edges."""
    names = Pseudonyms()
    made = Rewriting.of(SAID, [], names)
    for word in ("Det", "anhörig", "Karin Berglund", "beklagar", "minns"):
        start = SAID.index(word)
        assert made.text[made.moved(start) : made.moved(start + len(word))] == word
    start = SAID.index("Anna Svensson")
    assert made.text[made.moved(start) : made.moved(start + len("Anna Svensson"))] == "Person 1"


def test_a_pseudonymised_workspace_keeps_quotes_true(tmp_path: Path, synthetic: ModuleType) -> None:
    """With --pseudonymise quotes are still text[start:end], and the name is in none of the tables."""
    hostile = " säger Anna Svensson, anhörig."
    workspace, root = synthetic.store(tmp_path, synthetic.analyses(12, 3, places=2, hostile=hostile))
    material = open_material(workspace, root, generated=NOW, pseudonymise=True)
    rows = list(material.rows(
        'SELECT f.quote, substr(d.text, f.start + 1, f."end" - f.start) AS said FROM findings f '
        "JOIN documents d ON d.id = f.document"
    ))  # fmt: skip
    assert rows
    assert all(row["quote"] == row["said"] for row in rows)
    assert all("Person 1" in row["quote"] for row in rows)
    told = [str(material.comparison(name).to_pylist()) for name in material.comparisons]
    assert not [text for text in told if "Anna Svensson" in text]


def test_names_leave_addresses_too() -> None:
    """An address that spells a person's name says the number instead."""
    names = Pseudonyms()
    names.text("Åsa Ström ringde.")
    assert (
        names.address("https://x.example/2019/asa-strom-far-ratt.html")
        == "https://x.example/2019/person-1-far-ratt.html"
    )
    assert names.address("https://x.example/strom-asa") == "https://x.example/strom-asa"


def test_a_surname_alone_goes_from_every_column(tmp_path: Path, synthetic: ModuleType) -> None:
    """The sentence before a finding, and the comparison's loose quotes, say the same as the document does."""
    workspace, root = synthetic.store(tmp_path, _two_sentences(synthetic))
    material = open_material(workspace, root, generated=NOW, pseudonymise=True)
    told = [str(list(material.rows(f"SELECT * FROM {name}"))) for name in ("passages", "findings", "documents")]
    told += [str(material.comparison(name).to_pylist()) for name in material.comparisons]
    assert not [text for text in told if "Svensson" in text]


def _two_sentences(synthetic: ModuleType) -> list[Analysis]:
    """Documents whose first sentence names a person in full and whose findings say the surname only."""
    found = []
    for one in synthetic.analyses(8, 2, places=1, hostile=" menar Svensson."):
        added = "Det berättar Anna Svensson, anhörig."
        text = f"{one.document.text} {added}"
        passages = tuple(replace(p, previous=one.findings[0].quote) for p in one.passages)
        found.append(Analysis(replace(one.document, text=text), passages, one.findings, one.events))
    return found


def test_a_clean_text_is_returned_as_it_is() -> None:
    """A text with nothing to hide is returned as it is, not copied."""
    text = " ".join(random.Random(1).choice(["rutiner", "brister", "2019-11-25", "IVO"]) for _ in range(200))
    assert redact(text) is text
