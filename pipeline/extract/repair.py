"""Damage that OCR does to case numbers, amounts, dates and the § sign, repaired by rule; the raw words are kept."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, partial

from pipeline.resources import data_path

_DIGIT = r"[\dlIi|!OoQSsBZz]"
_TO_DIGIT = str.maketrans("lIi|!OoQSsBZz", "1111100055822")
_LAWS = (
    r"(?:SoL|LSS|LVU|LVM|HSL|IVL|PSL|PL|FL|KL|AML|AFS|OSL|social|skol|arbetsmiljö|förvaltnings|hälso|patient|lag|"
    r"kommunal|offentlighets|i lagen)"
)
_MONTHS = "januari februari mars april maj juni juli augusti september oktober november december".replace(" ", "|")


@dataclass(frozen=True, slots=True)
class Repair:
    """One repair: the raw words, what they became, and the rule that did it."""

    raw: str
    mended: str
    rule: str


def _digits(text: str) -> str:
    return text.translate(_TO_DIGIT)


def _mostly_digits(text: str) -> bool:
    """Whether so many of the signs are real digits that the rest must be misread ones."""
    signs = [char for char in text if char.isalnum() or char in "|!"]
    return 2 * sum(char.isdigit() for char in signs) >= len(signs)


def _case_number(match: re.Match[str]) -> str:
    mended = _digits(match[0].replace(" ", "").replace(",", "."))
    year = re.search(r"/(\d{4})", mended)
    return mended if _mostly_digits(match[0]) and year and 1980 <= int(year[1]) <= 2049 else match[0]


def _reference(match: re.Match[str]) -> str:
    mended = _digits(match["year"]) + "/" + _digits(match["number"])
    return (
        match["head"] + mended
        if 1980 <= int(_digits(match["year"])) <= 2049 and _mostly_digits(match["year"])
        else match[0]
    )


def _amount(match: re.Match[str]) -> str:
    return (
        f"{_digits(match['sum'])} {match['unit']}"
        if any(char in "0123456789lIoO" for char in match["sum"])
        else match[0]
    )


def _iso_date(match: re.Match[str]) -> str:
    year, month, day = (_digits(match[name]) for name in ("y", "m", "d"))
    fits = 1980 <= int(year) <= 2049 and 1 <= int(month) <= 12 and 1 <= int(day) <= 31
    return f"{year}-{month}-{day}" if fits and _mostly_digits(match[0]) else match[0]


def _worded_date(match: re.Match[str]) -> str:
    day, year = _digits(match["d"]), _digits(match["y"] or "")
    fits = 1 <= int(day) <= 31 and (not year or 1900 <= int(year) <= 2049)
    if not fits:
        return match[0]
    return f"{match['den'] or ''}{day} {match['m']}" + (f" {year}" if year else "")


def _section(match: re.Match[str]) -> str:
    return f"{match['kap']}{_digits(match['n'])}{match['letter'] or ''} §"


def _sections(match: re.Match[str]) -> str:
    sign = "§§" if match["twice"] else "§"
    return f"{_digits(match['n'])}{match['letter'] or ''} {sign}"


def _letters(match: re.Match[str]) -> str:
    return match[0].replace("rm", "nn", 1).replace("RM", "NN", 1)


def _pattern(words: str, flags: int = 0) -> re.Pattern[str]:
    """A compiled pattern in which # stands for a digit, read rightly or not."""
    return re.compile(words.replace("#", _DIGIT), flags)


def _damaged_stems() -> str:
    rows = data_path("corpus/ocr/stems.txt").read_text("utf-8").splitlines()
    return "|".join(row.strip().replace("nn", "rm") for row in rows if row.strip() and not row.startswith("#"))


_Rule = tuple[str, re.Pattern[str], Callable[[re.Match[str]], str]]


