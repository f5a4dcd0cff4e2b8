"""Running heads, page numbers and page-foot addresses: found by their repetition across pages, and taken away."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from pipeline.extract.lines import Line, Page
from pipeline.records import Removed

_HEAD, _FOOT = 0.17, 0.86
"""Shares of the page height above and below which a line may be a running one."""
_DIGITS = re.compile(r"\d+")
_SIGNS = re.compile(r"[^\w#]+")
_NUMBER = re.compile(
    r"(?:sid(?:a|an|or)?\.?\s*(?:nr)?:?\s*)?[-–]?\s*\d{1,4}\s*(?:[(0O]\s*\d{1,4}\s*\)|/\s*\d{1,4}|av\s+\d{1,4}|\))?\s*[-–]?",
    re.IGNORECASE,
)
_ADDRESS = re.compile(
    r"\b(?:post|besöks)adress|\btel(?:efon|\.|\b)|\btfn\b|\bfax\b|\bväxel|\be-?post|\S@\S|\bwww\.|\borg(?:anisations)?\.?\s?(?:nr|nummer)|"
    r"\bbankgiro|\bplusgiro|\bbox \d|\b\d{3} ?\d\d [A-ZÅÄÖ]{2}|\bhemsida|\bwebbplats|\bregistrator\b",
    re.IGNORECASE,
)

_PRINTED = re.compile(
    r"(?:https?|file)://\S+|\d{1,4}[-/]\d{1,2}[-/]\d{2,4},? (?:kl\.? )?\d{1,2}[:.]\d\d(?:[:.]\d\d)?(?: [AP]M)?",
    re.IGNORECASE,
)
"""What a browser prints at the edge of a page: its address, the time."""
_CONTENTS = re.compile(r".*?(?:\s?\.){3,}\s*\d{0,3}|.*…\s*\d{1,3}")
_FACT = re.compile(
    r"(?i:\bdnr\b|\bdiarie|\bbeteckning\b|\binspektion|\barbetsmiljöverket\b|\bskolinspektion|\bombudsm|\blänsstyrelsen\b)|"
    r"\b(?:ISM|IVO)\b|\d/\d{4}\b|\b(?:19|20)\d\d-\d\d-\d\d\b|\b\d{1,2} [a-zå]{3,9} (?:19|20)\d\d\b|^[A-ZÅÄÖ]{4,}\b"
)
"""What makes a running head worth keeping once: kind of paper, date, case number, authority."""
_Key = tuple[str, str, int]


@dataclass(frozen=True, slots=True)
class Stripped:
    """Pages without their running lines, and what was taken."""

    pages: tuple[Page, ...]
    removed: tuple[Removed, ...]


def strip_running(pages: Sequence[Page]) -> Stripped:
    """Take away what recurs at the head and foot of pages.

    A head keeps its first showing on the first page, and elsewhere where it tells kind, date,
    case number or authority (the letterhead of a paper within the paper); a foot loses all.
    On a single page, small print with an address at the very foot goes. Entries of a table
    of contents (dots and a page number) go wherever they stand.
    """
    body = body_size(line for page in pages for line in page.lines)
    keys = [{line: key for line in page.lines if (key := _key(page, line))} for page in pages]
    counts = Counter(key for found in keys for key in set(found.values()))
    _count_neighbours(keys, counts)
    least = 2 if len(pages) < 4 else 3
    seen: set[str] = set()
    removed: list[Removed] = []
    kept_pages = []
    for page, found in zip(pages, keys, strict=True):
        first = page is pages[0]
        gone = {line: why for line, key in found.items() if (why := _reason(line, key, counts, least, seen, first))}
        gone |= {line: "contents: innehållsförteckning" for line in page.lines if _is_entry(line)}
        gone |= dict.fromkeys(_foot_rows(page, body) - gone.keys(), "page_foot: sidfot med adress")
        removed += [Removed(line.text, f"{why} (sida {page.number})") for line, why in gone.items()]
        kept_pages.append(replace(page, lines=tuple(line for line in page.lines if line not in gone)) if gone else page)
    return Stripped(tuple(kept_pages), tuple(removed))


def _count_neighbours(keys: Sequence[dict[Line, _Key]], counts: Counter[_Key]) -> None:
    """The very same words at one place on two pages in a row count thrice: a short paper within the paper."""
    for before, after in pairwise(keys):
        here = {(line.text, key) for line, key in before.items()}
        for line, (zone, words, height) in after.items():
            if any((line.text, (zone, words, height + step)) in here for step in (-1, 0, 1)):
                counts[zone, words, height] += 1


def body_size(lines: Iterable[Line]) -> float:
    """The font size that most characters have (to half a point); 10 where there is no text."""
    counts: Counter[float] = Counter()
    for line in lines:
        counts[round(line.size * 2) / 2] += len(line.text)
    return counts.most_common(1)[0][0] if counts else 10.0


def _key(page: Page, line: Line) -> _Key | None:
    """Zone, words without numbers, and height of a line at the head or foot; None for one between."""
    if line.bottom >= _HEAD * page.height and line.top <= _FOOT * page.height:
        return None
    zone = "head" if line.bottom < _HEAD * page.height else "foot"
    return zone, _SIGNS.sub("", _DIGITS.sub("#", line.text.casefold())), round(line.middle / 12)


def _reason(line: Line, key: _Key, counts: Counter[_Key], least: int, seen: set[str], first: bool) -> str | None:
    zone, words, height = key
    if _NUMBER.fullmatch(line.text):
        return "page_number: sidnummer"
    if _PRINTED.fullmatch(line.text):
        return "printed: webbläsarens sidhuvud eller sidfot"
    if sum(counts[zone, words, height + step] for step in (-1, 0, 1)) < least:
        return None
    if zone == "foot":
        return "running_foot: återkommande sidfot"
    if line.text in seen or _ADDRESS.search(line.text) or not (first or _FACT.search(line.text)):
        return "running_head: återkommande sidhuvud"
    seen.add(line.text)
    return None


def _is_entry(line: Line) -> bool:
    return (
        line.text[-1:] in "0123456789.…"
        and ("..." in line.text or ". ." in line.text or "…" in line.text)
        and bool(_CONTENTS.fullmatch(line.text) and not line.text.endswith("..."))
    )


def _foot_rows(page: Page, body: float) -> set[Line]:
    """Small print at the foot that has an address in it, with the small print beside it."""
    low = [line for line in page.lines if line.top > _FOOT * page.height and line.size <= 0.87 * body]
    if not any(_ADDRESS.search(line.text) for line in low):
        return set()
    addressed = [line for line in low if _ADDRESS.search(line.text)]
    top = min(line.top for line in addressed)
    beside = {line for line in page.lines if any(abs(line.middle - other.middle) < other.size for other in addressed)}
    below = {line for line in low if line.top >= top - 1}
    above = {line for line in low if line.top >= top - 2.5 * line.size and not line.text[:1].isdigit()}
    return beside | below | above
