"""Rows of print as pieces of text: paragraphs, headings by size and weight, lists, table rows, footnotes."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median

from pipeline.extract.building import Piece
from pipeline.extract.columns import Row, rows
from pipeline.extract.hyphens import running_text
from pipeline.extract.lines import Line, Page
from pipeline.extract.running import body_size

_BULLET = re.compile(r"^[•·▪◦‣●○■□➢►\u2043\u27a2\uf0b7\uf0a7\uf02d*]\s*|^[-–—]\s+(?=[a-zåäö])")
_BARE_BULLET = re.compile(r"[•·▪◦‣●○■□➢►\u2043\u27a2\uf0b7\uf0a7\uf02d*–-]")
_NUMBERED = re.compile(r"^(?:\d{1,2}[.)]|[a-zåäö]\)|\(\d{1,2}\)|[ivx]{1,4}[.)])\s+(?=\S)")
_MATTER = re.compile(r"^(?:§+\s*\d+|(?:Ärende|Punkt|Bilaga)\s+\d+)\b")
_NO_TITLE = re.compile(r"\d{1,2}(?:\.\d{1,2})*\.?\s|(?:beslut|ärendet|bakgrund|innehåll\w*)$", re.IGNORECASE)
"""Chapter numbers and standing headings of decisions: never what a paper is called."""
_FOOTNOTE = re.compile(r"^\d{1,2}\s*[^\W\d]")
_TERMINAL = re.compile(r"[.!?:;…][\"'”’»)]*$")
_KEYWORD = re.compile(
    r"(?:beslut(?:et)?(?: i sammandrag)?|bakgrund(?:en)?|ärendet|skälen? för (?:beslutet|ivo:s beslut|bedömningen)|"
    r"bedömning(?:en)?|underrättelse|underlag(?:et)?|sammanfattning|tillämpliga bestämmelser|hur man överklagar|"
    r"hur beslutet överklagas|överklagande|redogörelse för ärendet|ivo:s (?:beslut|bedömning)|förslag till beslut|"
    r"beskrivning av ärendet|vad ärendet gäller|vad ivo beslutar|brister och krav|våra krav|krav|bilagor|inledning|"
    r"vad som framkommit|vad som har framkommit|rättslig reglering|uppgifter i ärendet)",
    re.IGNORECASE,
)
_HEAD_ZONE = 0.17
_TALL = 1.22
"""From this many body sizes a scanned line is a heading (OCR measures sizes roughly)."""


_ENOUGH = 500
"""Signs on a page from which its own font size counts."""
_Ordered = tuple[Page, Sequence[Row]]


@dataclass(slots=True)
class _Open:
    """A piece that may still grow."""

    lines: list[Line]
    kind: str
    right: float
    column: tuple[int, int]
    cells: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Measure:
    """What is usual in the document: size of the body, whether it is bold, distance from line to line."""

    size: float
    bold: bool
    leading: float
    scanned: bool


def pieces(pages: Sequence[Page]) -> list[Piece]:
    """The text of pages without running lines, in reading order; the largest heading of the first page is the title."""
    lines = [line for page in pages for line in page.lines]
    if not lines:
        return []
    ordered = [(page, rows(page)) for page in pages]
    measures = _measures(ordered)
    notes: list[tuple[int, Piece]] = []
    grown = list(_grow(ordered, measures, notes))
    found = [(item.lines[0].page, _piece(item, measures[item.lines[0].page])) for item in grown]
    return _titled(_with_notes(found, notes), grown, measures[grown[0].lines[0].page]) if grown else []


def _measures(ordered: Sequence[_Ordered]) -> dict[int, _Measure]:
    """What is usual on each page: as in the document (text layer and scans apart), unless the page is set larger.

    Papers bound together have bodies of several sizes; a page of 12 points among pages of
    10 is not made of headings.
    """
    usual = {}
    for scanned in (False, True):
        if same := [item for item in ordered if (item[0].confidence is not None) == scanned]:
            usual[scanned] = _measure(same, scanned)
    measures = {}
    for item in ordered:
        scanned = item[0].confidence is not None
        own, base = _measure([item], scanned), usual[scanned]
        larger = own.size > base.size and sum(len(line.text) for line in item[0].lines) >= _ENOUGH
        measures[item[0].number] = own if larger else base
    return measures


def _measure(ordered: Sequence[_Ordered], scanned: bool) -> _Measure:
    lines = [line for page, _ in ordered for line in page.lines]
    size = body_size(lines)
    bold = sum(len(line.text) for line in lines if line.bold)
    gaps = []
    for _, found in ordered:
        for above, below in itertools.pairwise(found):
            gap = below.lines[0].bottom - above.lines[0].bottom
            if above.column == below.column and 0 < gap < 4 * size and abs(below.lines[0].size - size) < 1:
                gaps.append(gap)
    tight = sorted(gaps)[: max(1, len(gaps) * 3 // 4)]
    leading = median(tight) if tight else 1.3 * size
    return _Measure(size, 2 * bold > sum(len(line.text) for line in lines), leading, scanned)


def _grow(
    ordered: Sequence[_Ordered], measures: Mapping[int, _Measure], notes: list[tuple[int, Piece]]
) -> Iterator[_Open]:
    """Rows gathered into pieces; footnotes go to ``notes``."""
    item: _Open | None = None
    for page, found in ordered:
        measure = measures[page.number]
        foot = _footnotes(page, found, measure)
        notes += [(page.number, piece) for piece in _note_pieces(foot)]
        for row in found[: len(found) - len(foot)]:
            if item and _joins(item, row, page, measure):
                _add(item, row)
                continue
            for part in _split(row, page):
                if item:
                    yield item
                item = _start(part, page, measure)
    if item:
        yield item


def _footnotes(page: Page, found: Sequence[Row], measure: _Measure) -> Sequence[Row]:
    """The last rows of a page that are small print and begin with a note's number."""
    start = len(found)
    while (
        start
        and found[start - 1].lines[0].size <= 0.88 * measure.size
        and found[start - 1].lines[0].top > 0.45 * page.height
    ):
        start -= 1
    while start < len(found) and not _FOOTNOTE.match(" ".join(line.text for line in found[start].lines)):
        start += 1
    return found[start:] if not measure.scanned else []


