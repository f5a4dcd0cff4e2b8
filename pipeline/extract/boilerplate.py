"""Single-page rules: lines that are not content, told by ``corpus/boilerplate/lines.toml``; dates are read first."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from pipeline.errors import CorpusError
from pipeline.extract import dates as dating
from pipeline.extract.building import Piece
from pipeline.extract.normalise import line as one_line
from pipeline.records import DateMention, Removed
from pipeline.resources import data_path

_LONGEST = 180
_SEPARATOR = re.compile(r"\s*[|/·•>»›→,:;\u2022]\s*|\s{2,}|\t")
_CONTACT = re.compile(r"\b0\d{1,3}[ –-]{0,3}\d[\d –-]{4,11}\b|\+46[ \d()–-]{7,}|\S@\S+\.\w|\(at\)")
_PERSON = re.compile(r"[A-ZÅÄÖ][\w.-]+(?: [A-ZÅÄÖ][\w.-]+){1,3}(?:, ?[^.!?]{2,80})?")
_AROUND_DATE = re.compile(
    r"\b(?:kl(?:\.|ockan)?|av|den|nyhet(?:er)?|pressmeddelande|lästid:? ?\d+ min\w*|\d{1,2}[:.]\d\d(?:[:.]\d\d)?"
    r"|\w{3,4}dag(?:en)?|cest|cet)\b|\W+",
    re.IGNORECASE,
)
_BYLINE = re.compile(
    r"(?i:text|av|reporter|redaktionen|redaktör|debatt|insändare|ledare|krönika|foto|skribent|inrikes|lokalt)\b[^.!?]{0,40}"
    r"|[A-ZÅÄÖ][\wÅÄÖ/-]+(?: [A-ZÅÄÖ][\wÅÄÖ/-]+)?"
)
_RUNNING = frozenset(("paragraph", "list_item", "table_row", "heading"))
_TOP = 4
_SHORT_HEADING = 4
_KICKER = re.compile(r"[\w/&-]+(?: [\w/&-]+)?")


@dataclass(frozen=True, slots=True)
class LineRule:
    """Takes a line of at most ``longest`` characters that ``pattern`` matches in full."""

    id: str
    why: str
    pattern: re.Pattern[str]
    longest: int


@dataclass(frozen=True, slots=True)
class SectionRule:
    """Takes a line that matches ``start`` and what belongs to it: see the head of ``lines.toml``."""

    id: str
    why: str
    start: re.Pattern[str]
    member: re.Pattern[str]
    needs: re.Pattern[str] | None
    loose: int
    most: int


@dataclass(frozen=True, slots=True)
class Rules:
    """All single-page rules."""

    lines: tuple[LineRule, ...]
    sections: tuple[SectionRule, ...]
    words: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Sifted:
    """What is left, what went and why, and the dates on the lines that went."""

    kept: tuple[Piece, ...]
    removed: tuple[Removed, ...]
    dates: tuple[DateMention, ...]


def _any(patterns: Sequence[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns), re.IGNORECASE)


def _section(row: Mapping[str, Any]) -> SectionRule:
    needs = re.compile(row["needs"], re.IGNORECASE) if "needs" in row else None
    return SectionRule(row["id"], row["why"], _any(row["start"]), _any(row["member"]), needs, row["loose"], row["most"])


@cache
def rules() -> Rules:
    """The rules of ``corpus/boilerplate/lines.toml``. Raises CorpusError when the file has a mistake."""
    file = data_path("corpus/boilerplate/lines.toml")
    try:
        data = tomllib.loads(file.read_text("utf-8"))
        return Rules(
            tuple(LineRule(r["id"], r["why"], _any(r["match"]), r.get("longest", _LONGEST)) for r in data["line"]),
            tuple(_section(row) for row in data["section"]),
            {word.lower(): f"{row['id']}: {row['why']}" for row in data["words"] for word in row["words"]},
        )
    except (tomllib.TOMLDecodeError, OSError, KeyError, re.error) as error:
        raise CorpusError(f"{file}: cannot be used ({error}); mend the rule or restore the file.") from error


def reason(text: str) -> str | None:
    """Why this single line is no content ('rule: explanation'), or None when no rule takes it."""
    if len(text) > 700:
        return None
    return _by_words(text) or _by_line(text)


def is_menu_words(text: str) -> bool:
    """Whether a line is nothing but words of menus and buttons, Swedish or English."""
    return _by_words(text) is not None


def _by_words(text: str) -> str | None:
    if len(text) > 120:
        return None
    known = rules().words
    lowered = text.lower().strip(" .!:*()")
    if lowered in known:
        return known[lowered]
    parts = [part.strip(" .!:*()") for part in _SEPARATOR.split(lowered)]
    parts = [part for part in parts if part]
    if len(parts) > 1 and all(part in known for part in parts):
        return known[parts[0]]
    return None


def _by_line(text: str) -> str | None:
    for rule in rules().lines:
        if len(text) <= rule.longest and rule.pattern.fullmatch(text):
            return f"{rule.id}: {rule.why}"
    return None


def date_line(text: str, captured: datetime | None, top: bool = False) -> tuple[DateMention, ...] | None:
    """The dates of a line that consists only of dates and their labels; None for any other line.

    An empty label ('Publicerad:') gives (). A date alone counts as published near the
    ``top`` of a page, and as nothing elsewhere.
    """
    if len(text) > 160:
        return None
    found = dating.labelled_line(text, captured, anywhere=len(text) <= 80)
    mentions = [mention for mention in found if mention.kind != "deadline"]
    if mentions:
        rest = text
        for mention in reversed(mentions):
            rest = rest[: mention.start] + "|" + rest[mention.end :]
        first = () if any(m.kind == "published" for m in mentions) else _bare_date(rest, captured) or ()
        return (*_detached(mentions), *first) if first or _is_filler(rest) else None
    if _empty_label(text):
        return ()
    return _bare_date(text, captured) if top else None


def _detached(mentions: Sequence[DateMention]) -> tuple[DateMention, ...]:
    return tuple(DateMention(m.kind, m.date, m.evidence) for m in mentions)


def _is_filler(rest: str) -> bool:
    rest = _AROUND_DATE.sub(" ", rest).strip()
    return not rest or (len(rest) <= 45 and not rest.endswith(".") and len(rest.split()) <= 5)


def _empty_label(text: str) -> bool:
    if len(text) <= 40 and text.endswith(":") and dating.label_at(text, text.rfind(" ") + 1):
        return True
    parts = [part for part in re.split(r"\s*[|·•]\s*", text) if part.strip()]
    return bool(parts) and all(
        (found := dating.label_at(part)) is not None and part[found[1] :].strip(" :.-–").lower() in ("", *rules().words)
        for part in parts
    )


def _bare_date(text: str, captured: datetime | None) -> tuple[DateMention, ...] | None:
    found = list(dating.find(text, captured.date() if captured else None))
    if (
        len(found) != 1
        or len(found[0].date) < 7
        or (not found[0].exact and not text[found[0].end - 4 : found[0].end].isdigit())
    ):
        return None
    rest = text[: found[0].start] + " " + text[found[0].end :]
    rest = _AROUND_DATE.sub(" ", f" {rest} ").strip()
    return (DateMention("published", found[0].date, text),) if not rest or _BYLINE.fullmatch(rest) else None


def sift(pieces: Sequence[Piece], captured: datetime | None = None) -> Sifted:
    """Take away every piece that a rule names; read the dates on date lines before they go.

    ``captured`` (UTC) resolves relative dates ('Publicerad i går').
    """
    reasons: list[str | None] = [None] * len(pieces)
    mentions: list[DateMention] = []
    texts = [one_line(piece.text) for piece in pieces]
    for i, (text, piece) in enumerate(zip(texts, pieces, strict=True)):
        if piece.kind == "title":
            continue
        top = piece.kind == "paragraph" and _near_top(reasons, i)
        found = date_line(text, captured, top) if piece.kind in _RUNNING else None
        if found is not None:
            mentions += found
            reasons[i] = "date_line: datumrad"
        else:
            reasons[i] = reason(text)
    _take_sections(texts, reasons)
    _take_loose_contacts(pieces, texts, reasons)
    _take_kickers(pieces, texts, reasons)
    _take_empty_headings(pieces, reasons)
    kept = tuple(piece for piece, why in zip(pieces, reasons, strict=True) if why is None)
    removed = tuple(Removed(t, why) for t, why in zip(texts, reasons, strict=True) if why is not None and t)
    return Sifted(kept, removed, tuple(mentions))


def _near_top(reasons: Sequence[str | None], i: int) -> bool:
    return sum(why is None for why in reasons[:i]) < _TOP if i < 30 else False


def _take_sections(texts: Sequence[str], reasons: list[str | None]) -> None:
    for i, text in enumerate(texts):
        if len(text) > 240:
            continue
        for rule in rules().sections:
            if rule.start.fullmatch(text):
                end = _section_end(texts, i, rule)
                if rule.needs is None or any(rule.needs.search(t) for t in texts[i + 1 : end]):
                    for j in range(i, end):
                        reasons[j] = reasons[j] or f"{rule.id}: {rule.why}"


def _section_end(texts: Sequence[str], i: int, rule: SectionRule) -> int:
    """Index after the last line of the section: its last member, with the short lines before it."""
    end = i + 1
    for j in range(i + 1, min(len(texts), i + 1 + rule.most)):
        text = texts[j]
        if rule.member.fullmatch(text):
            end = j + 1
        elif len(text) > rule.loose or text.endswith((".", "!")) or j - end >= 3:
            break
    return end


def _is_contact(text: str) -> bool:
    return bool(_CONTACT.search(text)) and len(text) <= 120 and len(text.split()) <= 12 and not text.endswith(".")


def _take_loose_contacts(pieces: Sequence[Piece], texts: Sequence[str], reasons: list[str | None]) -> None:
    """A contact line without a heading of its own, and the name with title above it."""
    for i, text in enumerate(texts):
        if reasons[i] is None and pieces[i].kind != "table_row" and _is_contact(text):
            reasons[i] = "contact_line: kontaktrad"
            above = i - 1
            if (
                above >= 0
                and reasons[above] is None
                and pieces[above].kind != "title"
                and "," in texts[above]
                and _PERSON.fullmatch(texts[above])
            ):
                reasons[above] = "contact_line: kontaktrad"


def _take_kickers(pieces: Sequence[Piece], texts: Sequence[str], reasons: list[str | None]) -> None:
    """One or two words directly under the title, before any text: a place, a section, a vignette."""
    first = next((i for i, piece in enumerate(pieces) if piece.kind == "title"), None)
    for i in range(first + 1, len(pieces)) if first is not None else ():
        if reasons[i] is not None:
            continue
        if pieces[i].kind != "paragraph" or len(texts[i]) > 24 or not _KICKER.fullmatch(texts[i]):
            return
        reasons[i] = "kicker: vinjett över texten"


def _take_empty_headings(pieces: Sequence[Piece], reasons: list[str | None]) -> None:
    """A short heading under which everything went goes too; a long one says something itself."""
    for i, piece in enumerate(pieces):
        if piece.kind != "heading" or reasons[i] is not None or len(piece.text.split()) > _SHORT_HEADING:
            continue
        below = range(i + 1, len(pieces))
        end = next(
            (j for j in below if pieces[j].kind in ("heading", "title") and pieces[j].level <= piece.level), len(pieces)
        )
        if end > i + 1 and all(not (reasons[j] or "date_line").startswith("date_line") for j in range(i + 1, end)):
            reasons[i] = "empty_heading: rubrik utan text kvar"
