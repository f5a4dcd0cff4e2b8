"""A document cut into passages: one per sentence, title, heading, list item or table row."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.language.sentences import sentence_spans
from pipeline.records import Block, BlockKind, Document, Passage, PassageKind

_KINDS: dict[BlockKind, PassageKind] = {
    "title": "title",
    "heading": "heading",
    "list_item": "list_item",
    "table_row": "table_row",
    "quote": "quote",
}
_WHOLE = ("title", "heading", "table_row")


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    piece = text[start:end]
    return start + len(piece) - len(piece.lstrip()), start + len(piece.rstrip())


def _spans(text: str, block: Block, start: int) -> list[tuple[int, int]]:
    if block.kind in _WHOLE:
        begin, end = _trimmed(text, start, block.end)
        return [(begin, end)] if begin < end else []
    return [(start + a, start + b) for a, b in sentence_spans(text[start : block.end])]


def _blocks(document: Document) -> tuple[Block, ...]:
    if document.blocks or not document.text:
        return document.blocks
    return (Block("paragraph", 0, len(document.text)),)


def _pieces(document: Document) -> Iterator[tuple[PassageKind, int, int]]:
    covered = 0
    for block in sorted(_blocks(document), key=lambda b: (b.start, b.end)):
        start = max(block.start, covered)
        if start >= block.end:
            continue
        for begin, end in _spans(document.text, block, start):
            yield _KINDS.get(block.kind, "sentence"), begin, end
        covered = block.end


def passages(document: Document) -> tuple[Passage, ...]:
    """The passages of ``document`` in reading order, indexed from 0.

    Offsets are half-open code points of ``document.text``; every character of a block
    that is not white space lies in exactly one passage. ``heading`` is the nearest
    heading or title above, ``previous`` the passage before in the same section.
    """
    made: list[Passage] = []
    heading: str | None = None
    previous: str | None = None
    for index, (kind, start, end) in enumerate(_pieces(document)):
        text = document.text[start:end]
        if kind in ("title", "heading"):
            made.append(Passage(document.id, index, start, end, text, kind, heading, None))
            heading, previous = text, None
        else:
            made.append(Passage(document.id, index, start, end, text, kind, heading, previous))
            previous = text
    return tuple(made)
