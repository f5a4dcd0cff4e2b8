"""In which role a municipality is named: as the one spoken of, in passing, or as part of another body's name."""

from __future__ import annotations

import re
from functools import cache
from typing import Literal

from pipeline.classify.corpus_rows import pattern, rows
from pipeline.classify.places_names import Mention

Role = Literal["masked", "address", "near", "weak", "strong", "aside", "plain"]
_ORDER: tuple[Role, ...] = ("masked", "address", "near", "weak", "aside", "strong")
_REACH_LEFT, _REACH_RIGHT = 90, 30
_FILE = "corpus/places/contexts.tsv"


@cache
def _patterns(role: str, side: str, shouting: bool) -> re.Pattern[str]:
    """All patterns of a role on one side; what stands in capitals only is read without regard to case."""
    found = [text for r, s, text in rows(_FILE, 3) if (r, s) == (role, side)]
    joined = "|".join(found) or "(?!)"
    return pattern(f"(?:{joined})$" if side == "left" else joined, _FILE, re.IGNORECASE if shouting else 0)


def role(text: str, mention: Mention) -> Role:
    """The role of ``mention`` in ``text`` by the words around it; its own genitive ending counts as to the right."""
    left = text[max(0, mention.start - _REACH_LEFT) : mention.start].rpartition("\n")[2]
    bare = mention.end - 1 if text[mention.end - 1] in "sS" else mention.end
    right = text[bare : mention.end + _REACH_RIGHT].partition("\n")[0]
    after = text[mention.end : mention.end + _REACH_RIGHT].partition("\n")[0]
    shouting = (left + after).isupper()
    line = text[text.rfind("\n", 0, mention.start) + 1 : mention.start]
    for kind in _ORDER:
        if _patterns(kind, "left", shouting).search(left) or _patterns(kind, "line", shouting).match(line):
            return kind
        if shouting and not mention.sure and bare == mention.end:  # 'ATT VARA SOCIALCHEF'
            continue
        words = _patterns(kind, "right", shouting)
        if words.match(after) or words.match(right):
            return kind
    return "plain"
