"""The codebook is read strictly: every mistake is named with file, key and mend."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.codebook import load_codebook, parse_codebook
from pipeline.errors import CorpusError

GOOD = (Path(__file__).parents[1] / "corpus" / "codebook.toml").read_text("utf-8")


def test_the_codebook_has_thirteen_themes_and_a_sanction_ladder() -> None:
    """The codebook that comes along has 13 themes, and sanctions that rise from 1 to 6."""
    codebook = load_codebook()
    assert len(codebook.themes) == 13
    assert codebook.theme_ids[:2] == ("leadership", "routines")
    assert [e.sanction for e in codebook.events if e.sanction] == [1, 2, 3, 4, 5, 6]
    assert codebook.event("injunction_with_fine").label_sv == "Föreläggande med vite"


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (('version = "1.1"', 'verzion = "1.1"'), "verzion: unknown key; did you mean 'version'?"),
        (('version = "1.1"', "version = 1"), "version: must be of kind str"),
        (('id = "routines"', 'id = "leadership"'), "theme[2].id: 'leadership' stands twice"),
        (('id = "routines"', 'id = "Rutiner!"'), "theme[2].id: 'Rutiner!' is no id"),
        (('id = "routines"\n', ""), "theme[2].id: missing; add a line id = ..."),
        (('label_sv = "Rutiner och arbetssätt"', "label_sv = 3"), "theme[2].label_sv: is 3; write a text"),
        (("sanction = 1", 'sanction = "hög"'), "sanction: is 'hög'; write a whole number"),
        (('kind = "criticism"', 'kind = "inspection"'), "event[5].kind: 'inspection' stands twice"),
        (("[polarity]\n", "[polarity]\nworse = 'x'\n"), "polarity.worse: unknown key; known keys are problem"),
        (('ok = "It works', 'okey = "It works'), "polarity.ok: missing; add a line ok = ..."),
    ],
)
def test_a_mistake_is_named_with_file_key_and_mend(change: tuple[str, str], expected: str) -> None:
    """A typo in an edited codebook gives one sentence that names the file, the key and how to mend it."""
    assert change[0] in GOOD
    with pytest.raises(CorpusError) as caught:
        parse_codebook(GOOD.replace(*change, 1).encode(), "min/kodbok.toml")
    assert f"min/kodbok.toml: {expected}" in str(caught.value) or expected in str(caught.value)
    assert str(caught.value).startswith("min/kodbok.toml: ")


def test_all_mistakes_are_reported_at_once() -> None:
    """Two mistakes give two lines, so that a user mends them in one go."""
    broken = GOOD.replace('id = "routines"', 'id = "X"', 1).replace('version = "1.1"', 'vers = "1.1"', 1)
    with pytest.raises(CorpusError) as caught:
        parse_codebook(broken.encode(), "k.toml")
    assert len(str(caught.value).splitlines()) == 3


@pytest.mark.parametrize("raw", [b"version = ", b"\xff\xfe\x00", b"a = [1"])
def test_what_is_not_toml_is_said(raw: bytes) -> None:
    """A file that is not TOML in UTF-8 gives one sentence with the line."""
    with pytest.raises(CorpusError, match=r"k\.toml: is not readable as TOML"):
        parse_codebook(raw, "k.toml")


def test_an_absent_codebook_is_said() -> None:
    """The path of a codebook that is not there stands in the error."""
    with pytest.raises(CorpusError, match=r"nowhere\.toml: cannot be read"):
        load_codebook(Path("nowhere.toml"))


def test_a_changed_codebook_has_another_digest() -> None:
    """The digest tells two codebooks apart, so that tables of one are never taken for the other's."""
    changed = parse_codebook(GOOD.replace("Bemanning", "Personal").encode(), "k.toml")
    assert changed.digest != load_codebook().digest