def _note_pieces(found: Sequence[Row]) -> Iterator[Piece]:
    notes: list[list[Line]] = []
    for row in found:
        if _FOOTNOTE.match(" ".join(line.text for line in row.lines)) or not notes:
            notes.append([])
        notes[-1] += row.lines
    for lines in notes:
        yield Piece("footnote", running_text([(line.text, line.hyphen) for line in lines]), 0, lines[0].page)


def _split(row: Row, page: Page) -> list[Row]:
    """A row of the letterhead falls into its parts; any other stays together."""
    if len(row.lines) == 1 or row.lines[0].top > _HEAD_ZONE * page.height or _BARE_BULLET.fullmatch(row.lines[0].text):
        return [row]
    return [Row((line,), row.right, row.column) for line in row.lines]


def _start(row: Row, page: Page, measure: _Measure) -> _Open:
    first = row.lines[0]
    words = " ".join(line.text for line in row.lines)
    column = (page.number, row.column)
    if _BULLET.match(words) or (_NUMBERED.match(words) and not _is_strong(first, measure)):
        return _Open(list(row.lines), "list_item", row.right, column)
    numbered = len(row.lines) == 2 and re.fullmatch(r"\d{1,3}\.?", first.text)
    if len(row.lines) > 1 and not _MATTER.match(first.text) and not numbered:
        return _Open(list(row.lines), "table_row", row.right, column, [line.text for line in row.lines])
    letterhead = first.bottom < _HEAD_ZONE * page.height and first.size < 1.12 * measure.size
    heading = not letterhead and _looks_like_heading(first, words, measure)
    return _Open(list(row.lines), "heading" if heading else "paragraph", row.right, column)


def _is_strong(line: Line, measure: _Measure) -> bool:
    """Whether the line is set larger or heavier than the body."""
    return line.size >= 1.12 * measure.size or (line.bold and not measure.bold)


