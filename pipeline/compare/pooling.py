"""Partial pooling: a municipality's rate drawn toward its SKR group as far as its own documents leave it unsure.

Beta-binomial model: x ~ Binomial(n, r), r ~ Beta(mu * kappa, (1 - mu) * kappa), the mean mu of
each group its own, the precision kappa common. Neither is plugged in: both are averaged over a
grid (kappa: the uniform shrinkage prior of Strawderman 1971 and Morris 1983; mu: normal on the
logit scale around the country's rate), because a plug-in pretends to know them and its
intervals are too short.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import betaincinv, expit, gammaln, logit

from pipeline.compare.intervals import LEVEL, Floats

SPREAD = 1.0
STEPS = np.linspace(-3.2, 3.2, 11)
PRECISIONS = np.exp(np.linspace(np.log(0.5), np.log(20000.0), 24))


@dataclass(frozen=True, slots=True)
class Prior:
    """What is known of the groups' means and of the common precision. G groups, S slices, C precisions, K steps.

    ``mean`` (G, S, C, K) is the grid of means; ``given`` its weights given the precision, summing
    to 1 over K; ``precision`` (S, C) the weights of ``PRECISIONS``, summing to 1 over C.
    """

    mean: Floats
    given: Floats
    precision: Floats


def method_of_moments(having: ArrayLike, documents: ArrayLike) -> tuple[float, float]:
    """Mean and precision of a beta-binomial by moments; precision is inf where nothing varies beyond chance.

    Source: Kleinman (1973), JASA 68:46-54, with weights n.
    """
    x, n = np.asarray(having, dtype=np.float64), np.asarray(documents, dtype=np.float64)
    total, k = n.sum(), len(n)
    mean = float(x.sum() / total)
    spread = float((n * (x / n - mean) ** 2).sum())
    excess = spread - mean * (1 - mean) * (k - 1)
    between = excess / (total - (n**2).sum() / total - (k - 1))
    return mean, (mean * (1 - mean) / between - 1) if between > 0 else float("inf")


def shrink(having: ArrayLike, documents: ArrayLike, alpha: float, beta: float) -> Floats:
    """Posterior mean (x + alpha) / (n + alpha + beta) under a beta prior."""
    x, n = np.asarray(having, dtype=np.float64), np.asarray(documents, dtype=np.float64)
    return (x + alpha) / (n + alpha + beta)


def james_stein(values: ArrayLike, variance: float) -> tuple[Floats, float]:
    """Values drawn toward their mean, and the factor of shrinkage c = 1 - (k - 3) variance / sum of squares.

    Source: Efron and Morris (1975), JASA 70:311-319, and (1977), Scientific American 236(5):119-127.
    """
    y = np.asarray(values, dtype=np.float64)
    mean = y.mean()
    factor = max(0.0, 1 - (len(y) - 3) * variance / float(((y - mean) ** 2).sum()))
    return mean + factor * (y - mean), factor


def _grid(x: Floats, n: Floats, centre: Floats) -> tuple[Floats, Floats]:
    """Means (S, C, K) around the estimate that each precision gives, and half the log of the grid's step (S, C).

    ``x`` and ``n`` have shape (members, S). The estimate is precision-weighted with the
    prior around ``centre`` (S,) on the logit scale.
    """
    size = n[:, :, None]
    weight = np.where(size > 0, size * (PRECISIONS + 1) / (PRECISIONS + size), 0.0)
    rate = np.divide(x, n, out=np.zeros_like(x), where=n > 0)[:, :, None]
    total = weight.sum(axis=0)
    guess = np.clip(((weight * rate).sum(axis=0) + 0.5 * centre[:, None]) / (total + 0.5), 1e-5, 1 - 1e-5)
    information = np.maximum(total, 0.05) * guess * (1 - guess)
    prior = 1 / SPREAD**2
    middle = (information * logit(guess) + prior * logit(centre)[:, None]) / (information + prior)
    width = 1 / np.sqrt(information + prior)
    return expit(middle[:, :, None] + width[:, :, None] * STEPS), np.log(width)


def _score(x: Floats, n: Floats, mean: Floats) -> Floats:
    """Log-likelihood of the members' counts at every grid point, shape (S, C, K)."""
    precision = PRECISIONS[None, :, None]
    alpha, beta = mean * precision, (1 - mean) * precision
    score = np.zeros_like(mean)
    for count, size in zip(x, n, strict=True):
        here = size > 0
        a, b, c, d = alpha[here], beta[here], count[here, None, None], size[here, None, None]
        score[here] += gammaln(c + a) + gammaln(d - c + b) - gammaln(d + precision)
    members = (n > 0).sum(axis=0)[:, None, None]
    return np.asarray(score + members * (gammaln(precision) - gammaln(alpha) - gammaln(beta)))


