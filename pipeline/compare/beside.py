"""A rate beside a key figure of somebody else: the join with Kolada, and how the two go together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Protocol

import numpy as np
import pyarrow as pa

from pipeline.compare.intervals import Floats, quantile
from pipeline.compare.rates import BASE

SOURCE = "Källa: Kolada"
OWN = "Egen bearbetning av Tillsyn"
LEAST = 10
JOINED = pa.schema(
    {
        "municipality": pa.string(), "name": pa.string(), "theme": pa.string(), "documents": pa.int32(),
        "documents_with": pa.int32(), "rate": pa.float64(), "low": pa.float64(), "high": pa.float64(),
        "kpi": pa.string(), "title": pa.string(), "period": pa.int32(), "value": pa.float64(), "source": pa.string(),
    }
)  # fmt: skip


class KeyFigure(Protocol):
    """What a figure must have to be joined (``acquire.kolada.Figure`` has it)."""

    @property
    def kpi(self) -> str:
        """Id of the key figure."""

    @property
    def title(self) -> str:
        """Its title."""

    @property
    def municipality(self) -> str:
        """Code of the municipality."""

    @property
    def period(self) -> int:
        """Year."""

    @property
    def gender(self) -> str:
        """T, K or M."""

    @property
    def value(self) -> float | None:
        """The value, None where missing."""


def latest(figures: Iterable[KeyFigure]) -> dict[tuple[str, str], KeyFigure]:
    """The latest known value of both genders together by (key figure, municipality)."""
    found: dict[tuple[str, str], KeyFigure] = {}
    for figure in figures:
        key = (figure.kpi, figure.municipality)
        if (
            figure.gender == "T"
            and figure.value is not None
            and (key not in found or found[key].period < figure.period)
        ):
            found[key] = figure
    return found


def set_beside(comparison: pa.Table, figures: Iterable[KeyFigure]) -> pa.Table:
    """Each municipality's problem rate (period 'all', all sources) beside the latest value of each key figure.

    The values are Kolada's, unchanged; column ``source`` says so.
    """
    known: dict[str, list[KeyFigure]] = {}
    for (_, place), figure in sorted(latest(figures).items()):
        known.setdefault(place, []).append(figure)
    rows: list[dict[str, Any]] = []
    for row in comparison.to_pylist():
        sliced = (row["period"], row["polarity"], row["source_kind"], row["attribution"])
        if sliced == ("all", "problem", "all", "all") and row["documents"]:
            rows += [
                {name: row[name] for name in JOINED.names[:8]}
                | {"kpi": f.kpi, "title": f.title, "period": f.period, "value": f.value, "source": SOURCE}
                for f in known.get(row["municipality"], ())
            ]
    return pa.Table.from_pylist(rows, schema=JOINED)


def _ranks(values: Floats) -> Floats:
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    return np.asarray((ends - (counts - 1) / 2)[inverse])


def spearman(one: Sequence[float], other: Sequence[float]) -> tuple[float, float, float]:
    """Spearman's rank correlation with bounds (Fisher's z, variance 1.06 / (n - 3): Fieller et al. 1957)."""
    a, b = _ranks(np.asarray(one, dtype=np.float64)), _ranks(np.asarray(other, dtype=np.float64))
    if a.std() == 0 or b.std() == 0:
        return float("nan"), float("nan"), float("nan")
    rho = float(np.corrcoef(a, b)[0, 1])
    reach = quantile() * np.sqrt(1.06 / (len(a) - 3))
    centre = np.arctanh(np.clip(rho, -0.999999, 0.999999))
    return rho, float(np.tanh(centre - reach)), float(np.tanh(centre + reach))


def associations(joined: pa.Table) -> list[dict[str, Any]]:
    """How rates and key figures go together over municipalities: own work on Kolada's figures, and said to be."""
    groups: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in joined.to_pylist():
        if row["rate"] is not None and row["documents"] >= BASE:
            groups.setdefault((row["kpi"], row["theme"]), []).append(row)
    rows = []
    for (kpi, theme), members in sorted(groups.items()):
        if len(members) >= LEAST:
            rho, low, high = spearman([m["rate"] for m in members], [m["value"] for m in members])
            rows.append(
                {"kpi": kpi, "title": members[0]["title"], "theme": theme, "municipalities": len(members),
                 "rho": None if np.isnan(rho) else rho, "low": None if np.isnan(low) else low,
                 "high": None if np.isnan(high) else high, "source": OWN}
            )  # fmt: skip
    return rows
