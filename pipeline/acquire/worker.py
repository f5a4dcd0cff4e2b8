"""A worker: takes a host whose turn it is, fetches one URL of it, hands the outcome on."""

from __future__ import annotations

import queue
import sqlite3
import time
from collections.abc import Callable, Mapping
from dataclasses import replace

from pipeline.acquire.admission import from_robots
from pipeline.acquire.baton import Baton
from pipeline.acquire.frontier import Frontier
from pipeline.acquire.gatekeeper import Gatekeeper, Verdict
from pipeline.acquire.handler import Handler
from pipeline.acquire.keeper import RobotsOutcome
from pipeline.acquire.lanes import Lane, Lanes, StoppedError
from pipeline.acquire.pace import Pace
from pipeline.acquire.urls import origin
from pipeline.acquire.work import Item, Outcome, fault
from pipeline.archive import Place
from pipeline.errors import CorpusError, WorkspaceError
from pipeline.records import Problem, Source

_MANY, _FEW = 32, 2
_DOWN = 5
_SLOW = 10.0  # seconds between two requests from which on a host is said to be slow
_CONNECT = ("no connection within", "Name or service not known", "Connection refused", "No route to host",
            "Network is unreachable", "Temporary failure in name resolution", "nodename nor servname")  # fmt: skip


_ENDING = (sqlite3.Error, WorkspaceError, CorpusError)
"""What ends the crawl wherever it arises; anything else that an item raises is a failure of that item."""
Result = tuple[Outcome | RobotsOutcome, tuple[Place, ...]]
"""What came of a turn, and where it is archived."""


