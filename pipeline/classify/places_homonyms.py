"""Which of several places of one name is meant: the one that something else speaks for."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import replace

from pipeline.classify.places_names import Mention

_SMALL = frozenset(("locality", "district", "compound"))


def _chosen(mention: Mention, spoken_for: Set[str], area: Set[str]) -> Mention | None:
    near = [code for code in mention.codes if code in spoken_for] or [code for code in mention.codes if code in area]
    first = mention.kind != "homonym"
    if first and (mention.code in near or not near):
        away = mention.kind in _SMALL and area and not near
        return replace(mention, sure=False) if away else mention
    return replace(mention, code=near[0], kind="homonym") if len(near) == 1 else None


def resolved(found: Sequence[Mention], spoken_for: Set[str], area: Set[str]) -> list[Mention | None]:
    """Each mention with its code decided; None for a name of several places that nothing speaks for.

    ``spoken_for``: codes that the text or the address names for certain; ``area``: codes that the site reports from.
    A place outside that area may be another of its name: it is not sure.
    """
    return [
        mention if mention.kind in ("name", "official", "board", "former") else _chosen(mention, spoken_for, area)
        for mention in found
    ]
