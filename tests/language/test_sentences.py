"""Sentences by rule: marked sentences that a linguist can add to, and properties that hold for any text."""

from __future__ import annotations

from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.language.sentences import sentence_spans
from pipeline.language.wordlists import rows

_TEXT = st.text(alphabet='abcÅÄö .!?…”"–-()§:\n\t\u00a0•1290/', max_size=80)


def _sentences(text: str) -> list[str]:
    return [text[start:end] for start, end in sentence_spans(text)]


def test_marked_sentences_reach_the_promised_f1(marked: ModuleType) -> None:
    """On our hard cases the boundaries have an F1 of at least .98."""
    right, extra, missed = marked.scores([(want, _sentences(text)) for text, want in marked.cases()])
    assert right > 100
    assert 2 * right / (2 * right + extra + missed) >= 0.98


@pytest.mark.parametrize(
    "text",
    [
        "IVO öppnade ett ärende, dnr 8.5-29206/2014, i maj.",
        "En 1:e socialsekreterare anställdes.",
        "Det gäller bl.a. Norra boendet.",
        "Enligt 13 kap. 8 § får IVO besluta.",
        "§ 3. Nämnden godkänner rapporten.",
        "Utredaren J. Berg har slutat.",
    ],
)
def test_one_sentence_stays_one(text: str) -> None:
    """Case numbers, ordinals, abbreviations, paragraph signs and initials do not end a sentence."""
    assert _sentences(text) == [text]


def test_what_may_end_a_sentence_ends_it_before_a_capital_only() -> None:
    """'m.m.' ends a sentence before a capital, not before a small letter."""
    assert len(_sentences("Fall, trycksår m.m. Personalen är ny.")) == 2
    assert len(_sentences("Fall, trycksår m.m. har ökat.")) == 1


def test_the_abbreviations_are_many_and_well_formed() -> None:
    """The list has at least seventy abbreviations, each with yes or no for whether it may end a sentence."""
    listed = rows("abbreviations.tsv")
    assert len(listed) >= 70
    assert {row[1] for row in listed} == {"no", "may"}
    assert all(row[0].endswith(".") and row[0] == row[0].lower() for row in listed)


@given(_TEXT)
def test_every_character_lies_in_one_sentence(text: str) -> None:
    """Spans are ordered, disjoint and trimmed, and leave out nothing but white space."""
    at = 0
    for start, end in sentence_spans(text):
        assert at <= start < end
        assert not text[at:start].strip()
        assert text[start:end] == text[start:end].strip()
        at = end
    assert not text[at:].strip()


def test_boundaries_are_counted_without_white_space(marked: ModuleType) -> None:
    """The measure does not care how much white space stands between sentences."""
    assert marked.boundaries(["Ett.", "Två."]) == {4}
    assert marked.scores([(["Ett.", "Två."], ["Ett. Två."])]) == (0, 0, 1)
