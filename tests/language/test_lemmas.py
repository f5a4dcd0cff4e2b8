"""Lemmas: one function for lists and text."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.language.lemmas import lemma
from pipeline.resources import data_path


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ("arbetsmiljöproblemen", "arbetsmiljöproblem"),
        ("personalomsättningen", "personalomsättning"),
        ("chefsbyten", "chefsbyte"),
        ("dokumentationsrutiner", "dokumentationsrutin"),
        ("bristerna", "brist"),
        ("Brister", "brist"),
        ("socialnämndens", "socialnämnd"),
        ("uppdraget", "uppdrag"),
        ("IVO:s", "ivo"),
        ("skolornas", "skola"),
        ("saknades", "sakna"),
        ("RUTINERNA", "rutin"),
    ],
)
def test_field_words(form: str, expected: str) -> None:
    """Words of the field get the lemma that the lexicons use."""
    assert lemma(form) == expected


def _words() -> list[str]:
    lines = data_path("corpus/annotations/ivo.jsonl").read_text("utf-8").splitlines()
    return sorted({word.strip('.,:;()”"–') for line in lines for word in json.loads(line)["text"].split()})


def test_a_lemma_is_its_own_lemma() -> None:
    """The function is idempotent on every word of the annotated decisions, and lower-cases."""
    for word in _words():
        assert lemma(lemma(word)) == lemma(word) == lemma(word).lower()


@given(st.text(alphabet="abdeklnrståäö:'-ABS", min_size=1, max_size=12))
def test_any_string_has_a_lemma(word: str) -> None:
    """Made-up words raise nothing and are idempotent too."""
    assert lemma(lemma(word)) == lemma(word)
