"""Sentences that may tell of an event, with the bodies, dates and figures that they name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.classify.authorities import Authority, find
from pipeline.classify.dates_in_text import Reader, TextDate
from pipeline.classify.event_cues import Hit, hits, marked
from pipeline.records import Document, Passage


@dataclass(frozen=True, slots=True)
class Candidate:
    """A passage with the cues of one kind in it; offsets of ``hits``, ``bodies`` and ``dates`` are in ``passage.text``.

    ``inspectorate`` is the one spoken of when none is named here;
    ``others`` are the cues of other kinds in the same sentence.
    """

    kind: str
    passage: Passage
    hits: tuple[Hit, ...]
    bodies: tuple[Authority, ...]
    dates: tuple[TextDate, ...]
    inspectorate: str | None
    others: tuple[Hit, ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """What one pass over a document found: candidates by sentence, and every body named, in order."""

    candidates: tuple[Candidate, ...]
    bodies: tuple[Authority, ...]


def read(document: Document, passages: Sequence[Passage]) -> Reading:
    """The candidates of ``document`` in reading order; relative dates are resolved by ``document.date``."""
    reader = Reader(document.date)
    named = [(passage, find(passage.text)) for passage in passages]
    everyone = [body for _, bodies in named for body in bodies]
    inspectorate = next((body.name for body in everyone if body.group == "inspectorate"), None)
    found: list[Candidate] = []
    for passage, bodies in named:
        dates = tuple(reader.read(passage.text))
        inspectorate = next((b.name for b in reversed(bodies) if b.group == "inspectorate"), inspectorate)
        by_kind: dict[str, list[Hit]] = {}
        for hit in hits(marked(passage.text, bodies)):
            by_kind.setdefault(hit.cue.kind, []).append(hit)
        for kind, its in by_kind.items():
            others = tuple(h for k, hs in by_kind.items() if k != kind for h in hs)
            found.append(Candidate(kind, passage, tuple(its), tuple(bodies), dates, inspectorate, others))
    return Reading(tuple(found), tuple(everyone))
