"""The figures that come with the model: they are of this model, whole, and what the model gives when asked again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pipeline.classify.analyser import Analyser
from pipeline.classify.evaluation import evaluate
from pipeline.codebook import load_codebook
from pipeline.records import POLARITIES


def _read(root: Path, name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((root / "models" / name).read_text("utf-8"))
    return found


def test_figures_are_of_the_model_that_comes_with_them(root: Path) -> None:
    """Metrics, error rates and model card name the model in models/tillsyn_sv; else run bench_gold.py --write."""
    version = Analyser.load().version
    assert version in _read(root, "tillsyn_sv/meta.json")["description"]
    metrics = _read(root, "metrics.json")
    assert {metrics["seeds"]["model"], metrics["retold"]["model"], _read(root, "error_rates.json")["model"]} == {
        version
    }
    assert f"`{version}`" in (root / "models/README.md").read_text("utf-8")


def test_error_rates_count_every_document_once(root: Path) -> None:
    """In every cell of theme and polarity the four counts, and their clusters, sum to all gold documents."""
    themes = _read(root, "error_rates.json")["themes"]
    metrics = _read(root, "metrics.json")
    documents = metrics["seeds"]["documents"] + metrics["retold"]["documents"]
    assert set(themes) == {*load_codebook().theme_ids, "all"}
    for cells in themes.values():
        assert set(cells) == {*POLARITIES, "all"}
        for cell in cells.values():
            counts = [cell[key] for key in ("tp", "fp", "fn", "tn")]
            assert sum(counts) == documents
            assert [sum(column) for column in zip(*cell["clusters"], strict=True)] == counts


@pytest.mark.shared
@pytest.mark.parametrize("name", ["seeds", "retold"])
def test_figures_can_be_measured_again(root: Path, shared: Path, name: str) -> None:
    """The committed figures are those of the model on the gold sets, to what another processor may round."""
    again = evaluate(shared / "gold" / f"{name}.jsonl", Analyser.load().reader, with_baseline=False)
    told = _read(root, "metrics.json")[name]
    for key in ("macro_f1", "micro_f1", "theme_polarity_micro_f1", "polarity_accuracy", "attribution_accuracy"):
        assert again[key] == pytest.approx(told[key], abs=0.01), key
