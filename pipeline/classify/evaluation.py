"""Evaluation: a reader, and a plain baseline trained on the same annotations, against labels of careful readers."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsRestClassifier

from pipeline.classify.annotations import Labelled, read_annotations, read_labelled
from pipeline.classify.reader import Reader
from pipeline.classify.scores import Judged, figures, macro, micro, theme_counts
from pipeline.codebook import load_codebook
from pipeline.errors import InputError


def judged(reader: Reader, rows: Sequence[Labelled]) -> list[Judged]:
    """What ``reader`` says of the content of ``rows`` beside what is true. Rows stand in reading order."""
    content = [row for row in rows if not row.boilerplate]
    readings = reader.read([row.passage for row in content])
    return [
        Judged(
            row.passage.document, frozenset(row.labels), frozenset((x.theme, x.polarity) for x in reading.labels),
            row.attribution, reading.attribution,
        )
        for row, reading in zip(content, readings, strict=True)
    ]  # fmt: skip


def baseline(taught: Sequence[Labelled], asked: Sequence[Labelled], themes: Sequence[str]) -> list[Judged]:
    """The themes that plain tf-idf + one-vs-rest logistic regression (scikit-learn's) finds; no polarity."""
    train = [row for row in taught if not row.boilerplate]
    content = [row for row in asked if not row.boilerplate]
    vectors = TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True)
    model = OneVsRestClassifier(LogisticRegression(C=10, class_weight="balanced", solver="liblinear"))
    targets = np.array([[theme in row.themes for theme in themes] for row in train])
    model.fit(vectors.fit_transform([row.passage.text for row in train]), targets)
    given = model.predict(vectors.transform([row.passage.text for row in content]))
    return [
        Judged(
            row.passage.document, frozenset(row.labels),
            frozenset((theme, "") for theme, yes in zip(themes, mine, strict=True) if yes),
        )
        for row, mine in zip(content, given, strict=True)
    ]  # fmt: skip


def _short(rows: Sequence[Judged], themes: Sequence[str]) -> dict[str, float]:
    total = theme_counts(rows, themes, False).sum(axis=0)
    return {"macro_f1": round(macro(total), 4), "micro_f1": round(micro(total), 4)}


def evaluate(gold: Path, reader: Reader, *, with_baseline: bool = True) -> dict[str, Any]:
    """All figures of ``reader`` on the labelled file ``gold``, and the baseline's macro and micro F1.

    Raises InputError where the file has no labelled content.
    """
    rows = read_labelled(gold)
    found = judged(reader, rows)
    if not found:
        raise InputError(f"{gold}: holds no labelled passage.")
    themes = load_codebook().theme_ids
    result: dict[str, Any] = {"gold": gold.name, "model": reader.version, **figures(found, themes)}
    if with_baseline:
        result["baseline"] = _short(baseline(read_annotations(), rows, themes), themes)
    return result
