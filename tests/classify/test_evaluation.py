"""Figures: what they count, their intervals, and that the model beats the plain baseline in the same run."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.classify.analyser import Analyser
from pipeline.classify.evaluation import evaluate
from pipeline.classify.scores import (
    Judged,
    attribution_accuracy,
    document_problems,
    figures,
    interval,
    macro,
    micro,
    polarity_accuracy,
    theme_counts,
)
from pipeline.errors import InputError

THEMES = ("leadership", "routines", "safety")


def judge(document: str, true: str, given: str, *who: str) -> Judged:
    """A judged passage; labels written 'theme/polarity theme/polarity'."""
    pairs = [frozenset(tuple(label.split("/")) for label in side.split()) for side in (true, given)]
    return Judged(document, pairs[0], pairs[1], *(who or (None, None)))  # type: ignore[arg-type]


ROWS = [
    judge("a", "leadership/problem", "leadership/problem", "press", "press"),
    judge("a", "routines/remedy", "routines/problem", "press", "other"),
    judge("b", "", "safety/problem"),
    judge("b", "routines/problem", ""),
]


def test_counts_by_theme() -> None:
    """Hits, given and true: routines is found once of twice, safety is given once in vain."""
    total = theme_counts(ROWS, THEMES, paired=False).sum(axis=0)
    assert total.tolist() == [[1, 1, 1], [1, 1, 2], [0, 1, 0]]
    assert micro(total) == pytest.approx(2 * 2 / (3 + 3))
    assert macro(total) == pytest.approx((1 + 2 / 3 + 0) / 3)


def test_pairs_need_the_polarity_too() -> None:
    """A theme in the wrong sense is no hit when theme and polarity are counted together."""
    assert theme_counts(ROWS, THEMES, paired=True).sum(axis=0)[1].tolist() == [0, 1, 2]
    assert polarity_accuracy(ROWS) == 0.5


def test_attribution_counts_only_where_it_is_known() -> None:
    """Passages without a true attribution are not counted."""
    assert attribution_accuracy(ROWS) == 0.5


def test_documents_and_their_problem_themes() -> None:
    """(document, theme) pairs: leadership in a is right, routines in b is missed, two are given in vain."""
    assert document_problems(ROWS) == pytest.approx(2 * 1 / (3 + 2))


def test_an_interval_holds_its_figure_and_narrows() -> None:
    """Ten times the documents give a narrower interval around the same figure."""
    few, many = theme_counts(ROWS * 3, THEMES, False), None
    rows = [Judged(f"{x.document}{n}", x.true, x.given) for n in range(30) for x in ROWS]
    many = theme_counts(rows, THEMES, False)
    low, high = interval(many, micro)
    assert low <= micro(many.sum(axis=0)) <= high
    wide = interval(few, micro)
    assert high - low < wide[1] - wide[0]


def test_all_figures_are_there() -> None:
    """Every figure the evaluation promises is in its result, as a fraction."""
    result = figures(ROWS, THEMES)
    for key in ("macro_f1", "micro_f1", "theme_polarity_micro_f1", "polarity_accuracy", "document_problem_f1"):
        assert 0 <= result[key] <= 1  # type: ignore[operator]


def test_a_file_without_content_is_an_error(tmp_path: Path) -> None:
    """A file of nothing but boilerplate cannot be measured against."""
    file = tmp_path / "gold.jsonl"
    file.write_text('{"doc": "a", "text": "Meny", "labels": [], "boilerplate": true}\n', "utf-8")
    with pytest.raises(InputError, match="no labelled passage"):
        evaluate(file, Analyser.load().reader)


@pytest.mark.shared
@pytest.mark.parametrize("gold", ["seeds.jsonl", "retold.jsonl"])
def test_better_than_the_plain_baseline(shared: Path, gold: str) -> None:
    """On the gold sets the macro F1 over themes exceeds that of plain tf-idf + logistic regression in the same run."""
    result = evaluate(shared / "gold" / gold, Analyser.load().reader)
    assert result["macro_f1"] > result["baseline"]["macro_f1"]
    assert result["micro_f1"] > result["baseline"]["micro_f1"] + 0.05


def test_the_verbs(tmp_path: Path) -> None:
    """``evaluate --json`` writes figures to stdout; a model that is not there ends with its own exit code."""
    import json
    import subprocess
    import sys

    gold = tmp_path / "gold.jsonl"
    label = {"theme": "routines", "polarity": "problem"}
    gold.write_text(json.dumps({"doc": "a", "text": "Rutiner saknas.", "labels": [label]}) + "\n", "utf-8")
    command = [sys.executable, "-m", "pipeline", "evaluate", str(gold), "--json", "--no-baseline"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0 and json.loads(done.stdout)["micro_f1"] == 1
    failed = subprocess.run([*command, "--model", str(tmp_path)], capture_output=True, text=True, check=False)
    assert failed.returncode == 5 and "tillsyn train" in failed.stderr
