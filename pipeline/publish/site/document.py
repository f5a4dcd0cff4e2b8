"""The page of a document: its provenance, its archived copy, and its text with every marked sentence."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from pipeline.publish.site import display
from pipeline.publish.site.data import Row, Store
from pipeline.publish.site.frame import View

BATCH = 500
_DOCUMENTS = "SELECT id, text, blocks, municipalities FROM documents ORDER BY id"


@dataclass(frozen=True, slots=True)
class Tag:
    """What a marked stretch is: a theme with sense and voice, or an event (``theme`` empty)."""

    theme: str
    polarity: str
    attribution: str
    event: str = ""
    score: float = 0.0


@dataclass(frozen=True, slots=True)
class Stretch:
    """A run of text: its marks' css classes ('' none), its anchors, and the tags of marks that end with it."""

    text: str
    css: str
    anchors: tuple[str, ...]
    tags: tuple[Tag, ...]

    @property
    def voices(self) -> tuple[str, ...]:
        """Who says it, each once."""
        return tuple(dict.fromkeys(tag.attribution for tag in self.tags if tag.attribution))


@dataclass(frozen=True, slots=True)
class Part:
    """A block of the document, ready to show."""

    kind: str
    level: int
    page: int | None
    stretches: tuple[Stretch, ...]


def _marks(found: Sequence[Row], events: Sequence[Row]) -> tuple[list[display.Mark], dict[tuple[int, int], list[Tag]]]:
    tags: dict[tuple[int, int], list[Tag]] = defaultdict(list)
    kinds: dict[tuple[int, int], str] = {}
    for row in sorted(found, key=lambda r: r["polarity"] != "problem"):
        span = (row["start"], row["end"])
        tags[span].append(Tag(row["theme"], row["polarity"], row["attribution"], score=row["score"]))
        kinds.setdefault(span, f"m-{row['polarity']}")
    for row in events:
        span = (row["start"], row["end"])
        tags[span].append(Tag("", "", "", event=row["kind"]))
        kinds.setdefault(span, "m-event")
    return [display.Mark(a, b, kind, f"m{a}") for (a, b), kind in kinds.items()], tags


def _stretch(piece: display.Piece, end: int, tags: dict[tuple[int, int], list[Tag]]) -> Stretch:
    css = " ".join(dict.fromkeys(mark.kind for mark in piece.marks))
    ending = [tag for mark in piece.marks if mark.end == end for tag in tags[(mark.start, mark.end)]]
    return Stretch(piece.text, css, tuple(dict.fromkeys(piece.anchors)), tuple(ending))


def parts(text: str, blocks: Sequence[Row], found: Sequence[Row], events: Sequence[Row]) -> list[Part]:
    """The blocks of a document with its marks; a text without blocks is one paragraph."""
    marks, tags = _marks(found, events)
    made = []
    for block in blocks or [{"kind": "paragraph", "start": 0, "end": len(text), "level": 0, "page": None}]:
        at, stretches = block["start"], []
        for piece in display.pieces(text, block["start"], block["end"], marks):
            at += len(piece.text)
            stretches.append(_stretch(piece, at, tags))
        made.append(Part(block["kind"], block["level"] or 0, block["page"], tuple(stretches)))
    return made


def archive_link(workspace: Path, warc: str, top: str) -> str | None:
    """The way from a page to the archive file beside the report, when it is there."""
    name = Path(warc).name
    if name and (workspace / "archive" / name).exists():
        return quote(f"{top}../archive/{name}")
    return None


def _by_document(store: Store, query: str) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = defaultdict(list)
    for row in store.rows(query):
        found[row["document"]].append(row)
    return found


def contexts(store: Store, workspace: Path, view: View) -> Iterator[tuple[str, dict[str, Any]]]:
    """Id and template context of every document, read in batches so that the texts are never all in memory."""
    meta = {row["id"]: row for row in store.rows("SELECT * FROM d")}
    findings = _by_document(
        store, 'SELECT document, start, "end", theme, polarity, attribution, score FROM findings ORDER BY start, theme'
    )
    events = _by_document(store, 'SELECT document, start, "end", kind FROM events ORDER BY start')
    cursor = store.connection.cursor()
    cursor.execute(_DOCUMENTS)
    while batch := cursor.fetchmany(BATCH):
        for name, text, blocks, places in batch:
            yield (
                name,
                _context(meta[name], display.clean(text), blocks, places, findings[name], events[name], workspace),
            )


def _context(
    row: Row,
    text: str,
    blocks: Sequence[Row],
    places: Sequence[Row],
    found: list[Row],
    events: list[Row],
    workspace: Path,
) -> dict[str, Any]:
    title = display.clean(row["title"])
    return {
        "d": row,
        "title": title,
        "parts": parts(text, blocks, found, events),
        "places": places or [],
        "found": found,
        "live": display.safe_url(row["derived_from"]) or display.safe_url(row["url"]),
        "captured_url": display.clean(row["url"]),
        "warc_link": archive_link(workspace, row["warc"], "../"),
        "warc_name": display.clean(Path(row["warc"]).name),
    }
