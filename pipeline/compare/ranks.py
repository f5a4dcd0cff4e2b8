"""Ranks with the uncertainty they have, and colours only where they separate.

Source: Goldstein and Spiegelhalter (1996), JRSS A 159:385-443: ranks by simulation from the
joint posterior of all rates.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.compare.intervals import LEVEL, Floats
from pipeline.compare.pooling import bounds, draw, learn, posterior
from pipeline.compare.rates import BASE

DRAWS = 1000
SEED = 20261121
GREEN, YELLOW, RED, PLAIN = "green", "yellow", "red", ""


@dataclass(frozen=True, slots=True)
class Ranking:
    """Ranks of M municipalities in T themes; 1 = the smallest rate. NaN where not ranked."""

    rank: Floats
    low: Floats
    high: Floats
    ranked: NDArray[np.int64]
    colour: NDArray[np.object_]


def centre(having: NDArray[np.float64], documents: NDArray[np.float64]) -> Floats:
    """The country's rate per slice, half a document added on either side."""
    return np.asarray((having.sum(axis=0) + 0.5) / (documents.sum(axis=0) + 1.0))


def pooled(having: Floats, documents: Floats, groups: NDArray[np.int64]) -> tuple[Floats, Floats, Floats]:
    """Pooled rate, low and high of shape (M, S); ``groups`` (M,) numbers the group of each. NaN without documents."""
    rate, variance = posterior(having, documents, groups, learn(having, documents, groups, centre(having, documents)))
    low, high = bounds(rate, variance)
    empty = documents <= 0
    return np.where(empty, np.nan, rate), np.where(empty, np.nan, low), np.where(empty, np.nan, high)


def simulate(
    having: Floats, documents: Floats, groups: NDArray[np.int64], draws: int = DRAWS, seed: int = SEED
) -> Floats:
    """Joint draws of all rates, shape (draws, M, S), reproducible from ``seed``."""
    prior = learn(having, documents, groups, centre(having, documents))
    return draw(having, documents, groups, prior, draws, np.random.default_rng(seed))


def colours(low: Floats, high: Floats, ranked: int) -> NDArray[np.object_]:
    """Green or red where the whole rank interval lies in the best or worst quarter, yellow within the middle half.

    Plain ('') wherever the interval crosses a quartile: the difference is not separable.
    """
    quarter = ranked / 4
    found = np.full(low.shape, PLAIN, dtype=object)
    found[(low > quarter) & (high <= ranked - quarter)] = YELLOW
    found[high <= quarter] = GREEN
    found[low > ranked - quarter] = RED
    return found


def interval(ranks: NDArray[np.int64], level: float = LEVEL) -> tuple[Floats, Floats]:
    """The shortest-tailed whole ranks between which at least ``level`` of the simulated ranks lie (axis 0: draws)."""
    tail = (1 - level) / 2
    low = np.quantile(ranks, tail, axis=0, method="inverted_cdf")
    high = np.quantile(ranks, 1 - tail, axis=0, method="inverted_cdf")
    return low.astype(np.float64), high.astype(np.float64)


def rank_theme(rates: Floats) -> tuple[Floats, Floats, Floats]:
    """Rank of the mean, and interval, from draws of shape (draws, M) of one theme."""
    order = np.argsort(rates, axis=1, kind="stable")
    ranks = np.empty_like(order)
    np.put_along_axis(ranks, order, np.arange(1, rates.shape[1] + 1)[None, :], axis=1)
    low, high = interval(ranks)
    middle = ranks.mean(axis=0)
    rank = np.empty(rates.shape[1])
    rank[np.argsort(middle, kind="stable")] = np.arange(1, rates.shape[1] + 1)
    return rank, low, high


def ranking(
    having: NDArray[np.float64], documents: NDArray[np.float64], groups: NDArray[np.int64], draws: int = DRAWS
) -> Ranking:
    """Rank the municipalities with at least ``BASE`` documents in each theme.

    ``having`` (M, T) and ``documents`` (M,). Fewer than eight ranked: no colours, for a quarter
    of them is hardly anyone.
    """
    m, t = having.shape
    rank, low, high = (np.full((m, t), np.nan) for _ in range(3))
    colour = np.full((m, t), PLAIN, dtype=object)
    shown = documents >= BASE
    count = int(shown.sum())
    if count < 2:
        return Ranking(rank, low, high, np.zeros(t, dtype=np.int64), colour)
    size = np.repeat(documents[shown, None], t, axis=1)
    numbers = np.unique(groups[shown], return_inverse=True)[1].astype(np.int64)
    rates = simulate(having[shown], size, numbers, draws)
    for theme in range(t):
        rank[shown, theme], low[shown, theme], high[shown, theme] = rank_theme(rates[:, :, theme])
    if count >= 8:
        colour[shown] = colours(low[shown], high[shown], count)
    return Ranking(rank, low, high, np.full(t, count, dtype=np.int64), colour)
