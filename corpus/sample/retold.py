"""The retold documents as one kind of record, whichever file they come from.

Two sources: ``retold_gold.json`` (79 documents, kept for measuring) and the files
``../annotations/retold_*.jsonl`` with ``retold_*_documents.json`` (training material).
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any, Literal, TypeVar

HERE = Path(__file__).parent
ANNOTATIONS = HERE.parent / "annotations"
REGIONS = ("east", "north", "south", "west")
PartKind = Literal["title", "heading", "paragraph", "list", "quote", "boilerplate"]
T = TypeVar("T")


@dataclass(frozen=True)
class Part:
    """A piece of a document: ``lines`` are the items of a list, the sentences of anything else."""

    kind: PartKind
    lines: tuple[str, ...]

    @property
    def text(self) -> str:
        """The sentences as running text."""
        return " ".join(self.lines)


@dataclass(frozen=True)
class Retold:
    """One retold public document: where it really stands, what is true of it, and its parts in order."""

    id: str
    split: Literal["gold", "annotation"]
    url: str | None
    source_kind: str
    municipalities: tuple[str, ...]
    published: str | None
    events: tuple[str, ...]
    parts: tuple[Part, ...]

    @property
    def title(self) -> str | None:
        """The document's own title, None where it has none."""
        return next((part.text for part in self.parts if part.kind == "title"), None)

    @property
    def boilerplate(self) -> tuple[str, ...]:
        """The lines that are no content."""
        return tuple(line for part in self.parts if part.kind == "boilerplate" for line in part.lines)


def number(*keys: str) -> int:
    """A number that depends on the keys only (never on the order of calls, the platform or the Python version)."""
    return int.from_bytes(hashlib.sha256("|".join(keys).encode()).digest()[:8], "big")


def pick(options: Sequence[T], *keys: str) -> T:
    """One of the options, chosen by the keys."""
    return options[number(*keys) % len(options)]


def hexed(length: int, *keys: str) -> str:
    """A hexadecimal identifier of the given length, made from the keys."""
    return hashlib.sha256("|".join(keys).encode()).hexdigest()[:length]


def load() -> list[Retold]:
    """All retold documents, gold first, in the order of their files."""
    return [*_gold(), *_annotated()]


def copy_gold(source: Path) -> None:
    """Write ``retold_gold.json`` from the folder of the gold files: documents with their paragraphs."""
    documents = json.loads((source / "retold_documents.json").read_text("utf-8"))
    rows = [json.loads(line) for line in (source / "retold.jsonl").read_text("utf-8").splitlines()]
    sentences = defaultdict(list)
    for row in rows:
        sentences[row["doc"]].append([row["paragraph"], row["sentence"], row["boilerplate"]])
    keep = ("doc", "url", "source_kind", "municipalities", "published", "events")
    out = [{key: document[key] for key in keep} | {"sentences": sentences[document["doc"]]} for document in documents]
    lines = ",\n".join(json.dumps(item, ensure_ascii=False) for item in out)
    (HERE / "retold_gold.json").write_text(f"[\n{lines}\n]\n", "utf-8")


def _gold() -> Iterator[Retold]:
    for row in json.loads((HERE / "retold_gold.json").read_text("utf-8")):
        yield _record(row, "gold", tuple(_gold_parts(row["sentences"])))


def _gold_parts(sentences: list[tuple[int, str, bool]]) -> Iterator[Part]:
    """Paragraphs in order; a single short line without a full stop is a heading, the first such the title."""
    titled = False
    for (_, waste), group in groupby(sentences, key=lambda row: (row[0], row[2])):
        lines = tuple(text for _, text, _ in group)
        if waste:
            yield from (Part("boilerplate", (line,)) for line in lines)
        elif (
            len(lines) == 1 and len(lines[0]) <= 120 and not re.search(r"[.!:…]$", lines[0]) and lines[0][0] not in "–-"
        ):
            yield Part("heading" if titled else "title", lines)
            titled = True
        else:
            yield Part("paragraph", lines)
            titled = True


def _annotated() -> Iterator[Retold]:
    for region in REGIONS:
        rows = defaultdict(list)
        for line in (ANNOTATIONS / f"retold_{region}.jsonl").read_text("utf-8").splitlines():
            row = json.loads(line)
            rows[row["doc"]].append((row["kind"], row["text"]))
        for row in json.loads((ANNOTATIONS / f"retold_{region}_documents.json").read_text("utf-8")):
            yield _record(row, "annotation", tuple(_parts(row["doc"], rows[row["doc"]])))


def _parts(doc: str, rows: list[tuple[str, str]]) -> Iterator[Part]:
    """Sentences gathered into paragraphs of one to four, list items into lists; the rest as it stands."""
    for kind, group in groupby(rows, key=lambda row: row[0]):
        lines = [text for _, text in group]
        if kind == "sentence":
            yield from (Part("paragraph", chunk) for chunk in _chunks(doc, lines))
        elif kind == "list_item":
            yield Part("list", tuple(lines))
        else:
            yield from (Part(kind, (line,)) for line in lines)  # type: ignore[arg-type]


def _chunks(doc: str, lines: list[str]) -> Iterator[tuple[str, ...]]:
    at = 0
    while at < len(lines):
        size = 1 + number(doc, "paragraph", str(at)) % 4
        yield tuple(lines[at : at + size])
        at += size


def _record(row: dict[str, Any], split: Literal["gold", "annotation"], parts: tuple[Part, ...]) -> Retold:
    url = row["url"] if str(row["url"]).startswith("http") else None
    return Retold(
        f"gold-{row['doc']}" if split == "gold" else row["doc"], split, url, row["source_kind"],
        tuple(row["municipalities"]), row["published"], tuple(row["events"]), parts,
    )  # fmt: skip
