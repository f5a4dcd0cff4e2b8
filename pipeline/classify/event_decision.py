"""Which kinds of event a document tells of, all its sentences considered.

A logistic regression per kind over these and softer cues was tried and left out: the figures stand in
``corpus/events/README.md``.
"""

from __future__ import annotations

from pipeline.classify.event_candidates import Reading

# The milder kind is not told beside the graver one that contains it.
_CONTAINS = {"injunction_with_fine": "injunction", "closed_without_remarks": "closed", "severe_criticism": "criticism"}
_CRITICISM = {"criticism", "severe_criticism"}
_MAY_CRITICISE = ("inspectorate", "auditor", "court", "consultant")


def told_kinds(reading: Reading) -> frozenset[str]:
    """The kinds of event that the document tells of: those with a cue, the contained and the informal left out."""
    kinds = {candidate.kind for candidate in reading.candidates}
    if not any(body.group in _MAY_CRITICISE for body in reading.bodies):
        kinds -= _CRITICISM
    return frozenset(kinds - {_CONTAINS[kind] for kind in kinds if kind in _CONTAINS})
