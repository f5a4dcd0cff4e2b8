"""In which role a municipality is named: as the one spoken of, in passing, or as part of another body's name."""

from __future__ import annotations

import re
from functools import cache
from typing import Literal

from pipeline.classify.corpus_rows import pattern, rows
from pipeline.classify.places_names import Mention

Role = Literal["masked", "weak", "strong", "plain"]
_REACH_LEFT, _REACH_RIGHT = 60, 30
_FILE = "corpus/places/contexts.tsv"


@cache
def _patterns(role: str, side: str) -> re.Pattern[str]:
    found = [text for r, s, text in rows(_FILE, 3) if (r, s) == (role, side)]
    joined = "|".join(found) or "(?!)"
    return pattern(f"(?:{joined})$" if side == "left" else f"(?:{joined})", _FILE)


def role(text: str, mention: Mention) -> Role:
    """The role of ``mention`` in ``text`` by the words around it; its own genitive ending counts as to the right."""
    left = text[max(0, mention.start - _REACH_LEFT) : mention.start].rpartition("\n")[2]
    bare = mention.end - 1 if text[mention.end - 1] == "s" else mention.end
    right = text[bare : mention.end + _REACH_RIGHT].partition("\n")[0]
    after = text[mention.end : mention.end + _REACH_RIGHT].partition("\n")[0]
    kinds: tuple[Role, ...] = ("masked", "weak", "strong")
    for kind in kinds:
        if _patterns(kind, "left").search(left):
            return kind
        if _patterns(kind, "right").match(after) or _patterns(kind, "right").match(right):
            return kind
    return "plain"
