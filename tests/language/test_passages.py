"""Passages: every character of a block in one of them, with heading and previous."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from pipeline.language.passages import passages
from pipeline.records import Block, BlockKind, Document

KINDS: tuple[BlockKind, ...] = ("title", "heading", "paragraph", "list_item", "table_row", "quote", "footnote")


def _document(pieces: list[tuple[BlockKind, str]], blocks: bool = True) -> Document:
    text, made = "", []
    for kind, piece in pieces:
        made.append(Block(kind, len(text), len(text) + len(piece)))
        text += piece + "\n"
    return Document(
        "d", "", "", text, tuple(made) if blocks else (), "other", datetime(2026, 1, 1, tzinfo=UTC), "",
    )  # fmt: skip


_PIECES = st.lists(st.tuples(st.sampled_from(KINDS), st.text("aB. !?–•\t1", max_size=25)), max_size=6)


@given(_PIECES)
def test_every_character_of_a_block_lies_in_one_passage(pieces: list[tuple[BlockKind, str]]) -> None:
    """No character that is not white space is lost or told twice, and no passage has white space at its ends."""
    document = _document(pieces)
    found = passages(document)
    covered = [0] * len(document.text)
    for passage in found:
        assert passage.text == document.text[passage.start : passage.end] == passage.text.strip() != ""
        for at in range(passage.start, passage.end):
            covered[at] += 1
    assert all(times == 1 for c, times in zip(document.text, covered, strict=True) if not c.isspace())
    assert [p.index for p in found] == list(range(len(found)))


def test_heading_and_previous_stay_in_their_section() -> None:
    """A passage knows the nearest heading and the sentence before, but not one of another section."""
    found = passages(
        _document([("title", "Tillsyn"), ("paragraph", "Ett. Två."), ("heading", "Rutiner"), ("list_item", "Tre.")])
    )
    assert [(p.kind, p.heading, p.previous) for p in found] == [
        ("title", None, None),
        ("sentence", "Tillsyn", None),
        ("sentence", "Tillsyn", "Ett."),
        ("heading", "Tillsyn", None),
        ("list_item", "Rutiner", None),
    ]


def test_headings_and_rows_stay_whole() -> None:
    """A heading or table row with a full stop in it is one passage; a list item is cut into sentences."""
    found = passages(_document([("heading", "Plan. Del 2"), ("table_row", "A. B."), ("list_item", "Ett. Två.")]))
    assert [p.text for p in found] == ["Plan. Del 2", "A. B.", "Ett.", "Två."]


def test_overlapping_blocks_are_read_once() -> None:
    """Where two blocks overlap, the second begins after the first."""
    document = Document(
        "d", "", "", "Ett. Två.", (Block("paragraph", 0, 6), Block("quote", 3, 9)), "other",
        datetime(2026, 1, 1, tzinfo=UTC), "",
    )  # fmt: skip
    assert "".join(p.text for p in passages(document)).replace(" ", "") == "Ett.Två."


def test_a_text_without_blocks_is_read_by_lines() -> None:
    """A document without structure is one paragraph."""
    assert [p.text for p in passages(_document([("paragraph", "Ett."), ("title", "Två.")], blocks=False))] == [
        "Ett.",
        "Två.",
    ]
