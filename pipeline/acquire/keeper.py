"""Keeps what came back: into the archive first, then into the frontier, then into the log."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from pipeline.acquire.baton import Baton
from pipeline.acquire.frontier import Frontier
from pipeline.acquire.gatekeeper import Verdict as RobotsVerdict
from pipeline.acquire.recorder import Recorder
from pipeline.acquire.runlog import RunLog
from pipeline.acquire.schedule import DAY, due_after_failure, due_after_gone, next_due
from pipeline.acquire.work import Candidate, Item, Outcome, State, fault
from pipeline.archive import Place
from pipeline.records import Problem


@dataclass(frozen=True, slots=True)
class RobotsOutcome:
    """A robots.txt that was fetched, and the sitemaps that it led to."""

    verdict: RobotsVerdict
    source: str
    links: tuple[Candidate, ...] = ()


_CAPPED = "its robots.txt asks for more than an hour between two requests; an hour is kept"
Kept = tuple[Outcome | RobotsOutcome, tuple[Place, ...]]
"""What came of a turn, and where it is archived."""


@dataclass(slots=True)
class Tally:
    """What the crawl counts as it goes: bytes received by source, blocked pages and shapes of pages."""

    received: int = 0
    blocked: dict[str, int] = field(default_factory=dict)
    shapes: dict[str, set[str]] = field(default_factory=dict)
    off: dict[str, int] = field(default_factory=dict)
    notes: list[Problem] = field(default_factory=list)


_UNREACHABLE = "which forbids everything"


class Keeper:
    """The one writer of a crawl: archive first, then frontier, so that a killed crawl loses nothing (``resume``)."""

    def __init__(self, frontier: Frontier, recorder: Recorder, log: RunLog, baton: Baton) -> None:
        self._frontier = frontier
        self._recorder = recorder
        self._log = log
        self._baton = baton
        self.tally = Tally()

    def archive(self, outcome: Outcome | RobotsOutcome) -> tuple[Place, ...]:
        """Archive what came, at once (any thread); where it stands."""
        if isinstance(outcome, RobotsOutcome):
            return self._record_robots(outcome)
        return (self._record(outcome, outcome.answer),) if outcome.answer is not None else ()

    def keep(self, batch: Sequence[Kept]) -> set[str]:
        """Settle what is archived (the crawl's main thread); the hosts that may have new work."""
        batch, lanes = self._long_lists(batch)
        with self._frontier.transaction():
            for outcome, places in batch:
                if isinstance(outcome, RobotsOutcome):
                    lanes |= self._settle_robots(outcome)
                else:
                    lanes |= self._frontier.insert(outcome.links) if isinstance(outcome.links, tuple) else set()
                    self._settle(outcome, places[0] if places else None)
        self._recorder.settled(place for _, places in batch for place in places)
        for outcome, places in batch:
            self._after(outcome, places)
        self._log.flush()
        return lanes

    def _long_lists(self, batch: Sequence[Kept]) -> tuple[list[Kept], set[str]]:
        """Links that stream (a sitemap's may be millions): committed part by part before their list is settled.

        A list in whose midst the reading fails keeps the links before it, and is a failure.
        """
        lanes: set[str] = set()
        settled: list[Kept] = []
        for outcome, places in batch:
            faults: list[str] = []
            if isinstance(outcome, Outcome) and not isinstance(outcome.links, tuple):
                with self._baton.laid_down:  # which takes long: fetches are to go on
                    lanes |= self._frontier.add(_until_fault(outcome.links, faults))
            if faults and isinstance(outcome, Outcome):
                outcome = replace(outcome, verdict="failed", reason=faults[0])
            settled.append((outcome, places))
        return settled, lanes

    def _record(self, outcome: Outcome, answer: Any) -> Place:
        item = outcome.item
        metadata = {"via": str(item.via), "rule": item.rule, "role": item.role, "source": item.source}
        metadata |= {"verdict": outcome.verdict, "fetchTimeMs": f"{answer.seconds * 1000:.0f}"}
        metadata |= {"reason": outcome.reason} if outcome.reason else {}
        same = item.known is not None and (outcome.verdict == "unchanged" or answer.body.sha256 == item.known.sha256)
        role = "blocked" if outcome.blocked else item.role if item.role in ("sitemap", "feed") else ""
        return self._recorder.record(item, answer, metadata, revisit=same and not outcome.blocked, role=role)

    def _record_robots(self, outcome: RobotsOutcome) -> tuple[Place, ...]:
        metadata = {"rule": "robots.txt", "role": "robots", "source": outcome.source}
        return tuple(
            self._recorder.record(robots_item(answer.url, outcome.source), answer, metadata, role="robots")
            for answer in outcome.verdict.answers
        )

    def _settle_robots(self, outcome: RobotsOutcome) -> set[str]:
        v = outcome.verdict
        if not v.private:
            self._frontier.keep_robots(v.origin, v.fetched, v.status, v.body, v.down_since)
        return self._frontier.insert(outcome.links)

    def _settle(self, outcome: Outcome, place: Place | None) -> None:
        item, answer, verdict = outcome.item, outcome.answer, outcome.verdict
        now = answer.time.timestamp() if answer else time.time()
        columns: dict[str, Any] = {"reason": outcome.reason, "fetched": now}
        if answer is not None:
            columns["status"] = answer.status
        if verdict == "deferred" and outcome.retry_at:
            self._frontier.let_rest(item.lane, outcome.retry_at, outcome.reason)
        if verdict in ("retry", "deferred"):
            self._frontier.settle(
                item, "due", due=outcome.retry_at or now, verdict=verdict, tries=item.tries + 1, **columns
            )
        elif verdict in ("fetched", "unchanged", "redirect"):
            self._settle_good(outcome, place, now, columns)
        elif verdict == "gone":
            self._frontier.settle(item, "gone", due=due_after_gone(now), verdict=verdict, tries=0, fails=0, **columns)
        else:
            due = now + 30 * DAY if verdict == "skipped" else now
            if _own_fault(outcome):
                columns["fails"] = item.fails + 1
                due = due_after_failure(now, item.fails + 1)
            state: State = "skipped" if verdict == "skipped" else "refused" if verdict == "refused" else "failed"
            self._frontier.settle(item, state, due=due, verdict=verdict, tries=0, **columns)

    def _settle_good(self, outcome: Outcome, place: Place | None, now: float, columns: dict[str, Any]) -> None:
        item, answer = outcome.item, outcome.answer
        changed = item.changed or now
        changes = item.changes
        same = outcome.verdict == "unchanged" or (item.known and place and place.sha256 == item.known.sha256)
        if not same and place is not None and answer is not None:
            changes += 1 if item.known else 0
            changed = now
            columns |= {
                "sha256": place.sha256, "warc": place.warc, "offset": place.offset, "record_id": place.record_id,
                "archived": now,
            }  # fmt: skip
        etag = answer.header("etag") if answer else ""
        modified = answer.header("last-modified") if answer else ""
        if outcome.verdict == "unchanged" and item.known:
            etag, modified = etag or item.known.etag, modified or item.known.last_modified
        first = item.first or now
        columns |= {"etag": etag, "last_modified": modified, "changed": changed, "changes": changes, "first": first}
        columns |= {
            "checks": item.checks + 1,
            "tries": 0,
            "fails": 0,
            "target": outcome.reason if outcome.verdict == "redirect" else "",
        }
        due = next_due(now, first=first, changed=changed, changes=changes, validator=bool(etag or modified))
        self._frontier.settle(item, "done", due=due, verdict=outcome.verdict, **columns)

    def _after(self, outcome: Outcome | RobotsOutcome, places: tuple[Place, ...]) -> None:
        """Count, log, and let go of the body."""
        if isinstance(outcome, RobotsOutcome):
            for answer in outcome.verdict.answers:
                self.tally.received += answer.body.size
                answer.body.close()
            if outcome.verdict.rules.capped:
                self.tally.notes.append(Problem("acquire", outcome.verdict.origin, _CAPPED))
            self._log.robots(outcome.verdict.origin, outcome.verdict.status, outcome.verdict.reason)
            return
        item, place = outcome.item, places[0] if places else None
        if outcome.blocked:
            self.tally.blocked[item.source] = self.tally.blocked.get(item.source, 0) + 1
        if outcome.shape and (item.rule in ("start", "listing")):
            self.tally.shapes.setdefault(item.source, set()).update(outcome.shape)
        if item.off and outcome.verdict in ("fetched", "unchanged"):
            self.tally.off[item.source] = self.tally.off.get(item.source, 0) + 1
        self.tally.notes += [Problem("acquire", item.url, note) for note in outcome.notes]
        self._log.outcome(outcome, place)
        if outcome.answer is not None:
            self.tally.received += outcome.answer.body.size
            outcome.answer.body.close()


def _until_fault(links: Iterable[Candidate], faults: list[str]) -> Iterator[Candidate]:
    """The links up to where reading them fails; ``faults`` collects why."""
    try:
        yield from links
    except Exception as error:
        faults.append(fault(error))


def _own_fault(outcome: Outcome) -> bool:
    """Whether a failure speaks of the URL: it was answered so, or the URL never gave anything (a dead name).

    That a host is down says nothing of the pages that it gave before: they are asked for as soon as it is back.
    """
    lost = outcome.verdict == "refused" and outcome.reason.endswith(_UNREACHABLE)
    answered = outcome.verdict == "failed" and outcome.answer is not None
    return answered or ((outcome.verdict == "failed" or lost) and outcome.item.known is None)


def robots_item(url: str, source: str) -> Item:
    """An item that stands for a robots.txt (it has no row in the frontier)."""
    return Item(0, url, "", source, "robots", "robots.txt", 0, 0, 0, 0, 0, "", 0, None, 0, 0, 0, 0, 0)
