"""Records go into Parquet and come back the same; half-written parts are never read."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import InputError, InvariantError, WorkspaceError
from pipeline.records import Analysis, Block, Concern, DateMention, Document, Event, Finding, Passage, Problem
from pipeline.tables import (
    connect,
    is_done,
    part_path,
    read_documents,
    read_events,
    read_findings,
    read_passages,
    read_problems,
    write_segment,
)

TEXT = "Rutiner saknas.\nIVO kritiserar nämnden."


def _analysis(text: str = TEXT, name: str = "d1", quote: tuple[int, int] = (0, 15)) -> Analysis:
    start, end = quote
    document = Document(
        id=name, url="https://www.norrdala.example/nyhet", title="Rutiner saknas.", text=text,
        blocks=(Block("title", 0, min(15, len(text)), 1), Block("paragraph", min(16, len(text)), len(text), page=2)),
        source_kind="municipality", captured=datetime(2024, 5, 1, 12, tzinfo=UTC), sha256="ab" * 32, warc="a.warc.gz",
        offset=2**33, published="2024-05", dates=(DateMention("published", "2024-05", "i maj 2024"),),
        municipalities=(Concern("2083", "Hedemora", 1.0, ((0, 7),)),), fingerprint=(1, 2**63),
    )  # fmt: skip
    passage = Passage(name, 0, start, end, text[start:end], "sentence", heading="Rutiner saknas.")
    finding = Finding(name, 0, start, end, text[start:end], "routines", "problem", "inspectorate", 0.9, ("rutin",), "m")
    event = Event(name, "criticism", start, end, text[start:end], authority="IVO", amount=3_000_000_000)
    return Analysis(document, (passage,), (finding,), (event,))


def test_records_come_back_as_they_were_written(tmp_path: Path) -> None:
    """What write_segment stores, the readers give back, field by field."""
    analysis, problem = _analysis(), Problem("extract", "x", "y")
    write_segment(tmp_path, "seg.warc.gz", [analysis], [problem])
    assert list(read_documents(tmp_path)) == [analysis.document]
    assert tuple(read_passages(tmp_path)) == analysis.passages
    assert tuple(read_findings(tmp_path)) == analysis.findings
    assert tuple(read_events(tmp_path)) == analysis.events
    assert list(read_problems(tmp_path)) == [problem]


@settings(max_examples=25, deadline=None)
@given(text=st.text(min_size=1, max_size=200), data=st.data())
def test_any_text_and_quote_survive(tmp_path_factory: pytest.TempPathFactory, text: str, data: st.DataObject) -> None:
    """Offsets are code points: any Unicode text and any range in it come back exact."""
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    folder = tmp_path_factory.mktemp("t")
    if any("\ud800" <= c <= "\udfff" for c in text):
        return
    write_segment(folder, "s", [_analysis(text, quote=(start, end))])
    (document,), (finding,) = read_documents(folder), read_findings(folder)
    assert document.text[finding.start : finding.end] == finding.quote


def test_a_quote_that_the_text_does_not_hold_cannot_be_made() -> None:
    """An analysis whose quote differs from the text at its offsets is refused where it is made."""
    good = _analysis()
    wrong = Finding("d1", 0, 1, 15, "Rutiner saknas.", "routines", "problem", "other", 0.5)
    with pytest.raises(InvariantError, match="is not what the document says"):
        Analysis(good.document, findings=(wrong,))


def test_duckdb_reads_all_segments_as_one(tmp_path: Path) -> None:
    """Two segments are one view; concerns has a row per document and municipality."""
    write_segment(tmp_path, "a", [_analysis(name="d1")])
    write_segment(tmp_path, "b", [_analysis(name="d2")])
    connection = connect(tmp_path)
    assert connection.execute("SELECT count(*), max(date) FROM documents").fetchone() == (2, "2024-05")
    assert connection.execute("SELECT document, code FROM concerns ORDER BY 1").fetchall() == [
        ("d1", "2083"),
        ("d2", "2083"),
    ]


def test_views_exist_before_anything_is_written(tmp_path: Path) -> None:
    """An empty folder gives empty views, not an error."""
    assert connect(tmp_path).execute("SELECT count(*) FROM findings").fetchone() == (0,)


def test_a_segment_is_done_only_when_its_last_part_is_there(tmp_path: Path) -> None:
    """Without the documents part, which is written last, the segment counts as not done."""
    write_segment(tmp_path, "a", [_analysis()])
    assert is_done(tmp_path, "a")
    part_path(tmp_path, "documents", "a").unlink()
    assert not is_done(tmp_path, "a")


def test_a_damaged_part_is_named(tmp_path: Path) -> None:
    """A truncated Parquet file gives one sentence with its path."""
    write_segment(tmp_path, "a", [_analysis()])
    part = part_path(tmp_path, "findings", "a")
    part.write_bytes(part.read_bytes()[:-20])
    with pytest.raises(InputError, match=r"part-a\.parquet: is not a readable Parquet part"):
        list(read_findings(tmp_path))


def test_an_unwritable_folder_is_said(tmp_path: Path) -> None:
    """A file where a folder should be gives a WorkspaceError with the path."""
    (tmp_path / "passages").write_text("in the way")
    with pytest.raises(WorkspaceError, match="cannot be written"):
        write_segment(tmp_path, "a", [_analysis()])
