"""Training: from annotations to a reader, the same bytes every time, in seconds.

Out-of-fold scores (five folds by document and municipality) calibrate the probabilities and choose the thresholds;
the weights are then fitted on all annotations.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.special import expit

from pipeline.classify.annotations import Labelled, fold_of, read_annotations
from pipeline.classify.features import Space, dense_matrix, words_matrix
from pipeline.classify.heads import Head, best_threshold, design, fit, head, platt
from pipeline.classify.lexicon import Lexicon, load_lexicon
from pipeline.classify.reader import Reader
from pipeline.classify.tokens import tokens
from pipeline.codebook import load_codebook
from pipeline.records import ATTRIBUTIONS, POLARITIES

FOLDS = 5
COST = 0.15
_REAL = 2.0
Bools = npt.NDArray[np.bool_]


def _targets(rows: Sequence[Labelled]) -> dict[str, tuple[tuple[str, ...], Bools]]:
    themes = load_codebook().theme_ids
    senses = [{polarity for _, polarity in row.labels} for row in rows]
    return {
        "themes": (themes, np.array([[theme in row.themes for theme in themes] for row in rows])),
        "polarity": (POLARITIES, np.array([[sense in found for sense in POLARITIES] for found in senses])),
        "attribution": (ATTRIBUTIONS, np.array([[row.attribution == who for who in ATTRIBUTIONS] for row in rows])),
    }


def _of_interest(name: str, targets: Bools) -> npt.NDArray[np.intp]:
    """Rows that teach a head: all for themes, the labelled ones for polarity and attribution."""
    return np.arange(len(targets)) if name == "themes" else np.flatnonzero(targets.any(axis=1))


def train_reader(rows: Sequence[Labelled], lexicon: Lexicon | None = None) -> Reader:
    """A reader trained on ``rows`` (boilerplate left out)."""
    taught = [row for row in rows if not row.boilerplate]
    texts = [tokens(row.passage.text) for row in taught]
    space = Space.learn(texts, lexicon or load_lexicon())
    matrix = design(words_matrix(space, texts), dense_matrix(space, [row.passage for row in taught], texts))
    folds = np.array([fold_of(row.group, FOLDS) for row in taught])
    weight = np.array([_REAL if row.source.startswith("retold") else 1.0 for row in taught])
    heads: dict[str, Head] = {}
    for name, (labels, targets) in _targets(taught).items():
        keep = _of_interest(name, targets)
        heads[name] = _head(labels, matrix[keep], targets[keep], folds[keep], weight[keep], len(space.names))
    return Reader(space, heads, _version(taught))


def _head(
    labels: Sequence[str], matrix: object, targets: Bools, folds: npt.NDArray[np.int_], weight: npt.NDArray[np.float64],
    width: int,
) -> Head:  # fmt: skip
    outside = np.zeros(targets.shape)
    for fold in range(FOLDS):
        inside = folds != fold
        if inside.any() and not inside.all():
            fitted = fit(matrix[inside], targets[inside], COST, weight[inside])  # type: ignore[index]
            outside[~inside] = fitted.scores(matrix[~inside])  # type: ignore[index]
    judged = weight > 1 if (weight > 1).sum() >= 500 else weight > 0
    calibration = []
    for k in range(len(labels)):
        slope, offset = platt(outside[judged, k], targets[judged, k])
        probability = expit(slope * outside[judged, k] + offset)
        calibration.append((slope, offset, best_threshold(probability, targets[judged, k])))
    return head(labels, fit(matrix, targets, COST, weight), width, calibration)  # type: ignore[arg-type]


def _version(rows: Sequence[Labelled]) -> str:
    digest = hashlib.sha256()
    for row in rows:
        digest.update(repr((row.passage.text, row.labels, row.attribution)).encode())
    return f"tillsyn_sv-{digest.hexdigest()[:10]}"


def train(out: Path, annotations: Path | None = None) -> Reader:
    """Train on ``annotations`` (default ``corpus/annotations``) and write the spaCy pipeline to ``out``.

    Raises CorpusError, InputError for bad annotations or lexicons, WorkspaceError where ``out`` cannot be written.
    """
    from pipeline.classify.assembly import save_pipeline

    reader = train_reader(read_annotations(annotations))
    save_pipeline(reader, out)
    return reader
