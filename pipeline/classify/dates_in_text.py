"""Dates as Swedish prose gives them, with their precision; relative ones are resolved by what was told before.

dateparser was left out: it returns None for 'hösten 2014', 'i februari 2014' and 'senast den …'.
Values have the form of ``records``: ``2019-11-25``, ``2019-11``, ``2019``, ``2019-23`` (autumn).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

_MONTHS = (
    "januari|jan", "februari|febr|feb", "mars|mar", "april|apr", "maj", "juni|jun", "juli|jul", "augusti|aug",
    "september|sept|sep", "oktober|okt", "november|nov", "december|dec",
)  # fmt: skip
_MONTH = r"(?:" + "|".join(_MONTHS) + r")\b\.?"
_SEASONS = {"våren": 21, "vår": 21, "vårens": 21, "sommaren": 22, "somras": 22, "sommar": 22, "hösten": 23, "höst": 23,
            "höstas": 23, "höstens": 23, "vintern": 24, "vintras": 24, "vinter": 24, "våras": 21}  # fmt: skip
_YEAR = r"(?:19[89]\d|20[0-4]\d)"
_WEEKDAYS = ("måndag", "tisdag", "onsdag", "torsdag", "fredag", "lördag", "söndag")
_DAYS = r"\d{1,2}(?::[ae])?(?: (?:och|resp\.|till|samt) (?:den )?\d{1,2}|[–-]\d{1,2})?"
_OF = r"(?:(?:början|mitten|slutet) av )?"
_DATE = re.compile(
    r"(?<!\w)(?=[\dijfmasondvhukt])(?:"
    rf"(?P<iso>\b{_YEAR}-\d\d-\d\d\b)"
    rf"|(?P<slash>\b\d{{1,2}}/\d{{1,2}}(?:[ -]{_YEAR})?\b(?!/|\d| §))"
    rf"|(?P<day>\b(?:den )?{_DAYS} (?P<daymonth>{_MONTH})(?: (?P<dayyear>{_YEAR}))?(?!\d))"
    rf"|(?P<month>\b(?P<monthname>{_MONTH}) (?:månad )?(?P<monthyear>{_YEAR})\b)"
    rf"|(?P<bare>\b(?:i|under|från|sedan|till|av|kring|månadsskiftet|för) {_OF}(?P<barename>{_MONTH})"
    r"(?: (?P<rel>i år|i fjol|förra året|samma år))?(?! \d))"
    r"|(?P<season>\b(?P<seasonname>våren|sommaren|hösten|vintern|vårens|höstens)"
    rf"(?: (?:år )?(?P<seasonyear>{_YEAR})(?:[/–-]\d{{2,4}})?)\b)"
    r"|(?P<lately>\bi (?P<latelyname>våras|somras|höstas|vintras|vår|sommar|höst|vinter)\b)"
    r"|(?P<yearword>\b(?:i fjol|förra året|föregående år|i år)\b)"
    r"|(?P<weekday>\bi (?:mån|tis|ons|tors|fre|lör|sön)dags\b|\bi ?går\b|\bi förrgår\b)"
    rf"|(?P<year>(?<![\d:/.–-])\b{_YEAR}\b(?![:/]\d|[-–]\d|\.\d)))",
    re.IGNORECASE,
)
# What every date contains: a sentence without it is not searched.
_DIGIT = re.compile(r"\d")
_HINTS = (
    "januari", "februari", "mars", "april", "maj", "juni", "juli", "augusti", "september", "oktober", "november",
    "december", "våren", "våras", "sommar", "somras", "höst", "vint", "fjol", "förra året", "föregående år", "i år",
    "dags", "i går", "igår", "förrgår", "i vår",
)  # fmt: skip
_DEADLINE = re.compile(
    r"(?:senast|före|innan|fram till|till och med|t\.o\.m\.|inte senare än|tills|har (?:\w+ )?till)"
    r"(?: (?:klockan|kl\.) [\d.:]+)?(?: (?:\w+dag(?:en)?))?,?\s*(?:den\s*)?$",
    re.IGNORECASE,
)
_NEAR = 21
_ON_THEM = re.compile(r"^\s+(?:på sig|(?:som|är) sista dag)\b")
_NOT_THEN = re.compile(
    r"(?:sedan|från och med|fr\.o\.m\.|från|mellan|för|född|tills|handlingar från|jämfört med|efter) (?:år )?$", re.I
)
# A date that closes a span ('mellan den 3 maj och den 5 juni') or names the issue of a newspaper ('(VK 22/10)').
_SPAN_END = re.compile(r"\bmellan\b.{0,45}\boch (?:den )?$|\([A-ZÅÄÖ][\w ]{0,12} $")
_ACT = re.compile(r"\($|SFS |lag \(|dnr |nr |prop\. |\d:$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class TextDate:
    """A date at ``text[start:end]``; ``value`` is None without a year, ``role`` is then, deadline or since.

    What lies after the document's own date has not happened: it is a deadline.
    """

    start: int
    end: int
    value: str | None
    role: str


@dataclass(slots=True)
class Reader:
    """Reads the dates of one document in order; keeps the last date told as an anchor for those without a year.

    ``told`` is the date the document was published, updated or decided (any precision), or None.
    """

    told: str | None = None
    month_anchor: str | None = None
    year_anchor: str | None = None

    def read(self, text: str) -> list[TextDate]:
        """The dates of the next sentence, with half-open offsets in ``text``."""
        found: list[TextDate] = []
        low = text.lower()
        if _DIGIT.search(text) is None and not any(hint in low for hint in _HINTS):
            return found
        for match in _DATE.finditer(text):
            if _ACT.search(text[max(0, match.start() - 6) : match.start()]):
                continue
            role = _role(text, match)
            value = self._value(match, role)
            if value is None and match["year"] is None and match["slash"] is not None:
                continue
            if role == "then" and value is not None and not self._not_later(_begun(value)):
                role = "deadline"
            found.append(TextDate(match.start(), match.end(), value, role))
            if role == "then" and value is not None:
                self._remember(value)
        return found

    def _remember(self, value: str) -> None:
        if len(value) == 4:
            self.year_anchor = value
            if self.month_anchor is not None and value > self.month_anchor[:4]:
                self.month_anchor = None
        else:
            self.month_anchor = value
            self.year_anchor = value[:4]

    def _value(self, match: re.Match[str], role: str) -> str | None:
        if match["iso"]:
            return _checked(match["iso"])
        if match["slash"]:
            return self._slash(match["slash"], role)
        if match["day"]:
            return self._day(match, role)
        if match["month"]:
            return f"{match['monthyear']}-{_month(match['monthname']):02}"
        if match["bare"]:
            return self._bare(match, role)
        if match["season"]:
            return f"{match['seasonyear']}-{_SEASONS[match['seasonname'].lower()]}"
        if match["lately"]:
            return self._lately(match["latelyname"].lower())
        if match["yearword"]:
            return self._year_word(match["yearword"].lower())
        if match["weekday"]:
            return self._weekday(match["weekday"].lower())
        return match["year"]

    def _slash(self, words: str, role: str) -> str | None:
        numbers = re.split(r"[/ -]", words)
        day, month = int(numbers[0]), int(numbers[1])
        if not (1 <= day <= 31 and 1 <= month <= 12):
            return None
        year = numbers[2] if len(numbers) > 2 else self._year_of(month, role)
        return _checked(f"{year}-{month:02}-{day:02}") if year else None

    def _day(self, match: re.Match[str], role: str) -> str | None:
        month, day = _month(match["daymonth"]), int(re.search(r"\d{1,2}", match["day"])[0])  # type: ignore[index]
        year = match["dayyear"] or self._year_near(month, day) or self._year_of(month, role)
        return _checked(f"{year}-{month:02}-{day:02}") if year else None

    def _year_near(self, month: int, day: int) -> str | None:
        """The year of the document where the day lies within three weeks of its date."""
        if self.told is None or len(self.told) != 10 or _checked(f"{self.told[:4]}-{month:02}-{day:02}") is None:
            return None
        told = date.fromisoformat(self.told)
        days = 31 * (month - told.month) + day - told.day
        return self.told[:4] if abs(days) <= _NEAR else None

    def _bare(self, match: re.Match[str], role: str) -> str | None:
        month = _month(match["barename"])
        relative = (match["rel"] or "").lower()
        told = self.told[:4] if self.told else None
        if relative in ("i fjol", "förra året"):
            year = str(int(told) - 1) if told else None
        elif relative == "i år":
            year = told
        else:
            year = self._year_of(month, role)
        return f"{year}-{month:02}" if year else None

    def _year_of(self, month: int, role: str) -> str | None:
        """The year of a month named without one: first after what was last told, else latest before the document."""
        if role == "deadline":
            return self._year_ahead(month)
        if self.month_anchor is not None:
            anchor_year, anchor_month = int(self.month_anchor[:4]), _month_of(self.month_anchor)
            year = anchor_year if month >= anchor_month else anchor_year + 1
            return str(year) if self._not_later(f"{year}-{month:02}") else str(year - 1)
        if self.year_anchor is not None and self._not_later(f"{self.year_anchor}-{month:02}"):
            return self.year_anchor
        if self.told is None:
            return None
        latest = int(self.told[:4])
        return str(latest if self._not_later(f"{latest}-{month:02}") else latest - 1)

    def _year_ahead(self, month: int) -> str | None:
        base = self.month_anchor or self.told
        if base is None or len(base) < 7:
            return (base or self.year_anchor or "")[:4] or None
        return base[:4] if month >= _month_of(base) else str(int(base[:4]) + 1)

    def _not_later(self, value: str) -> bool:
        return self.told is None or value[: len(self.told)] <= self.told[: len(value)]

    def _lately(self, word: str) -> str | None:
        if self.told is None:
            return None
        season, year = _SEASONS[word], int(self.told[:4])
        last_month = {21: 5, 22: 8, 23: 11, 24: 2}[season]
        before = len(self.told) >= 7 and _month_of(self.told) < last_month - 2
        past = word.endswith("as")
        return f"{year - 1 if past and before else year}-{season}"

    def _year_word(self, word: str) -> str | None:
        if self.told is None:
            return None
        year = int(self.told[:4])
        return str(year) if word == "i år" else str(year - 1)

    def _weekday(self, word: str) -> str | None:
        if self.told is None or len(self.told) != 10:
            return None
        day = date.fromisoformat(self.told)
        if word.replace(" ", "") in ("igår", "iförrgår"):
            return (day - timedelta(days=1 if word.replace(" ", "") == "igår" else 2)).isoformat()
        wanted = _WEEKDAYS.index(word.split()[1].removesuffix("s"))
        return (day - timedelta(days=(day.weekday() - wanted) % 7 or 7)).isoformat()


def _role(text: str, match: re.Match[str]) -> str:
    left = text[max(0, match.start() - 60) : match.start()]
    if _DEADLINE.search(left) or _ON_THEM.match(text[match.end() :]):
        return "deadline"
    words = match[0].lower()
    if _NOT_THEN.search(left) or _SPAN_END.search(left) or words.startswith(("sedan ", "från ", "för ")):
        return "since"
    return "deadline" if words.startswith("till ") else "then"


@cache
def _month_numbers() -> dict[str, int]:
    return {name: number for number, names in enumerate(_MONTHS, 1) for name in names.split("|")}


def _month(name: str) -> int:
    return _month_numbers()[name.lower().rstrip(".")]


def _month_of(value: str) -> int:
    """The month (1-12) of a value with one; of a season the month it begins in."""
    number = int(value[5:7])
    return {21: 3, 22: 6, 23: 9, 24: 12}.get(number, number)


def _begun(value: str) -> str:
    """``value``, a season as the month it begins in; a winter, which two years may share, as its year."""
    if len(value) != 7 or value[5:] < "13":
        return value
    return value[:4] if value.endswith("24") else f"{value[:4]}-{_month_of(value):02}"


def _checked(value: str) -> str | None:
    """``value`` when it is a day of the calendar, its month when only the day is wrong, else None."""
    try:
        return date.fromisoformat(value).isoformat()
    except ValueError:
        return value[:7] if 1 <= int(value[5:7]) <= 12 else None
