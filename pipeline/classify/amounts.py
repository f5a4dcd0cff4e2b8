"""Numbers in Swedish words and figures: counts of reports and amounts of money."""

from __future__ import annotations

import re

_WORDS = {
    "en": 1, "ett": 1, "två": 2, "tre": 3, "fyra": 4, "fem": 5, "sex": 6, "sju": 7, "åtta": 8, "nio": 9, "tio": 10,
    "elva": 11, "tolv": 12, "tretton": 13, "fjorton": 14, "femton": 15, "sexton": 16, "sjutton": 17, "arton": 18,
    "nitton": 19, "tjugo": 20, "trettio": 30, "fyrtio": 40, "femtio": 50, "sextio": 60, "hundra": 100, "båda": 2,
    "ytterligare en": 1, "halv": 0,
}  # fmt: skip
_SPELT = "|".join(sorted(map(re.escape, _WORDS), key=len, reverse=True))
_NUMBER = rf"(?P<number>\d{{1,3}}(?:[ .\u00a0]\d{{3}})+|\d+(?:,\d+)?|{_SPELT})"
_SCALES = {
    "miljon": 1_000_000, "miljoner": 1_000_000, "mkr": 1_000_000, "mnkr": 1_000_000,
    "tusen": 1_000, "tkr": 1_000, "kkr": 1_000,
}  # fmt: skip
_AMOUNT = re.compile(
    rf"\b{_NUMBER}(?: (?P<half>och en halv))? ?(?P<scale>miljon(?:er)?|mn?kr|tusen|tkr|kkr)?"
    r"(?: ?(?P<unit>kronor|kr\b|sek\b|i vite\b|i böter\b))?",
    re.IGNORECASE,
)
_OCR = str.maketrans({"l": "1", "I": "1", "O": "0", "o": "0"})
_DAMAGED = re.compile(r"\b[lIO\d][lIO\d]{0,2}(?: [lIO\d]{3})+(?= (?:kronor|kr\b))")


def number(word: str) -> float | None:
    """The value of a numeral in figures or words (1 to 100), or None."""
    plain = word.strip().lower()
    if plain in _WORDS:
        return _WORDS[plain]
    digits = re.sub(r"[ .\u00a0](?=\d{3})", "", plain).replace(",", ".")
    return float(digits) if re.fullmatch(r"\d+(?:\.\d+)?", digits) else None


def amounts(text: str) -> list[tuple[int, int, int]]:
    """(start, end, kronor) of the amounts of money in ``text``; offsets are half-open code points.

    Figures that optical reading damaged ('l 000 000 kronor') are read as digits.
    """
    text = _DAMAGED.sub(lambda match: match[0].translate(_OCR), text)
    found = []
    for match in _AMOUNT.finditer(text):
        value = number(match["number"])
        scale, unit = (match["scale"] or "").lower(), match["unit"]
        if value is None or not (unit or scale) or (not unit and scale == "tusen"):
            continue
        if match["half"]:
            value += 0.5
        found.append((match.start(), match.end(), round(value * _SCALES.get(scale, 1))))
    return found


def count_before(text: str, end: int, reach: int = 28) -> int | None:
    """The number that counts what begins at ``end`` ('fyra nya lex Sarah-anmälningar'), or None.

    At most two words may stand between; 'en' counts only right before.
    """
    left = text[max(0, end - reach) : end]
    match = re.search(rf"\b{_NUMBER}(?P<between>(?: [\w-]+){{0,2}}) $", left, re.IGNORECASE)
    if match is None or (match["number"].lower() in ("en", "ett") and match["between"]):
        return None
    value = number(match["number"])
    return int(value) if value is not None and value == int(value) and 0 < value < 1000 else None
