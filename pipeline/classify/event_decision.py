"""Which kinds of event a document tells of: hard cues alone for most kinds, weighed evidence for the broad ones.

Inspections and criticism are told in so many ways that no list of words is enough: for the kinds in
``corpus/events/weights.json`` a linear model (made by ``python -m pipeline.classify.event_training``) weighs all
cues of the document. It only chooses among kinds that have a sentence as evidence.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Mapping
from functools import cache

from pipeline.classify.event_candidates import Candidate, Reading
from pipeline.errors import CorpusError
from pipeline.resources import data_path

Features = dict[str, float]
_WEIGHTS = "corpus/events/weights.json"
_NAMED = ("JO", "IVO", "Skolinspektionen", "Arbetsmiljöverket", "Länsstyrelsen", "Socialstyrelsen")
# The milder kind is not told beside the graver one that contains it.
_CONTAINS = {"injunction_with_fine": "injunction", "closed_without_remarks": "closed", "severe_criticism": "criticism"}


def _surroundings(reading: Reading, source_kind: str) -> Features:
    features: Features = {f"source:{source_kind}": 1.0, "length": math.log1p(reading.sentences) / 4}
    groups = Counter(body.group for body in reading.bodies)
    features.update({f"group:{group}": min(number, 4) / 4 for group, number in groups.items()})
    names = {body.name for body in reading.bodies}
    features.update({f"name:{name}": 1.0 for name in _NAMED if name in names})
    features.update({f"told:{c.kind}": 1.0 for c in reading.candidates if c.hard})
    return features


def _of_kind(candidates: list[Candidate]) -> Features:
    hits = [(hit.cue, candidate.zone) for candidate in candidates for hit in candidate.hits]
    hard = sum(cue.hard for cue, _ in hits)
    features: Features = {
        "hard": min(hard, 3) / 3,
        "hard_any": float(hard > 0),
        "soft": min(len(hits) - hard, 5) / 5,
        "title_hard": float(any(zone == "title" and cue.hard for cue, zone in hits)),
        "title_any": float(any(zone == "title" for _, zone in hits)),
        "lead_hard": float(any(zone == "lead" and cue.hard for cue, zone in hits)),
    }
    features.update({f"cue:{cue.key}": 1.0 for cue, _ in hits})
    return features


def features(reading: Reading, source_kind: str) -> dict[str, Features]:
    """Kind -> its evidence in the document as numbers 0-1, for the kinds that have any."""
    by_kind: dict[str, list[Candidate]] = {}
    for candidate in reading.candidates:
        by_kind.setdefault(candidate.kind, []).append(candidate)
    around = _surroundings(reading, source_kind)
    return {kind: {**around, **_of_kind(candidates)} for kind, candidates in by_kind.items()}


@cache
def weights() -> Mapping[str, Mapping[str, float]]:
    """Kind -> feature -> weight ('' the intercept). Raises CorpusError when the file is absent or damaged."""
    file = data_path(_WEIGHTS)
    try:
        data: Mapping[str, Mapping[str, float]] = json.loads(file.read_text("utf-8"))["weights"]
    except (OSError, ValueError, KeyError) as error:
        raise CorpusError(f"{file}: cannot be read as event weights: {error!r}; train them again.") from error
    return data


def _told(kind: str, evidence: Features) -> bool:
    learnt = weights().get(kind)
    if learnt is None:
        return evidence["hard_any"] > 0
    return learnt[""] + sum(learnt.get(name, 0.0) * value for name, value in evidence.items()) > 0


def told_kinds(reading: Reading, source_kind: str) -> frozenset[str]:
    """The kinds of event that the document tells of."""
    kinds = {kind for kind, evidence in features(reading, source_kind).items() if _told(kind, evidence)}
    return frozenset(kinds - {_CONTAINS[kind] for kind in kinds if kind in _CONTAINS})
