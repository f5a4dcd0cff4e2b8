"""Which way of finding themes wins: all variants on the fixed split, in one run.

Trained on folds 2-4, thresholds chosen on fold 1, measured on the retold documents of fold 0 (none of their
municipalities occurs in training). ``--write`` puts the table into ``models/README.md``.
"""

from __future__ import annotations

import argparse
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.special import expit
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.svm import LinearSVC

from pipeline.classify.annotations import read_annotations
from pipeline.classify.features import Layout
from pipeline.classify.heads import best_threshold
from pipeline.classify.lexicon import load_lexicon
from pipeline.classify.material import Material, prepare
from pipeline.classify.scores import f1
from pipeline.classify.tokens import tokens
from pipeline.codebook import load_codebook
from pipeline.language.compounds import parts
from pipeline.language.lemmas import lemma

README = Path(__file__).parents[2] / "models" / "README.md"
Doubles = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Scorer = Callable[[], Doubles]


class Race:
    """The material, the split and the ways to fit; every variant gives scores (rows, themes) for all rows."""

    def __init__(self) -> None:
        self.material: Material = prepare(read_annotations(), load_lexicon())
        rows, folds = self.material.rows, self.material.folds
        self.themes = load_codebook().theme_ids
        self.truth: Bools = np.array([[theme in row.themes for theme in self.themes] for row in rows])
        self.teaching, self.choosing = folds >= 2, (folds == 1) & self.material.real
        self.asked = (folds == 0) & self.material.real
        self.texts = [row.passage.text for row in rows]
        self.layout: Layout = self.material.layout
        self.half = (self.layout.own.stop - self.layout.own.start) // 2

    def dense(self, *parts_: slice) -> sparse.csr_matrix:
        """Dense features of the named parts of the layout, scaled as in training."""
        columns = np.concatenate([np.arange(part.start, part.stop) for part in parts_])
        return sparse.csr_matrix(self.material.dense[:, columns] * 0.2)

    def svm(self, matrix: sparse.csr_matrix, rows: Bools | None = None, truth: Bools | None = None) -> Doubles:
        """Linear support vector machines, as in training."""
        taught = self.teaching if rows is None else rows
        target = self.truth if truth is None else truth
        weight = self.material.weight[taught]
        return np.stack([
            LinearSVC(C=0.15, random_state=0, tol=1e-2)
            .fit(matrix[taught], target[taught, k], sample_weight=weight).decision_function(matrix)
            for k in range(target.shape[1])
        ], axis=1)  # fmt: skip

    def logistic(self, matrix: sparse.csr_matrix) -> Doubles:
        """One-vs-rest logistic regression."""
        return np.stack([
            LogisticRegression(C=3, class_weight="balanced", solver="liblinear", dual=True, tol=1e-2, random_state=0)
            .fit(matrix[self.teaching], self.truth[self.teaching, k]).decision_function(matrix)
            for k in range(len(self.themes))
        ], axis=1)  # fmt: skip

    def tfidf(self, **options: object) -> sparse.csr_matrix:
        """scikit-learn's tf-idf, fitted on the teaching rows."""
        vectors = TfidfVectorizer(min_df=2, sublinear_tf=True, **options)  # type: ignore[arg-type]
        vectors.fit([text for text, taught in zip(self.texts, self.teaching, strict=True) if taught])
        return vectors.transform(self.texts)

    def figures(self, scores: Doubles) -> tuple[float, float]:
        """Macro and micro F1 on the asked rows, thresholds from the choosing rows."""
        chance = expit(scores)
        counts = np.zeros((len(self.themes), 3))
        for k in range(len(self.themes)):
            threshold = best_threshold(chance[self.choosing, k], self.truth[self.choosing, k])
            given, true = chance[self.asked, k] >= threshold, self.truth[self.asked, k]
            counts[k] = [(given & true).sum(), given.sum(), true.sum()]
        return float(np.mean([f1(*row) for row in counts])), f1(*counts.sum(axis=0))


def _lemmas(text: str) -> list[str]:
    return [lemma(word) for word in tokens(text)]


def _lemmas_and_parts(text: str) -> list[str]:
    return [piece for word in tokens(text) for piece in {lemma(word), *(f"+{part}" for part in parts(word))}]