def learn(having: Floats, documents: Floats, groups: NDArray[np.int64], centre: Floats) -> Prior:
    """The posterior of the groups' means and of their common precision, for each slice.

    ``having`` and ``documents`` have shape (M, S); ``groups`` (M,) numbers the group of each
    municipality from 0; ``centre`` (S,) is the country's rate.
    """
    middle = np.clip(centre, 1e-4, 1 - 1e-4)
    size = np.maximum(_typical(documents), 1.0)[:, None]
    common = np.log(PRECISIONS * size / (PRECISIONS + size) ** 2)
    means, givens = [], []
    for x, n in _members(having, documents, groups):
        mean, step = _grid(x, n, middle)
        score = _score(x, n, mean) - 0.5 * ((logit(mean) - logit(middle)[:, None, None]) / SPREAD) ** 2
        top = score.max(axis=2, keepdims=True)
        weight = np.exp(score - top)
        common = common + np.log(weight.sum(axis=2)) + top[:, :, 0] + step
        means.append(mean)
        givens.append(weight / weight.sum(axis=2, keepdims=True))
    precision = np.exp(common - common.max(axis=1, keepdims=True))
    return Prior(np.stack(means), np.stack(givens), precision / precision.sum(axis=1, keepdims=True))


def _members(having: Floats, documents: Floats, groups: NDArray[np.int64]) -> Iterator[tuple[Floats, Floats]]:
    for group in range(int(groups.max()) + 1):
        yield having[groups == group], documents[groups == group]


def _typical(documents: Floats) -> Floats:
    """Harmonic mean of the numbers of documents of the municipalities that have any."""
    inverse = np.divide(1.0, documents, out=np.zeros_like(documents), where=documents > 0).sum(axis=0)
    return np.asarray((documents > 0).sum(axis=0) / np.maximum(inverse, 1e-9))


def posterior(having: Floats, documents: Floats, groups: NDArray[np.int64], prior: Prior) -> tuple[Floats, Floats]:
    """Mean and variance of each municipality's rate, shape (M, S), exact over the grid."""
    means, squares = np.empty_like(having), np.empty_like(having)
    weights = prior.given * prior.precision[None, :, :, None]
    alphas = prior.mean * PRECISIONS[None, None, :, None]
    for row, (x, n, group) in enumerate(zip(having, documents, groups, strict=True)):
        size = n[:, None, None] + PRECISIONS[None, :, None]
        mean = (x[:, None, None] + alphas[group]) / size
        means[row] = np.einsum("sck,sck->s", weights[group], mean)
        squares[row] = np.einsum("sck,sck->s", weights[group], mean * (1 - mean) / (size + 1) + mean**2)
    return means, np.maximum(squares - means**2, 1e-12)


def bounds(mean: Floats, variance: Floats, level: float = LEVEL) -> tuple[Floats, Floats]:
    """Equal-tailed bounds of the beta distribution with this mean and variance."""
    size = np.maximum(mean * (1 - mean) / variance - 1, 1e-3)
    tail = (1 - level) / 2
    return (
        np.asarray(betaincinv(mean * size, (1 - mean) * size, tail)),
        np.asarray(betaincinv(mean * size, (1 - mean) * size, 1 - tail)),
    )


def _choose(weights: Floats, chance: Floats) -> NDArray[np.int64]:
    """Positions drawn from ``weights`` (..., K) by uniform ``chance`` (...)."""
    steps = np.cumsum(weights, axis=-1)
    return np.asarray((chance[..., None] * steps[..., -1:] > steps).sum(axis=-1))


def draw(
    having: Floats, documents: Floats, groups: NDArray[np.int64], prior: Prior, draws: int, random: np.random.Generator
) -> Floats:
    """Joint draws of the rates, shape (draws, M, S): the common precision, the groups' means, then each rate."""
    slices, count = prior.precision.shape[0], prior.mean.shape[0]
    every = np.arange(slices)[None, :]
    common = _choose(np.broadcast_to(prior.precision, (draws, *prior.precision.shape)), random.random((draws, slices)))
    precision = PRECISIONS[common]
    rates = np.empty((draws, *having.shape))
    for group in range(count):
        here = groups == group
        point = _choose(prior.given[group][every, common], random.random((draws, slices)))
        mean = prior.mean[group][every, common, point]
        alpha, beta = (mean * precision)[:, None, :], ((1 - mean) * precision)[:, None, :]
        rates[:, here] = random.beta(having[None, here] + alpha, (documents - having)[None, here] + beta)
    return rates
