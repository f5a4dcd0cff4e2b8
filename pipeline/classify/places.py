"""Which municipalities a document concerns, how much, and where it says so."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.classify.criticised import criticised
from pipeline.classify.places_context import Role, role
from pipeline.classify.places_evidence import hinted_codes, host_code, slug_codes
from pipeline.classify.places_lists import shared_roles
from pipeline.classify.places_names import Mention, mentions
from pipeline.geography import by_code
from pipeline.records import Concern, Document

__all__ = ["concerns", "criticised"]

_WEIGHTS: dict[Role, float] = {"strong": 2.0, "plain": 1.0, "weak": 0.2, "masked": 0.0}
_LOCALITY = 0.5
_TITLE = 3.0
_LEAD, _LEAD_REACH = 1.5, 400
_VIGNETTE = 3.0
_HOST = 6.0
_SLUG = 2.0
_SHARE = 0.4
_ROUND_UP = 3
_LEAST = 0.4  # less than one plain mention of a district: only named in passing
_VIGNETTES = re.compile(
    r"(?m)^\s*(?P<name>[A-ZÅÄÖ][A-ZÅÄÖa-zåäöé-]+(?: [A-ZÅÄÖ][A-ZÅÄÖa-zåäöé-]+)?)(?P<after>$|\s*[:.|/–]| (?:den )?\d)"
)


def _vignette(text: str, mention: Mention) -> bool:
    """A place name alone on its line, before a colon, or in capitals before a full stop, as newspapers have it."""
    line = text.rfind("\n", 0, mention.start) + 1
    if line != mention.start:
        return False
    shown = _VIGNETTES.match(text, line)
    if shown is None or shown.end("name") != mention.end:
        return False
    after = shown["after"].strip()
    return text[mention.start : mention.end].isupper() or after in ("", ":")


@dataclass(frozen=True, slots=True)
class _Weighed:
    """A mention with its role and whether it stands as a vignette."""

    mention: Mention
    role: Role
    vignette: bool

    @property
    def certain(self) -> bool:
        """Whether the mention is surely the municipality."""
        return self.mention.sure or self.vignette or self.role == "strong"


def _weight(document: Document, weighed: _Weighed) -> float:
    mention = weighed.mention
    value = _VIGNETTE if weighed.vignette else _WEIGHTS[weighed.role]
    if mention.kind in ("locality", "district", "ambiguous"):
        value *= _LOCALITY
    if any(b.kind == "title" and b.start <= mention.start < b.end for b in document.blocks):
        return value * _TITLE
    return value * _LEAD if mention.start < _LEAD_REACH else value


def _of_unshown_title(document: Document) -> list[str]:
    """The municipalities of a title that the page gives but does not show."""
    title = document.title
    return [] if not title or title in document.text else [m.code for m in mentions(title) if m.sure]


def _scores(document: Document, found: Sequence[_Weighed]) -> dict[str, float]:
    scores: dict[str, float] = defaultdict(float)
    certain = {weighed.mention.code for weighed in found if weighed.certain}
    for weighed in found:
        if weighed.mention.code in certain:
            scores[weighed.mention.code] += _weight(document, weighed)
    address = document.derived_from or document.url
    for code in (*slug_codes(address), *_of_unshown_title(document)):
        scores[code] += _SLUG
    if (home := host_code(address)) is not None:
        scores[home] += _HOST
    if not any(scores.values()):
        scores.update(dict.fromkeys(hinted_codes(address), _SLUG))
    return {code: score for code, score in scores.items() if score > 0}


def concerns(document: Document) -> tuple[Concern, ...]:
    """The municipalities that ``document`` concerns, the most salient first.

    ``salience`` is the share (0-1] of the weighted mentions; ``spans`` are half-open code
    points of ``Document.text``, empty where only the address speaks for it.
    """
    found = mentions(document.text)
    roles, listed = shared_roles(document.text, found, [role(document.text, mention) for mention in found])
    weighed = [_Weighed(m, r, _vignette(document.text, m)) for m, r in zip(found, roles, strict=True)]
    scores = _scores(document, weighed)
    if not scores or max(scores.values()) < _LEAST:
        return ()
    total, top = sum(scores.values()), max(scores.values())
    listed |= _vignettes(weighed)
    kept = [code for code, score in scores.items() if score >= _SHARE * top or code in listed]
    return tuple(
        Concern(
            code,
            by_code()[code].name,
            round(scores[code] / total, 4),
            tuple((m.start, m.end) for m in found if m.code == code),
        )
        for code in sorted(kept, key=lambda code: (-scores[code], code))
    )


def _vignettes(weighed: Sequence[_Weighed]) -> frozenset[str]:
    """The municipalities of a round-up: three or more that each have a vignette of their own."""
    codes = frozenset(w.mention.code for w in weighed if w.vignette)
    return codes if len(codes) >= _ROUND_UP else frozenset()