class Worker:
    """What all worker threads run. ``tired`` tells which sources have had their pages off the subject.

    ``pace`` is the pause between requests to a host; without one no host is asked (a replay), and there are no pauses.
    ``tell`` hears at once what is worth knowing while the crawl goes on.
    """

    def __init__(
        self,
        lanes: Lanes,
        frontier: Frontier,
        gatekeeper: Gatekeeper,
        handler: Handler,
        sources: Mapping[str, Source],
        results: queue.Queue[Result | None],
        tired: Callable[[], list[str]],
        archive: Callable[[Outcome | RobotsOutcome], tuple[Place, ...]],
        baton: Baton,
        pace: Pace | None = None,
        tell: Callable[[Problem], None] = lambda note: None,
    ) -> None:
        self._lanes = lanes
        self._frontier = frontier
        self._gatekeeper = gatekeeper
        self._handler = handler
        self._sources = sources
        self._results = results
        self._tired = tired
        self._archive = archive
        self._baton = baton
        self._pace = pace
        self._tell = tell
        self._patience = handler.patience

    def run(self) -> None:
        """Work until there is none."""
        while (lane := self._lanes.next()) is not None:
            pause, outcome = None, None
            with self._baton:
                try:
                    pause, outcome = self._turn(lane)
                    pause = pause if self._pace or pause is None else 0.0
                    outcome, places = self._archived(outcome) if outcome is not None else (None, ())
                except StoppedError:
                    continue
                finally:
                    self._lanes.back(lane, pause, outcomes=1 if outcome else 0)
            if outcome is not None:
                self._results.put((outcome, places))

    def _turn(self, lane: Lane) -> tuple[float | None, Outcome | RobotsOutcome | None]:
        """One turn of a host: how long it rests then (None: it has nothing), and what came of it."""
        item = self._next_item(lane)
        if item is None:
            return self._until_due(lane), None
        try:
            return self._visit(lane, item)
        except (StoppedError, *_ENDING):
            raise
        except Exception as error:
            return max(lane.delay, self._sources[item.source].delay), Outcome(item, "failed", fault(error))

    def _archived(self, outcome: Outcome | RobotsOutcome) -> Result:
        """What came of a turn, archived. What cannot be made a record is a failure; a full disk ends the crawl."""
        try:
            return outcome, self._archive(outcome)
        except (OSError, *_ENDING):
            raise
        except Exception as error:
            if isinstance(outcome, RobotsOutcome):
                return replace(outcome, verdict=replace(outcome.verdict, answers=())), ()
            return Outcome(outcome.item, "failed", fault(error)), ()

    def _visit(self, lane: Lane, item: Item) -> tuple[float, Outcome | RobotsOutcome | None]:
        """Ask for an item, or for the robots.txt that says whether that may be."""
        rules = self._gatekeeper.known(origin(item.url), time.time())
        if rules is None:
            asked = self._ask(lane, item)
            lane.queue.appendleft(item)
            return asked
        lane.delay = max(self._sources[item.source].delay, rules.rules.crawl_delay or 0.0)
        self._if_slow(lane, rules)
        if rules.until:
            outcome = Outcome(item, "deferred", rules.reason, retry_at=rules.until)
            return self._rest(lane, outcome), outcome
        if rules.private or (rules.reason and not rules.status):
            outcome = Outcome(item, "failed", rules.reason)
            self._rest(lane, outcome)
            return 0.0, outcome
        if rules.reason:
            return 0.0, Outcome(item, "refused", rules.reason)
        if not rules.rules.allows(item.url):
            return 0.0, Outcome(item, "refused", "its robots.txt forbids it")
        if self._pace and (wait := self._pace.claim(lane.name, lane.delay)) > 0:
            lane.queue.appendleft(item)
            return wait, None
        outcome = self._handler.fetch(item)
        if self._pace:
            self._pace.rest(lane.name, lane.delay)
        return self._rest(lane, outcome), outcome

    def _ask(self, lane: Lane, item: Item) -> tuple[float, RobotsOutcome]:
        """Fetch the robots.txt that governs ``item``, and learn of the sitemaps that it names."""
        verdict = self._gatekeeper.ask(origin(item.url), self._sources[item.source].delay)
        self._if_slow(lane, verdict)
        scope = self._handler.scope(item.source)
        links = tuple(
            candidate
            for candidate in from_robots(scope.source, verdict.origin, verdict.rules.sitemaps)
            if scope.follows and not verdict.reason and scope.covers(lane.name)
        )
        return self._delay(item, verdict), RobotsOutcome(verdict, item.source, links)

    def _if_slow(self, lane: Lane, verdict: Verdict) -> None:
        """Tell of a host that asks for long pauses, once."""
        pause = verdict.rules.crawl_delay or 0.0
        if self._pace and pause >= _SLOW and not lane.slow:
            lane.slow = True
            what = f"its robots.txt asks for {pause:g} seconds between two requests, which makes this crawl long"
            self._tell(Problem("acquire", lane.name, what))

    def _delay(self, item: Item, verdict: Verdict) -> float:
        return max(self._sources[item.source].delay, verdict.rules.crawl_delay or 0.0)

    def _next_item(self, lane: Lane) -> Item | None:
        if not lane.queue:
            count = _MANY if lane.delay < 0.2 else _FEW
            lane.queue.extend(self._frontier.take(lane.name, count, time.time(), self._tired()))
        return lane.queue.popleft() if lane.queue else None

    def _until_due(self, lane: Lane) -> float | None:
        """Seconds until a waiting URL of the host is due, when that is soon enough to wait for."""
        due = self._frontier.next_due(lane.name)
        wait = due - time.time() if due is not None else None
        return max(0.01, wait) if wait is not None and 0 < wait <= self._patience else None

    def _rest(self, lane: Lane, outcome: Outcome) -> float:
        """The delay of the host, longer when it asks for that; a host that is down is left for this crawl."""
        asked = float(outcome.metadata.get("host-waits", 0.0))
        if outcome.verdict == "deferred":
            lane.closed = outcome.reason
        elif outcome.answer is None and any(sign in outcome.reason for sign in _CONNECT):
            lane.down += 1
            if lane.down >= _DOWN:
                lane.closed = outcome.reason
        elif outcome.answer is not None:
            lane.down = 0
        if lane.closed:
            self._frontier.give_back(lane.queue)
            lane.queue.clear()
        return max(lane.delay, asked)
