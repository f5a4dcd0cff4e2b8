"""Who acts: inspectorates, courts, auditors, consultants and newsrooms, under one name each."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from pipeline.classify.corpus_rows import pattern, rows

_FILE = "corpus/events/authorities.tsv"
_GENITIVE = r"(?::?s\b)?"
# The name of a row for many bodies: each is called what the text calls it.
_AS_SAID = "="


# Substrings in lower case, each with the place of the body that it may belong to.
Triggers = tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Authority:
    """A body named at ``text[start:end]``; ``group`` is one of those that the head of the file of authorities names."""

    start: int
    end: int
    name: str
    group: str


@dataclass(frozen=True, slots=True)
class _Known:
    name: str
    group: str
    triggers: tuple[str, ...]
    pattern: re.Pattern[str]


@cache
def _known() -> tuple[_Known, ...]:
    return tuple(
        _Known(name, group, tuple(triggers.split("|")), pattern(rf"\b(?P<name>{text}){_GENITIVE}(?!\w)", _FILE))
        for name, group, triggers, text in rows(_FILE, 4)
    )


@cache
def _triggers() -> Triggers:
    """Every trigger with the place of its body in ``_known``: one flat loop is a good deal faster than two."""
    return tuple((trigger, place) for place, known in enumerate(_known()) for trigger in known.triggers)


def likely(text: str) -> Triggers:
    """The triggers that ``text`` holds, to search its sentences for these bodies only."""
    low = text.lower()
    return tuple((trigger, place) for trigger, place in _triggers() if trigger in low)


def find(text: str, among: Triggers | None = None) -> list[Authority]:
    """The bodies that ``text`` names, in order, with half-open code-point offsets (the genitive ending included).

    ``among`` is what :func:`likely` said of the document that ``text`` is a part of.
    """
    low = text.lower()
    places = {place for trigger, place in (_triggers() if among is None else among) if trigger in low}
    found = [
        Authority(match.start(), match.end(), match["name"] if known.name == _AS_SAID else known.name, known.group)
        for known in [_known()[place] for place in sorted(places)]
        for match in known.pattern.finditer(text)
    ]
    found.sort(key=lambda body: (body.start, -body.end))
    kept: list[Authority] = []
    for body in found:
        if not kept or body.start >= kept[-1].end:
            kept.append(body)
    return kept
