"""Events per 10,000 inhabitants, with Byar's interval."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pipeline.codebook import Codebook
from pipeline.compare.intervals import byar
from pipeline.compare.rates import NOTHING
from pipeline.compare.timeline import Happening, sanctions
from pipeline.geography import municipalities

PER = 10_000


def _kinds(event: Happening, ladder: Mapping[str, int]) -> tuple[str, ...]:
    return ("all", "sanction", event.kind) if event.kind in ladder else ("all", event.kind)


def _counts(events: Iterable[Happening], ladder: Mapping[str, int]) -> Counter[tuple[str, str, str]]:
    """Events by municipality, kind and period; the undated are in 'all' only."""
    counts: Counter[tuple[str, str, str]] = Counter()
    for event in events:
        if event.kind == "remedy":
            continue
        periods = ["all", event.date[:4]] if event.date else ["all"]
        for kind in _kinds(event, ladder):
            counts.update((event.municipality, kind, period) for period in periods)
    return counts


def event_rate_rows(events: Sequence[Happening], codebook: Codebook, collected: set[str]) -> list[dict[str, Any]]:
    """Rows of the table ``event_rates``: where events are known, and 'all'/'sanction' for every municipality.

    ``collected``: codes of the municipalities with documents; for the others the rate is unknown,
    never 0. The rate of a year is of that year, of 'all' of the whole period; population is of 2024.
    """
    counts = _counts(events, sanctions(codebook))
    known: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for code, kind, period in counts:
        known[code].add((kind, period))
    rows: list[dict[str, Any]] = [
        {"municipality": place.code, "name": place.name, "kind": kind, "period": period,
         "events": counts[place.code, kind, period], "population": place.population}
        for place in municipalities()
        for kind, period in sorted({("all", "all"), ("sanction", "all")} | known[place.code])
    ]  # fmt: skip
    low, high = byar([row["events"] for row in rows], [row["population"] / PER for row in rows])
    for row, down, up in zip(rows, low.tolist(), high.tolist(), strict=True):
        seen = row["municipality"] in collected
        rate = row["events"] / row["population"] * PER
        row |= {"rate": rate, "low": down, "high": up, "status": ""} if seen else {"status": NOTHING}
    return rows
