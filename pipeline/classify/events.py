"""What an authority or the municipality formally did, with the words that say it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from pipeline.classify.amounts import amounts, count_before
from pipeline.classify.casenumbers import case_numbers
from pipeline.classify.dates_in_text import TextDate
from pipeline.classify.event_candidates import INSPECTING, Candidate, read
from pipeline.classify.event_cues import Hit
from pipeline.classify.event_decision import told
from pipeline.classify.event_merging import merged
from pipeline.records import Concern, Document, Event, Finding, Passage

_REPORTS = ("lex_sarah_report", "lex_maria_report", "prosecution_report")
_FINES = ("injunction_with_fine", "fine_imposed")
_COUNTABLE = (*_REPORTS, "inspection", "criticism", "injunction")
_GROUPS = {
    "criticism": (*INSPECTING, "court", "auditor"),
    "severe_criticism": (*INSPECTING, "court", "auditor"),
    "external_review": ("auditor", "consultant", "audit_report"),
    "press_exposure": ("programme", "press"),
    "fine_imposed": (*INSPECTING, "court"),
    "prosecution_report": (),
}
_REPORT_WORD = re.compile(r"(?i)\blex[ -](?:sarah|maria)[- ]?\w*|\b(?:polis|åtals)anmälning\w*")
# A document that names no municipality but speaks of several reports on all of them.
_OF_MANY = re.compile(r"\bkommuner(?:nas?|s)?\b|\blandet\b|nämnders?\b", re.IGNORECASE)
_ONGOING = re.compile(
    r"(?i)\bjust nu\b|\bpågå(?:r|ende)\b|\bför närvarande\b|\bgranskas (?:nu )?av\b|\b(?:de|som) granskar\b"
)
_AFTERWARDS = re.compile(r"(?:Efter|Sedan|Trots|Till följd av)\b")
_NEARER = 25
_JOINS = re.compile(r"\s*(?:,|och|samt|respektive)\s*")


def _authority(candidate: Candidate) -> str | None:
    """The body that acts (for reports: that receives), where the sentence names it."""
    groups = _GROUPS.get(candidate.kind, INSPECTING)
    here = [body for body in candidate.bodies if body.group in groups]
    at = candidate.hits[0].start
    return min(here, key=lambda body: abs(body.start - at)).name if here else None


def _spoken_of(candidate: Candidate) -> str | None:
    """The inspectorate that the sentences before speak of, for kinds that have one."""
    return candidate.inspectorate if "inspectorate" in _GROUPS.get(candidate.kind, INSPECTING) else None


def _gap(date: TextDate, hit: Hit) -> int:
    return max(date.start - hit.end, hit.start - date.end, 0)


def _is_mine(date: TextDate, candidate: Candidate, hit: Hit) -> bool:
    """Whether a date tells when this happened, rather than another event or the clause 'Efter … i mars'."""
    if _AFTERWARDS.match(candidate.passage.text) and date.end <= hit.start:
        return False
    mine = _gap(date, hit)
    return all(_gap(date, other) + _NEARER >= mine for other in candidate.others)


def _dates(candidate: Candidate) -> list[str | None]:
    """When it happened: the date nearest to the cue, with those that are joined to it by 'och'."""
    hit = candidate.hits[0]
    then = [d for d in candidate.dates if d.role == "then" and d.value is not None and _is_mine(d, candidate, hit)]
    if not then:
        return [None]
    nearest = min(then, key=lambda d: _gap(d, hit))
    if candidate.kind not in _COUNTABLE:
        return [nearest.value]
    return [d.value for d in _together(then, nearest, candidate.passage.text)]


def _together(then: list[TextDate], nearest: TextDate, text: str) -> list[TextDate]:
    group = [nearest]
    for date in then[then.index(nearest) + 1 :]:
        same_form = len(date.value or "") == len(nearest.value or "")
        if not (same_form and _JOINS.fullmatch(text[group[-1].end : date.start])):
            break
        group.append(date)
    return group


def _count(candidate: Candidate) -> int | None:
    if candidate.kind not in _REPORTS:
        return None
    text = candidate.passage.text
    counts = (count_before(text, word.start()) for word in _REPORT_WORD.finditer(text))
    return next((count for count in counts if count is not None), None)


def _amount(candidate: Candidate) -> int | None:
    found = amounts(candidate.passage.text) if candidate.kind in _FINES else []
    return max((value for _, _, value in found), default=None)


def _municipalities(passage: Passage, concerns: Sequence[Concern]) -> tuple[str, ...]:
    named = [c.code for c in concerns if any(passage.start <= start < passage.end for start, _ in c.spans)]
    return tuple(named or (c.code for c in concerns))


def _events(candidate: Candidate, concerns: Sequence[Concern]) -> Iterator[Event]:
    passage = candidate.passage
    numbers = case_numbers(passage.text)
    deadline = next((d.value for d in candidate.dates if d.role == "deadline" and d.value), None)
    for date in _dates(candidate):
        yield Event(
            document=passage.document,
            kind=candidate.kind,
            start=passage.start,
            end=passage.end,
            quote=passage.text,
            authority=_authority(candidate),
            date=date,
            count=_count(candidate),
            case_number=numbers[0][2] if numbers else None,
            deadline=deadline,
            amount=_amount(candidate),
            municipalities=_municipalities(passage, concerns),
            ongoing=candidate.kind in ("inspection_opened", "inspection") and bool(_ONGOING.search(passage.text)),
        )


def events(
    document: Document,
    passages: Sequence[Passage],
    concerns: Sequence[Concern],
    findings: Collection[Finding] = (),
) -> tuple[Event, ...]:
    """The events that ``document`` tells of, in order of their evidence, repetitions joined.

    ``findings`` are those of the passages, where a model has read them: several faults that an
    inspectorate found are criticism, whatever the words, but not in a report on many municipalities.
    ``quote`` is the sentence that says it: ``document.text[start:end]``. Dates have the
    precision of the text; None where it gives none.
    """
    found: list[Event] = []
    spoken_of: dict[tuple[str, int], str | None] = {}
    of_one = concerns or not _OF_MANY.search(document.text)
    for candidate in told(read(document, passages, findings if of_one else ())):
        spoken_of[candidate.kind, candidate.passage.start] = _spoken_of(candidate)
        found += _events(candidate, concerns)
    return tuple(
        event if event.authority else replace(event, authority=spoken_of[event.kind, event.start])
        for event in merged(found)
    )
