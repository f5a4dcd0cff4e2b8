"""Which candidates tell of an event, all sentences of the document considered.

A logistic regression per kind over these and softer cues was tried and left out: the figures stand in
``corpus/events/README.md``.
"""

from __future__ import annotations

import re

from pipeline.classify.event_candidates import Candidate, Reading
from pipeline.classify.event_cues import READ_AS_CRITICISM

# The milder kind is not told beside the graver one that contains it.
_CONTAINS = {"injunction_with_fine": "injunction", "closed_without_remarks": "closed", "severe_criticism": "criticism"}
_ORDERS = frozenset(("injunction", "injunction_with_fine", "prohibition"))
_CLOSED = frozenset(("closed", "closed_without_remarks"))
# What is only implied is contained in these: faults found in an order or in what was closed, an account in an order.
# A prohibition is not only about faults: what was found to be wrong is told beside it.
_IMPLIED_IN = {
    "criticism": _CLOSED | {"injunction", "injunction_with_fine", "severe_criticism"},
    "statement_requested": _ORDERS,
    "injunction": _ORDERS,
    "inspection": frozenset(("press_exposure", "external_review", "inspection_opened")),
    "inspection_opened": _ORDERS | _CLOSED,
    "closed_without_remarks": _ORDERS | {"criticism", "severe_criticism", "closed"},
}
# Faults that several sentences tell of are criticism even beside these.
_WEIGHED = frozenset(("closed", "injunction_with_fine"))
# Faults that only the themes of the passages tell of are no criticism beside these, nor beside a question that
# no inspection went before.
_NOT_READ_BESIDE = frozenset(("inspection_opened", "external_review", "prohibition"))
_UNDECIDED = frozenset(("statement_requested", "documents_requested"))
_SUPERVISES = frozenset(("inspectorate", "inspectors"))
_INSPECTORATE = _SUPERVISES | {"expert"}
_MAY_CRITICISE = _INSPECTORATE | {"auditor", "court"}
# Words that imply an inspectorate even where none is named.
_INSPECTS = re.compile(r"inspekt|tillsyn|myndighet", re.IGNORECASE)
# Words of an order with a fine, which remains one when the fine is imposed.
_ORDERED = re.compile(r"förel|ålägg|ålade|ålagt|vitesh|vitesb", re.IGNORECASE)
# Kinds that only a body of one of these groups can do: they are told where the document names one.
_NEEDS = {
    "criticism": _MAY_CRITICISE,
    "severe_criticism": _MAY_CRITICISE,
    "inspection": _INSPECTORATE,
    "inspection_opened": _INSPECTORATE,
    "statement_requested": _INSPECTORATE | {"auditor"},
    "documents_requested": _INSPECTORATE,
    "closed": _INSPECTORATE,
    "closed_without_remarks": _INSPECTORATE,
}
# For these the body is spoken of in the same sentence or at most so many passages away. Criticism with the word for it
# is told wherever its critic stands.
_NEAR = {"criticism": 2, "closed": 2, "closed_without_remarks": 2, "documents_requested": 2}


def _near_its_body(candidate: Candidate, reading: Reading) -> bool:
    """Whether a body that can do what a candidate tells of is spoken of beside it."""
    in_words = candidate.kind == "criticism" and not candidate.implied
    if reading.source_kind == "inspectorate" or candidate.kind not in _NEAR or in_words:
        return True
    reach = _NEAR[candidate.kind]
    near = reading.groups[max(0, candidate.place - reach) : candidate.place + reach + 1]
    return any(_NEEDS[candidate.kind] & groups for groups in near)


def _only_read(candidate: Candidate) -> bool:
    """Whether nothing but the themes of the passages speaks for a candidate."""
    return all(hit.cue is READ_AS_CRITICISM for hit in candidate.hits)


def _only_reports(candidate: Candidate, reading: Reading) -> bool:
    """Whether what is implied to be criticism is said by an authority that mostly guides and counts."""
    implied = candidate.kind == "criticism" and candidate.implied and not _only_read(candidate)
    return implied and not _SUPERVISES & reading.groups[candidate.place]


def _doubtful(said: set[str], groups: frozenset[str]) -> bool:
    """Whether faults that only the themes tell of may be something else: a complaint, a case that is not decided."""
    undecided = "inspection" not in said and _UNDECIDED & said
    return bool(_NOT_READ_BESIDE & said or undecided or not _SUPERVISES & groups)


def _contained(candidate: Candidate, among: list[Candidate], said: set[str]) -> bool:
    """Whether what a candidate implies is a part of what the document says in words."""
    contains = _IMPLIED_IN.get(candidate.kind, frozenset()) & said
    if candidate.kind == "criticism" and len({c.place for c in among if c.kind == "criticism"}) > 1:
        contains -= _WEIGHED
    return bool(contains)


def _only_paid(able: list[Candidate]) -> bool:
    """Whether a fine is spoken of only where it is said to be imposed, and not as hanging over an order."""
    paid = {candidate.place for candidate in able if candidate.kind == "fine_imposed"}
    orders = [candidate for candidate in able if candidate.kind == "injunction_with_fine"]
    return all(c.place in paid and not _ORDERED.search(c.passage.text) for c in orders)


def told(reading: Reading) -> tuple[Candidate, ...]:
    """The candidates that tell of an event: the contained, the informal and those without a body to act left out."""
    groups = frozenset().union(*reading.groups)
    if any(_INSPECTS.search(candidate.passage.text) for candidate in reading.candidates):
        groups |= _INSPECTORATE
    able = [c for c in reading.candidates if c.kind not in _NEEDS or _NEEDS[c.kind] & groups]
    able = [candidate for candidate in able if _near_its_body(candidate, reading)]
    if _only_paid(able):
        able = [candidate for candidate in able if candidate.kind != "injunction_with_fine"]
    said = {candidate.kind for candidate in able if not candidate.implied}
    if "inspection" not in said and reading.source_kind != "inspectorate":
        able = [candidate for candidate in able if not _only_reports(candidate, reading)]
    read = [c for c in able if _only_read(c)]
    unfit = read if _doubtful(said, groups) else read[1:]
    able = [candidate for candidate in able if candidate not in unfit]
    kinds = said | {c.kind for c in able if not _contained(c, able, said)}
    kinds -= {_CONTAINS[kind] for kind in kinds if kind in _CONTAINS}
    return tuple(candidate for candidate in able if candidate.kind in kinds)
