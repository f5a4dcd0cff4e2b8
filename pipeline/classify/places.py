"""Which municipalities a document concerns, how much, and where it says so."""

from __future__ import annotations

from collections import defaultdict

from pipeline.classify.places_context import Role, role
from pipeline.classify.places_evidence import host_code, slug_codes
from pipeline.classify.places_names import Mention, mentions
from pipeline.geography import by_code
from pipeline.records import Concern, Document

_WEIGHTS: dict[Role, float] = {"strong": 2.0, "plain": 1.0, "weak": 0.2, "masked": 0.0}
_LOCALITY = 0.5
_TITLE = 3.0
_HOST = 6.0
_SLUG = 2.0
_SHARE = 0.2


def _weight(document: Document, mention: Mention) -> float:
    value = _WEIGHTS[role(document.text, mention)]
    if mention.kind in ("locality", "district", "ambiguous"):
        value *= _LOCALITY
    if any(b.kind == "title" and b.start <= mention.start < b.end for b in document.blocks):
        value *= _TITLE
    return value


def _scores(document: Document, found: list[Mention]) -> dict[str, float]:
    scores: dict[str, float] = defaultdict(float)
    certain = {mention.code for mention in found if mention.sure}
    for mention in found:
        if mention.sure or mention.code in certain:
            scores[mention.code] += _weight(document, mention)
    address = document.derived_from or document.url
    for code in slug_codes(address):
        scores[code] += _SLUG
    if (home := host_code(address)) is not None:
        scores[home] += _HOST
    return {code: score for code, score in scores.items() if score > 0}


def concerns(document: Document) -> tuple[Concern, ...]:
    """The municipalities that ``document`` concerns, the most salient first.

    ``salience`` is the share (0-1] of the weighted mentions; ``spans`` are half-open code
    points of ``Document.text``, empty where only the address speaks for it.
    """
    found = mentions(document.text)
    scores = _scores(document, found)
    if not scores:
        return ()
    total, top = sum(scores.values()), max(scores.values())
    kept = sorted((c for c, s in scores.items() if s >= _SHARE * top), key=lambda c: (-scores[c], c))
    return tuple(
        Concern(
            code,
            by_code()[code].name,
            round(scores[code] / total, 4),
            tuple((m.start, m.end) for m in found if m.code == code),
        )
        for code in kept
    )
