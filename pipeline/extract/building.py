"""From pieces of text to a Document: joined with exact offsets, dated, and with language and fingerprint."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from pipeline.extract import dates as dating
from pipeline.extract.identity import content_digest, document_id, fingerprint
from pipeline.extract.language import language as language_of
from pipeline.extract.normalise import line
from pipeline.records import Block, BlockKind, Capture, DateMention, Document, DocumentStatus, SourceKind

_TIGHT = frozenset({"list_item", "table_row"})


class Piece(NamedTuple):
    """A block before it has its place: see ``pipeline.records.Block``. ``text`` may still have line breaks."""

    kind: BlockKind
    text: str
    level: int = 0
    page: int | None = None


def join(pieces: Iterable[tuple[BlockKind, str, int, int | None]]) -> tuple[str, tuple[Block, ...]]:
    """The text of the pieces and their blocks; ``text[block.start:block.end]`` is a piece on one line.

    Items of a list and rows of a table follow on the next line, everything else after a
    blank line. Pieces without text are left out.
    """
    parts: list[str] = []
    blocks: list[Block] = []
    position = 0
    for kind, raw, level, page in pieces:
        text = line(raw)
        if not text:
            continue
        if blocks:
            gap = "\n" if kind in _TIGHT and blocks[-1].kind == kind else "\n\n"
            parts.append(gap)
            position += len(gap)
        parts.append(text)
        blocks.append(Block(kind, position, position + len(text), level, page))
        position += len(text)
    return "".join(parts), tuple(blocks)


def _first(mentions: Iterable[DateMention], kind: str) -> str | None:
    return next((mention.date for mention in mentions if mention.kind == kind), None)


def _status(text: str, code: str) -> DocumentStatus:
    if not text:
        return "empty"
    return "ok" if code == "sv" else "other_language"


def build_document(
    capture: Capture,
    pieces: Sequence[tuple[BlockKind, str, int, int | None]],
    *,
    title: str | None = None,
    source_kind: SourceKind = "other",
    dates: Sequence[DateMention] = (),
    part: int | None = None,
    parent: str | None = None,
    media_type: str | None = None,
    extractor: str = "",
    cms: str | None = None,
    derived_from: str | None = None,
    status: DocumentStatus | None = None,
    ocr_confidence: float | None = None,
) -> Document:
    """A Document of these pieces (see ``Piece``; plain 4-tuples do as well).

    ``title``: by default the piece of kind 'title', else the first heading, else ''.
    ``dates``: mentions found outside the text (their lines were removed); they come
    before those that the text itself has by label, and before its deadlines. The first
    of each kind is the document's. ``part`` (1, 2 ...) and ``parent`` (a document id)
    place an item within its paper. ``status`` by default: 'empty' without text,
    'other_language' where the text is not Swedish, else 'ok'.
    """
    text, blocks = join(pieces)
    if title is None:
        named = [b for b in blocks if b.kind == "title"] or [b for b in blocks if b.kind == "heading"]
        title = text[named[0].start : named[0].end] if named else ""
    mentions = (*dates, *dating.labelled(text, capture.time))
    code = language_of(text)
    return Document(
        id=document_id(capture.url, capture.sha256, part),
        url=capture.url,
        title=line(title),
        text=text,
        blocks=blocks,
        source_kind=source_kind,
        captured=capture.time,
        sha256=capture.sha256,
        warc=capture.warc,
        offset=capture.offset,
        source=capture.source,
        media_type=media_type or capture.media_type or "text/html",
        published=_first(mentions, "published"),
        updated=_first(mentions, "updated"),
        decided=_first(mentions, "decided"),
        dates=mentions,
        language=code,
        status=status or _status(text, code),
        extractor=extractor,
        cms=cms,
        derived_from=derived_from,
        parent=parent,
        part=part,
        ocr_confidence=ocr_confidence,
        content_digest=content_digest(text),
        fingerprint=fingerprint(text),
    )
