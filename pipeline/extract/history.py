"""Versions of a page over time, and what was changed between them: a finding of its own."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher
from typing import Literal

from pipeline.records import Document

ChangeKind = Literal["added", "removed", "changed"]
_CLOSE = 0.5
_MOST_BLOCKS = 2_000


@dataclass(frozen=True, slots=True)
class Change:
    """One block that differs between two versions; ``old`` or ``new`` is '' for what was added or removed.

    ``before`` and ``after`` are the capture times (UTC) of the two versions.
    """

    kind: ChangeKind
    old: str
    new: str
    before: datetime
    after: datetime


@dataclass(frozen=True, slots=True)
class Version:
    """One state of a page: the document, the captures that showed it, and the changes since the state before."""

    document: Document
    first: datetime
    last: datetime
    captures: int
    changes: tuple[Change, ...] = ()


def _texts(document: Document) -> list[str]:
    return [document.text[block.start : block.end] for block in document.blocks[:_MOST_BLOCKS]]


def diff(old: Document, new: Document) -> tuple[Change, ...]:
    """The blocks that were added, removed or reworded from ``old`` to ``new``, in reading order."""
    before, after = _texts(old), _texts(new)
    changes: list[Change] = []
    for tag, a, b, c, d in SequenceMatcher(a=before, b=after, autojunk=False).get_opcodes():
        if tag != "equal":
            changes += _paired(before[a:b], after[c:d], old.captured, new.captured)
    return tuple(changes)


def _paired(gone: list[str], come: list[str], before: datetime, after: datetime) -> list[Change]:
    """A block that has become another one like it is a change; the rest was removed or added."""
    changes = []
    for old in gone:
        like = {new: SequenceMatcher(a=old, b=new, autojunk=False).ratio() for new in come}
        best = max(like, key=lambda new: like[new], default="")
        if best and like[best] >= _CLOSE:
            come = [new for new in come if new is not best]
            changes.append(Change("changed", old, best, before, after))
        else:
            changes.append(Change("removed", old, "", before, after))
    return changes + [Change("added", "", new, before, after) for new in come]


def versions(documents: Iterable[Document]) -> tuple[Version, ...]:
    """The states of one page from its documents (one per capture), oldest first; equal neighbours are one state."""
    states: list[Version] = []
    for document in sorted(documents, key=lambda d: d.captured):
        if states and states[-1].document.content_digest == document.content_digest:
            known = states[-1]
            states[-1] = Version(known.document, known.first, document.captured, known.captures + 1, known.changes)
            continue
        changes = diff(states[-1].document, document) if states else ()
        states.append(Version(document, document.captured, document.captured, 1, changes))
    return tuple(states)
