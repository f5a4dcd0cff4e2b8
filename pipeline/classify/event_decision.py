"""Which kinds of event a document tells of, all its sentences considered.

A logistic regression per kind over these and softer cues was tried and left out: the figures stand in
``corpus/events/README.md``.
"""

from __future__ import annotations

import re

from pipeline.classify.event_candidates import Reading

# The milder kind is not told beside the graver one that contains it.
_CONTAINS = {"injunction_with_fine": "injunction", "closed_without_remarks": "closed", "severe_criticism": "criticism"}
_MAY_CRITICISE = frozenset(("inspectorate", "auditor", "court", "consultant"))
# Words that imply an inspectorate even where none is named.
_INSPECTS = re.compile(r"inspekt|tillsyn|myndighet", re.IGNORECASE)
# Kinds that only a body of one of these groups can do: they are told where the document names one.
_NEEDS = {
    "criticism": _MAY_CRITICISE,
    "severe_criticism": _MAY_CRITICISE,
    "inspection": frozenset(("inspectorate",)),
    "inspection_opened": frozenset(("inspectorate",)),
    "statement_requested": frozenset(("inspectorate",)),
    "documents_requested": frozenset(("inspectorate",)),
    "closed": frozenset(("inspectorate",)),
    "closed_without_remarks": frozenset(("inspectorate",)),
}


def told_kinds(reading: Reading) -> frozenset[str]:
    """The kinds of event that the document tells of: those with a cue, the contained and the informal left out."""
    groups = {body.group for body in reading.bodies}
    if any(_INSPECTS.search(candidate.passage.text) for candidate in reading.candidates):
        groups.add("inspectorate")
    kinds = {candidate.kind for candidate in reading.candidates}
    kinds = {kind for kind in kinds if kind not in _NEEDS or _NEEDS[kind] & groups}
    return frozenset(kinds - {_CONTAINS[kind] for kind in kinds if kind in _CONTAINS})
