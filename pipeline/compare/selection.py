"""What a comparison is restricted to."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Selection:
    """Filters of a comparison; empty or None means no restriction.

    ``source`` and ``attribution`` restrict what is counted (documents of that kind, findings
    said by that voice). The others only choose rows, so that a municipality's rank and peers
    are the same whether it is shown alone or among all. ``municipalities`` and ``county`` are
    codes of Statistics Sweden, ``group`` a code of SKR's division of 2023 ('C6').
    """

    municipalities: tuple[str, ...] = ()
    county: str | None = None
    group: str | None = None
    theme: str | None = None
    period: str | None = None
    polarity: str | None = None
    source: str | None = None
    attribution: str | None = None
