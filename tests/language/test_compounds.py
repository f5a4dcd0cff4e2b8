"""Compounds, with our own list and with a dictionary."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.language.compounds import parts, split
from pipeline.language.lemmas import lemma
from pipeline.language.word_parts import of_dictionary, of_list
from pipeline.language.wordlists import words

FILE = Path(__file__).with_name("compounds.txt")
# A dictionary of our own in hunspell's form: X begins, U stands in the middle, Y ends; v makes a form with s.
AFFIXES = "SET UTF-8\nCOMPOUNDBEGIN X\nCOMPOUNDMIDDLE U\nCOMPOUNDEND Y\nSFX v N 1\nSFX v 0 s/WXZ .\n"
ENTRIES = "4\nfladder/XY\nvindling/vY\ngryta/Y\nhemlig/A\n"


def _listed() -> list[list[str]]:
    lines = FILE.read_text("utf-8").splitlines()
    return [line.split() for line in lines if line.strip() and not line.startswith("#")]


def test_most_compounds_of_the_field_are_split_without_a_dictionary() -> None:
    """At least nine in ten of the listed compounds come apart exactly by our own list."""
    own = of_list(sorted(words("parts.txt") | words("more_parts.txt")))
    exact = sum("+".join(split(lemma(word), own)) == expected for word, expected in _listed())
    assert exact >= 0.9 * len(_listed())


@pytest.mark.parametrize(("word", "part"), [("dokumentationsrutiner", "rutin"), ("arbetsmiljöproblemen", "miljö")])
def test_a_part_finds_the_compound(word: str, part: str) -> None:
    """Searching for a part finds the inflected compound."""
    assert part in parts(word)


@pytest.mark.parametrize("word", ["verksamhet", "personalen", "kommunen", "missförhållanden", "rutin", "vård"])
def test_what_is_no_compound_stays_whole(word: str) -> None:
    """Derivations and short words are not cut."""
    assert parts(word) == (lemma(word),)


def test_hyphenated_words_come_apart_at_the_hyphen() -> None:
    """A hyphen is a seam."""
    assert parts("HVB-hemmen") == ("hvb", "hem")


def test_a_dictionary_says_which_form_stands_where() -> None:
    """Compound flags and the suffix rules that make first parts are read from a hunspell dictionary."""
    known = of_dictionary(AFFIXES, ENTRIES)
    assert split("fladdervindling", known) == ("fladder", "vindling")
    assert split("vindlingsgryta", known) == ("vindling", "gryta")
    assert split("grytafladder", known) == ("grytafladder",)
