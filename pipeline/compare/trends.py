"""Change over the years: a test for trend, kept honest about overdispersion and about the many tests made."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import duckdb
import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from pipeline.compare.intervals import Floats, quantile

LEAST_YEARS, LEAST_DOCUMENTS, LEAST_EVENTS = 3, 10, 3
ALPHA = 0.05
_SEEN = """
SELECT place, s.theme, min(u.date) FILTER (u.year IS NOT NULL) FROM cmp_senses s JOIN cmp_where w USING (unit)
JOIN cmp_units u USING (unit) WHERE has_problem = 1 GROUP BY place, s.theme
UNION ALL
SELECT -1, s.theme, min(u.date) FILTER (u.year IS NOT NULL) FROM cmp_senses s JOIN cmp_units u USING (unit)
WHERE has_problem = 1 GROUP BY s.theme
"""


def cochran_armitage(having: Floats, documents: Floats) -> tuple[Floats, Floats, Floats]:
    """Log odds a year, its standard error, and the two-sided p of the trend; last axis = consecutive years.

    The score test of Cochran (1954) and Armitage (1955), Biometrics 11:375-386, and its one-step
    estimate of the slope; the variance is multiplied by Pearson's dispersion about the line
    where that is above 1.
    """
    years = np.arange(documents.shape[-1], dtype=np.float64)
    total, events = documents.sum(axis=-1, keepdims=True), having.sum(axis=-1, keepdims=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        rate = events / total
        middle = (documents * years).sum(axis=-1, keepdims=True) / total
        score = ((having - documents * rate) * (years - middle)).sum(axis=-1)
        information = (rate[..., 0] * (1 - rate[..., 0])) * (documents * (years - middle) ** 2).sum(axis=-1)
        slope = score / information
        fitted = np.clip(rate + rate * (1 - rate) * slope[..., None] * (years - middle), 1e-3, 1 - 1e-3)
        lack = np.where(documents > 0, (having - documents * fitted) ** 2 / (documents * fitted * (1 - fitted)), 0.0)
        freedom = np.maximum((documents > 0).sum(axis=-1) - 2, 1)
        dispersion = np.maximum(lack.sum(axis=-1) / freedom, 1.0)
        error = np.sqrt(dispersion / information)
        p = 2 * ndtr(-np.abs(slope / error))
    return slope, error, p


def benjamini_hochberg(p: Floats) -> Floats:
    """Adjusted p-values (the share of false alarms among those at most so small); NaN stays NaN.

    Source: Benjamini and Hochberg (1995), JRSS B 57:289-300.
    """
    adjusted = np.full(p.shape, np.nan)
    known = np.flatnonzero(~np.isnan(p))
    if not len(known):
        return adjusted
    order = known[np.argsort(p[known], kind="stable")]
    raised = p[order] * len(order) / np.arange(1, len(order) + 1)
    adjusted[order] = np.minimum(np.minimum.accumulate(raised[::-1])[::-1], 1.0)
    return adjusted


def _first_seen(connection: duckdb.DuckDBPyConnection) -> dict[tuple[int, int], tuple[str, str]]:
    first = {(row[0], row[1]): row[2] for row in connection.execute(_SEEN).fetchall() if row[2]}
    last = {
        (row[0], row[1]): row[2] for row in connection.execute(_SEEN.replace("min(u.date)", "max(u.date)")).fetchall()
    }
    return {key: (value, last[key]) for key, value in first.items()}


def _enough(having: Floats, documents: Floats) -> NDArray[np.bool_]:
    years, total, events = (documents > 0).sum(axis=-1), documents.sum(axis=-1), having.sum(axis=-1)
    rest = total - events
    enough = (years >= LEAST_YEARS) & (total >= LEAST_DOCUMENTS) & (np.minimum(events, rest) >= LEAST_EVENTS)
    return np.asarray(enough, dtype=np.bool_)


def _direction(slope: float, q: float) -> str:
    return ("rising" if slope > 0 else "falling") if q <= ALPHA else "unchanged"


def trend_rows(
    connection: duckdb.DuckDBPyConnection, having: Floats, documents: Floats, whole: tuple[Floats, Floats],
    places: Sequence[tuple[str, str]], themes: Sequence[str],
) -> list[dict[str, Any]]:  # fmt: skip
    """Rows of the table ``trends`` from yearly problem counts (M, T, Y) over (M, Y); ``whole``: the country's.

    A theme never seen in a municipality has no row. Tested are those with at least three years,
    ten documents, and three with and three without the theme; q is over all tests of municipalities.
    """
    x = np.concatenate([whole[0][None], having])
    n = np.concatenate([whole[1][None], documents])[:, None, :]
    seen = _first_seen(connection)
    if not x.shape[-1]:
        return []
    slope, error, p = cochran_armitage(x, np.broadcast_to(n, x.shape))
    tested = _enough(x, np.broadcast_to(n, x.shape))
    p = np.where(tested, p, np.nan)
    q = np.concatenate([p[:1], benjamini_hochberg(p[1:].ravel()).reshape(p[1:].shape)])
    names = [("", "Riket"), *places]
    rows = []
    for place, theme in sorted(seen):
        i, t = place + 1, theme
        known = bool(tested[i, t])
        rows.append(
            {
                "municipality": names[i][0], "name": names[i][1], "theme": themes[t], "first": seen[place, theme][0],
                "last": seen[place, theme][1], "years": int((n[i, 0] > 0).sum()), "documents": int(n[i, 0].sum()),
                "documents_with": int(x[i, t].sum()), "slope": float(slope[i, t]) if known else None,
                "slope_low": float(slope[i, t] - quantile() * error[i, t]) if known else None,
                "slope_high": float(slope[i, t] + quantile() * error[i, t]) if known else None,
                "p": float(p[i, t]) if known else None, "q": float(q[i, t]) if known else None,
                "direction": _direction(float(slope[i, t]), float(q[i, t])) if known else "",
                "status": "" if known else "..",
            }
        )  # fmt: skip
    return rows
