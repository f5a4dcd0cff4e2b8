"""Making text from the outside safe and pleasant to show: controls, addresses, dates, numbers, marks.

Everything that a page prints passes through here first and through the template's
autoescape afterwards; nothing from outside is ever marked as safe.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from urllib.parse import quote, urlsplit

from pipeline.publish.charts.scale import whole
from pipeline.publish.links import web_address

_BIDI = dict.fromkeys([0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)], "\N{MIDDLE DOT}")
_CONTROLS = dict.fromkeys([*range(0x00, 0x09), 0x0B, 0x0C, *range(0x0E, 0x20), *range(0x7F, 0xA0)], " ")
_OTHERS = dict.fromkeys([0xFEFF, 0xFFFE, 0xFFFF, *range(0xD800, 0xE000), *range(0xE0000, 0xE0080)], "\N{MIDDLE DOT}")
_HOSTILE = {**_BIDI, **_CONTROLS, **_OTHERS}
_MONTHS = {
    "sv": (
        "januari", "februari", "mars", "april", "maj", "juni", "juli", "augusti", "september", "oktober", "november",
        "december",
    ),
    "en": (
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
        "December",
    ),
}  # fmt: skip
_SEASONS = {
    "sv": {"21": "våren", "22": "sommaren", "23": "hösten", "24": "vintern"},
    "en": {"21": "spring", "22": "summer", "23": "autumn", "24": "winter"},
}
_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")
LEAST_CUE = 4
THIN = "\N{NO-BREAK SPACE}"


def clean(text: str | None) -> str:
    """``text`` without what could turn it around on the screen: same length, so that offsets keep.

    Bidirectional controls become a visible dot, control characters a space.
    """
    return (text or "").translate(_HOSTILE)


def safe_url(url: str | None) -> str | None:
    """``url`` if a browser may follow it (http or https with a host), percent-encoded; else None."""
    address = web_address(url)
    return None if address is None else quote(clean(address), safe="%/:?#[]@!$&'()*+,;=~-._")


def host(url: str | None) -> str:
    """The host that a reader sees beside a link ('' where there is none); without 'www.'."""
    try:
        name = urlsplit(url or "").hostname or ""
    except ValueError:
        return ""
    return clean(name).removeprefix("www.")


def number(value: float | int | None, decimals: int = 0, language: str = "sv") -> str:
    """A number as a reader of the language writes it: 20 000 and 3,5 in Swedish; an en dash for None."""
    if value is None:
        return "–"
    text = f"{value:,.{decimals}f}"
    if language == "sv":
        return text.replace(",", THIN).replace(".", ",").replace("-", "\N{MINUS SIGN}")
    return text.replace("-", "\N{MINUS SIGN}")


def percent(rate: float | None, language: str = "sv") -> str:
    """A fraction as a whole percentage: '45 %' in Swedish, '45%' in English."""
    if rate is None:
        return "–"
    return f"{number(whole(rate), 0, language)}{THIN if language == 'sv' else ''}%"


def date(text: str | None, language: str = "sv") -> str:
    """An ISO date of any precision in words: '25 november 2019', 'hösten 2014'; '' for None."""
    match = _DATE.match(text or "")
    if not match:
        return clean(text)
    year, month, day = match.groups()
    if month in _SEASONS["sv"]:
        return f"{_SEASONS[language][month]} {year}"
    if month is None or not 1 <= int(month) <= 12:
        return year
    words = f"{_MONTHS[language][int(month) - 1]} {year}"
    return f"{int(day)} {words}" if day else words


@dataclass(frozen=True, slots=True)
class Mark:
    """A stretch of text to highlight: half-open offsets, and the classes and anchor it gets."""

    start: int
    end: int
    kind: str = ""
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text that is shown in one way; ``marks`` are those that cover it."""

    text: str
    marks: tuple[Mark, ...] = ()
    anchors: tuple[str, ...] = ()


def pieces(text: str, start: int, end: int, marks: Iterable[Mark]) -> tuple[Piece, ...]:
    """``text[start:end]`` cut where marks begin and end, so that overlapping marks nest without trouble."""
    inside = sorted((m for m in marks if m.start < end and m.end > start), key=lambda m: (m.start, m.end))
    cuts = sorted({start, end, *(max(start, m.start) for m in inside), *(min(end, m.end) for m in inside)})
    found = []
    for a, b in pairwise(cuts):
        covering = tuple(m for m in inside if m.start <= a and m.end >= b)
        begins = tuple(m.anchor for m in covering if max(start, m.start) == a and m.start >= start and m.anchor)
        found.append(Piece(text[a:b], covering, begins))
    return tuple(found)


def _occurrences(text: str, cue: str) -> Iterator[Mark]:
    """Where ``cue`` begins a word of ``text``, to the end of that word; both in lower case."""
    at = text.find(cue)
    while at >= 0:
        end = at + len(cue)
        if at == 0 or not text[at - 1].isalnum():
            while end < len(text) and text[end].isalnum():
                end += 1
            yield Mark(at, end, "cue")
        at = text.find(cue, end)


def cue_spans(quote_text: str, cues: Sequence[str]) -> list[Mark]:
    """Where the cue words stand in a quote (whole words, any case, inflected endings allowed).

    Function words carry weight in a model but tell a reader nothing: the shortest are left out.
    """
    lower = quote_text.lower()
    if len(lower) != len(quote_text):  # a letter whose small form is longer would shift the offsets
        return []
    wanted = (cue.strip().lower() for cue in cues)
    return [mark for cue in wanted if len(cue) >= LEAST_CUE for mark in _occurrences(lower, cue)]
