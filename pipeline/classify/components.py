"""Municipalities and events as spaCy components: ``doc.ents`` with ``kb_id_``, ``doc.spans["events"]``.

A ``Doc`` has no title, date or address. Who knows them puts a ``Document`` with the same text into
``doc.user_data["document"]``; without it every line of the text is read as a paragraph.
"""

from __future__ import annotations

from datetime import UTC, datetime

from spacy.language import Language
from spacy.tokens import Doc, Span

from pipeline.classify.events import events
from pipeline.classify.places import concerns
from pipeline.language.passages import passages
from pipeline.records import Block, Document

DOCUMENT = "document"


def _plain(text: str) -> Document:
    blocks: list[Block] = []
    at = 0
    for line in text.split("\n"):
        if line.strip():
            blocks.append(Block("paragraph", at, at + len(line)))
        at += len(line) + 1
    epoch = datetime.fromtimestamp(0, UTC)
    return Document("", "", "", text, tuple(blocks), "other", epoch, "")


def document_of(doc: Doc) -> Document:
    """The ``Document`` that came with ``doc``, or one made from its lines."""
    given = doc.user_data.get(DOCUMENT)
    return given if isinstance(given, Document) and given.text == doc.text else _plain(doc.text)


class PlaceComponent:
    """Sets ``doc.ents``: every mention of a municipality that the document concerns, its code in ``kb_id_``."""

    def __call__(self, doc: Doc) -> Doc:
        """Link the municipalities of ``doc``."""
        found = [
            doc.char_span(start, end, label="MUNICIPALITY", kb_id=concern.code, alignment_mode="expand")
            for concern in concerns(document_of(doc))
            for start, end in concern.spans
        ]
        kept: list[Span] = []
        for span in sorted((s for s in found if s is not None), key=lambda s: s.start):
            if not kept or span.start >= kept[-1].end:
                kept.append(span)
        doc.set_ents(kept, default="unmodified")
        return doc


class EventComponent:
    """Sets ``doc.spans["events"]``: one span per event, ``label_`` its kind, ``id_`` its date, ``kb_id_`` who acted."""

    def __call__(self, doc: Doc) -> Doc:
        """Find the events of ``doc``."""
        document = document_of(doc)
        found = events(document, passages(document), concerns(document))
        spans = []
        for event in found:
            span = doc.char_span(event.start, event.end, label=event.kind, alignment_mode="expand")
            if span is not None:
                span.kb_id_ = event.authority or ""
                span.id_ = event.date or ""
                spans.append(span)
        doc.spans["events"] = spans
        return doc


@Language.factory("tillsyn_places", assigns=["doc.ents"])
def create_places(nlp: Language, name: str) -> PlaceComponent:
    """The factory behind ``nlp.add_pipe("tillsyn_places")``."""
    return PlaceComponent()


@Language.factory("tillsyn_events", assigns=["doc.spans"])
def create_events(nlp: Language, name: str) -> EventComponent:
    """The factory behind ``nlp.add_pipe("tillsyn_events")``."""
    return EventComponent()
