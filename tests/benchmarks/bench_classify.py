"""How fast passages are classified, beside scikit-learn's char_wb tf-idf + one-vs-rest logistic regression, in one run.

Both read the same passages, which neither was fitted on: training takes folds 1-4, the passages are those of fold 0.
The reader also gives polarity, attribution and cues; the rival gives themes only.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsRestClassifier
from threadpoolctl import threadpool_limits

from pipeline.classify.analyser import Analyser
from pipeline.classify.annotations import Labelled, read_annotations
from pipeline.classify.scores import f1
from pipeline.classify.training import train_reader
from pipeline.codebook import load_codebook
from pipeline.records import Block, Document

ROUNDS = 7


def cpu(job: Callable[[], object]) -> float:
    """Least CPU seconds of a few rounds."""
    times = []
    for _ in range(ROUNDS):
        start = time.process_time()
        job()
        times.append(time.process_time() - start)
    return min(times)


def page(rows: list[Labelled], number: int) -> Document:
    """A document of the passages of ``rows``."""
    blocks, start = [], 0
    for row in rows:
        blocks.append(Block("paragraph", start, start + len(row.passage.text)))
        start += len(row.passage.text) + 1
    text = "\n".join(row.passage.text for row in rows)
    return Document(
        str(number), f"https://a.example/{number}", "", text, tuple(blocks), "municipality", datetime.now(UTC), "0"
    )


def micro(given: np.ndarray, true: np.ndarray) -> float:  # type: ignore[type-arg]
    """Micro F1 of two boolean matrices."""
    return f1(float((given & true).sum()), float(given.sum()), float(true.sum()))


def main() -> None:
    """Print passages a second for both, their F1, and milliseconds for a document of 40 passages."""
    themes = load_codebook().theme_ids
    rows = [row for row in read_annotations() if not row.boilerplate]
    train, asked = [r for r in rows if r.fold], [r for r in rows if not r.fold]
    truth = [np.array([[theme in row.themes for theme in themes] for row in part]) for part in (train, asked)]
    vectors = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), min_df=2, sublinear_tf=True)
    rival = OneVsRestClassifier(LogisticRegression(C=10, class_weight="balanced", solver="liblinear"))
    rival.fit(vectors.fit_transform([row.passage.text for row in train]), truth[0])
    start = time.process_time()
    reader = train_reader(train)
    print(f"training on {len(train)} passages: {time.process_time() - start:.1f} s CPU")
    texts, passages = [row.passage.text for row in asked], [row.passage for row in asked]
    rival_time = cpu(lambda: rival.predict(vectors.transform(texts)))
    themes_time = cpu(lambda: reader.theme_scores(passages))
    whole_time = cpu(lambda: reader.read(passages))
    given = np.array([[t in {x.theme for x in found.labels} for t in themes] for found in reader.read(passages)])
    figure = micro(rival.predict(vectors.transform(texts)).astype(bool), truth[1]), micro(given, truth[1])
    for name, seconds, score in (
        ("char_wb 2-5 tf-idf + OvR logistic regression, themes", rival_time, figure[0]),
        ("reader, themes", themes_time, figure[1]),
        ("reader, themes + polarity + attribution + cues", whole_time, figure[1]),
    ):
        rate = len(asked) / seconds
        print(f"{name:56} {rate:8.0f} passages/s  x{rival_time / seconds:5.1f}  micro F1 {score:.3f}")
    pages = [page(asked[i : i + 40], i) for i in range(0, len(asked) - 40, 40)]
    analyser = Analyser(reader)
    seconds = cpu(lambda: [analyser.analyse(document) for document in pages])
    print(f"whole analysis of a document of 40 passages: {seconds / len(pages) * 1000:.1f} ms CPU")


if __name__ == "__main__":
    with threadpool_limits(1):  # one thread for both: waiting threads of BLAS would be counted as work
        main()
