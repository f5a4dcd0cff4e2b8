"""Agreement of two readers: chance-corrected, and only over what both have read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipeline.classify.agreement import agreement, cohen
from pipeline.errors import InputError


def written(path: Path, themes: list[str], start: int = 0) -> Path:
    """A labelled file: one passage a theme ('' for none), problem, said by the press."""
    rows = [
        {
            "doc": "a",
            "i": i,
            "text": "x",
            "labels": [{"theme": t, "polarity": "problem"}] if t else [],
            "attribution": "press",
        }
        for i, t in enumerate(themes, start)
    ]
    path.write_text("\n".join(json.dumps(row) for row in rows), "utf-8")
    return path


def test_kappa_of_known_tables() -> None:
    """Perfect agreement is 1, agreement by chance 0, and Cohen's textbook table .4."""
    assert cohen(5, 5, 5, 10) == 1
    assert cohen(25, 50, 50, 100) == 0
    assert cohen(20, 25, 30, 50) == pytest.approx(0.4)
    assert cohen(0, 0, 0, 10) is None


def test_two_readers(tmp_path: Path) -> None:
    """Readers who differ on one of four passages agree on the others."""
    first = written(tmp_path / "a.jsonl", ["routines", "routines", "", "staffing"])
    second = written(tmp_path / "b.jsonl", ["routines", "", "", "staffing"])
    found = agreement(first, second)
    assert (found.passages, found.polarity, found.attribution) == (4, 1.0, 1.0)
    assert found.micro_f1 == pytest.approx(2 * 2 / 5)
    assert found.kappa["staffing"] == 1 and found.kappa["routines"] == pytest.approx(0.5)
    assert found.kappa["safety"] is None


def test_nothing_in_common(tmp_path: Path) -> None:
    """Two files of different passages cannot agree."""
    with pytest.raises(InputError, match="no passage in common"):
        agreement(written(tmp_path / "a.jsonl", ["routines"]), written(tmp_path / "b.jsonl", ["routines"], 5))
