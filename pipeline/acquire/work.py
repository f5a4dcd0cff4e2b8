"""The nouns of a crawl: a URL to fetch, a URL found, and what became of a fetch."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from pipeline.acquire.answer import Answer
from pipeline.acquire.discovery import Role
from pipeline.archive import Place

State = Literal["due", "active", "done", "gone", "failed", "refused", "skipped", "outside"]
Verdict = Literal["fetched", "unchanged", "redirect", "gone", "failed", "refused", "skipped", "retry", "deferred"]


def fault(error: Exception) -> str:
    """What is said of a URL at which the crawl itself made a mistake."""
    return f"an unexpected fault ({type(error).__name__}: {error})"[:500]


@dataclass(frozen=True, slots=True)
class Known:
    """What the archive holds of a URL: its validators, its digest and the place of its last full response."""

    etag: str
    last_modified: str
    sha256: str
    place: Place
    time: float


@dataclass(frozen=True, slots=True)
class Candidate:
    """A URL that may be fetched.

    ``off`` counts the steps since the last page on the subject; ``via`` is a row id.

    ``follows`` says whether the source wants its links, ``news`` whether the page it was found on is new or changed.
    """

    url: str
    source: str
    role: Role
    rule: str
    priority: float = 0.0
    depth: int = 0
    off: int = 0
    via: int = 0
    hops: int = 0
    origin: str = ""
    lastmod: str | None = None
    follows: bool = True
    news: bool = False


@dataclass(frozen=True, slots=True)
class Item:
    """A row of the frontier that is being fetched. Times are seconds since 1970.

    ``anew`` asks for the whole page, so that its links are read though it is unchanged; ``fails`` counts the
    crawls in a row in which it failed; ``also`` are the other sources of this crawl that have the URL.
    """

    id: int
    url: str
    lane: str
    source: str
    role: Role
    rule: str
    priority: float
    depth: int
    off: int
    via: int
    hops: int
    origin: str
    tries: int
    known: Known | None
    fetched: float
    changed: float
    checks: int
    changes: int
    first: float
    anew: bool = False
    fails: int = 0
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one item. ``links`` is read once, after the answer is archived; ``retry_at`` is a time."""

    item: Item
    verdict: Verdict
    reason: str = ""
    answer: Answer | None = None
    links: Iterable[Candidate] = ()
    retry_at: float | None = None
    notes: tuple[str, ...] = ()
    shape: tuple[str, ...] = ()
    blocked: bool = False
    metadata: dict[str, str] = field(default_factory=dict)
