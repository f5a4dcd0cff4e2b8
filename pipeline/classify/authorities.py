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


@cache
def _known() -> tuple[re.Pattern[str], tuple[tuple[str, str], ...]]:
    listed = rows(_FILE, 3)
    joined = "|".join(f"({text}){_GENITIVE}" for _, _, text in listed)
    return pattern(rf"\b(?:{joined})(?!\w)", _FILE), tuple((name, group) for name, group, _ in listed)


def find(text: str) -> list[Authority]:
    """The bodies that ``text`` names, in order, with half-open code-point offsets (the genitive ending included)."""
    compiled, names = _known()
    found = []
    for match in compiled.finditer(text):
        name, group = names[(match.lastindex or 1) - 1]
        found.append(Authority(match.start(), match.end(), name, group))
    return found
