"""Sentences that may tell of an event, with the bodies, dates and figures that they name."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from pipeline.classify.authorities import Authority, find
from pipeline.classify.authorities import likely as likely_bodies
from pipeline.classify.dates_in_text import Reader, TextDate
from pipeline.classify.event_cues import READ_AS_CRITICISM, Hit, groups, hits, marked, stand_ins
from pipeline.classify.event_cues import likely as likely_cues
from pipeline.records import Document, Finding, Passage

# The groups of authorities that inspect.
INSPECTING = ("inspectorate", "expert")
# So many passages that report what an inspectorate finds wrong are criticism, each with at least this score.
_FAULTS, _SURE = 3, 0.7
_SAYS_SO = re.compile(
    r"(?:det|så|detta|den slutsatsen)(?: här)? (?:\w+ ){0,2}?"
    r"(?:anser|ansåg|menar|menade|skriver|skrev|konstaterar|konstaterade|slår|slog|bedömer|kommer|kom|drar|tycker|säger|"
    r"framgår|visar|är|var|framhåller|påpekar)\b"
)
_SHORT = 110


@dataclass(frozen=True, slots=True)
class Candidate:
    """A passage with the cues of one kind in it; offsets of ``hits``, ``bodies`` and ``dates`` are in ``passage.text``.

    ``place`` is the passage's number in the document. ``inspectorate`` is the one spoken of when none is named here;
    ``others`` are the cues of other kinds in the same sentence.
    """

    kind: str
    passage: Passage
    place: int
    hits: tuple[Hit, ...]
    bodies: tuple[Authority, ...]
    dates: tuple[TextDate, ...]
    inspectorate: str | None
    others: tuple[Hit, ...] = ()

    @property
    def implied(self) -> bool:
        """Whether no cue here has the word for the event."""
        return all(hit.cue.implied for hit in self.hits)


@dataclass(frozen=True, slots=True)
class Reading:
    """What one pass over a document found: candidates by sentence, and by passage the groups of bodies spoken of."""

    candidates: tuple[Candidate, ...]
    groups: tuple[frozenset[str], ...]
    source_kind: str = "other"


def _faults(findings: Collection[Finding]) -> frozenset[int]:
    """The passages that tell of an inspectorate's criticism by their themes: several, or none."""
    told = {
        finding.passage
        for finding in findings
        if finding.polarity == "problem" and finding.attribution == "inspectorate" and finding.score >= _SURE
    }
    return frozenset(told) if len(told) >= _FAULTS else frozenset()


def _with_its_source(text: str, following: Sequence[str]) -> str:
    """``text`` with the sentence behind it where that only says whose words they are: 'Det anser JO.'"""
    said = following and len(following[0]) <= _SHORT and groups(following[0]) and _SAYS_SO.match(following[0])
    return f"{text} {following[0]}" if said else text


def read(document: Document, passages: Sequence[Passage], findings: Collection[Finding] = ()) -> Reading:
    """The candidates of ``document`` in reading order; relative dates are resolved by ``document.date``.

    ``findings`` are those of the passages, where a model has read them.
    """
    faults = _faults(findings)
    reader = Reader(document.date)
    known = likely_bodies(document.text)
    named = [find(passage.text, known) for passage in passages]
    everyone = [body for bodies in named for body in bodies]
    words = stand_ins(body.name for body in everyone)
    texts = [marked(passage.text, bodies, words) for passage, bodies in zip(passages, named, strict=True)]
    with_source = [_with_its_source(text, texts[place + 1 : place + 2]) for place, text in enumerate(texts)]
    cues = likely_cues("\n".join(texts), document.source_kind)
    inspectorate = next((body.name for body in everyone if body.group in INSPECTING), None)
    found: list[Candidate] = []
    for place, (passage, bodies, text) in enumerate(zip(passages, named, with_source, strict=True)):
        dates = tuple(reader.read(passage.text))
        inspectorate = next((b.name for b in reversed(bodies) if b.group in INSPECTING), inspectorate)
        by_kind: dict[str, list[Hit]] = {}
        for hit in hits(text, cues):
            by_kind.setdefault(hit.cue.kind, []).append(hit)
        if passage.index in faults:
            by_kind.setdefault("criticism", []).append(Hit(READ_AS_CRITICISM, 0, len(text)))
        for kind, its in by_kind.items():
            others = tuple(h for k, hs in by_kind.items() if k != kind for h in hs)
            found.append(Candidate(kind, passage, place, tuple(its), tuple(bodies), dates, inspectorate, others))
    return Reading(tuple(found), tuple(map(groups, with_source)), document.source_kind)
