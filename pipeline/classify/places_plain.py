"""A text as places are sought in it: NFC, no soft hyphens, plain spaces; offsets lead back to the text as it is."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from dataclasses import dataclass

_GONE = frozenset("\u00ad\u200b\u200c\u200d\u2060\ufeff")
_SPACES = {ord(c): " " for c in "\u00a0\u2007\u2009\u202f"} | {ord(c): "-" for c in "\u2010\u2011"}
_DAMAGED = re.compile("[\u00ad\u200b\u200c\u200d\u2060\ufeff\u0300-\u036f]")
_SPACED = re.compile("[\u00a0\u2007\u2009\u202f\u2010\u2011]")


@dataclass(frozen=True, slots=True)
class Plain:
    """``text`` for reading; its character ``n`` is ``raw[starts[n]:ends[n]]`` (the same where these are None)."""

    text: str
    starts: tuple[int, ...] | None = None
    ends: tuple[int, ...] | None = None

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The half-open place in the raw text of ``text[start:end]``, which is not empty."""
        return (start, end) if self.starts is None or self.ends is None else (self.starts[start], self.ends[end - 1])

    def at(self, raw: int) -> int:
        """The place in ``text`` of an offset of the raw text."""
        return raw if self.starts is None else bisect_left(self.starts, raw)


def plain(raw: str) -> Plain:
    """``raw`` as places are sought in it. Nothing is copied where nothing is damaged: the usual case."""
    if _DAMAGED.search(raw) is None:
        return Plain(raw.translate(_SPACES) if _SPACED.search(raw) else raw)
    kept: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for at, character in enumerate(raw):
        if character in _GONE:
            continue
        whole = unicodedata.normalize("NFC", kept[-1] + character) if kept and unicodedata.combining(character) else ""
        if len(whole) == 1:
            kept[-1], ends[-1] = whole, at + 1
            continue
        kept.append(character)
        starts.append(at)
        ends.append(at + 1)
    return Plain("".join(kept).translate(_SPACES), tuple(starts), tuple(ends))
