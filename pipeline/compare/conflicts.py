"""Facts that disagree between documents: the same kind of event at the same time with another count, amount or date."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from pipeline.codebook import Codebook
from pipeline.compare.dates import gap, precision
from pipeline.compare.timeline import Happening, Mention

NEAR = 45
_NAMES = {"count": "antalet", "amount": "beloppet (kr)", "date": "dagen", "deadline": "sista dagen"}


def _near(one: Happening, other: Happening) -> bool:
    """Whether both can be one event: the same year, or months or days at most ``NEAR`` days apart."""
    sure, unsure = precision(one.date), precision(other.date)
    if not sure or not unsure or min(sure, 2) != min(unsure, 2):
        return False
    return gap(str(one.date), str(other.date)) <= (NEAR if sure > 1 else 0)


def _apart(one: Happening, other: Happening) -> bool:
    return not {m.document for m in one.mentions} & {m.document for m in other.mentions}


def disagreement(one: Happening, other: Happening) -> str | None:
    """The field in which two events of one kind and municipality disagree as if they were one; None if in none.

    A document is never set against itself, nor one authority against another.
    """
    if one.authority and other.authority and one.authority != other.authority:
        return None
    if not _apart(one, other) or not _near(one, other):
        return None
    cases = (one.case_number, other.case_number)
    if None not in cases and cases[0] != cases[1]:
        return None
    if one.count and other.count and one.count != other.count:
        return "count"
    overlapping = gap(str(one.date), str(other.date)) == 0
    if one.amount and other.amount and one.amount != other.amount and (overlapping or cases[0]):
        return "amount"
    if one.deadline and other.deadline and one.deadline != other.deadline and overlapping:
        return "deadline"
    dated = one.date_from == other.date_from == "event" and precision(one.date) == precision(other.date) == 3
    return "date" if dated and cases[0] and one.date != other.date else None


def _value(event: Happening, field: str) -> str:
    return str(getattr(event, field))


def _side(mention: Mention, letter: str) -> dict[str, Any]:
    return {
        f"document_{letter}": mention.document, f"start_{letter}": mention.start,
        f"end_{letter}": mention.end, f"quote_{letter}": mention.quote,
    }  # fmt: skip


def _row(one: Happening, other: Happening, field: str, name: str, label: str) -> dict[str, Any]:
    a, b = _value(one, field), _value(other, field)
    return {
        "conflict_id": one.event_id + "-" + other.event_id, "municipality": one.municipality, "name": name,
        "kind": one.kind, "field": field, "value_a": a, "value_b": b, "date_a": one.date, "date_b": other.date,
        **_side(one.mentions[0], "a"), **_side(other.mentions[0], "b"),
        "sentence": f"{name}: {label}: {_NAMES[field]} är {a} ({one.date}) i ett dokument och {b} ({other.date}) "
        "i ett annat, och det kan vara samma händelse.",
    }  # fmt: skip


def _pairs(events: Sequence[Happening]) -> Iterator[tuple[Happening, Happening]]:
    ordered = sorted((e for e in events if e.sort_date), key=lambda e: e.sort_date)
    for index, one in enumerate(ordered):
        for other in ordered[index + 1 :]:
            if gap(str(one.date), str(other.date)) > NEAR:
                break
            yield one, other


def find_conflicts(
    events: Sequence[Happening], codebook: Codebook, names: dict[str, str]
) -> tuple[list[dict[str, Any]], dict[str, str]]:
    """Rows of the table ``conflicts``, and the conflict_id of each event that is in one."""
    labels = {event.kind: event.label_sv for event in codebook.events}
    rows: list[dict[str, Any]] = []
    flagged: dict[str, str] = {}
    for (place, kind), group in groupby(sorted(events, key=_kind), key=_kind):
        for one, other in _pairs(list(group)):
            field = disagreement(one, other)
            if field:
                row = _row(one, other, field, names.get(place, place), labels.get(kind, kind))
                rows.append(row)
                flagged.setdefault(one.event_id, row["conflict_id"])
                flagged.setdefault(other.event_id, row["conflict_id"])
    return rows, flagged


def _kind(event: Happening) -> tuple[str, str]:
    return event.municipality, event.kind
