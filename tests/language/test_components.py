"""The spaCy components."""

from __future__ import annotations

import spacy
from spacy.language import Language

import pipeline.language.components  # noqa: F401
from pipeline.language.lemmas import lemma
from pipeline.language.sentences import sentence_spans

TEXT = "IVO kritiserar bl.a. dokumentationsrutinerna. En 1:e socialsekreterare slutade. § 3. Nämnden svarar.\nSlut."


def _pipeline() -> Language:
    nlp = spacy.blank("sv")
    nlp.add_pipe("tillsyn_sentences")
    nlp.add_pipe("tillsyn_lemmas")
    return nlp


def test_components_give_what_the_functions_give() -> None:
    """Sentences and lemmas of a Doc are those of sentence_spans and lemma."""
    doc = _pipeline()(TEXT)
    assert [sent.text.strip() for sent in doc.sents] == [TEXT[a:b] for a, b in sentence_spans(TEXT)]
    assert all(token.lemma_ == lemma(token.text) for token in doc)
    assert "rutin" in next(t for t in doc if t.text.startswith("dokumentation"))._.tillsyn_parts


def test_a_stored_pipeline_loads_by_its_factories(tmp_path) -> None:  # type: ignore[no-untyped-def]
    """The components are stored and loaded by name, with the same result."""
    _pipeline().to_disk(tmp_path / "stored")
    again = spacy.load(tmp_path / "stored")
    assert [s.text for s in again(TEXT).sents] == [s.text for s in _pipeline()(TEXT).sents]


def test_an_empty_text_is_no_trouble() -> None:
    """An empty Doc passes."""
    assert list(_pipeline()("").sents) == []


def test_another_components_sentences_change_nothing() -> None:
    """Whether another component cut sentences before or after ours, ours stand."""
    expected = [sent.text for sent in _pipeline()(TEXT).sents]
    for place in ({"first": True}, {"last": True}):
        nlp = _pipeline()
        nlp.add_pipe("sentencizer", **place)
        assert [sent.text for sent in nlp(TEXT).sents] == expected
