"""Which candidates tell of an event, all sentences of the document considered.

A logistic regression per kind over these and softer cues was tried and left out: the figures stand in
``corpus/events/README.md``.
"""

from __future__ import annotations

import re

from pipeline.classify.event_candidates import Candidate, Reading

# The milder kind is not told beside the graver one that contains it.
_CONTAINS = {"injunction_with_fine": "injunction", "closed_without_remarks": "closed", "severe_criticism": "criticism"}
_ORDERS = frozenset(("injunction", "injunction_with_fine", "prohibition"))
_CLOSED = frozenset(("closed", "closed_without_remarks"))
# What is only implied is contained in these: faults found in an order or in what was closed, an account in an order.
_IMPLIED_IN = {
    "criticism": _ORDERS | _CLOSED | {"severe_criticism"},
    "statement_requested": _ORDERS,
    "injunction": _ORDERS,
    "inspection": frozenset(("press_exposure", "external_review", "inspection_opened")),
    "inspection_opened": _ORDERS | _CLOSED,
    "closed_without_remarks": _ORDERS | {"criticism", "severe_criticism", "closed"},
}
_SUPERVISES = frozenset(("inspectorate", "inspectors"))
_INSPECTORATE = _SUPERVISES | {"expert"}
_MAY_CRITICISE = _INSPECTORATE | {"auditor", "court"}
# Words that imply an inspectorate even where none is named.
_INSPECTS = re.compile(r"inspekt|tillsyn|myndighet", re.IGNORECASE)
# Kinds that only a body of one of these groups can do: they are told where the document names one.
_NEEDS = {
    "criticism": _MAY_CRITICISE,
    "severe_criticism": _MAY_CRITICISE,
    "inspection": _INSPECTORATE,
    "inspection_opened": _INSPECTORATE,
    "statement_requested": _INSPECTORATE,
    "documents_requested": _INSPECTORATE,
    "closed": _INSPECTORATE,
    "closed_without_remarks": _INSPECTORATE,
}
# For these the body is spoken of in the same sentence or at most so many passages away.
_NEAR = {"criticism": 2, "severe_criticism": 2, "closed": 2, "closed_without_remarks": 2, "documents_requested": 2}


def _near_its_body(candidate: Candidate, reading: Reading) -> bool:
    """Whether a body that can do what a candidate tells of is spoken of beside it."""
    if reading.source_kind == "inspectorate" or candidate.kind not in _NEAR:
        return True
    reach = _NEAR[candidate.kind]
    near = reading.groups[max(0, candidate.place - reach) : candidate.place + reach + 1]
    return any(_NEEDS[candidate.kind] & groups for groups in near)


def _only_reports(candidate: Candidate, reading: Reading) -> bool:
    """Whether what is implied to be criticism is said by an authority that mostly guides and counts."""
    return candidate.kind == "criticism" and candidate.implied and not _SUPERVISES & reading.groups[candidate.place]


def told(reading: Reading) -> tuple[Candidate, ...]:
    """The candidates that tell of an event: the contained, the informal and those without a body to act left out."""
    groups = frozenset().union(*reading.groups)
    if any(_INSPECTS.search(candidate.passage.text) for candidate in reading.candidates):
        groups |= _INSPECTORATE
    able = [c for c in reading.candidates if c.kind not in _NEEDS or _NEEDS[c.kind] & groups]
    able = [candidate for candidate in able if _near_its_body(candidate, reading)]
    said = {candidate.kind for candidate in able if not candidate.implied}
    if "inspection" not in said and reading.source_kind != "inspectorate":
        able = [candidate for candidate in able if not _only_reports(candidate, reading)]
    kinds = said | {c.kind for c in able if not _IMPLIED_IN.get(c.kind, frozenset()) & said}
    kinds -= {_CONTAINS[kind] for kind in kinds if kind in _CONTAINS}
    return tuple(candidate for candidate in able if candidate.kind in kinds)
