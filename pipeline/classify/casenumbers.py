"""Case numbers (diarienummer) of inspectorates, with what optical reading does to them."""

from __future__ import annotations

import re

# IVO '8.7.1-6361/2015-1', bare '33787/2013' after 'dnr', JO '2565-2016', Arbetsmiljöverket 'ISM 2011/21483'.
_SAID = r"(?P<said>(?:[A-ZÅÄÖ]{1,5}[ -]?)?\d[\d.]*(?:[-/ ]\d+)+(?:-\d{1,3})?)"
_CASE = re.compile(
    r"\b(?P<full>[\dlIO]{1,2}(?:\.[\dlIO]{1,2}){1,2}-[\dlIO]{2,6}/[\dlIO]{4}(?:-\d{1,3})?)\b"
    r"|\b(?P<ism>ISM[ -]?\d{4}/\d{3,6})\b"
    rf"|(?:\b(?:dnr|diarienummer|diarienr|ärendenummer|beteckning|ärende)[.:]?(?: nr)?[ :]+){_SAID}",
    re.IGNORECASE,
)
_OCR = str.maketrans({"l": "1", "I": "1", "O": "0"})


def case_numbers(text: str) -> list[tuple[int, int, str]]:
    """(start, end, case number) in ``text``; letters that were read for figures are mended in the value."""
    found = []
    for match in _CASE.finditer(text):
        value = match["full"].translate(_OCR) if match["full"] else match["ism"] or match["said"]
        start = match.start(match.lastgroup or 0)
        found.append((start, match.end(), " ".join(value.split())))
    return found
