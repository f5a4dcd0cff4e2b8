"""What a crawl did: counts, and every URL that failed with its reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from pipeline.acquire.frontier import Frontier
from pipeline.records import Problem


@dataclass(frozen=True, slots=True)
class Failure:
    """A URL that was not fetched. ``kind``: failed, gone, refused, skipped or deferred."""

    url: str
    source: str
    kind: str
    reason: str
    declared: bool = False


@dataclass(frozen=True, slots=True)
class Alarm:
    """Something is wrong with a source. ``last_good`` is the day (ISO 8601) of its last good crawl, '' if never."""

    source: str
    kind: str
    what: str
    last_good: str = ""


@dataclass(frozen=True, slots=True)
class CrawlSummary:
    """The end of a crawl: numbers of URLs and bytes.

    ``waiting`` are URLs known but not fetched, ``deferred`` those of them whose hosts ask us to come back later.
    """

    run: int
    fetched: int
    unchanged: int
    redirected: int
    refused: int
    gone: int
    failed: int
    skipped: int
    deferred: int
    waiting: int
    received: int
    archived: int
    seconds: float
    resumed: bool
    interrupted: bool
    failures: tuple[Failure, ...] = ()
    alarms: tuple[Alarm, ...] = ()
    notes: tuple[Problem, ...] = ()
    log: str = ""
    sources: Mapping[str, Mapping[str, int]] = field(default_factory=dict)

    @property
    def complete(self) -> bool:
        """Whether all was done: nothing failed, nothing declared is gone, no alarm, not interrupted."""
        missing = any(f.kind in ("failed", "deferred") or (f.kind == "gone" and f.declared) for f in self.failures)
        return not (missing or self.deferred or self.alarms or self.interrupted)

    def as_json(self) -> dict[str, Any]:
        """All of it in plain types."""
        return asdict(self) | {"complete": self.complete}


_LISTED = ("failed", "gone", "refused", "deferred", "skipped")


def counts(frontier: Frontier) -> dict[str, int]:
    """URLs of this run by verdict."""
    query = "SELECT verdict, count(*) FROM urls WHERE run = ? AND (verdict, rule) <> ('gone', 'guess') GROUP BY verdict"
    return dict(frontier.rows(query, (frontier.run,)))


def by_source(frontier: Frontier) -> dict[str, dict[str, int]]:
    """URLs of this run by source and verdict; one of several sources counts for each."""
    found: dict[str, dict[str, int]] = {}
    query = "SELECT member, verdict, count(*) FROM held WHERE run = ? GROUP BY member, verdict ORDER BY member"
    for source, verdict, count in frontier.rows(query, (frontier.run,)):
        found.setdefault(source, {})[verdict] = count
    return found


def failures(frontier: Frontier) -> tuple[Failure, ...]:
    """Every URL of this run that was not fetched, with its reason."""
    marks = ", ".join("?" * len(_LISTED))
    query = (
        "SELECT url, source, CASE WHEN verdict = 'retry' THEN 'failed' ELSE verdict END, reason, "
        "rule IN ('start', 'sitemap', 'feed', 'listing') AND depth = 0 FROM urls "
        f"WHERE run = ? AND (verdict IN ({marks}) OR (verdict = 'retry' AND state = 'due')) AND rule <> 'guess' "
        "ORDER BY source, id"
    )
    return tuple(Failure(u, s, k, r, bool(d)) for u, s, k, r, d in frontier.rows(query, (frontier.run, *_LISTED)))


def waiting(frontier: Frontier) -> int:
    """URLs that this crawl knows of but has not fetched."""
    query = "SELECT count(*) FROM urls WHERE state IN ('due', 'active') AND source IN (SELECT source FROM chosen)"
    return int(frontier.rows(query)[0][0])
