"""Which municipalities a document concerns, how much, and where it says so."""

from __future__ import annotations

import re
from collections import defaultdict

from pipeline.classify.places_context import Role, role
from pipeline.classify.places_evidence import host_code, slug_codes
from pipeline.classify.places_names import Mention, mentions
from pipeline.geography import by_code
from pipeline.records import Concern, Document

_WEIGHTS: dict[Role, float] = {"strong": 2.0, "plain": 1.0, "weak": 0.2, "masked": 0.0}
_LOCALITY = 0.5
_TITLE = 3.0
_LEAD, _LEAD_REACH = 1.5, 400
_VIGNETTE = 3.0
_HOST = 6.0
_SLUG = 2.0
_SHARE = 0.35
_VIGNETTES = re.compile(
    r"(?m)^\s*(?P<name>[A-ZÅÄÖ][A-ZÅÄÖa-zåäöé-]+(?: [A-ZÅÄÖ][A-ZÅÄÖa-zåäöé-]+)?)(?:$|\s*[:.|/–]| (?:den )?\d)"
)


def _vignette(text: str, mention: Mention) -> bool:
    """A place name that stands alone on its line, or in capitals before a colon or full stop, as newspapers have it."""
    line = text.rfind("\n", 0, mention.start) + 1
    if line != mention.start:
        return False
    shown = _VIGNETTES.match(text, line)
    if shown is None or shown.end("name") != mention.end:
        return False
    return text[mention.start : mention.end].isupper() or shown.end() in (shown.end("name"), len(text))


def _weight(document: Document, mention: Mention, vignette: bool) -> float:
    value = _VIGNETTE if vignette else _WEIGHTS[role(document.text, mention)]
    if mention.kind in ("locality", "district", "ambiguous"):
        value *= _LOCALITY
    if any(b.kind == "title" and b.start <= mention.start < b.end for b in document.blocks):
        return value * _TITLE
    return value * _LEAD if mention.start < _LEAD_REACH else value


def _scores(document: Document, found: list[Mention]) -> dict[str, float]:
    scores: dict[str, float] = defaultdict(float)
    text = document.text
    shown = [_vignette(text, mention) for mention in found]
    certain = {
        mention.code
        for mention, alone in zip(found, shown, strict=True)
        if mention.sure or alone or role(text, mention) == "strong"
    }
    for mention, alone in zip(found, shown, strict=True):
        if mention.code in certain:
            scores[mention.code] += _weight(document, mention, alone)
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
