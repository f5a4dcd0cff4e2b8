"""Learns the weights of the broad event kinds from annotated documents: ``python -m pipeline.classify.event_training``.

Logistic regression was chosen because a weight per cue can be read and argued with; ten-fold cross-validation over
documents gives the figures in ``corpus/events/README.md``.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path

from pipeline.classify.annotated_documents import AnnotatedDocument, read
from pipeline.classify.event_candidates import read as candidates
from pipeline.classify.event_decision import Features, features
from pipeline.language.passages import passages
from pipeline.resources import data_path

LEARNT = ("criticism", "inspection")
STRENGTH = 0.3
THRESHOLD = 0.4

Row = tuple[AnnotatedDocument, dict[str, Features]]


def training_rows(folder: Path) -> list[Row]:
    """The annotated documents below ``folder`` with the evidence of each kind."""
    rows: list[Row] = []
    for file in sorted(folder.glob("retold_*_documents.json")):
        for annotated in read(file, boilerplate=False):
            document = annotated.document
            rows.append((annotated, features(candidates(document, passages(document)), document.source_kind)))
    return rows


def fit(rows: Sequence[Row], kind: str, strength: float = STRENGTH, threshold: float = THRESHOLD) -> dict[str, float]:
    """Weights of one kind ('' the intercept, with the threshold in it), from the rows that have evidence of it."""
    import math

    from sklearn.feature_extraction import DictVectorizer
    from sklearn.linear_model import LogisticRegression

    evidence = [(found[kind], kind in annotated.kinds) for annotated, found in rows if kind in found]
    vectorizer = DictVectorizer()
    matrix = vectorizer.fit_transform([row for row, _ in evidence])
    model = LogisticRegression(C=strength, max_iter=5000).fit(matrix, [label for _, label in evidence])
    names = vectorizer.get_feature_names_out()
    learnt = {str(name): round(float(w), 4) for name, w in zip(names, model.coef_[0], strict=True) if abs(w) > 1e-3}
    learnt[""] = round(float(model.intercept_[0]) - math.log(threshold / (1 - threshold)), 4)
    return learnt


def train(folder: Path) -> dict[str, dict[str, float]]:
    """Kind -> feature -> weight, for the kinds in ``LEARNT``."""
    rows = training_rows(folder)
    return {kind: fit(rows, kind) for kind in LEARNT}


def main() -> None:
    """Write ``corpus/events/weights.json``."""
    target = data_path("corpus/events") / "weights.json"
    data = {"made_by": "python -m pipeline.classify.event_training", "weights": train(data_path("corpus/annotations"))}
    target.write_text(json.dumps(data, ensure_ascii=False, indent=1, sort_keys=True) + "\n", "utf-8")
    sys.stderr.write(f"{target}\n")


if __name__ == "__main__":
    main()
