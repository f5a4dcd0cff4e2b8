"""Figures of agreement between given and true labels, with bootstrap intervals by document."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Counts = npt.NDArray[np.int64]
Pairs = frozenset[tuple[str, str]]
RESAMPLES = 500


@dataclass(frozen=True, slots=True)
class Judged:
    """One passage: its document, true and given (theme, polarity) pairs, true and given attribution."""

    document: str
    true: Pairs
    given: Pairs
    true_attribution: str | None = None
    given_attribution: str | None = None


def f1(hits: float, given: float, true: float) -> float:
    """Harmonic mean of precision and recall; 1 where there was nothing to find and nothing was given."""
    return float(2 * hits / (given + true)) if given + true else 1.0


def theme_counts(rows: Sequence[Judged], themes: Sequence[str], paired: bool) -> Counts:
    """Hits, given, true per document and theme, shape (documents, themes, 3); ``paired``: polarity must agree too."""
    documents = {name: i for i, name in enumerate(dict.fromkeys(row.document for row in rows))}
    place = {theme: k for k, theme in enumerate(themes)}
    counts = np.zeros((len(documents), len(themes), 3), dtype=np.int64)
    for row in rows:
        given, true = (side if paired else {(t, "") for t, _ in side} for side in (row.given, row.true))
        for column, found in enumerate((given & true, given, true)):
            for theme, _ in found:
                counts[documents[row.document], place[theme], column] += 1
    return counts


def macro(counts: Counts) -> float:
    """Mean F1 over the themes that occur, true or given (``counts``: themes x 3)."""
    seen = counts[counts[:, 1:].sum(axis=1) > 0]
    return float(np.mean([f1(*row) for row in seen])) if len(seen) else 1.0


def micro(counts: Counts) -> float:
    """F1 of all decisions together (``counts``: themes x 3)."""
    return f1(*counts.sum(axis=0))


def interval(counts: Counts, figure: Callable[[Counts], float], resamples: int = RESAMPLES) -> tuple[float, float]:
    """95 % percentile bootstrap by document of ``figure`` over ``counts`` (documents first)."""
    random = np.random.default_rng(0)
    number = len(counts)
    drawn = [figure(counts[random.integers(0, number, number)].sum(axis=0)) for _ in range(resamples)]
    low, high = np.percentile(drawn, [2.5, 97.5])
    return round(float(low), 4), round(float(high), 4)


def polarity_accuracy(rows: Sequence[Judged]) -> float:
    """Of the themes both true and given, the share whose polarities are the same set."""
    same = total = 0
    for row in rows:
        for theme in {t for t, _ in row.true} & {t for t, _ in row.given}:
            total += 1
            same += {p for t, p in row.true if t == theme} == {p for t, p in row.given if t == theme}
    return same / total if total else 1.0


def attribution_accuracy(rows: Sequence[Judged]) -> float:
    """Share of the passages with a true attribution whose given one is the same."""
    pairs = [(row.true_attribution, row.given_attribution) for row in rows if row.true_attribution]
    return sum(a == b for a, b in pairs) / len(pairs) if pairs else 1.0


def document_problems(rows: Sequence[Judged]) -> float:
    """F1 of the (document, theme) pairs in which a problem is told."""
    true = {(row.document, t) for row in rows for t, p in row.true if p == "problem"}
    given = {(row.document, t) for row in rows for t, p in row.given if p == "problem"}
    return f1(len(true & given), len(given), len(true))


def figures(rows: Sequence[Judged], themes: Sequence[str]) -> dict[str, object]:
    """Every figure of the issue for ``rows``; fractions rounded to four places."""
    plain, paired = theme_counts(rows, themes, False), theme_counts(rows, themes, True)
    total = plain.sum(axis=0)
    per_theme = {
        theme: {
            "precision": round(float(h / g), 4) if g else None, "recall": round(float(h / t), 4) if t else None,
            "f1": round(f1(h, g, t), 4), "f1_interval": interval(plain[:, k : k + 1], micro), "support": int(t),
        }
        for k, (theme, (h, g, t)) in enumerate(zip(themes, total, strict=True))
    }  # fmt: skip
    return {
        "passages": len(rows), "documents": len(plain),
        "macro_f1": round(macro(total), 4), "macro_f1_interval": interval(plain, macro),
        "micro_f1": round(micro(total), 4), "micro_f1_interval": interval(plain, micro),
        "theme_polarity_micro_f1": round(micro(paired.sum(axis=0)), 4),
        "theme_polarity_micro_f1_interval": interval(paired, micro),
        "theme_polarity_macro_f1": round(macro(paired.sum(axis=0)), 4),
        "polarity_accuracy": round(polarity_accuracy(rows), 4),
        "attribution_accuracy": round(attribution_accuracy(rows), 4),
        "document_problem_f1": round(document_problems(rows), 4),
        "themes": per_theme,
    }  # fmt: skip
