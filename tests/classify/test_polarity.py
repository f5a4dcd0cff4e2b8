"""Polarity has a scope: the clause that speaks of the theme decides, with its negations."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest

from pipeline.classify.analyser import Analyser
from pipeline.classify.clauses import clauses, scope
from pipeline.classify.lexicon import Cue
from pipeline.classify.senses import sense_row
from pipeline.classify.tokens import tokens
from pipeline.records import Passage

LINES = [
    line.split("\t")
    for line in (Path(__file__).parent / "scopes.txt").read_text("utf-8").splitlines()
    if line and not line.startswith("#")
]


@pytest.mark.parametrize(("sentence", "wanted"), LINES, ids=[line[0] for line in LINES])
def test_marked_sentences(sentence: str, wanted: str) -> None:
    """The trained model gives each marked sentence the polarity that a careful reader gives it."""
    reading = Analyser.load().reader.read([Passage("d", 0, 0, len(sentence), sentence, "sentence")])[0]
    assert set(wanted.split()) <= {f"{label.theme}/{label.polarity}" for label in reading.labels}


def test_clauses_cover_the_words() -> None:
    """Clauses follow each other without gaps, and a scrap too short to say anything joins its neighbour."""
    words = tokens("Inga brister finns i akterna, men rutinerna saknas helt, tyvärr.")
    spans = clauses(words)
    assert spans[0][0] == 0 and spans[-1][1] == len(words)
    assert all(a[1] == b[0] for a, b in pairwise(spans))
    assert len(spans) == 2


def test_scope_is_the_clause_of_the_cue(cues_of: Callable[..., list[Cue]]) -> None:
    """The clause that holds the theme's cue is its scope; one clause, or cues in several, have none."""
    words = tokens("Inga brister finns i akterna, men rutinerna saknas helt.")
    cues = cues_of(words)
    span = scope(words, cues, "routines")
    assert span is not None and "saknas" in words[slice(*span)] and "akterna" not in words[slice(*span)]
    assert scope(words[:5], cues_of(words[:5]), "documentation") is None


def test_a_negated_cue_is_another_feature(cues_of: Callable[..., list[Cue]]) -> None:
    """'inga brister' and 'brister' do not look alike, but 'inte bara brister' does look like brister."""

    def row(text: str) -> list[float]:
        words = tokens(text)
        return list(sense_row(words, cues_of(words)))[:6]

    assert row("inga brister")[0] > 0 and row("inga brister")[5] < row("stora brister")[5]
    assert row("stora brister")[0] == 0
    assert row("inte bara brister")[0] == 0
