"""The model's figures on the methods page: what evaluate writes is shown; anything else is left out, not guessed at."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.codebook import load_codebook
from pipeline.publish.site import reference
from pipeline.publish.site.data import Totals
from pipeline.publish.site.frame import View

VIEW = View("sv", "sv", load_codebook(), Totals(0, 0, 0, 0, 0, 0, 0, None, None, None, None), datetime.now(UTC))
SET = {
    "gold": "a.jsonl", "model": "m", "passages": 9, "documents": 2, "macro_f1": 0.5, "macro_f1_interval": [0.4, 0.6],
    "themes": {"leadership": {"precision": 1.0, "recall": 0.5, "f1": 0.6667}}, "baseline": {"macro_f1": 0.25},
}  # fmt: skip


def _told(monkeypatch: pytest.MonkeyPatch, folder: Path, text: str) -> object:
    (folder / "metrics.json").write_text(text)
    monkeypatch.setattr(reference, "data_path", lambda _: folder / "metrics.json")
    return reference.metrics(VIEW)


def test_figures_are_named_with_their_intervals(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Each measure has a name and its interval, the baseline stands beside, an unmeasured theme has a dash."""
    made = _told(monkeypatch, tmp_path, json.dumps({"date": "2026-11-21", "one": SET}))
    assert isinstance(made, dict)
    rows = dict(made["rows"])
    assert rows["Teman, F1 i genomsnitt över teman"] == ["0,50 (0,40–0,60)"]
    assert rows["Jämförelse: ordstatistik utan ordlistor, F1 över teman"] == ["0,25"]
    assert dict(made["themes"])["leadership"] == ["1,00", "0,50", "0,67"]
    assert dict(made["themes"])["safety"] == ["–", "–", "–"]


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"one": {"macro_f1": 1}}', '{"one": 3}'])
def test_other_files_are_left_out(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, text: str) -> None:
    """A file that is not what evaluate writes gives no table, and no fault."""
    assert _told(monkeypatch, tmp_path, text) is None
