"""Fitting linear models: support vector machines by column, and their scores on documents they have not seen.

Vectors of an encoder, where there are any, are fitted apart and the scores added: beside thousands of words, their few
hundred columns would else be drowned or drown (out of fold, one machine over both gained a third as much).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse
from sklearn.linear_model import LogisticRegression
from sklearn.svm import LinearSVC

from pipeline.classify.heads import Floats, Head

DENSE_SCALE = 0.2
# A finer one takes a quarter more time for the same F1 (out of fold .653 at .01, .05 and .1).
_TOLERANCE = 0.1
# Regressions over an encoder's columns, and what their logits count for beside a machine's margins. Out of fold with
# multilingual-e5-small, macro F1 over themes: .639 without; with share .1 .655, .2 .659, .3 .656.
_SECOND_COST = 0.001
_SECOND_SHARE = 0.2
Doubles = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int_]


@dataclass(frozen=True, slots=True)
class Fitted:
    """Raw weights of a linear fit, one column per label: ``weights`` (features, labels), ``bias`` (labels,).

    ``encoded`` (columns of the encoder's part, labels): weights of those, None where there is no encoder.
    """

    weights: Doubles
    bias: Doubles
    encoded: Doubles | None = None

    def scores(self, matrix: sparse.csr_matrix, encoded: Floats | None = None) -> Doubles:
        """Scores (rows, labels)."""
        plain = np.asarray(matrix @ self.weights) + self.bias
        return plain if self.encoded is None or encoded is None else plain + encoded @ self.encoded


def design(sparse_parts: Sequence[sparse.csr_matrix], *dense: npt.NDArray[np.floating]) -> sparse.csr_matrix:
    """Words, pairs and dense parts side by side, the dense ones scaled to weigh about as much as the words."""
    return sparse.hstack([*sparse_parts, *(sparse.csr_matrix(part * DENSE_SCALE) for part in dense)]).tocsr()


def fit(
    matrix: sparse.csr_matrix, targets: Bools, cost: float, weight: Doubles, encoded: Floats | None = None
) -> Fitted:
    """One support vector machine per column of ``targets`` (rows, labels); and one regression over ``encoded``.

    liblinear's dual solver: the best margin per second on some 18,000 sparse rows, and the same bits for the same seed.
    """
    columns, biases = [], []
    for k in range(targets.shape[1]):
        if targets[:, k].all() or not targets[:, k].any():
            columns.append(np.zeros(matrix.shape[1]))
            biases.append(1.0 if targets[:, k].any() else -1.0)
            continue
        machine = LinearSVC(C=cost, random_state=0, tol=_TOLERANCE).fit(matrix, targets[:, k], sample_weight=weight)
        columns.append(machine.coef_[0])
        biases.append(float(machine.intercept_[0]))
    plain = Fitted(np.stack(columns, axis=1), np.array(biases))
    return plain if encoded is None else _second(plain, encoded, targets, weight)


def _second(plain: Fitted, encoded: Floats, targets: Bools, weight: Doubles) -> Fitted:
    """``plain`` with the weights of logistic regressions over ``encoded``, which count for about as much."""
    mean, spread = encoded.mean(axis=0), encoded.std(axis=0) + 1e-6
    standard = (encoded - mean) / spread
    weights, bias = np.zeros((encoded.shape[1], targets.shape[1])), plain.bias.copy()
    for k in range(targets.shape[1]):
        if targets[:, k].all() or not targets[:, k].any():
            continue
        model = LogisticRegression(C=_SECOND_COST, max_iter=60, tol=1e-3)
        model.fit(standard, targets[:, k], sample_weight=weight)
        weights[:, k] = _SECOND_SHARE * model.coef_[0] / spread
        bias[k] += _SECOND_SHARE * float(model.intercept_[0]) - mean @ weights[:, k]
    return Fitted(plain.weights, bias, weights)


def fit_shares(matrix: sparse.csr_matrix, shares: Doubles, cost: float, weight: Doubles) -> Fitted:
    """One logistic regression per column of ``shares`` (rows, labels): fractions as targets, each row twice."""
    twice = sparse.vstack([matrix, matrix]).tocsr()
    truth = np.repeat([True, False], matrix.shape[0])
    columns, biases = [], []
    for share in shares.T:
        model = LogisticRegression(C=cost, solver="liblinear", dual=True, random_state=0, tol=_TOLERANCE, max_iter=300)
        model.fit(twice, truth, sample_weight=np.concatenate([weight * share, weight * (1 - share)]))
        columns.append(model.coef_[0])
        biases.append(float(model.intercept_[0]))
    return Fitted(np.stack(columns, axis=1), np.array(biases))


def fit_softmax(features: Floats, labels: Ints, number: int, cost: float, weight: Doubles) -> tuple[Floats, Floats]:
    """Weights (features, labels) and bias of a multinomial logistic regression, for features as they come."""
    mean, spread = features.mean(axis=0), features.std(axis=0) + 1e-6
    model = LogisticRegression(C=cost, max_iter=60, tol=1e-3)
    model.fit((features - mean) / spread, labels, sample_weight=weight)
    weights, bias = np.zeros((features.shape[1], number)), np.full(number, -1e3)
    weights[:, model.classes_] = model.coef_.T / spread[:, None]
    bias[model.classes_] = model.intercept_ - mean @ weights[:, model.classes_]
    return weights.astype(np.float32), bias.astype(np.float32)


def rows_of(encoded: Floats | None, rows: Bools | Ints | Sequence[int]) -> Floats | None:
    """Some rows of an encoder's columns, where there is an encoder."""
    return None if encoded is None else encoded[rows]


def out_of_fold(
    matrix: sparse.csr_matrix, targets: Bools, folds: Ints, cost: float, weight: Doubles, encoded: Floats | None = None
) -> Doubles:
    """Scores (rows, labels) of every row by a fit on the other folds."""
    result = np.zeros(targets.shape)
    for fold in np.unique(folds):
        inside = folds != fold
        if inside.any():
            result[~inside] = fit(
                matrix[inside], targets[inside], cost, weight[inside], rows_of(encoded, inside)
            ).scores(matrix[~inside], rows_of(encoded, ~inside))
    return result


def head(
    labels: Sequence[str], fitted: Fitted, sizes: Sequence[int], calibration: Sequence[tuple[float, float, float]] = ()
) -> Head:
    """A head of a fit over ``sizes`` = (word features, pairs, dense features) and, after those, the head's own.

    The encoder's columns, where there are any, are the last of the dense ones.
    """
    words, pairs, dense, extra = np.split(fitted.weights.astype(np.float32), np.cumsum(sizes))
    dense = dense * DENSE_SCALE
    if fitted.encoded is not None:
        dense = np.concatenate([dense, fitted.encoded.astype(np.float32)])
    table = np.array(calibration or [(1.0, 0.0, 0.5)] * len(labels), dtype=np.float32)
    return Head(
        tuple(labels), words, pairs, dense, extra * DENSE_SCALE,
        fitted.bias.astype(np.float32), table[:, 0], table[:, 1], table[:, 2],
    )  # fmt: skip
