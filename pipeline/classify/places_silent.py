"""Where a text belongs that names no municipality: its address, a place to find the way by, its telephone number."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache

from pipeline.classify.corpus_rows import rows
from pipeline.classify.places_evidence import hinted_codes, place_codes
from pipeline.classify.places_names import lender
from pipeline.classify.places_scores import Weighed
from pipeline.classify.places_sites import domain_code, site

_SCORE = 2.0
# Without such a word a text that names no municipality speaks of the whole country.
_MUNICIPAL = re.compile(
    r"\bkommunal|socialtjänst|hemtjänst|hemsjukvård|förskol|äldreboende|skolan\b|(?:nämnd|utskott|förvaltning)(?:en)?s?\b"
    r"|kommun(?:en|ens|direktör|styrelse|fullmäktige)|socialchef|stadshus|stadens\b",
    re.IGNORECASE,
)
# Without such a word a local newspaper may speak of any other municipality or of all.
_ONE = re.compile(
    r"\bkommunens?\b|(?:nämnd|förvaltning|stadsdel)(?:en|ens)\b|(?:social|skol|förskole|enhets|verksamhets|kommun|avdelnings)chef"
    r"|kommundirektör|kommunalråd|rektorn\b|stadens\b|stadshuset",
    re.IGNORECASE,
)
_OTHER_BODY = re.compile(
    r"IVO\b|[Ii]nspektion|Skolverk|Arbetsmiljöverk|Socialstyrels|[Ll]änsstyrels|rätten\b|domstol|Region\b|[Ll]andsting"
    r"|SKL|SKR|\bAB\b|förbund"
)
_NUMBER = re.compile(r"(?<![\d-])(0\d{1,3})\s?[-–/]\s?\d{2,3}[ \d]{2,9}")
_DOMAIN = re.compile(r"(?:@|//|\bwww\.)(?:[\w-]+\.)*([\w-]+\.se)\b", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]{8,}")
# 'boråsare', 'kirunabor', 'Bålstarummet', 'uppsalaskolor'.
_MADE_WITH = re.compile(
    r"(?:bo|bon|bor|borna|are|arna|aren|rummet|salen|skola|skolan|skolor|skolorna|förskolor|politiker)s?$",
    re.IGNORECASE,
)


@cache
def _dialling() -> dict[str, str]:
    return {row[0]: row[1] for row in rows("corpus/places/dialling.tsv", 2)}


def _line(text: str, at: int) -> str:
    start, end = text.rfind("\n", 0, at) + 1, text.find("\n", at)
    return text[start : end if end >= 0 else len(text)]


def _pointed_at(text: str, found: Sequence[Weighed]) -> list[str | None]:
    """The municipalities of places to find the way by and of postal addresses that are no other body's."""
    return [
        w.mention.code
        for w in found
        if w.role == "near" or (w.role == "address" and not _OTHER_BODY.search(_line(text, w.mention.start)))
    ]


def _made_with(text: str) -> list[str | None]:
    forms = (lender(word[0], _MADE_WITH) for word in _WORD.finditer(text))
    return [form.first for form in forms if form is not None and not form.traps]


def _evidence(text: str, address: str, found: Sequence[Weighed]) -> Iterator[Sequence[str | None]]:
    """What there is, the best first; what is weak only for a text about one municipality."""
    yield [domain_code(match[1].lower()) for match in _DOMAIN.finditer(text)]
    yield _pointed_at(text, found)
    if _ONE.search(text):
        yield [site(address).home]
        yield _made_with(text)
        yield [_dialling().get(match[1]) for match in _NUMBER.finditer(text)]


def silent_scores(text: str, address: str, found: Sequence[Weighed]) -> dict[str, float]:
    """The municipality that a text means without naming it, by the best evidence; empty where none can be told."""
    if hinted := place_codes(address) or hinted_codes(address):
        return dict.fromkeys(hinted, _SCORE)
    if not _MUNICIPAL.search(text):
        return {}
    for codes in _evidence(text, address, found):
        known = {code for code in codes if code is not None}
        if known:
            return dict.fromkeys(known, _SCORE) if len(known) == 1 else {}
    return {}
