"""Places and events as spaCy components."""

from __future__ import annotations

from collections.abc import Callable

import spacy
from spacy import displacy

import pipeline.classify.components  # noqa: F401
from pipeline.records import Document

TEXT = "Hedemora kommun får kritik av IVO.\nBeslutet kom den 25 november."


def test_entities_and_spans_carry_what_was_found(make_document: Callable[..., Document]) -> None:
    """Municipalities are entities with their code; events are spans with kind, authority and date."""
    nlp = spacy.blank("sv")
    nlp.add_pipe("tillsyn_places")
    nlp.add_pipe("tillsyn_events")
    doc = nlp(TEXT)
    assert [(e.text, e.label_, e.kb_id_) for e in doc.ents] == [("Hedemora", "MUNICIPALITY", "2083")]
    assert [(s.label_, s.kb_id_, s.text) for s in doc.spans["events"]] == [
        ("criticism", "IVO", "Hedemora kommun får kritik av IVO.")
    ]
    assert "2083" in displacy.render(doc, style="ent", page=False, jupyter=False)


def test_a_document_beside_the_text_is_used(make_document: Callable[..., Document]) -> None:
    """The date of a Document in user_data resolves a date without a year."""
    nlp = spacy.blank("sv")
    nlp.add_pipe("tillsyn_events")
    document = make_document("IVO kritiserade nämnden i februari.", published="2020-03-15")
    doc = nlp.make_doc(document.text)
    assert [s.id_ for s in nlp(doc).spans["events"]] == [""]
    doc.user_data["document"] = document
    assert [s.id_ for s in nlp(doc).spans["events"]] == ["2020-02"]