def _looks_like_heading(line: Line, words: str, measure: _Measure) -> bool:
    if not any(char.isalpha() for char in words) or len(words) > 160:
        return False
    if _is_keyword(words) or (_MATTER.match(words) and len(words) < 120 and not _TERMINAL.search(words)):
        return True
    if measure.scanned:
        return line.size >= _TALL * measure.size
    if line.size >= 1.12 * measure.size:
        return True
    return line.bold and not measure.bold and line.size >= 0.95 * measure.size and not words.endswith((".", ","))


def _joins(item: _Open, row: Row, page: Page, measure: _Measure) -> bool:
    """Whether the row goes on with the piece: same print, no gap, and the line before was full."""
    last, first = item.lines[-1], row.lines[0]
    if item.kind == "table_row":
        return len(row.lines) == 1 and abs(first.left - last.left) < 3 and _close(last, first, measure)
    if len(row.lines) > 1 or _begins_item(first.text):
        return False
    tolerance = 0.3 if measure.scanned else 0.07 if item.kind == "heading" else 0.2
    if abs(first.size - last.size) > tolerance * max(first.size, last.size) or first.bold != last.bold:
        return False
    if first.text.startswith(("– ", "— ", "Återberättar:")) and not last.hyphen:
        return False
    if item.kind != "heading" and _breaks(item, first, measure):
        return False
    if last.page != first.page or item.column != (page.number, row.column):
        return _goes_on(item, last, first)
    return _follows(item, last, first, row, measure)


def _is_keyword(text: str) -> bool:
    """Whether a line is a standing heading of decisions and letters ('Bakgrund', 'Skälen för beslutet')."""
    return len(text) < 50 and bool(_KEYWORD.fullmatch(text.rstrip(":")))


def _begins_item(text: str) -> bool:
    """Whether a line begins a list item or a matter (most lines are told by their first two signs)."""
    if text[0].isalpha() and text[0] not in "ÄäPpBb" and text[1:2] not in (")", ".", "i", "v", "x"):
        return False
    return bool(_BULLET.match(text) or _NUMBERED.match(text) or _MATTER.match(text))


def _breaks(item: _Open, first: Line, measure: _Measure) -> bool:
    """A heading, or an unindented line that begins a sentence after a list item, begins a piece of its own."""
    if is_kind_word(item.lines[-1].text):
        return True
    if _is_keyword(first.text) or (measure.scanned and first.size >= _TALL * measure.size):
        return True
    return item.kind == "list_item" and first.left <= item.lines[0].left + 2 and not first.text[:1].islower()


def _goes_on(item: _Open, last: Line, first: Line) -> bool:
    """Over a page or column break only a sentence that is not at its end goes on."""
    if item.kind == "heading":
        return False
    return last.hyphen or (
        not _TERMINAL.search(last.text) and (first.text[:1].islower() or last.right > item.right - 3 * last.size)
    )


def _close(last: Line, first: Line, measure: _Measure, reach: float = 1.3) -> bool:
    """Whether the distance between two lines is at most ``reach`` times the usual one."""
    usual = measure.leading * (1.0 if measure.scanned else max(1.0, first.size / measure.size))
    return 0 < first.bottom - last.bottom <= reach * usual + 1


def _follows(item: _Open, last: Line, first: Line, row: Row, measure: _Measure) -> bool:
    broken = not _TERMINAL.search(last.text)
    if last.hyphen or (first.text[:1].islower() and broken):
        return _close(last, first, measure, 1.7 if measure.scanned else 1.3)
    if not _close(last, first, measure):
        return False
    if broken and item.kind != "heading" and first.text[:1].isdigit() and last.width >= 0.7 * (row.right - first.left):
        return True
    if measure.scanned and first.group != last.group and _TERMINAL.search(last.text):
        return False
    word = first.text.split(maxsplit=1)[0]
    needed = (len(word) + 1) * first.width / max(1, len(first.text))
    full = last.right + needed > row.right - 0.02 * row.right
    indented = first.left > last.left + 0.8 * first.size and item.kind == "paragraph"
    return full and not (indented and _TERMINAL.search(last.text))


