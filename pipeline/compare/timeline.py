"""What happened, in order: events told in several documents become one, placed on the sanction ladder."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import groupby
from operator import attrgetter
from typing import Any, NamedTuple

import duckdb

from pipeline.codebook import Codebook
from pipeline.compare.dates import compatible, gap, precision, sorting
from pipeline.compare.frame import fetch

NEAR = 60
_STEPS = {
    "criticism": "criticised", "severe_criticism": "criticised", "injunction": "injunction",
    "injunction_with_fine": "injunction", "fine_imposed": "injunction", "prohibition": "injunction",
    "closed_without_remarks": "closed", "closed": "closed", "inspection_opened": "review", "inspection": "review",
    "statement_requested": "review", "documents_requested": "review", "external_review": "review",
    "lex_sarah_report": "report", "lex_maria_report": "report", "prosecution_report": "report", "remedy": "remedy",
}  # fmt: skip
_EVENTS = """
SELECT DISTINCT p.municipality, e.kind, e.authority, e.date, e.count, e.amount, e.deadline, e.case_number,
       coalesce(e.ongoing, false) AS ongoing, e.document, e.start, e."end" AS stop, e.quote, d.date AS told
FROM (SELECT *, CASE WHEN len(municipalities) > 0 THEN municipalities END AS named FROM events) e
JOIN cmp_documents d ON d.document = e.document AND d.speaks
JOIN (SELECT DISTINCT document, municipality FROM cmp_document_places) p ON p.document = e.document
WHERE e.named IS NULL OR list_contains(e.named, p.municipality)
UNION
SELECT DISTINCT unnest(e.municipalities), e.kind, e.authority, e.date, e.count, e.amount, e.deadline, e.case_number,
       coalesce(e.ongoing, false), e.document, e.start, e."end", e.quote, d.date
FROM events e JOIN cmp_documents d ON d.document = e.document AND d.speaks WHERE len(e.municipalities) > 0
"""
_REMEDIES = """
SELECT p.municipality, f.document, any_value(d.date) AS told, min(f.start) AS start,
       min_by(f."end", f.start) AS stop, min_by(f.quote, f.start) AS quote, count(*) AS n
FROM findings f JOIN cmp_documents d ON d.document = f.document AND d.speaks
JOIN (SELECT DISTINCT document, municipality FROM cmp_document_places) p ON p.document = f.document
WHERE f.polarity = 'remedy' GROUP BY p.municipality, f.document
"""


class Mention(NamedTuple):
    """One document's words about an event."""

    document: str
    start: int
    end: int
    quote: str
    told: str | None


@dataclass(frozen=True)
class Happening:
    """An event of one municipality, merged from the documents that tell it."""

    municipality: str
    kind: str
    authority: str | None = None
    date: str | None = None
    date_from: str = "unknown"
    count: int | None = None
    amount: int | None = None
    deadline: str | None = None
    case_number: str | None = None
    ongoing: bool = False
    mentions: tuple[Mention, ...] = field(default=())

    @cached_property
    def event_id(self) -> str:
        """Twelve hex digits made from what was said (municipality, kind, date and the place of the words)."""
        first = self.mentions[0]
        told = f"{self.municipality}|{self.kind}|{first.document}|{first.start}|{self.date}"
        return hashlib.sha256(told.encode()).hexdigest()[:12]

    @cached_property
    def step(self) -> str:
        """What the event means for the municipality; an inspection told as criticism is criticism."""
        if self.kind == "inspection" and any("kriti" in m.quote.casefold() for m in self.mentions):
            return "criticised"
        return _STEPS.get(self.kind, "other")

    @cached_property
    def sort_date(self) -> str:
        """Full date to sort by: closings at the end of an imprecise date, all else at its start; '' if undated."""
        return sorting(self.date, late=self.step == "closed")


def _happening(row: dict[str, Any]) -> Happening:
    date, told = row["date"], row["told"]
    mention = Mention(row["document"], row["start"], row["stop"], row["quote"], told)
    return Happening(
        row["municipality"], row["kind"], row["authority"], date or told,
        "event" if date else "document" if told else "unknown",
        row["count"], row["amount"], row["deadline"], row["case_number"], row["ongoing"], (mention,),
    )  # fmt: skip


def _agree(one: object, other: object) -> bool:
    return one is None or other is None or one == other


def _when_agrees(one: Happening, other: Happening) -> bool:
    """Whether the dates can be of one event; a date taken from the document only says 'at the latest then'."""
    if one.date_from == "event" and other.date_from == "event":
        return compatible(one.date, other.date)
    if one.mentions[0].document == other.mentions[0].document:
        return one.date_from == other.date_from
    if not one.date or not other.date:
        return one.case_number is not None and one.case_number == other.case_number
    return gap(one.date, other.date) <= NEAR


def same(one: Happening, other: Happening) -> bool:
    """Whether two tellings of one kind and municipality are of the same event, as far as their facts say."""
    facts = ((one.authority, other.authority), (one.case_number, other.case_number),
             (one.count, other.count), (one.amount, other.amount))  # fmt: skip
    return all(_agree(a, b) for a, b in facts) and _when_agrees(one, other)


