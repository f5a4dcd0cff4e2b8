"""Linear heads: weights over the two parts of a passage's features, their calibration and thresholds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import expit

Floats = npt.NDArray[np.float32]
# Below this a rare theme is guessed more than read (validation part: .003 macro F1 better than no floor).
_LOWEST = 0.25


@dataclass(frozen=True, slots=True)
class Head:
    """One linear score per label: ``words @ x_words + dense @ x_dense + bias``, and its sigmoid (Platt).

    Shapes: ``words`` (features, labels), ``pairs`` (word pairs, labels), ``dense`` (dense features, labels), ``extra``
    (features that one head has for itself, labels), the others (labels,). ``slope`` and ``offset`` make a probability
    ``1 / (1 + exp(-(slope * score + offset)))``; a label is given from ``threshold`` up.
    """

    labels: tuple[str, ...]
    words: Floats
    pairs: Floats
    dense: Floats
    extra: Floats
    bias: Floats
    slope: Floats
    offset: Floats
    threshold: Floats

    def probability(self, scores: Floats) -> Floats:
        """Calibrated probabilities, shape as ``scores`` (..., labels)."""
        result: Floats = expit(self.slope * scores + self.offset).astype(np.float32)
        return result


@dataclass(frozen=True, slots=True)
class Softmax:
    """A multinomial model over dense features: ``x @ weights + bias``; weights (features, labels).

    ``by_kind``: for a document whose kind of source is known, what to add to the scores: the logarithm of how much
    more often each label is met in documents of that kind than in all.
    """

    labels: tuple[str, ...]
    weights: Floats
    bias: Floats
    by_kind: Mapping[str, tuple[float, ...]]

    def best(self, features: Floats, kinds: Sequence[str | None]) -> list[str]:
        """The most likely label of each row; ``kinds``: the kind of source of each row's document, where known."""
        nothing = (0.0,) * len(self.labels)
        known = np.array([self.by_kind.get(kind or "", nothing) for kind in kinds])
        return [self.labels[k] for k in np.argmax(features @ self.weights + self.bias + known, axis=1)]


@dataclass(frozen=True, slots=True)
class Heads:
    """All that was learnt: themes, their polarity, who speaks (passage, document, its opening), and the last step."""

    themes: Head
    polarity: Head
    attribution: Head
    voice: Head
    opening: Head
    speaker: Softmax

    @property
    def linear(self) -> tuple[Head, ...]:
        """The heads that score every passage, in the order in which their columns are stacked."""
        return (self.themes, self.polarity, self.attribution, self.voice, self.opening)

    def columns(self) -> list[slice]:
        """Which of the stacked columns belong to each of ``linear``."""
        ends = np.cumsum([len(head.labels) for head in self.linear])
        return [slice(int(end) - len(head.labels), int(end)) for head, end in zip(self.linear, ends, strict=True)]


def platt(scores: npt.NDArray[np.float64], truth: npt.NDArray[np.bool_]) -> tuple[float, float]:
    """Slope and offset of Platt's sigmoid by damped Newton steps (Platt 1999; Lin et al. 2007)."""
    positive, negative = int(truth.sum()), int((~truth).sum())
    target = np.where(truth, (positive + 1) / (positive + 2), 1 / (negative + 2))
    x = np.stack([scores, np.ones_like(scores)], axis=1)
    w = np.array([0.0, np.log((positive + 1) / (negative + 1))])
    for _ in range(100):
        p = expit(x @ w)
        hessian = (x * (p * (1 - p))[:, None]).T @ x + 1e-6 * np.eye(2)
        step = np.linalg.solve(hessian, x.T @ (p - target))
        while _loss(x @ (w - step), target) > _loss(x @ w, target) + 1e-9:
            step = step / 2
        w = w - step
        if np.abs(step).max() < 1e-8:
            break
    return float(w[0]), float(w[1])


def _loss(z: npt.NDArray[np.float64], target: npt.NDArray[np.float64]) -> float:
    return float(np.sum(np.logaddexp(0, z) - target * z))


def best_threshold(probability: npt.NDArray[np.float64], truth: npt.NDArray[np.bool_]) -> float:
    """The probability from which F1 is highest, smoothed over neighbours so that one lucky row does not decide."""
    if not truth.any():
        return 0.5
    order = np.argsort(-probability, kind="stable")
    hits = np.cumsum(truth[order])
    f1 = 2 * hits / (np.arange(1, len(order) + 1) + truth.sum())
    width = min(15, len(f1))
    smooth = np.convolve(f1, np.ones(width) / width, mode="same")
    return float(np.clip(probability[order][int(np.argmax(smooth))], _LOWEST, 0.9))


def calibration(scores: npt.NDArray[np.float64], truth: npt.NDArray[np.bool_]) -> Sequence[tuple[float, float, float]]:
    """Slope, offset and best threshold for each column of out-of-fold ``scores`` (rows, labels)."""
    found = []
    for k in range(scores.shape[1]):
        slope, offset = platt(scores[:, k], truth[:, k])
        found.append((slope, offset, best_threshold(expit(slope * scores[:, k] + offset), truth[:, k])))
    return found
