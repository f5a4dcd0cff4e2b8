"""Swedish dates in text: every written form, and which of them are a page's own dates.

``find`` reads dates; ``labelled`` keeps those with a label before them ('Publicerad',
'Sida uppdaterad', 'Beslutsdatum') or a deadline's 'senast'. Dates come in the form of
``pipeline.records`` (ISO 8601; seasons as in ISO 8601-2).
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache

from pipeline.errors import CorpusError
from pipeline.records import DateKind, DateMention
from pipeline.resources import data_path

_MONTH_NAMES = (
    "januari jan", "februari febr feb", "mars mar", "april apr", "maj may", "juni jun june", "juli jul july",
    "augusti aug august", "september sept sep", "oktober okt oct october", "november nov", "december dec",
)  # fmt: skip
_MONTHS = {name: number for number, names in enumerate(_MONTH_NAMES, 1) for name in names.split()}
_ENGLISH = {"january": 1, "february": 2, "march": 3}
_SEASONS = {
    "våren": 21, "vårens": 21, "vårterminen": 21, "sommaren": 22, "sommarens": 22, "hösten": 23, "höstens": 23,
    "höstterminen": 23, "vintern": 24, "vinterns": 24,
}  # fmt: skip
_BACK = {"i dag": 0, "idag": 0, "today": 0, "igår": 1, "i går": 1, "yesterday": 1, "i förrgår": 2, "förrgår": 2}
_NUMBERS = {
    "en": 1,
    "ett": 1,
    "två": 2,
    "tre": 3,
    "fyra": 4,
    "fem": 5,
    "sex": 6,
    "sju": 7,
    "åtta": 8,
    "nio": 9,
    "tio": 10,
}
_UNITS = {"minut": 0, "timm": 0, "dag": 1, "dygn": 1, "veck": 7, "månad": 30, "år": 365}

_M = "|".join(sorted([*_MONTHS, *_ENGLISH], key=len, reverse=True))
_S = "|".join(sorted(_SEASONS, key=len, reverse=True))
_Y = r"(?:19[5-9]\d|20[0-4]\d)"
_FORMS = re.compile(
    rf"""(?<![\w/.-])(?:
      (?P<iso>(?P<iy>{_Y})(?P<is>[-./\u2013])(?P<im>[01]?\d)(?P=is)(?P<id>[0-3]?\d))(?:T\d[\d:.+Z-]*)?(?![-/]?\d)
    | (?P<packed>(?P<py>{_Y})(?P<pm>[01]\d)(?P<pd>[0-3]\d))(?![-/.]?\d)
    | (?P<yfirst>(?P<fy>{_Y})[ ](?P<fm>{_M})\.?[ ](?P<fd>[0-3]?\d)(?!\d))
    | (?P<slash>(?P<sd>[0-3]?\d)/(?P<sm>[01]?\d)[ -/]{{1,2}}(?P<sy>{_Y}))(?!\d)
    | (?P<dots>(?P<dd>[0-3]?\d)[.](?P<dm>[01]?\d)[.](?P<dy>{_Y}))(?!\d)
    | (?P<day>(?:den\s+)?(?P<dday>[0-3]?\d)(?::?[ea])?\.?\s+(?P<dmon>{_M})\b\.?(?:,?\s+(?P<dyear>{_Y})(?!\d))?)
    | (?P<eng>(?P<emon>{_M})\s+(?P<eday>[0-3]?\d)(?:st|nd|rd|th)?,\s*(?P<eyear>{_Y}))(?!\d)
    | (?P<ym>(?P<yy>{_Y})-(?P<ymm>0[1-9]|1[0-2]))(?![-/.]?\d)
    | (?P<month>(?P<mi>i\s+)?(?P<mmon>{_M})\b
        (?:\s+(?P<myear>{_Y})(?!\d)|(?P<mlast>\s+(?:i\s+fjol|förra\s+året))|(?P<mnow>\s+i\s+år))?)
    | (?P<season>(?P<sname>{_S})
        (?:\s+(?P<syear>{_Y})(?:/(?:\d\d){{1,2}})?(?!\d)|(?P<slast>\s+i\s+fjol)|(?P<snow>\s+i\s+år)))
    | (?P<ago>för\s+(?P<n>\d+|{"|".join(_NUMBERS)})\s+(?P<unit>minut|timm|dag|dygn|veck|månad|år)\w*\s+sed[ae]n)
    | (?P<back>i\s?dag|i\s?går|i\s?förrgår|today|yesterday)\b
    | (?P<year>(?:(?:år|under|sedan|i\s+början\s+av|i\s+slutet\s+av)\s+)(?P<yyyy>{_Y}))(?![-/.]?\d)
    )""",
    re.VERBOSE | re.IGNORECASE,
)
_BREAK = re.compile(r"[|,:;(\u2013.\u00b7•-]\s*|\d\s+|^\s+")
_WORD_START = re.compile(r"\s+|[|,:;(\u2013.\u00b7•-]\s*")
_DATED = re.compile(r"\d|dag|går|sedan|today|yesterday|fjol|förra", re.IGNORECASE)
_DEADLINE = re.compile(
    r"\b(?:senast|före|innan|till\s+och\s+med|t\.o\.m\.|fram\s+till|inom\s+tiden\s+till)\s+(?:måndagen|tisdagen|onsdagen|torsdagen|fredagen|"
    r"lördagen|söndagen)?\s*(?=den\s|i\s|\d)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Found:
    """A date as it stands in ``text[start:end]``. ``exact``: year, month and day are all written out."""

    date: str
    start: int
    end: int
    exact: bool = True


def _iso(year: str | int, month: str | int, day: str | int) -> str | None:
    try:
        return date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        return None


def _month(name: str) -> int:
    lowered = name.lower()
    return _MONTHS.get(lowered) or _ENGLISH[lowered]


def _latest(month: int, day: int | None, reference: date | None) -> str | None:
    """The last such month or day that is not after ``reference``: '4 maj' on a page fetched in 2020."""
    if reference is None:
        return None
    if day is None:
        return f"{reference.year - (month > reference.month)}-{month:02}"
    this = _iso(reference.year, month, day)
    return this if this and this <= reference.isoformat() else _iso(reference.year - 1, month, day)


def _ago(number: str, unit: str, reference: date | None) -> str | None:
    count = int(number) if number.isdigit() else _NUMBERS[number.lower()]
    days = count * _UNITS[unit.lower()]
    if reference is None or days > 20_000:
        return None
    then = reference - timedelta(days=days)
    return {"månad": then.isoformat()[:7], "år": str(reference.year - count)}.get(unit.lower(), then.isoformat())


def _relative_year(last: str | None, now: str | None, reference: date | None) -> int | None:
    if reference is None or not (last or now):
        return None
    return reference.year - 1 if last else reference.year


def _numeric(match: re.Match[str]) -> tuple[str | None, bool]:
    for form, parts in (("iso", "iy im id"), ("packed", "py pm pd"), ("slash", "sy sm sd"), ("dots", "dy dm dd")):
        if match[form]:
            return _iso(*(match[p] for p in parts.split())), True
    return f"{match['yy']}-{match['ymm']}", False


def _worded(match: re.Match[str], reference: date | None) -> tuple[str | None, bool]:
    if match["yfirst"]:
        return _iso(match["fy"], _month(match["fm"]), match["fd"]), True
    if match["eng"]:
        return _iso(match["eyear"], _month(match["emon"]), match["eday"]), True
    if match["day"]:
        month, day = _month(match["dmon"]), int(match["dday"])
        if match["dyear"]:
            return _iso(match["dyear"], month, day), True
        return _latest(month, day, reference), False
    return _coarse(match, reference), False


def _coarse(match: re.Match[str], reference: date | None) -> str | None:
    if match["month"]:
        year = match["myear"] or _relative_year(match["mlast"], match["mnow"], reference)
        month = _month(match["mmon"])
        if year:
            return f"{year}-{month:02}"
        return _latest(month, None, reference) if match["mi"] else None
    if match["season"]:
        year = match["syear"] or _relative_year(match["slast"], match["snow"], reference)
        return f"{year}-{_SEASONS[match['sname'].lower()]}" if year else None
    if match["ago"]:
        return _ago(match["n"], match["unit"], reference)
    if match["back"]:
        back = _BACK[" ".join(match["back"].lower().split())]
        return (reference - timedelta(days=back)).isoformat() if reference else None
    return match["yyyy"]


def find(text: str, reference: date | None = None) -> Iterator[Found]:
    """All dates in ``text``, left to right; those that need a year take it from ``reference`` or are left out."""
    for match in _FORMS.finditer(text):
        numeric = match["iso"] or match["packed"] or match["slash"] or match["dots"] or match["ym"]
        value, exact = _numeric(match) if numeric else _worded(match, reference)
        if value:
            end = match.end("iso") if match["iso"] else match.end()
            yield Found(value, match.start(), end, exact)


@cache
def _labels() -> tuple[dict[str, DateKind], re.Pattern[str]]:
    file = data_path("corpus/dates/labels.toml")
    try:
        data = tomllib.loads(file.read_text("utf-8"))
        lists, between = data["labels"], data["between"]
    except (tomllib.TOMLDecodeError, OSError, KeyError) as error:
        raise CorpusError(f"{file}: cannot be read ({error}); restore the file or mend the line.") from error
    kinds: dict[str, DateKind] = {label.lower(): kind for kind, words in lists.items() for label in words}
    names = "|".join(re.escape(label) for label in sorted(kinds, key=len, reverse=True))
    filler = "|".join(re.escape(word) for word in sorted(between, key=len, reverse=True))
    clock = r"\d{1,2}[:.]\d\d(?![.:\d])"
    pattern = rf"(?P<label>{names})(?!\w)(?P<gap>(?:\s*[:|,\u2013-]\s*|\s+|(?:{filler})(?!\w)|{clock})*)"
    return kinds, re.compile(pattern, re.IGNORECASE)


def label_at(line: str, position: int = 0) -> tuple[DateKind, int] | None:
    """The date label that stands at ``position``: its kind, and where the date should begin; None if there is none."""
    kinds, pattern = _labels()
    match = pattern.match(line, position)
    return (kinds[match["label"].lower()], match.end()) if match else None


def _in_line(line: str, reference: date | None, anywhere: bool) -> Iterator[tuple[DateKind, int, int, str]]:
    kinds, pattern = _labels()
    done = 0
    starts = _WORD_START if anywhere else _BREAK
    for position in (0, *(match.end() for match in starts.finditer(line))):
        match = pattern.match(line, position) if position >= done else None
        if match is None:
            continue
        found = next(find(line[match.end() : match.end() + 40], reference), None)
        if found and found.start == 0:
            done = match.end() + found.end
            yield kinds[match["label"].lower()], match.start(), done, found.date


def labelled_line(line: str, captured: datetime | None = None, anywhere: bool = False) -> list[DateMention]:
    """The dates with a label on one line ('Publicerad 4 maj 2015 | Uppdaterad …'), offsets within the line.

    A label without a date gives nothing. A label stands at the beginning of the line or
    after a sign that divides it, with ``anywhere`` also after any word. Relative dates are
    resolved against ``captured`` (UTC).
    """
    if not _DATED.search(line):
        return []
    reference = captured.date() if captured else None
    return [
        DateMention(kind, value, line[start:end], start, end)
        for kind, start, end, value in _in_line(line, reference, anywhere)
    ]


def deadlines(text: str) -> list[DateMention]:
    """Dates after 'senast', 'före', 'till och med': by when something is to be done, never a publication date.

    One without a year is left out: whether it was to come or had passed, only the reader of the page knew.
    """
    mentions = []
    for match in _DEADLINE.finditer(text):
        found = next(find(text[match.end() : match.end() + 30]), None)
        if found and found.start == 0:
            end = match.end() + found.end
            mentions.append(DateMention("deadline", found.date, text[match.start() : end], match.start(), end))
    return mentions


def labelled(text: str, captured: datetime | None = None, longest: int = 160) -> list[DateMention]:
    """The page's own dates on the lines of ``text`` (lines of at most ``longest`` characters), and all deadlines.

    Offsets are half-open code points of ``text``.
    """
    mentions, offset = [], 0
    for line in text.split("\n"):
        if len(line) <= longest:
            mentions += [
                DateMention(m.kind, m.date, m.evidence, offset + (m.start or 0), offset + (m.end or 0))
                for m in labelled_line(line, captured)
                if m.kind != "deadline"
            ]
        offset += len(line) + 1
    return mentions + deadlines(text)
