"""Sentences by rule."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pipeline.language.sentences import sentence_spans

_TEXT = st.text(alphabet='abcÅÄö .!?…”"–-()§:\n\t\u00a0•1290/', max_size=80)


@given(_TEXT)
def test_every_character_lies_in_one_sentence(text: str) -> None:
    """Spans are ordered, disjoint and trimmed, and leave out nothing but white space."""
    spans = sentence_spans(text)
    at = 0
    for start, end in spans:
        assert at <= start < end
        assert not text[at:start].strip()
        assert text[start:end] == text[start:end].strip()
        at = end
    assert not text[at:].strip()