def _join(one: Happening, other: Happening) -> Happening:
    """Both as one: the more precise date, and every fact that either gives."""
    better = (other.date_from == "event", precision(other.date)) > (one.date_from == "event", precision(one.date))
    return replace(
        one,
        authority=one.authority or other.authority,
        date=other.date if better else one.date,
        date_from=other.date_from if better else one.date_from,
        count=one.count if one.count is not None else other.count,
        amount=one.amount if one.amount is not None else other.amount,
        deadline=one.deadline or other.deadline,
        case_number=one.case_number or other.case_number,
        ongoing=one.ongoing and other.ongoing,
        mentions=(*one.mentions, *other.mentions),
    )


def _rank(event: Happening) -> tuple[object, ...]:
    """The surest tellings first: they are what the vaguer ones are compared with."""
    mention = event.mentions[0]
    return (
        event.date_from != "event", -precision(event.date), event.case_number is None, event.date or "",
        mention.document, mention.start,
    )  # fmt: skip


def merge_events(events: Iterable[Happening]) -> list[Happening]:
    """Tellings of one municipality and kind as separate events, the surest telling first."""
    merged: list[Happening] = []
    years: dict[str, list[int]] = defaultdict(list)
    for event in sorted(events, key=_rank):
        near = sorted({i for year in _years(event) for i in years[year]})
        place = next((i for i in near if same(merged[i], event)), None)
        if place is None:
            place = len(merged)
            merged.append(event)
        else:
            merged[place] = _join(merged[place], event)
        for year in _years(event):
            if place not in years[year]:
                years[year].append(place)
    return merged


def _years(event: Happening) -> tuple[str, ...]:
    """The years under which an event can meet its like: its own and its neighbours, for dates around New Year."""
    if not event.date:
        return ("",)
    year = int(event.date[:4]) if event.date[:4].isdigit() else 0
    return (str(year),) if event.date_from == "event" else (str(year - 1), str(year), str(year + 1))


def in_context(events: Sequence[Happening]) -> list[Happening]:
    """Undated criticism and closings that a document looks back on get the date of the act told before them.

    A document of 2021 that tells of an injunction of 2019 and goes on 'IVO also criticised' does
    not date the criticism to 2021. Where nothing dated stands before, the document's date stays.
    """
    dated: dict[tuple[str, str], list[Happening]] = defaultdict(list)
    for event in events:
        if event.date_from == "event":
            dated[event.municipality, event.mentions[0].document].append(event)
    return [_dated_by(event, dated[event.municipality, event.mentions[0].document]) for event in events]


def _dated_by(event: Happening, dated: Sequence[Happening]) -> Happening:
    if event.date_from == "event" or event.step not in ("criticised", "injunction", "closed"):
        return event
    before = [
        other for other in dated
        if other.mentions[0].start < event.mentions[0].start and (other.authority or event.authority) == event.authority
        and other.date and (event.date is None or gap(other.date, event.date) > NEAR)
    ]  # fmt: skip
    if not before:
        return event
    act = max(before, key=lambda other: (other.mentions[0].start, other.sort_date))
    return replace(event, date=act.date, date_from="context")


def happenings(connection: duckdb.DuckDBPyConnection) -> list[Happening]:
    """All events of all municipalities merged, in order of municipality and date; undated ones last."""
    rows = in_context([_happening(row) for row in fetch(connection, _EVENTS).to_pylist()])
    of_kind = attrgetter("municipality", "kind")
    rows.sort(key=of_kind)
    merged: list[Happening] = []
    for _, group in groupby(rows, key=of_kind):
        merged += merge_events(group)
    return in_order(merged)


def remedies(connection: duckdb.DuckDBPyConnection) -> None:
    """Make ``cmp_remedies``: one row for each document and municipality with remedy findings (``n``: how many)."""
    connection.execute(f"CREATE OR REPLACE TEMP TABLE cmp_remedies AS {_REMEDIES}")


def in_order(events: Iterable[Happening]) -> list[Happening]:
    """By municipality and date, the undated last; on one day by kind."""
    return sorted(events, key=lambda e: (e.municipality, e.sort_date == "", e.sort_date, e.kind, e.mentions[0][:2]))


def sanctions(codebook: Codebook) -> dict[str, int]:
    """Step on the sanction ladder (1-6) by kind of event."""
    return {event.kind: event.sanction for event in codebook.events if event.sanction is not None}


def timeline_rows(
    events: Sequence[Happening], codebook: Codebook, names: dict[str, str], conflicts: dict[str, str]
) -> list[dict[str, Any]]:
    """Rows of the table ``timeline``; ``conflicts`` maps event_id to conflict_id."""
    ladder, titles = sanctions(codebook), {event.kind: event.label_sv for event in codebook.events}
    return [
        {
            "event_id": event.event_id, "municipality": event.municipality, "name": names.get(event.municipality, ""),
            "kind": event.kind, "label": titles.get(event.kind, event.kind),
            "authority": event.authority, "date": event.date, "date_from": event.date_from,
            "sort_date": event.sort_date, "count": event.count, "amount": event.amount, "deadline": event.deadline,
            "case_number": event.case_number, "sanction": ladder.get(event.kind), "step": event.step,
            "ongoing": event.ongoing, "documents": list(dict.fromkeys(m.document for m in event.mentions)),
            "spans": [
                {"document": m.document, "start": m.start, "end": m.end, "quote": m.quote} for m in event.mentions
            ],
            "quotes": [m.quote for m in event.mentions], "mentions": len(event.mentions),
            "conflict": conflicts.get(event.event_id, ""),
        }
        for event in events
    ]  # fmt: skip
