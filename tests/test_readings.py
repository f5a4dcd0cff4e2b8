"""The labels of the retold documents are one reader's, and how far readers agree can be counted again."""

from __future__ import annotations

import sys
from pathlib import Path

FOLDER = Path(__file__).parents[1] / "corpus" / "annotations"
sys.path.insert(0, str(FOLDER))
import readings  # noqa: E402


def test_labels_are_one_readers() -> None:
    """Every label and speaker of a retold document is what the reader of all of them said; no hand changed one."""
    assert not list(readings.unsettled())


def test_a_changed_label_is_seen(tmp_path: Path) -> None:
    """A label that no reading has is named with its file, document and passage."""
    (tmp_path / "readings.tsv").write_text("doc\ti\treader\tlabels\tattribution\nd\t0\t4\tsafety/problem\tpress\n")
    (tmp_path / "retold_x.jsonl").write_text(
        '{"doc": "d", "i": 0, "labels": [], "attribution": "press", "boilerplate": false}\n'
    )
    assert list(readings.unsettled(tmp_path)) == ["retold_x.jsonl: d 0"]


def test_two_readings_by_the_codebook_agree() -> None:
    """Where two readers read by the codebook alone, themes agree at micro F1 .95, with polarity and speakers at .92."""
    read = readings.readings()
    both = readings.agreement(read["4"], read["5"])
    assert both is not None
    assert both.passages > 600
    assert both.micro_f1 > 0.94
    assert both.theme_polarity_f1 > 0.92
    assert both.attribution > 0.94


def test_agreement_counts_passages_of_both() -> None:
    """Only passages that both have read count; one theme of two in common is .667, another sense is none in common."""
    one = {("d", 0): ((("staffing", "problem"), ("safety", "problem")), "press"), ("d", 1): ((), "press")}
    other = {("d", 0): ((("staffing", "remedy"),), "press")}
    both = readings.agreement(one, other)
    assert both is not None
    assert (both.passages, round(both.micro_f1, 3), both.theme_polarity_f1, both.attribution) == (1, 0.667, 0.0, 1.0)
