"""Training: from annotations to a reader, the same bytes every time, in under a minute.

Out-of-fold scores (three parts by document and municipality) calibrate the probabilities, choose the thresholds and
feed the last step of attribution; the weights are then fitted on all annotations.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from scipy import sparse
from threadpoolctl import threadpool_limits

from pipeline.classify.annotations import Labelled, read_annotations
from pipeline.classify.encoder import Encoder, load_encoder
from pipeline.classify.features import Floats
from pipeline.classify.fitting import (
    Bools,
    Doubles,
    Fitted,
    design,
    fit,
    fit_shares,
    fit_softmax,
    head,
    out_of_fold,
    rows_of,
)
from pipeline.classify.heads import Head, Heads, Softmax, calibration
from pipeline.classify.lexicon import Lexicon, load_lexicon
from pipeline.classify.material import Material, by_document, prepare
from pipeline.classify.reader import Reader
from pipeline.classify.speakers import speaker_features
from pipeline.codebook import load_codebook
from pipeline.errors import CorpusError
from pipeline.records import ATTRIBUTIONS, POLARITIES, Passage

COST = 0.15
_VOICE_COST = 3.0
_SPEAKER_COST = 0.001
_FEWEST = 200


def _judged(material: Material, keep: Bools) -> Bools:
    real = keep & material.real
    return real if real.sum() >= _FEWEST else keep


def theme_head(material: Material) -> Head:
    """The head of the themes: every passage teaches, also those without a theme."""
    themes = load_codebook().theme_ids
    matrix = design((material.words, material.pairs), material.plain)
    targets = np.array([[theme in row.themes for theme in themes] for row in material.rows])
    outside = out_of_fold(matrix, targets, material.parts, COST, material.weight, material.encoded)
    judged = _judged(material, np.ones(len(targets), dtype=bool))
    fitted = fit(matrix, targets, COST, material.weight, material.encoded)
    return head(themes, fitted, _sizes(material), calibration(outside[judged], targets[judged]))


def _sizes(material: Material) -> tuple[int, int, int]:
    return len(material.space.names), len(material.space.pairs), material.plain.shape[1]


def _senses(material: Material) -> tuple[list[int], list[int], Bools]:
    """Row, theme and polarity (one-hot) of every theme that is given in one sense only."""
    themes = load_codebook().theme_ids
    rows, given, senses = [], [], []
    for number, row in enumerate(material.rows):
        for theme in sorted(row.themes):
            found = {polarity for name, polarity in row.labels if name == theme}
            if len(found) == 1:
                rows.append(number)
                given.append(themes.index(theme))
                senses.append([sense in found for sense in POLARITIES])
    return rows, given, np.array(senses, dtype=bool).reshape(len(rows), len(POLARITIES))


def polarity_head(material: Material) -> tuple[Head, Doubles]:
    """The head of polarity, taught by passage and theme; and its scores (rows, polarities) of all passages."""
    rows, given, targets = _senses(material)
    if not rows:
        raise CorpusError("The annotations hold no label; give some passages a theme and a polarity.")
    every, encoded = design((material.words, material.pairs), material.plain), material.encoded
    themes = np.eye(len(load_codebook().theme_ids))[given]
    matrix = design((material.words[rows], material.pairs[rows]), material.plain[rows], themes, material.senses[rows])
    # Every annotation counts alike here: 'remedy' and 'ok' are thin in the retold documents.
    folds, weight, taught = material.parts[rows], np.ones(len(rows)), rows_of(encoded, rows)
    outside, passages = np.zeros(targets.shape), np.zeros((every.shape[0], len(POLARITIES)))
    for fold in np.unique(material.parts):
        inside, other, whole = folds != fold, folds == fold, material.parts == fold
        fitted = fit(matrix[inside], targets[inside], COST, weight[inside], rows_of(taught, inside))
        outside[other] = fitted.scores(matrix[other], rows_of(taught, other))
        plain = Fitted(fitted.weights[: every.shape[1]], fitted.bias, fitted.encoded)
        passages[whole] = plain.scores(every[whole], rows_of(encoded, whole))
    fitted = fit(matrix, targets, COST, weight, taught)
    return head(POLARITIES, fitted, _sizes(material), calibration(outside, targets)), passages


def _speakers(material: Material) -> Bools:
    return np.array([[row.attribution == who for who in ATTRIBUTIONS] for row in material.rows])


def _voices(material: Material) -> tuple[Head, Head, Doubles, Doubles]:
    """Heads of the document's voice and of its opening, and both parts' out-of-fold scores by passage."""
    own = material.dense[:, material.layout.own]
    mean, first = by_document(material), [part.start for part in material.slices]
    sizes = (len(material.space.names), 0, own.shape[1])
    passages = design((material.words,), own)
    opening = passages[first]
    matrix = sparse.hstack([mean @ passages, opening]).tocsr()
    truth = mean @ _speakers(material).astype(float)
    shares = truth / np.maximum(truth.sum(axis=1, keepdims=True), 1e-9)
    lengths = np.array([part.stop - part.start for part in material.slices])
    weight, folds = material.weight[first] * np.sqrt(lengths), material.parts[first]
    scored = np.zeros((2, len(material.rows), len(ATTRIBUTIONS)))
    for fold in np.unique(folds):
        fitted = fit_shares(matrix[folds != fold], shares[folds != fold], _VOICE_COST, weight[folds != fold])
        for part, half in enumerate(_halves(fitted)):
            scored[part, material.parts == fold] = half.scores(passages[material.parts == fold])
    heads = [
        _widened(head(ATTRIBUTIONS, half, sizes), material)
        for half in _halves(fit_shares(matrix, shares, _VOICE_COST, weight))
    ]
    return heads[0], heads[1], scored[0], scored[1]


def _halves(fitted: Fitted) -> tuple[Fitted, Fitted]:
    middle = len(fitted.weights) // 2
    return Fitted(fitted.weights[:middle], fitted.bias), Fitted(fitted.weights[middle:], np.zeros_like(fitted.bias))


def _widened(narrow: Head, material: Material) -> Head:
    """A head over the passage's own lists, as one over the whole dense row."""
    dense = np.zeros((material.layout.width, len(narrow.labels)), dtype=np.float32)
    dense[material.layout.own] = narrow.dense
    pairs = np.zeros((len(material.space.pairs), len(narrow.labels)), dtype=np.float32)
    return replace(narrow, dense=dense, pairs=pairs)


