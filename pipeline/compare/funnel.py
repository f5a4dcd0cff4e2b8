"""Funnel limits: how far from the country's rate a municipality with so many documents may lie by chance.

Sources: Spiegelhalter (2005a), Statistics in Medicine 24:1185-1202 (limits); Spiegelhalter
(2005b), Quality and Safety in Health Care 14:347-351 (overdispersion: winsorised z-scores, an
additive random effect).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import bdtr, bdtrik

from pipeline.compare.intervals import Floats, quantile
from pipeline.compare.rates import BASE, status

WINSOR = 0.1
LEVELS = {"95": 0.95, "998": 0.998}


def z_scores(having: ArrayLike, documents: ArrayLike, target: float) -> Floats:
    """(rate - target) / sqrt(target (1 - target) / n)."""
    x, n = np.asarray(having, dtype=np.float64), np.asarray(documents, dtype=np.float64)
    return np.asarray((x / n - target) / np.sqrt(target * (1 - target) / n))


def winsorise(values: ArrayLike, share: float = WINSOR) -> Floats:
    """Values with the lowest and highest ``share`` set to the quantiles there."""
    z = np.asarray(values, dtype=np.float64)
    return np.clip(z, *np.quantile(z, [share, 1 - share]))


def overdispersion(having: ArrayLike, documents: ArrayLike, target: float) -> tuple[float, float]:
    """phi, the mean square of the winsorised z-scores, and tau^2, the variance between municipalities beyond chance.

    tau^2 = (I phi - (I - 1)) / (sum w - sum w^2 / sum w) with w = 1 / s^2; 0 where phi shows none.
    """
    n = np.asarray(documents, dtype=np.float64)
    z = winsorise(z_scores(having, n, target))
    count, phi = len(z), float((z**2).mean())
    weight = n / (target * (1 - target))
    if count * phi <= count - 1:
        return phi, 0.0
    return phi, float((count * phi - (count - 1)) / (weight.sum() - (weight**2).sum() / weight.sum()))


def normal_limits(target: float, documents: ArrayLike, level: float, tau2: float = 0.0) -> tuple[Floats, Floats]:
    """target -/+ z sqrt(target (1 - target) / n + tau^2), within 0 and 1."""
    n = np.asarray(documents, dtype=np.float64)
    half = quantile(level) * np.sqrt(target * (1 - target) / n + tau2)
    return np.clip(target - half, 0, 1), np.clip(target + half, 0, 1)


def exact_limit(target: float, documents: ArrayLike, chance: float) -> Floats:
    """The rate below which a share ``chance`` of binomial rates lie, interpolated between counts.

    r is the smallest count with F(r) >= chance; limit = (r - alpha) / n with
    alpha = (F(r) - chance) / (F(r) - F(r - 1)) (Spiegelhalter 2005a, appendix A.1.1).
    """
    n = np.asarray(documents, dtype=np.float64)
    r = np.clip(np.ceil(bdtrik(chance, n, target) - 1e-9), 0, n)
    upper = bdtr(r, n.astype(np.int64), target)
    lower = np.where(r > 0, bdtr(np.maximum(r - 1, 0), n.astype(np.int64), target), 0.0)
    alpha = (upper - chance) / np.maximum(upper - lower, 1e-300)
    return np.clip((r - np.clip(alpha, 0, 1)) / n, 0, 1)


def limits(target: float, documents: ArrayLike, level: float, tau2: float) -> tuple[Floats, Floats]:
    """Exact limits where there is no overdispersion, normal ones widened by tau^2 where there is."""
    if tau2 > 0:
        return normal_limits(target, documents, level, tau2)
    tail = (1 - level) / 2
    return exact_limit(target, documents, tail), exact_limit(target, documents, 1 - tail)


def _outside(rate: float, bounds: Mapping[str, float]) -> str:
    for name in ("998", "95"):
        if rate > bounds[f"high_{name}"]:
            return f"above_{name}"
        if rate < bounds[f"low_{name}"]:
            return f"below_{name}"
    return ""


def _rows(theme: str, having: Floats, documents: Floats, places: Sequence[tuple[str, str]]) -> list[dict[str, Any]]:
    target = float(having.sum() / documents.sum())
    phi, tau2 = overdispersion(having, documents, target)
    bounds = {name: limits(target, documents, level, tau2) for name, level in LEVELS.items()}
    z = z_scores(having, documents, target)
    rows = []
    for i, (code, name) in enumerate(places):
        edge = {f"{side}_{key}": float(bounds[key][k][i]) for key in bounds for k, side in enumerate(("low", "high"))}
        rate = float(having[i] / documents[i])
        rows.append(
            {
                "municipality": code, "name": name, "theme": theme, "documents": int(documents[i]),
                "documents_with": int(having[i]), "rate": rate, "target": target, **edge, "z": float(z[i]),
                "phi": phi, "tau2": tau2, "outside": _outside(rate, edge), "status": "",
            }
        )  # fmt: skip
    return rows


def funnel_rows(
    having: Floats, documents: Floats, themes: Sequence[str], places: Sequence[tuple[str, str]]
) -> list[dict[str, Any]]:
    """Rows of the table ``funnel`` from counts (M, T) and (M,); municipalities under the base have counts only."""
    shown = documents >= BASE
    marks = status(documents)
    rows: list[dict[str, Any]] = []
    for t, theme in enumerate(themes):
        own, base = having[shown, t], documents[shown]
        some = len(base) >= 2 and 0 < own.sum() < base.sum()
        if some:
            rows += _rows(theme, own, base, [place for place, keep in zip(places, shown, strict=True) if keep])
        rows += [
            {
                "municipality": code, "name": name, "theme": theme, "documents": int(documents[i]),
                "documents_with": int(having[i, t]), "outside": "", "status": marks[i],
            }
            for i, (code, name) in enumerate(places) if documents[i] > 0 and not (some and shown[i])
        ]  # fmt: skip
    return rows