def _add(item: _Open, row: Row) -> None:
    item.lines += row.lines
    item.right, item.column = row.right, (row.lines[0].page, row.column)
    if item.cells:
        item.cells[-1] = running_text(
            [(item.cells[-1], item.lines[-2].hyphen), (row.lines[0].text, row.lines[0].hyphen)]
        )


def _piece(item: _Open, measure: _Measure) -> Piece:
    page = item.lines[0].page
    if item.cells:
        return Piece("table_row", " | ".join(item.cells), 0, page)
    text = running_text([(line.text, line.hyphen) for line in item.lines])
    if item.kind == "list_item":
        return Piece("list_item", _BULLET.sub("", text), 0, page)
    if (
        item.kind == "heading"
        and (len(item.lines) <= 4 or item.lines[0].size >= 1.3 * measure.size)
        and len(text) <= 300
    ):
        large = item.lines[0].size >= 1.12 * measure.size
        return Piece("heading", text, 2 if large else 3, page)
    return Piece("paragraph", text, 0, page)


def _with_notes(found: Sequence[tuple[int, Piece]], notes: Sequence[tuple[int, Piece]]) -> list[tuple[int, Piece]]:
    """Footnotes set after the last piece that begins on their page."""
    merged = list(found)
    for page, note in reversed(notes):
        at = max((i + 1 for i, (number, _) in enumerate(merged) if number <= page), default=0)
        merged.insert(at, (page, note))
    return merged


def _titled(found: Sequence[tuple[int, Piece]], grown: Sequence[_Open], measure: _Measure) -> list[Piece]:
    """The pieces with the title named: the largest heading of the first page, unless it is a mere kind ('BESLUT')."""
    sizes = {running_text([(line.text, line.hyphen) for line in item.lines]): item.lines[0].size for item in grown}
    first = found[0][0] if found else 1
    headings = [
        (sizes.get(piece.text, 0.0), -index)
        for index, (page, piece) in enumerate(found)
        if page == first and piece.kind == "heading" and not _MATTER.match(piece.text)
    ]
    named = [item for item in headings if not _NO_TITLE.match(found[-item[1]][1].text)]
    candidates = [item for item in named if not is_kind_word(found[-item[1]][1].text)] or named
    text = next(
        (i for i, (_, piece) in enumerate(found) if piece.kind == "paragraph" and len(piece.text) > 150), len(found)
    )
    candidates = [item for item in candidates if -item[1] < text] or candidates
    largest = max(candidates, default=(0.0, 0))[0]
    best = next((item for item in candidates if item[0] >= 0.93 * largest), (0.0, 0))
    if best[0] < 1.12 * measure.size:
        return [piece for _, piece in found]
    return [
        Piece("title", piece.text, 1, piece.page) if index == -best[1] else piece
        for index, (_, piece) in enumerate(found)
    ]


_KIND_WORDS = re.compile(
    r"(?:beslut|protokoll|sammanträdesprotokoll|kallelse|tjänsteskrivelse|föredragningslista|dagordning|rapport|revisionsrapport|"
    r"inspektionsmeddelande|föreläggande|underrättelse|yttrande|skrivelse|pm|promemoria|protokollsutdrag|handlingar|dom|"
    r"delbeslut)(?:\s*\(?\d+[()\d /av]*)?|"
    r"inspektionen för vård och omsorg|ivo|arbetsmiljöverket|(?:statens )?skolinspektion(?:en)?|socialstyrelsen|"
    r"länsstyrelsen\b.{0,30}|[\w-]+(?: [\w-]+)? kommun|[\w -]{3,40}förvaltningen",
    re.IGNORECASE,
)


def is_kind_word(text: str) -> bool:
    """Whether a line says only what kind of paper this is ('BESLUT', 'KALLELSE 1(2)') or who sends it."""
    return len(text) < 60 and bool(_KIND_WORDS.fullmatch(text.strip()))
