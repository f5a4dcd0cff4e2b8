"""Words as the classifier sees them: one form whatever the encoding, and no municipality by its own name.

A model that has learnt a place name has learnt nothing about the place. Names of municipalities are therefore replaced
by one common word before any feature is made, so that predictions stay the same when the name changes.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from pipeline.geography import municipalities

PLACE = "kommunnamn"
_TOKEN = re.compile(r"[^\W\d_]+(?:[-–:’'][^\W\d_]+)*|\d+|[^\w\s]")
_DROPPED = {ord(c): None for c in "\u00ad\u200b\u200c\u200d\ufeff\u2060\u0002"}
_LEFT_OVER = {
    0x80: "€", 0x82: ",", 0x84: '"', 0x85: "...", 0x91: "'", 0x92: "'",
    0x93: '"', 0x94: '"', 0x95: "•", 0x96: "–", 0x97: "–",
}  # fmt: skip
_ALIKE = {ord(c): '"' for c in "“”„‟«»″"} | {ord(c): "'" for c in "‘’‚‛′´`"} | {ord(c): "–" for c in "—―‒−"}
_TABLE = _DROPPED | _LEFT_OVER | _ALIKE | {0xA0: " ", 0x202F: " ", 0x2009: " ", 0x2011: "-", 0x2010: "-"}
# Nothing to translate in a text of these characters only: the usual case, and a fast look.
_ODD = re.compile(r"[^\n !-_a-zåäöéüÅÄÖÉ{|}–§]")
# Names that are also words: masked only where the sentence shows that the place is meant.
_ALSO_WORDS = frozenset({
    "ale", "berg", "boden", "borg", "eda", "falun", "habo", "heby", "kil", "kumla", "lund", "mark", "mora", "nora",
    "orsa", "orust", "sala", "säter", "tierp", "torsby", "trosa", "vara", "ydre",
})  # fmt: skip


def normal(text: str) -> str:
    """``text`` in NFC, without soft hyphens, with plain quotation marks, dashes and spaces; case is kept."""
    if _ODD.search(text) is not None:
        text = text.translate(_TABLE)
    return unicodedata.normalize("NFC", text)


@cache
def _names() -> tuple[frozenset[str], re.Pattern[str], frozenset[str]]:
    """Names of one word with their genitives; a pattern for those of several; the first words of those."""
    single: set[str] = set()
    several: list[str] = []
    for row in municipalities():
        name = row.name.lower()
        if " " in name:
            several.append(name)
        else:
            single |= {name, name if name.endswith("s") else f"{name}s"}
    pattern = "|".join(re.escape(name) for name in sorted(several, key=len, reverse=True))
    firsts = frozenset(name.split()[0] for name in several)
    return frozenset(single), re.compile(rf"\b(?:{pattern})s?\b", re.IGNORECASE), firsts


def _is_place(words: list[str], position: int, low: str) -> bool:
    if not words[position][0].isupper():
        return False
    if low not in _ALSO_WORDS and low.removesuffix("s") not in _ALSO_WORDS:
        return True
    return position > 0 or (len(words) > 1 and words[1].lower().startswith("kommun"))


def tokens(text: str) -> list[str]:
    """The lower-case words and marks of ``text`` in order; every municipality's name is the word ``PLACE``."""
    names, several, _ = _names()
    clean = normal(text)
    lower: list[str] = _TOKEN.findall(clean.lower())
    # Nearly all passages name no municipality: a look at the set of words spares them the rest.
    if names.isdisjoint(lower) and several.search(clean) is None:
        return lower
    found: list[str] = _TOKEN.findall(several.sub(PLACE, clean))
    lower = [word.lower() for word in found]
    return [PLACE if low in names and _is_place(found, i, low) else low for i, low in enumerate(lower)]


def needs_context(piece: str) -> bool:
    """Whether the words of a piece of text between white space depend on what stands around it.

    So it is with first words of names of several words, and with names, written as such, that are words as well.
    """
    names, _, firsts = _names()
    for word in _TOKEN.findall(normal(piece)):
        low = word.lower()
        if low in firsts:
            return True
        if word[0].isupper() and low in names and (low in _ALSO_WORDS or low.removesuffix("s") in _ALSO_WORDS):
            return True
    return False
