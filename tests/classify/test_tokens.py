"""Words as the classifier sees them: alike in every encoding, and blind to which municipality it is."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.classify.tokens import PLACE, tokens

PLAIN = 'Rutinen för "egenkontroll" följs inte – säger chefen.'


@pytest.mark.parametrize(
    "text",
    [
        unicodedata.normalize("NFD", PLAIN),
        PLAIN.replace("egenkontroll", "egen\u00adkontroll"),
        PLAIN.replace('"', "”"),
        PLAIN.replace('"', "\x94"),
        PLAIN.replace("–", "\x96"),
        PLAIN.replace(" ", "\u00a0"),
        PLAIN.upper(),
    ],
    ids=["nfd", "soft hyphen", "typographic quotes", "cp1252 quotes", "cp1252 dash", "hard space", "upper case"],
)
def test_one_form_whatever_the_encoding(text: str) -> None:
    """Unicode form, soft hyphens, quotation marks, windows-1252 left-overs and case make no difference."""
    assert tokens(text) == tokens(PLAIN)


@pytest.mark.parametrize("name", ["Hedemora", "Upplands Väsby", "Vara", "Åre", "Mora", "Malå"])
def test_the_name_of_a_municipality_is_masked(name: str) -> None:
    """A municipality's name becomes one and the same word."""
    assert tokens(f"Brister i {name} kommun") == ["brister", "i", PLACE, "kommun"]


def test_a_word_that_is_also_a_name_stays() -> None:
    """'vara' is a verb unless it is written as a name."""
    assert tokens("Det ska vara tryggt") == ["det", "ska", "vara", "tryggt"]
    assert tokens("Vara försiktig")[0] == "vara"


@given(st.text(max_size=80))
def test_any_text_gives_tokens_without_white_space(text: str) -> None:
    """No text breaks the tokeniser, and no token is empty or holds a space."""
    assert all(token and not token.isspace() for token in tokens(text))
