"""Several sentences that tell of one event become one event with the best of what each says."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from pipeline.records import Event

_DETAILS = ("date", "count", "case_number", "deadline", "amount")


def _fits(one: str | None, other: str | None) -> bool:
    """Whether two dates may be the same time: equal, one unknown, or one the year or month of the other."""
    if one is None or other is None:
        return True
    short, long = sorted((one, other), key=len)
    if long.startswith(short):
        return True
    return len(short) == len(long) == 7 and one[:4] == other[:4] and _season(one) == _season(other)


def _season(value: str) -> int:
    number = int(value[5:7])
    return number if number > 12 else {12: 24, 1: 24, 2: 24}.get(number, 20 + number // 3)


def same(one: Event, other: Event) -> bool:
    """Whether two events of one document are one and the same."""
    if one.kind != other.kind or not _fits(one.date, other.date):
        return False
    if one.authority is not None and other.authority is not None and one.authority != other.authority:
        return False
    return one.count is None or other.count is None or one.count == other.count


def _better_date(one: str | None, other: str | None) -> str | None:
    return max((d for d in (one, other) if d is not None), key=len, default=None)


def joined(one: Event, other: Event) -> Event:
    """``one`` with what only ``other`` knows; the words stay those of the one that says more."""
    said = [sum(getattr(event, name) is not None for name in _DETAILS) for event in (one, other)]
    base, second = (other, one) if said[1] > said[0] else (one, other)
    return replace(
        base,
        authority=base.authority or second.authority,
        date=_better_date(base.date, second.date),
        count=base.count if base.count is not None else second.count,
        case_number=base.case_number or second.case_number,
        deadline=base.deadline or second.deadline,
        amount=base.amount if base.amount is not None else second.amount,
        municipalities=tuple(sorted({*base.municipalities, *second.municipalities})),
        ongoing=base.ongoing or second.ongoing,
    )


def merged(events: Iterable[Event]) -> tuple[Event, ...]:
    """``events`` of one document with repetitions joined, in order of their first words."""
    kept: list[Event] = []
    for event in sorted(events, key=lambda e: (e.date is None, e.start)):
        at = next((i for i, other in enumerate(kept) if same(other, event)), None)
        if at is None:
            kept.append(event)
        else:
            kept[at] = joined(kept[at], event)
    return tuple(sorted(kept, key=lambda e: (e.start, e.kind, e.date or "")))
