"""Municipalities named in one breath ('Orust, Tjörn och Kungälv') share a role."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.classify.places_context import Role
from pipeline.classify.places_names import Mention

_JOINT = re.compile(
    r"(?:\s|,|/|&|–|\boch\b|\bsamt\b|\brespektive\b|\bliksom\b|\bi\b|\bkommun\b|\bkommuner\b){1,6}", re.IGNORECASE
)
_REVIEWED = re.compile(
    r"gransk|inspekt|tillsyn|berör|omfatta|\bingå|besökt|kritik|kritiser|\bbrist|undersökt|utvald|deltar|deltog|föreläg",
    re.IGNORECASE,
)
_LEAST = 3
# What two municipalities have together concerns both.
_TOGETHER = re.compile(
    r"\b(?:gemensam|samverkans|samverkar|delad)\w*[^.]{0,60}(?:nämnd|förvaltning|organisation|funktion|socialtjänst|jour|enhet)"
    r"|\bsamverkansnämnd",
    re.IGNORECASE,
)


def _groups(text: str, found: Sequence[Mention]) -> list[list[int]]:
    groups: list[list[int]] = []
    for at, mention in enumerate(found):
        if groups and _JOINT.fullmatch(text[found[groups[-1][-1]].end : mention.start]):
            groups[-1].append(at)
        else:
            groups.append([at])
    return groups


def _line(text: str, at: int) -> str:
    start, end = text.rfind("\n", 0, at) + 1, text.find("\n", at)
    return text[start : end if end >= 0 else len(text)]


def shared_roles(text: str, found: Sequence[Mention], roles: Sequence[Role]) -> tuple[list[Role], frozenset[str]]:
    """The roles with those of lists made one, and the codes of lists of three or more that were reviewed together."""
    shared = list(roles)
    listed: set[str] = set()
    for group in _groups(text, found):
        if len(group) == 1:
            continue
        said = {roles[at] for at in group}
        reviewed = _REVIEWED.search(_line(text, found[group[0]].start)) is not None
        common: Role | None = "masked" if said & {"masked", "address"} else "weak" if said & {"weak", "near"} else None
        if common is None and (reviewed or "strong" in said):
            common = "strong"
        for at in group:
            shared[at] = common or roles[at]
        codes = {found[at].code for at in group}
        together = len(codes) > 1 and _TOGETHER.search(_line(text, found[group[0]].start)) is not None
        if (common == "strong" and reviewed and len(codes) >= _LEAST) or (together and common != "masked"):
            listed |= codes
    return shared, frozenset(listed)