def _single(values: Doubles) -> Floats:
    return values.astype(np.float32)


def _alone(passages: Sequence[Passage]) -> list[Passage]:
    return [replace(passage, document=str(number)) for number, passage in enumerate(passages)]


def _by_kind(material: Material) -> dict[str, tuple[float, ...]]:
    """How much more often (logarithm) each speaker is met in documents of one kind of source than in all."""
    targets = _speakers(material)
    kinds = np.array([row.source_kind for row in material.rows])
    listed = kinds != ""
    if not listed.any():
        return {}
    total = np.log((targets[listed].sum(axis=0) + 1) / (targets[listed].sum() + len(ATTRIBUTIONS)))
    found = {}
    for kind in sorted(set(kinds[listed])):
        counts = targets[kinds == kind].sum(axis=0)
        ratio = np.log((counts + 1) / (counts.sum() + len(ATTRIBUTIONS))) - total
        found[str(kind)] = tuple(round(float(value), 3) for value in ratio)
    return found


def _attribution(material: Material, polarity: Doubles) -> tuple[Head, Head, Head, Softmax]:
    """All that attribution needs: the passage's head, the document's voice and opening, and the last step."""
    targets = _speakers(material)
    known = np.asarray(targets.any(axis=1))
    teaching = np.flatnonzero(known)
    matrix, encoded = design((material.words, material.pairs), material.plain), material.encoded
    outside = np.zeros(targets.shape)
    for fold in np.unique(material.parts):
        inside, whole = np.flatnonzero(known & (material.parts != fold)), material.parts == fold
        fitted = fit(matrix[inside], targets[inside], COST, material.weight[inside], rows_of(encoded, inside))
        outside[whole] = fitted.scores(matrix[whole], rows_of(encoded, whole))
    fitted = fit(matrix[teaching], targets[teaching], COST, material.weight[teaching], rows_of(encoded, teaching))
    own = head(ATTRIBUTIONS, fitted, _sizes(material))
    voice, opening, voices, openings = _voices(material)
    together = np.zeros_like(voices)
    for part in material.slices:
        together[part] = voices[part].mean(axis=0) + openings[part.start]
    passages = [row.passage for row in material.rows]
    features: list[Floats] = [
        speaker_features(
            cut,
            material.texts,
            _single(outside),
            _single(spoken),
            _single(polarity),
            material.dense[:, material.layout.own],
            material.dense[:, material.layout.shape],
        )[known]
        for cut, spoken in ((passages, together), (_alone(passages), voices + openings))
    ]
    labels = np.tile(targets[known].argmax(axis=1), 2)
    weight = np.concatenate([material.weight[known], material.weight[known] / 4])
    weights, bias = fit_softmax(np.concatenate(features), labels, len(ATTRIBUTIONS), _SPEAKER_COST, weight)
    return own, voice, opening, Softmax(ATTRIBUTIONS, weights, bias, _by_kind(material))


def train_reader(rows: Sequence[Labelled], lexicon: Lexicon | None = None, encoder: Encoder | None = None) -> Reader:
    """A reader trained on ``rows`` (boilerplate left out). Raises CorpusError where nothing is labelled."""
    with threadpool_limits(1):  # how BLAS splits a sum among threads shows in the last digits of the weights
        material = prepare(rows, lexicon or load_lexicon(), encoder)
        themes = theme_head(material)
        polarity, scores = polarity_head(material)
        heads = Heads(themes, polarity, *_attribution(material, scores))
    return Reader(material.space, heads, _version(heads), encoder)


def _version(heads: Heads) -> str:
    digest = hashlib.sha256()
    for linear in heads.linear:
        for part in (linear.words, linear.dense, linear.bias, linear.threshold):
            digest.update(np.ascontiguousarray(part).tobytes())
    return f"tillsyn_sv-{digest.hexdigest()[:10]}"


def train(out: Path, annotations: Path | None = None, encoder: str | None = None) -> Reader:
    """Train on ``annotations`` (default ``corpus/annotations``) and write the spaCy pipeline to ``out``.

    ``encoder``: folder or name of a user's encoder, whose vectors are added to the features.

    Raises CorpusError, InputError for bad annotations or lexicons, ModelError for the encoder,
    WorkspaceError where ``out`` cannot be written.
    """
    from pipeline.classify.assembly import save_pipeline

    reader = train_reader(read_annotations(annotations), encoder=load_encoder(encoder) if encoder else None)
    save_pipeline(reader, out)
    return reader
