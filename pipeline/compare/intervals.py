"""Intervals in closed form for one rate, one count, and the difference of two rates; over numpy arrays."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import betaincinv, ndtri

Floats = NDArray[np.float64]
Bounds = tuple[Floats, Floats]
LEVEL = 0.95


def quantile(level: float = LEVEL) -> float:
    """The standard normal quantile of a two-sided interval of this level (1.95996 for .95)."""
    return float(ndtri(0.5 + level / 2))


def wilson(successes: ArrayLike, total: ArrayLike, level: float = LEVEL) -> Bounds:
    """Wilson's score interval for a proportion; NaN where ``total`` is 0. ``total`` may be an effective size.

    Source: Wilson (1927), JASA 22:209-212; method 3 of Newcombe (1998), Statistics in Medicine 17:857-872.
    """
    x, n = np.asarray(successes, dtype=np.float64), np.asarray(total, dtype=np.float64)
    z = quantile(level)
    with np.errstate(divide="ignore", invalid="ignore"):
        p = x / n
        centre = (p + z * z / (2 * n)) / (1 + z * z / n)
        half = z / (1 + z * z / n) * np.sqrt(np.maximum(p * (1 - p), 0) / n + z * z / (4 * n * n))
    low, high = np.clip(centre - half, 0, 1), np.clip(centre + half, 0, 1)
    return np.where(x <= 0, np.where(n > 0, 0.0, np.nan), low), np.where(x >= n, np.where(n > 0, 1.0, np.nan), high)


def jeffreys(successes: ArrayLike, total: ArrayLike, level: float = LEVEL) -> Bounds:
    """Equal-tailed interval of Beta(x + 1/2, n - x + 1/2); 0 and 1 as bounds where x is 0 or n.

    Source: Brown, Cai and DasGupta (2001), Statistical Science 16:101-133.
    """
    x, n = np.asarray(successes, dtype=np.float64), np.asarray(total, dtype=np.float64)
    tail = (1 - level) / 2
    low = np.where(x > 0, betaincinv(x + 0.5, n - x + 0.5, tail), 0.0)
    high = np.where(x < n, betaincinv(x + 0.5, n - x + 0.5, 1 - tail), 1.0)
    return np.where(n > 0, low, np.nan), np.where(n > 0, high, np.nan)


def byar(count: ArrayLike, exposure: ArrayLike, level: float = LEVEL) -> Bounds:
    """Byar's interval for a Poisson count divided by its exposure (rates per unit of exposure).

    Source: Breslow and Day (1987), Statistical Methods in Cancer Research II, p. 69, as in
    APHO technical briefing 3 (2008) of the English public health observatories.
    """
    observed, base = np.asarray(count, dtype=np.float64), np.asarray(exposure, dtype=np.float64)
    z, more = quantile(level), np.asarray(count, dtype=np.float64) + 1
    with np.errstate(divide="ignore", invalid="ignore"):
        low = observed * (1 - 1 / (9 * observed) - z / (3 * np.sqrt(observed))) ** 3
        high = more * (1 - 1 / (9 * more) + z / (3 * np.sqrt(more))) ** 3
        low = np.where(observed > 0, np.maximum(low, 0.0), 0.0)
        return np.where(base > 0, low / base, np.nan), np.where(base > 0, high / base, np.nan)


def newcombe(x1: ArrayLike, n1: ArrayLike, x2: ArrayLike, n2: ArrayLike, level: float = LEVEL) -> Bounds:
    """Interval for the difference of two independent proportions, x1/n1 - x2/n2, from two Wilson intervals.

    Source: method 10 of Newcombe (1998), Statistics in Medicine 17:873-890.
    """
    a, m, b, n = (np.asarray(value, dtype=np.float64) for value in (x1, n1, x2, n2))
    low1, high1 = wilson(a, m, level)
    low2, high2 = wilson(b, n, level)
    with np.errstate(divide="ignore", invalid="ignore"):
        p, q = a / m, b / n
    down = np.sqrt((p - low1) ** 2 + (high2 - q) ** 2)
    up = np.sqrt((high1 - p) ** 2 + (q - low2) ** 2)
    return p - q - down, p - q + up
