"""Committee papers (summons, minutes) split into their matters, and a decision inside them set apart."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pipeline.extract.building import Piece
from pipeline.extract.decisions import Decision, find
from pipeline.extract.typography import is_kind_word

_MATTER = re.compile(r"^(?:§+|Ärende|Punkt|Bilaga)\s*(\d{1,3})\b(?!\s*[-–,]\s*\d)[.:]?\s*(.*)", re.DOTALL)
_NUMBERED = re.compile(r"^(\d{1,2})[.)]?\s+(\S.*)", re.DOTALL)
_MEETING = re.compile(
    r"\b(?:kallelse|kallas|protokoll\w*|sammanträde\w*|föredragningslista|dagordning|ärendelista|handlingar)\b",
    re.IGNORECASE,
)
_AUDIT = re.compile(
    r"(?:revisionsrapport|granskningsrapport|revisionsberättelse|revisorernas redogörelse|revisionskontoret|"
    r"stadsrevisionen|kommunrevisionen|lekmannarevisorernas)\b",
    re.IGNORECASE,
)
_ANSWER = re.compile(r"\b(?:yttrande|svar på|svar till|tjänsteskrivelse|kallelse|protokoll)\b", re.IGNORECASE)
_BODY = 15
"""Characters between two matters below which the first is an entry of the agenda, not a matter."""
_SHORT = 120
"""Characters before a decision up to which they are its heading within the paper, no document of their own."""
_STANDING = frozenset({"beslut", "ärendet", "bakgrund"})
_STEP = 12


Counters = Mapping[int, Sequence[tuple[int, int]]]
"""The page numbers and counts printed on each page; a bound paper may bear its own and the binder's."""


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of pieces that is a document of its own; ``number`` from 1, 0 for what stands before the first."""

    number: int
    title: str | None
    pieces: tuple[Piece, ...]
    decision: Decision | None = None


def parts(pieces: Sequence[Piece], counters: Counters | None = None) -> tuple[Part, ...]:
    """A paper as its parts: front matter, matters, decisions. One part for a paper that is no collection.

    ``counters`` gives the printed page numbers and page counts ('1(10)') by page: where
    the count begins anew a paper within the paper begins, and a decision ends with its last page.
    """
    starts = sorted({*_starts(pieces), *_anew(pieces, counters or {})})
    decisions = [decision for decision in _beginnings(pieces) if starts or decision.start > 2]
    if not starts and not decisions:
        whole = next(find(pieces), None)
        return (Part(0, None, tuple(pieces), whole if whole and whole.start <= 2 else None),)
    ends = _ends(pieces, decisions, counters or {}, starts)
    bounds = sorted({0, *starts, *(decision.start for decision in decisions), *ends})
    stretches = list(zip(bounds, [*bounds[1:], len(pieces)], strict=True))
    return _numbered(pieces, stretches, {decision.start: decision for decision in decisions})


def _beginnings(pieces: Sequence[Piece]) -> Iterator[Decision]:
    """Decisions at their first page: a letterhead that recurs with the same case number begins none."""
    case: str | None = None
    for decision in find(pieces):
        if not case or decision.case_number != case:
            yield decision
        case = decision.case_number


def is_audit(pieces: Sequence[Piece]) -> bool:
    """Whether a paper is the auditors' own report (and not someone's answer to it): told by its first lines."""
    head = [piece.text for piece in pieces[:8] if len(piece.text) < 160]
    return any(_AUDIT.match(text) for text in head) and not any(_ANSWER.search(text) for text in head)


def _anew(pieces: Sequence[Piece], counters: Counters) -> list[int]:
    """The first pieces of the pages after the first that bear a page number 1: letters bound together."""
    pages = {page for page, found in counters.items() if any(number == 1 for number, _ in found)}
    pages.discard(pieces[0].page or 1)
    firsts = {piece.page: index for index, piece in reversed(list(enumerate(pieces)))}
    return sorted(firsts[page] for page in pages if page in firsts)


def _ends(
    pieces: Sequence[Piece], decisions: Sequence[Decision], counters: Counters, starts: Sequence[int]
) -> list[int]:
    """Where decisions with a page count end: before the first piece after their last page."""
    ends = []
    for decision in decisions:
        count = next((count for number, count in counters.get(decision.page or 0, ()) if number == 1), 0)
        if not 1 <= count <= 60:
            continue
        last = (decision.page or 0) + count - 1
        after = next((i for i in range(decision.head_end, len(pieces)) if (pieces[i].page or 0) > last), None)
        if after is not None and after not in starts:
            ends.append(after)
    return ends


def _numbered(
    pieces: Sequence[Piece], stretches: Sequence[tuple[int, int]], decisions: Mapping[int, Decision]
) -> tuple[Part, ...]:
    """The stretches as parts; a matter of which only the heading stands before its decision is joined to it."""
    found: list[Part] = []
    heading: tuple[Piece, ...] = ()
    for index, (start, end) in enumerate(stretches):
        own = tuple(pieces[start:end])
        follows = stretches[index + 1][0] if index + 1 < len(stretches) else None
        if follows in decisions and start not in decisions and index and sum(len(piece.text) for piece in own) < _SHORT:
            heading += own
            continue
        front = not found and start == 0 and (not heading) and 0 not in decisions and not _MATTER.match(own[0].text)
        number = 0 if front else 1 + sum(part.number > 0 for part in found)
        found.append(Part(number, _title(heading or own), heading + own, decisions.get(start)))
        heading = ()
    return tuple(found)


def _title(own: Sequence[Piece]) -> str | None:
    """What the matter is called: the words after its number, else the next heading."""
    match = _MATTER.match(own[0].text) or (_NUMBERED.match(own[0].text) if own[0].kind == "heading" else None)
    if match is None:
        named = [piece.text for piece in own if piece.kind == "title"]
        headings = [piece.text for piece in own if piece.kind == "heading"]
        telling = [text for text in headings if not is_kind_word(text) and text.lower() not in _STANDING]
        return next(iter([*named, *telling, *headings]), None)
    if match[2].strip():
        return match[2].strip()
    return next((piece.text for piece in own[1:3] if len(piece.text) < 200), own[0].text)


def _starts(pieces: Sequence[Piece]) -> list[int]:
    """Where the matters begin; [] when there are fewer than two."""
    for pattern, kinds in ((_MATTER, ("heading", "paragraph", "table_row", "title")), (_NUMBERED, ("heading",))):
        if pattern is _NUMBERED and not any(_MEETING.search(piece.text) for piece in pieces[:6]):
            continue
        found = [
            (i, int(match[1])) for i, piece in enumerate(pieces)
            if piece.kind in kinds and len(piece.text) < 250 and (match := pattern.match(piece.text))
        ]  # fmt: skip
        chain = _chain(pieces, found)
        if len(chain) >= 2:
            return chain
    return []


def _chain(pieces: Sequence[Piece], found: Sequence[tuple[int, int]]) -> list[int]:
    """Matters with a text of their own, their numbers rising."""
    if not found:
        return []
    with_body = []
    for (index, number), after in zip(found, [*(i for i, _ in found[1:]), len(pieces)], strict=True):
        if sum(len(piece.text) for piece in pieces[index + 1 : after]) >= _BODY:
            with_body.append((index, number))
    chain: list[tuple[int, int]] = []
    for index, number in with_body:
        if not chain or chain[-1][1] < number <= chain[-1][1] + _STEP:
            chain.append((index, number))
    return [index for index, _ in chain]
