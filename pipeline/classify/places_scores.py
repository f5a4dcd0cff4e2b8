"""How much the text and its address say for each municipality."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipeline.classify.places_context import Role
from pipeline.classify.places_evidence import section_codes, slug_codes
from pipeline.classify.places_names import Mention, mentions
from pipeline.classify.places_plain import Plain
from pipeline.classify.places_sites import host_code, site
from pipeline.records import Document

_WEIGHTS: dict[Role, float] = {
    "strong": 2.0, "plain": 1.0, "aside": 0.5, "weak": 0.2, "near": 0.2, "masked": 0.0, "address": 0.0,
}  # fmt: skip
_SMALL = frozenset(("locality", "district", "homonym", "compound"))
_LOCALITY = 0.5
_TITLE = 3.0
_LEAD, _LEAD_REACH = 1.5, 400
_VIGNETTE = 3.0
_HOST = 6.0
_SLUG = 2.0
_SECTION = 1.0
_AWAY = 0.6
_CAPITAL, _CAPITAL_SHARE = "0180", 0.5
_VIGNETTES = re.compile(
    r"(?m)^\s*(?P<name>[A-ZÅÄÖ][A-ZÅÄÖa-zåäöé-]+(?: [A-ZÅÄÖ][A-ZÅÄÖa-zåäöé-]+)?)(?P<after>$|\s*[:.|/–]| (?:den )?\d)"
)


@dataclass(frozen=True, slots=True)
class Weighed:
    """A mention with its role and whether it stands as a vignette."""

    mention: Mention
    role: Role
    vignette: bool

    @property
    def certain(self) -> bool:
        """Whether the mention is surely the municipality."""
        return self.mention.sure or self.vignette or self.role == "strong"


def is_vignette(text: str, mention: Mention) -> bool:
    """A place name alone on its line, before a colon, or in capitals before a full stop, as newspapers have it."""
    line = text.rfind("\n", 0, mention.start) + 1
    if line != mention.start:
        return False
    shown = _VIGNETTES.match(text, line)
    if shown is None or shown.end("name") != mention.end:
        return False
    after = shown["after"].strip()
    return text[mention.start : mention.end].isupper() or after in ("", ":")


def address_of(document: Document) -> str:
    """The address that tells where a document belongs: that of the page it retells, else its own."""
    return document.derived_from or document.url


def _titles(document: Document, read: Plain) -> list[tuple[int, int]]:
    return [(read.at(b.start), read.at(b.end)) for b in document.blocks if b.kind == "title"]


def of_titles(document: Document, read: Plain, found: Sequence[Weighed]) -> frozenset[str]:
    """The municipalities that the titles name for certain, and not in passing."""
    titles = _titles(document, read)
    return frozenset(
        w.mention.code
        for w in found
        if w.certain and w.role in ("strong", "plain") and any(a <= w.mention.start < b for a, b in titles)
    )


def _weight(weighed: Weighed, titles: Sequence[tuple[int, int]]) -> float:
    mention = weighed.mention
    value = _VIGNETTE if weighed.vignette else _WEIGHTS[weighed.role]
    if mention.kind in _SMALL and not (weighed.role == "strong" and mention.kind == "district"):
        value *= _LOCALITY
    if any(start <= mention.start < end for start, end in titles):
        return value * _TITLE
    return value * _LEAD if mention.start < _LEAD_REACH else value


def _of_unshown_title(document: Document) -> list[str]:
    """The municipalities of a title that the page gives but does not show."""
    title = document.title
    return [] if not title or title in document.text else [m.code for m in mentions(title) if m.sure]


def _capital_in_passing(said: Mapping[str, float], found: Sequence[Weighed]) -> bool:
    """Whether 'Stockholm' is the county, the state or the whole town beside one of its neighbours."""
    if _CAPITAL not in said or not any(code[:2] == _CAPITAL[:2] and code != _CAPITAL for code in said):
        return False
    return not any(weighed.role == "strong" for weighed in found if weighed.mention.code == _CAPITAL)


def scores(document: Document, read: Plain, found: Sequence[Weighed]) -> dict[str, float]:
    """What is said for each municipality, by text, title and address; what a site reports from counts in full only."""
    said: dict[str, float] = defaultdict(float)
    titles = _titles(document, read)
    address = address_of(document)
    area = site(address).area
    certain = {weighed.mention.code for weighed in found if weighed.certain}
    for weighed in found:
        code = weighed.mention.code
        if code in certain:
            said[code] += _weight(weighed, titles) * (_AWAY if area and code not in area else 1.0)
    sections = section_codes(address)
    for code in slug_codes(address):
        said[code] += _SECTION if code in sections else _SLUG
    for code in _of_unshown_title(document):
        said[code] += _SLUG
    if (home := host_code(address)) is not None:
        said[home] += _HOST
    if _capital_in_passing(said, found):
        said[_CAPITAL] *= _CAPITAL_SHARE
    return {code: score for code, score in said.items() if score > 0}