def _self_taught(race: Race, matrix: sparse.csr_matrix, scores: Doubles) -> Doubles:
    """The rows of fold 1 count as unlabelled: those the model is sure of are added with its own labels."""
    unlabelled = race.material.folds == 1
    sure = unlabelled & (np.abs(scores).min(axis=1) > 0.5)
    guessed = race.truth.copy()
    guessed[sure] = scores[sure] > 0
    return race.svm(matrix, race.teaching | sure, guessed)


def _cascade(race: Race, matrix: sparse.csr_matrix) -> Doubles:
    """First whether a passage has any theme, then which, taught on passages that have one."""
    relevance = race.svm(matrix, truth=race.truth.any(axis=1)[:, None])
    which = race.svm(matrix, race.teaching & race.truth.any(axis=1))
    return np.minimum(relevance, which)


def variants(race: Race) -> Iterator[tuple[str, Scorer]]:
    """Name and scorer of every variant, from the plainest to what is used."""
    m, layout = race.material, race.layout
    own, shape = layout.own, layout.shape
    places = [m.space.lexicon.position(theme) for theme in race.themes]
    words_own = sparse.hstack([m.words, race.dense(own, shape)]).tocsr()
    near = sparse.hstack([m.words, race.dense(own, layout.heading, layout.previous, shape)]).tocsr()
    whole = sparse.hstack([m.words, sparse.csr_matrix(m.dense * 0.2)]).tocsr()
    used = sparse.hstack([m.words, m.pairs, sparse.csr_matrix(m.dense * 0.2)]).tocsr()
    grams = race.tfidf(analyzer="char_wb", ngram_range=(2, 5))
    plain = race.tfidf(ngram_range=(1, 2))
    yield "lexicons alone (sum of weights)", lambda: m.dense[:, places].astype(float) * 3 - 1.5
    yield "tf-idf, words and bigrams + logistic regression", lambda: race.logistic(plain)
    yield "tf-idf, lemmas + logistic regression", lambda: race.logistic(race.tfidf(analyzer=_lemmas))
    yield (
        "tf-idf, lemmas and compound parts + logistic regression",
        lambda: race.logistic(race.tfidf(analyzer=_lemmas_and_parts)),
    )
    yield "tf-idf, char_wb 2-5 + logistic regression", lambda: race.logistic(grams)
    yield "tf-idf, char_wb 2-5 + linear SVM", lambda: race.svm(grams)
    yield "sum over word types (n-grams inside words, lemma) + linear SVM", lambda: race.svm(m.words)
    yield "… + cue lexicons", lambda: race.svm(words_own)
    yield "… + logistic regression instead of SVM", lambda: race.logistic(words_own)
    yield "… + cues of heading and previous passage", lambda: race.svm(near)
    yield "… + cues of the whole document", lambda: race.svm(whole)
    yield "… + pairs of lemmas (used)", lambda: race.svm(used)
    yield "used, cascade relevance → theme", lambda: _cascade(race, used)
    yield "used, self-training on fold 1", lambda: _self_taught(race, used, race.svm(used))
    yield "used + logistic regression, mean of scores", lambda: race.svm(used) + race.logistic(used) / 4
    yield "used, retold documents only", lambda: race.svm(used, race.teaching & m.real)
    yield "used, authored genres only", lambda: race.svm(used, race.teaching & ~m.real)


def table() -> str:
    """The comparison as a Markdown table."""
    race = Race()
    lines = ["| variant | macro F1 | micro F1 | CPU s |", "|---|---|---|---|"]
    for name, scorer in variants(race):
        start = time.process_time()
        macro, micro = race.figures(scorer())
        lines.append(f"| {name} | {macro:.3f} | {micro:.3f} | {time.process_time() - start:.1f} |")
        print(lines[-1], flush=True)
    return "\n".join(lines)


def main() -> None:
    """Print the table, and write it into the model card where asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="put the table into models/README.md")
    made = table()
    if parser.parse_args().write:
        text = README.read_text("utf-8")
        block = f"<!-- variants -->\n{made}\n<!-- /variants -->"
        README.write_text(re.sub(r"<!-- variants -->.*<!-- /variants -->", lambda _: block, text, flags=re.S), "utf-8")


if __name__ == "__main__":
    main()