_CASE = r"(?<![\w.])#{1,2}(?:[.,] ?#{1,2}){1,2} ?[-–] ?#{2,6} ?/ ?#{4}(?: ?[-–] ?#{1,3})?(?!\w)"
_BARE_CASE = r"(?<![\w./-])\d#{2,5}/(?:2#{3}|[l1I]9#{2})(?:-#{1,3})?(?![\w/])"
_REFERENCE = r"(?P<head>\bISM ?|(?<![\w./-]))(?P<year>[2Z]#{3})/(?P<number>#{5,6})(?![\w/])"
# A first group of letters only is a misread number where they look like 1 or 0, else a word ('i', 'oss', 'bil').
_AMOUNT = r"(?<![\w.-])(?![lIO]*[iosbzQSBZ][A-Za-z]* )(?P<sum>#{1,3}(?: #{3})+) (?P<unit>kronor|kr\b|SEK\b|tkr\b)"
_ISO = r"(?<![\w-])(?P<y>[2Zl1I]#{3})[-–](?P<m>#{2})[-–](?P<d>#{2})(?![\w-])"
_DAY = r"(?:\d#|[lI|]\d|(?<=den )[lI|]#?|[lI|](?= \w+ [2Zl1I]#{3})(?<!\bI))"
_WORDED = rf"(?<!\w)(?P<den>den )?(?P<d>\d|{_DAY}) (?P<m>{_MONTHS})(?: (?P<y>[2Zl1I]#{{3}}))?(?!\w)"
_CHAPTER = (
    r"(?P<kap>\b[\dlI]{1,2} kap\.? )(?P<n>[\dlI]{1,3})(?P<letter> ?[a-z])?(?: ?[$&]| [85Ssg%])[$&85Ssg]?(?=[ ,.;)])"
)
_GLUED = rf"(?P<kap>\bkap\.? )(?P<n>\d{{1,2}})(?P<letter>)[85](?= {_LAWS})"
_LAW = rf"\b(?P<n>[\dlI]{{1,3}})(?P<letter> ?[a-z])? [$&S](?P<twice>[$&S]?)(?= {_LAWS})"
_FIRST = r"(?<!\w)[$&] ?(?P<n>\d{1,3})(?= \w)"


@cache
def _rules() -> tuple[_Rule, ...]:
    case, date, section = "case_number: diarienummer", "date: datum", "section: paragraftecken"
    return (
        (case, _pattern(_CASE), _case_number),
        (case, _pattern(_BARE_CASE), _case_number),
        ("reference: beteckning", _pattern(_REFERENCE), _reference),
        ("amount: belopp", _pattern(_AMOUNT), _amount),
        (date, _pattern(_ISO), _iso_date),
        (date, _pattern(_WORDED), _worded_date),
        (section, _pattern(_CHAPTER), _section),
        (section, _pattern(_GLUED), _section),
        (section, _pattern(_LAW), _sections),
        (section, _pattern(_FIRST), lambda match: f"§ {match['n']}"),
        ("letters: rm för nn", _pattern(rf"\b(?:{_damaged_stems()})", re.IGNORECASE), _letters),
    )


def repair(text: str) -> tuple[str, tuple[Repair, ...]]:
    """The text with its damage mended, and every repair made (raw words first).

    >>> repair("Dnr 8.7.l-636l/20l5-1")[0]
    'Dnr 8.7.1-6361/2015-1'
    >>> repair("vid vite om l 000 000 kronor")[0]
    'vid vite om 1 000 000 kronor'
    """
    repairs: list[Repair] = []
    for name, pattern, mend in _rules():
        text = pattern.sub(partial(_noted, name=name, mend=mend, repairs=repairs), text)
    return text, tuple(repairs)


def _noted(match: re.Match[str], *, name: str, mend: Callable[[re.Match[str]], str], repairs: list[Repair]) -> str:
    mended = mend(match)
    if mended != match[0]:
        repairs.append(Repair(match[0], mended, name))
    return mended


_MISREAD_BULLET = re.compile(r"^(?:[0oOe]\s+(?=[^\W\d])|[«»*+¢©]\s+(?=\w))")


def bullets(lines: list[str]) -> Iterator[str]:
    """Lines with a bullet that was read as '0', 'o', 'e', '+' or '«' given back as '•', where two or more are near."""
    marks = [bool(_MISREAD_BULLET.match(line)) for line in lines]
    for index, line in enumerate(lines):
        near = any(marks[index + step] for step in (-4, -3, -2, -1, 1, 2, 3, 4) if 0 <= index + step < len(lines))
        yield _MISREAD_BULLET.sub("• ", line) if marks[index] and near else line
