"""Linear heads: weights over the two parts of a passage's features, their calibration and thresholds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.special import expit
from sklearn.svm import LinearSVC

Floats = npt.NDArray[np.float32]
DENSE_SCALE = 0.2


@dataclass(frozen=True, slots=True)
class Head:
    """One linear score per label: ``words @ x_words + dense @ x_dense + bias``, and its sigmoid (Platt).

    Shapes: ``words`` (features, labels), ``dense`` (dense features, labels), the others (labels,). ``slope`` and
    ``offset`` make a probability ``1 / (1 + exp(-(slope * score + offset)))``; a label is given from ``threshold`` up.
    """

    labels: tuple[str, ...]
    words: Floats
    dense: Floats
    bias: Floats
    slope: Floats
    offset: Floats
    threshold: Floats

    def probability(self, scores: Floats) -> Floats:
        """Calibrated probabilities (passages, labels) of raw scores."""
        result: Floats = expit(self.slope * scores + self.offset).astype(np.float32)
        return result


@dataclass(frozen=True, slots=True)
class Fitted:
    """Raw weights of a linear fit, one column per label."""

    weights: npt.NDArray[np.float64]
    bias: npt.NDArray[np.float64]

    def scores(self, matrix: sparse.csr_matrix) -> npt.NDArray[np.float64]:
        """Scores (rows, labels)."""
        return np.asarray(matrix @ self.weights) + self.bias


def design(words: sparse.csr_matrix, dense: Floats) -> sparse.csr_matrix:
    """Both parts side by side, the dense one scaled to weigh about as much as the words."""
    return sparse.hstack([words, sparse.csr_matrix(dense * DENSE_SCALE)]).tocsr()


def fit(
    matrix: sparse.csr_matrix, targets: npt.NDArray[np.bool_], cost: float, weight: npt.NDArray[np.float64]
) -> Fitted:
    """One support vector machine per column of ``targets`` (rows, labels).

    liblinear's dual solver: the best margin per second on 15,000 sparse rows, and the same bits for the same seed.
    """
    columns, biases = [], []
    for k in range(targets.shape[1]):
        if targets[:, k].all() or not targets[:, k].any():
            columns.append(np.zeros(matrix.shape[1]))
            biases.append(1.0 if targets[:, k].any() else -1.0)
            continue
        machine = LinearSVC(C=cost, random_state=0, tol=1e-3).fit(matrix, targets[:, k], sample_weight=weight)
        columns.append(machine.coef_[0])
        biases.append(float(machine.intercept_[0]))
    return Fitted(np.stack(columns, axis=1), np.array(biases))


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
    return float(np.clip(probability[order][int(np.argmax(smooth))], 0.05, 0.9))


def head(labels: Sequence[str], fitted: Fitted, width: int, calibration: Sequence[tuple[float, float, float]]) -> Head:
    """A head of a fit over ``width`` word features and dense ones; ``calibration``: slope, offset, threshold."""
    table = np.array(calibration, dtype=np.float32)
    return Head(
        tuple(labels), fitted.weights[:width].astype(np.float32),
        (fitted.weights[width:] * DENSE_SCALE).astype(np.float32), fitted.bias.astype(np.float32),
        table[:, 0], table[:, 1], table[:, 2],
    )  # fmt: skip
