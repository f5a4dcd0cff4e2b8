"""Who acts: inspectorates, courts, auditors, consultants and newsrooms, under one name each."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from pipeline.classify.corpus_rows import pattern, rows

_FILE = "corpus/events/authorities.tsv"
_GENITIVE = r"(?::?s\b)?"


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
        _Known(name, group, tuple(triggers.split("|")), pattern(rf"\b(?:{text}){_GENITIVE}(?!\w)", _FILE))
        for name, group, triggers, text in rows(_FILE, 4)
    )


@cache
def _triggers() -> tuple[tuple[str, int], ...]:
    """Every trigger with the place of its body in ``_known``: one flat loop is a good deal faster than two."""
    return tuple((trigger, place) for place, known in enumerate(_known()) for trigger in known.triggers)


def find(text: str) -> list[Authority]:
    """The bodies that ``text`` names, in order, with half-open code-point offsets (the genitive ending included)."""
    low = text.lower()
    found = [
        Authority(match.start(), match.end(), known.name, known.group)
        for known in [_known()[place] for place in sorted({place for trigger, place in _triggers() if trigger in low})]
        for match in known.pattern.finditer(text)
    ]
    found.sort(key=lambda body: (body.start, -body.end))
    kept: list[Authority] = []
    for body in found:
        if not kept or body.start >= kept[-1].end:
            kept.append(body)
    return kept
