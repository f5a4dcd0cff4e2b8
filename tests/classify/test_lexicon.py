"""The cue lexicons: how they are read, how words and phrases are found, and what a mistake in them says."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.classify.lexicon import Cue, Entry, Lexicon, load_lexicon
from pipeline.classify.tokens import tokens
from pipeline.errors import CorpusError

ENTRIES = [
    Entry("routines", "lemma", "rutin", 3),
    Entry("routines", "contains", "checklist", 2),
    Entry("staffing", "starts", "personalbrist", 3),
    Entry("staffing", "ends", "konsult", 1),
    Entry("safety", "phrase", "fara illa", 3),
]
HEAD = "list\tkind\tterm\tweight\tnote\n"


CuesOf = Callable[..., list[Cue]]


@pytest.fixture
def found(cues_of: CuesOf) -> Callable[[str], list[tuple[str, str]]]:
    """List and term of every cue in a text."""
    return lambda text: [(cue.list, cue.term) for cue in cues_of(tokens(text), Lexicon(ENTRIES))]


@pytest.mark.parametrize("text", ["Rutinen", "rutinerna", "RUTINER", "rutins"])
def test_a_lemma_is_met_in_every_inflection(text: str, found: Callable[[str], list[tuple[str, str]]]) -> None:
    """Text and list are lemmatised by one function, so every form of a word meets its row."""
    assert found(text) == [("routines", "rutin")]


def test_parts_of_words(found: Callable[[str], list[tuple[str, str]]]) -> None:
    """'contains', 'starts' and 'ends' look inside a token, each at its own place."""
    assert found("hygienchecklistan") == [("routines", "checklist")]
    assert found("personalbristen") == [("staffing", "personalbrist")]
    assert found("bemanningskonsult") == [("staffing", "konsult")]
    assert found("konsultarvode") == []


@pytest.mark.parametrize("text", ["barn som far illa", "barnet har farit mycket illa", "barn far ofta ganska illa"])
def test_a_phrase_may_have_two_words_in_each_gap(text: str, found: Callable[[str], list[tuple[str, str]]]) -> None:
    """The words of a phrase stand in order, in any form, at most two others between them."""
    assert ("safety", "fara illa") in found(text)


def test_a_phrase_does_not_reach_too_far(found: Callable[[str], list[tuple[str, str]]]) -> None:
    """Three words between, or the wrong order, are no phrase."""
    assert found("barn far ofta helt ofattbart illa") == []
    assert found("illa far barn") == []


def test_offsets_are_token_positions(cues_of: CuesOf) -> None:
    """A cue says where it stands among the tokens."""
    cue = cues_of(tokens("Att barn kan fara mycket illa."), Lexicon(ENTRIES))[0]
    assert (cue.start, cue.end) == (3, 6)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("routines\tregex\tx\t3\t", "kind"),
        ("routines\tlemma\tx\t9\t", "weight"),
        ("routines\tlemma", "four columns"),
        ("routines\tlemma\t \t3\t", "term"),
    ],
)
def test_a_mistake_names_file_line_and_column(tmp_path: Path, row: str, said: str) -> None:
    """A user who edits a lexicon is told where the mistake is."""
    (tmp_path / "own.tsv").write_text(f"{HEAD}{row}\n", "utf-8")
    with pytest.raises(CorpusError, match=rf"own\.tsv: line 2: .*{said}"):
        load_lexicon(tmp_path)


def test_an_empty_folder_is_an_error(tmp_path: Path) -> None:
    """A folder without lists is one clear sentence."""
    with pytest.raises(CorpusError, match="holds no lexicon"):
        load_lexicon(tmp_path)


def test_every_list_of_the_corpus_is_known() -> None:
    """The lists are the themes, the polarities, the speakers and the modifiers: none is misspelt."""
    from pipeline.codebook import load_codebook
    from pipeline.records import ATTRIBUTIONS, POLARITIES

    modifiers = [
        "negation",
        "negation_pseudo",
        "hedge",
        "past",
        "future",
        "recommendation",
        "reporting_verb",
        "service_word",
    ]
    known = {*load_codebook().theme_ids, *modifiers, "reporting_verb", "service_word"}
    known |= {f"polarity:{p}" for p in POLARITIES} | {f"attribution:{a}" for a in ATTRIBUTIONS}
    assert set(load_lexicon().lists) <= known
