"""Lines of print joined into running text: hyphens at line ends mended, those that belong to the word kept."""

from __future__ import annotations

import re
from collections.abc import Sequence

_AND = frozenset({"och", "eller", "samt", "respektive", "men", "till", "som", "resp.", "el."})
_HYPHEN = "-\u2010\u00ad\ufffe\u0002"
_WORD = re.compile(r"\w[\w.]*")


def mend(before: str, after: str) -> str:
    """Two halves of a text that was broken at a hyphen (``before`` without it) as one.

    The hyphen stays where it is the word's own: 'vård- och', 'IVO-beslut', 'e-post', 'Malung-Sälen', '2018-2019'.
    """
    end = re.search(r"\S*$", before)
    start = _WORD.match(after)
    last, first = (end[0] if end else ""), (start[0] if start else "")
    if first.lower() in _AND:
        return f"{before}- {after}"
    if not last or not first or not last[-1].isalnum():
        return f"{before}-{after}"
    acronym = len(last.split("-")[-1]) > 1 and last.split("-")[-1].isupper()
    if first[0].isupper() or first[0].isdigit() or last[-1].isdigit() or acronym or len(last) == 1:
        return f"{before}-{after}"
    return before + after


def running_text(lines: Sequence[tuple[str, bool]]) -> str:
    """The lines as one text; each with whether a hyphen was taken off its end."""
    text = ""
    broken = False
    for words, hyphen in lines:
        words = words.strip()
        if not words:
            continue
        text = mend(text, words) if broken else f"{text} {words}" if text else words
        broken = hyphen
        if not hyphen and len(text) > 2 and text[-1] in _HYPHEN and text[-2].isalnum():
            text, broken = text[:-1], True
    return f"{text}-" if broken else text
