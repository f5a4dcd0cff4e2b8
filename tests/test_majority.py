"""The labels of the retold documents are the majority of the readings that lie beside them."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[1] / "corpus" / "annotations"
sys.path.insert(0, str(FOLDER))
import majority  # noqa: E402


@pytest.mark.parametrize("name", majority.FILES)
def test_labels_are_the_majority(name: str) -> None:
    """Every label and speaker of a retold file is what two of three readers said; nothing was changed by hand."""
    assert majority.rewritten(FOLDER / name, majority.readings()) == (FOLDER / name).read_text("utf-8")


def test_every_passage_was_read_three_times() -> None:
    """No passage lacks a reader."""
    assert {len(read) for read in majority.readings().values()} == {majority.READERS}


def test_what_two_of_three_say_counts() -> None:
    """A theme and a speaker need two readers; where two agree on the theme but not the sense, the last one's counts."""
    read = [
        ((("staffing", "problem"), ("safety", "problem")), "press"),
        ((("staffing", "remedy"),), "inspectorate"),
        ((("staffing", "neutral"),), "other"),
    ]
    assert majority.labels(read) == [("staffing", "neutral")]
    assert majority.speaker(read) == "other"
    assert majority.labels([read[0], read[0], read[1]]) == [("staffing", "problem"), ("safety", "problem")]
