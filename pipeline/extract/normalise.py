"""Text as it should be stored: NFC, plain spaces, no soft hyphens, no invisible characters."""

from __future__ import annotations

import re
import unicodedata

_GONE = (
    "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\u0002\ufffe\uffff"
    "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff]")
_TABLE = {ord(c): None for c in _GONE} | {
    0x2011: "-",
    0x00A0: " ",
    0x202F: " ",
    0x2007: " ",
    0x2028: "\n",
    0x2029: "\n",
}
_ODD = re.compile(f"[{_GONE}\u2011\u00a0\u202f\u2007\u2028\u2029]|{_CONTROL.pattern}")


def characters(text: str) -> str:
    """NFC without soft hyphens, control and direction characters; special spaces as spaces. Line breaks stay."""
    if _ODD.search(text):
        text = _CONTROL.sub("", text.translate(_TABLE))
    return text if unicodedata.is_normalized("NFC", text) else unicodedata.normalize("NFC", text)


def line(text: str) -> str:
    """The text on one line: ``characters`` with each run of white space as one space, none at the ends."""
    return " ".join(characters(text).split())
