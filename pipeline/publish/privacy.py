"""What never leaves in a page or an export: e-mail addresses, telephone numbers, personal identity numbers.

``redact`` keeps the length of a text (one mask character for each that goes), so that offsets stay true.
Case numbers (dnr 8.5-29206/2014), amounts, dates and references to law are left alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

MASK = "\N{FULL BLOCK}"
# What DuckDB (RE2) may ask first: a text without this holds nothing to redact.
CANDIDATE = (
    r"(?i)[@＠]|%40|[(\[{]\s?(?:at|snabel-?a)\s?[)\]}]|\d(?:[^0-9A-Za-z]{0,4}\d){7}"
    r"|(?:tel|tfn|mobil|fax|växel)\D{0,16}\d"
)
_QUICK = re.compile(CANDIDATE)
_EMAIL = re.compile(
    r"[\w.!#$&'*+=?^`{|}~-]+\s?(?:[@＠]|%40|[(\[{]\s?(?:at|snabel-?a)\s?[)\]}])\s?[\w-]+(?:\.[\w-]+)*\.[^\W\d_]{2,}",
    re.IGNORECASE,
)
# Year (with or without century), month, day (60 added in a coordination number), sign, four digits.
_IDENTITY = re.compile(
    r"(?<![\w.:/-])((?:18|19|20)?)(\d{2})\s?(\d{2})\s?(\d{2})\s?[-+\u2010-\u2013\u2212]?\s?(\d{4})(?![\w/]|[-:]\d)"
)
# The signs and spaces by which the digits of a telephone number are set apart.
_GAP = r"[ \t\u00a0\u2007-\u200a\u202f\u2010-\u2013\u2212/-]{0,3}"
_ABROAD = re.compile(rf"(?<![\w+])(?:\+|00){_GAP}46{_GAP}(?:\(0\))?(?:{_GAP}\d){{7,10}}(?!\w|[/:]\d)")
_SOLID = re.compile(r"(?<![\w.,:/+-])0[1-9]\d{7,9}(?![\w/]|[-.,:]\d)")
_PARTED = re.compile(
    r"(?<![\w.,:/+-])\(?(0\d{1,3})\)?(?:\s?[-\u2010-\u2013\u2212/]\s?|\)\s?|[ \u00a0])"
    r"(\d{2,8}(?:[ \u00a0\u202f-]\d{2,4}){0,4})(?![\w/]|[-.,:]\d)"
)
_AFTER_CUE = re.compile(
    r"\b(?:tel|tfn|telefon|telefonnummer|telefonnr|mobil|mobiltelefon|mobilnr|mobilnummer|fax|växel|växeln|växelnummer)\b"
    rf"[.:]?\s{{0,2}}(?:nr|nummer)?[.:]?\s{{0,2}}(\d(?:{_GAP}\d){{4,11}})(?![\w/]|[-.,:]\d)",
    re.IGNORECASE,
)
_DATE = re.compile(r"(?:19|20)\d{2}\D?\d{1,2}\D?\d{1,2}|\d{1,2}\D\d{1,2}\D(?:19|20)\d{2}")
_CASE = re.compile(r"(?:dnr|diarienr|diarienummer|ärendenr|ärendenummer|beteckning|ism)[.:]?\s*\S{0,6}$", re.IGNORECASE)
# Area codes of three digits and the networks' own (PTS numbering plan); 08 is the only one of two.
_THREE = frozenset(f"0{n:02}" for n in (
    10, 11, 13, 16, 18, 19, 20, 21, 23, 26, 31, 33, 35, 36, 40, 42, 44, 46, 54, 60, 63, 70, 72, 73, 74, 76, 78, 79,
    90, 99,
))  # fmt: skip


def luhn(digits: str) -> bool:
    """Whether the last of ten digits is the check digit of the nine before (Luhn, weights 2 1 2 …)."""
    doubled = [int(digit) * (2 if i % 2 == 0 else 1) for i, digit in enumerate(digits)]
    return sum(n - 9 if n > 9 else n for n in doubled) % 10 == 0


def _identities(text: str) -> Iterator[tuple[int, int]]:
    for match in _IDENTITY.finditer(text):
        _, year, month, day, last = match.groups()
        born = int(day) - 60 if int(day) > 60 else int(day)
        if 1 <= int(month) <= 12 and 1 <= born <= 31 and luhn(year + month + day + last):
            yield match.span()


def _digits(text: str) -> str:
    return "".join(c for c in text if c.isdigit())


def _is_case(text: str, start: int) -> bool:
    """Whether words just before say that this is a case number."""
    return bool(_CASE.search(text[max(0, start - 24) : start]))


def _parted(text: str) -> Iterator[tuple[int, int]]:
    for match in _PARTED.finditer(text):
        area, rest = match.groups()
        right_area = area == "08" if len(area) == 2 else area in _THREE if len(area) == 3 else area[1] != "0"
        number = len(_digits(rest))
        shaped = (5 if len(area) == 4 else 6) <= number <= (8 if len(area) == 2 else 9 - (len(area) == 4))
        dated = re.fullmatch(r"\d{2}\D(?:19|20)\d{2}", rest) is not None
        if right_area and shaped and not dated and not _is_case(text, match.start()):
            yield match.span()


def _telephones(text: str) -> Iterator[tuple[int, int]]:
    yield from (match.span() for match in _ABROAD.finditer(text))
    yield from _parted(text)
    yield from (m.span() for m in _SOLID.finditer(text) if not _is_case(text, m.start()))
    for match in _AFTER_CUE.finditer(text):
        if not _DATE.fullmatch(match.group(1).strip()):
            yield match.span(1)


_KINDS: tuple[Callable[[str], Iterator[tuple[int, int]]], ...] = (
    lambda text: (match.span() for match in _EMAIL.finditer(text)),
    _identities,
    _telephones,
)


def spans(text: str) -> list[tuple[int, int]]:
    """Where ``text`` holds what must not leave: half-open code-point ranges, in order, perhaps overlapping."""
    return sorted(span for kind in _KINDS for span in kind(text))


def redact(text: str) -> str:
    """``text`` with e-mail addresses, telephone and identity numbers masked; line breaks and the length stay."""
    found = spans(text) if _QUICK.search(text) else []
    if not found:
        return text
    letters = list(text)
    for start, end in found:
        letters[start:end] = [c if c in "\n\r" else MASK for c in letters[start:end]]
    return "".join(letters)
