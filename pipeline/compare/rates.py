"""Rates, shares and their intervals over the cube, and which of them are shown."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pipeline.compare.intervals import Bounds, Floats, quantile, wilson

BASE = 5
SHOWN, SMALL, NOTHING = "", "..", "-"


def status(documents: ArrayLike) -> NDArray[np.object_]:
    """'' where a rate may be shown, '..' where fewer than ``BASE`` documents are its base, '-' where there are none.

    The signs are those of Kolada and of Statistics Sweden's tables ('..' too uncertain to be given).
    """
    base = np.asarray(documents)
    return np.where(base >= BASE, SHOWN, np.where(base > 0, SMALL, NOTHING)).astype(object)


@dataclass(frozen=True, slots=True)
class Rates:
    """Rates with their bounds, NaN where suppressed; all arrays of one shape."""

    rate: Floats
    low: Floats
    high: Floats


def hide(values: Floats, documents: ArrayLike) -> Floats:
    """``values`` with NaN wherever the base is under ``BASE`` documents."""
    return np.where(np.asarray(documents) >= BASE, values, np.nan)


def document_rates(having: ArrayLike, documents: ArrayLike) -> Rates:
    """Units with the theme / units, with Wilson's interval; the unit (document) is the cluster of its findings."""
    x, n = np.asarray(having, dtype=np.float64), np.asarray(documents, dtype=np.float64)
    low, high = wilson(x, n)
    with np.errstate(divide="ignore", invalid="ignore"):
        return Rates(hide(x / n, n), hide(low, n), hide(high, n))


def effective_size(having: NDArray[np.float64], documents: NDArray[np.float64]) -> NDArray[np.float64]:
    """Documents divided by the design effect of their rate; first axis = clusters (municipalities).

    The variance of the ratio estimator over clusters (Cochran, Sampling Techniques, 3rd ed., ch. 6;
    design effect of Kish 1965) gives an effective number of documents, never more than there are.
    """
    total, base = having.sum(axis=0), documents.sum(axis=0)
    clusters = (documents > 0).sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        rate = total / base
        spread = ((having - rate * documents) ** 2).sum(axis=0) * clusters / (clusters - 1) / base**2
        effect = np.maximum(spread / (rate * (1 - rate) / base), 1.0)
        return np.asarray(np.where(np.isfinite(effect), base / effect, base))


def clustered(having: NDArray[np.float64], documents: NDArray[np.float64]) -> Bounds:
    """Wilson bounds of pooled rates, widened for clustering (see ``effective_size``)."""
    size = effective_size(having, documents)
    with np.errstate(divide="ignore", invalid="ignore"):
        rate = having.sum(axis=0) / documents.sum(axis=0)
    return wilson(rate * size, size)


def ratio_bounds(own: Floats, total: Floats, own2: Floats, cross: Floats, total2: Floats, clusters: Floats) -> Bounds:
    """Bounds of sum(y)/sum(x) over documents as clusters, from sums of y, x, y^2, xy, x^2.

    The linearised variance (Cochran, ch. 6) is turned into an effective size for Wilson's interval.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = own / total
        squares = np.maximum(own2 - 2 * ratio * cross + ratio**2 * total2, 0)
        variance = squares * clusters / np.maximum(clusters - 1, 1) / total**2
        plain = ratio * (1 - ratio) / total
        effect = np.where(plain > 0, np.maximum(variance / plain, 1.0), np.maximum(total2 / total, 1.0))
        size = total / effect
        return wilson(ratio * size, size)


__all__ = ["BASE", "Rates", "clustered", "document_rates", "hide", "quantile", "ratio_bounds", "status"]
