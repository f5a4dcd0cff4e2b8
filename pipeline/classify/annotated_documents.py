"""Documents whose municipalities and events are annotated, read as records to measure and to train with.

A file ``<name>_documents.json`` lists ``doc, url, source_kind, municipalities, published, events`` and either ``text``
or has the passages beside it in ``<name>.jsonl``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pipeline.errors import CorpusError
from pipeline.records import Block, BlockKind, Document

_KINDS: Mapping[str, BlockKind] = {"title": "title", "heading": "heading", "list_item": "list_item", "quote": "quote"}
_NO_TITLE = re.compile(r"[.:]$|^\d|^[–-]|@")


@dataclass(frozen=True, slots=True)
class AnnotatedDocument:
    """A document with what a reader said of it: codes of the municipalities, kinds of the events."""

    document: Document
    codes: frozenset[str]
    kinds: frozenset[str]


def joined(pieces: Iterable[tuple[BlockKind, str]]) -> tuple[str, tuple[Block, ...]]:
    """Text and blocks of ``pieces``, one a line."""
    parts: list[str] = []
    blocks: list[Block] = []
    at = 0
    for kind, text in pieces:
        blocks.append(Block(kind, at, at + len(text), 1 if kind in ("title", "heading") else 0))
        parts.append(text)
        at += len(text) + 1
    return "\n".join(parts), tuple(blocks)


def lines(text: str) -> list[tuple[BlockKind, str]]:
    """The lines of ``text`` as pieces: the first that looks like one is the title, the others are paragraphs."""
    pieces: list[tuple[BlockKind, str]] = []
    for line in filter(None, map(str.strip, text.splitlines())):
        title = not any(kind == "title" for kind, _ in pieces) and len(line) < 120 and not _NO_TITLE.search(line)
        pieces.append(("title" if title else "paragraph", line))
    return pieces


def _of_passages(rows: Iterable[Mapping[str, Any]], boilerplate: bool) -> list[tuple[BlockKind, str]]:
    return [
        (_KINDS.get(row["kind"], "paragraph"), " ".join(row["text"].split()))
        for row in rows
        if row["text"].strip() and (boilerplate or not row["boilerplate"])
    ]


def _record(entry: Mapping[str, Any], pieces: list[tuple[BlockKind, str]], url: bool) -> AnnotatedDocument:
    text, blocks = joined(pieces)
    document = Document(
        id=entry["doc"],
        url=entry["url"] if url else "",
        title=next((t for kind, t in pieces if kind == "title"), ""),
        text=text,
        blocks=blocks,
        source_kind=entry["source_kind"],
        captured=datetime(2026, 1, 1, tzinfo=UTC),
        sha256="",
        published=entry.get("published"),
    )
    kinds = frozenset(e if isinstance(e, str) else e["kind"] for e in entry["events"])
    return AnnotatedDocument(document, frozenset(entry["municipalities"]), kinds)


def read(path: Path, *, url: bool = True, boilerplate: bool = True) -> list[AnnotatedDocument]:
    """The documents of ``path``, without their addresses or their boilerplate lines where these are not wanted.

    Raises CorpusError when the file or the passages beside it cannot be read.
    """
    try:
        entries = json.loads(path.read_text("utf-8"))
        passages: dict[str, list[Mapping[str, Any]]] = {}
        if any("text" not in entry for entry in entries):
            beside = path.with_name(path.name.replace("_documents.json", ".jsonl"))
            for row in map(json.loads, beside.read_text("utf-8").splitlines()):
                passages.setdefault(row["doc"], []).append(row)
    except (OSError, ValueError) as error:
        raise CorpusError(f"{path}: cannot be read as annotated documents: {error}.") from error
    return [
        _record(
            entry,
            lines(entry["text"]) if "text" in entry else _of_passages(passages.get(entry["doc"], ()), boilerplate),
            url,
        )
        for entry in entries
    ]
