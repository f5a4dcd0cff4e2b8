"""An inspectorate's decision, known by its letterhead: kind of paper, authority, case number, date."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.extract import dates as dating
from pipeline.extract.building import Piece
from pipeline.records import SourceKind

_AUTHORITIES: tuple[tuple[str, re.Pattern[str], SourceKind], ...] = (
    ("ivo", re.compile(r"\binspektionen för vård och omsorg\b|\bIVO\b|\bivo\.se\b", re.IGNORECASE), "inspectorate"),
    ("arbetsmiljoverket", re.compile(r"\barbetsmiljöverket\b|\bISM ?\d{4}/\d", re.IGNORECASE), "inspectorate"),
    ("skolinspektionen", re.compile(r"\b(?:statens )?skolinspektion(?:en)?\b", re.IGNORECASE), "inspectorate"),
    ("jo", re.compile(r"\b\w*justitieombudsman|\briksdagens ombudsmän\b", re.IGNORECASE), "other_authority"),
    ("lansstyrelsen", re.compile(r"\blänsstyrelsen\b", re.IGNORECASE), "inspectorate"),
    ("socialstyrelsen", re.compile(r"\bsocialstyrelsen\b", re.IGNORECASE), "inspectorate"),
    ("imy", re.compile(r"\bintegritetsskyddsmyndigheten\b|\bdatainspektionen\b", re.IGNORECASE), "other_authority"),
)  # fmt: skip
_KIND = re.compile(
    r"^(?:BESLUT|DELBESLUT|TILLSYNSBESLUT|INSPEKTIONSMEDDELANDE|FÖRELÄGGANDE|FÖRBUD|KOMMUNBESLUT)\b|"
    r"^(?:Beslut|Inspektionsmeddelande|Föreläggande|Tillsynsbeslut|Delbeslut|Förbud|Kommunbeslut)"
    r"(?=\s*(?:\d|$|Dnr\b|efter tillsyn\b))|"
    r"\bBESLUT\b(?=\s+\d)"
)
CASE_NUMBER = re.compile(
    r"\b\d{1,2}(?:\.\d{1,2}){1,2}\s?-\s?\d{2,6}/\d{4}(?:-\d{1,3})?|\bISM ?\d{4}/\d{4,6}\b|\b(?:19|20)\d\d/\d{5,6}\b|"
    r"\b\d{2}-\d{4}:\d{2,5}\b|\b\d{3,6}[-/](?:19|20)\d\d\b|\b(?:19|20)\d\d:\d{2,5}\b"
)
"""Case numbers of IVO, Arbetsmiljöverket, Skolinspektionen and JO."""
_REACH = 8
_SHORT = 170


@dataclass(frozen=True, slots=True)
class Decision:
    """A letterhead that was recognised: pieces ``start`` to ``head_end`` (half-open) hold it."""

    start: int
    head_end: int
    authority: str
    source_kind: SourceKind
    case_number: str | None
    date: str | None
    evidence: str | None
    page: int | None


def find(pieces: Sequence[Piece]) -> Iterator[Decision]:
    """The decisions that begin in a run of pieces, in order."""
    at = 0
    while at < len(pieces):
        decision = _at(pieces, at)
        if decision:
            yield decision
            at = decision.head_end
        at += 1


def _at(pieces: Sequence[Piece], index: int) -> Decision | None:
    """The decision whose kind word stands in this piece, if the lines around it name authority and case or date."""
    piece = pieces[index]
    if len(piece.text) > _SHORT or piece.kind == "list_item" or not _KIND.search(piece.text):
        return None
    start = index
    while start and index - start < 4 and _is_head(pieces[start - 1], piece.page):
        start -= 1
    end = index + 1
    while end < len(pieces) and end - index < _REACH and _is_head(pieces[end], piece.page):
        end += 1
    head = " \n ".join(item.text for item in pieces[start:end])
    authority = next(((name, kind) for name, pattern, kind in _AUTHORITIES if pattern.search(head)), None)
    case = CASE_NUMBER.search(head)
    when = next((found for found in dating.find(head) if found.exact), None)
    if not authority or not (case or when):
        return None
    evidence = head[when.start : when.end] if when else None
    return Decision(
        start, end, *authority, case[0] if case else None, when.date if when else None, evidence, piece.page
    )


def _is_head(piece: Piece, page: int | None) -> bool:
    """A short line of the same page that is no sentence and no matter of the committee."""
    if piece.page != page or len(piece.text) > _SHORT or piece.text.startswith("§"):
        return False
    return piece.kind in ("paragraph", "table_row", "title", "heading") and not re.search(r"[a-zåäö][.:]$", piece.text)
