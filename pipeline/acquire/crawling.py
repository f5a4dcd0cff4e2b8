"""The crawl: from declared sources to archived captures. Polite, complete, restartable."""

from __future__ import annotations

import errno
import queue
import signal
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any

from requests.adapters import BaseAdapter

from pipeline.acquire import summary as report
from pipeline.acquire.admission import declared
from pipeline.acquire.alarms import raise_alarms
from pipeline.acquire.baton import Baton
from pipeline.acquire.declarations import heed, listed
from pipeline.acquire.focus import Focus, load_focus
from pipeline.acquire.frontier import Frontier
from pipeline.acquire.gatekeeper import Gatekeeper
from pipeline.acquire.handler import Handler
from pipeline.acquire.keeper import Keeper
from pipeline.acquire.lanes import Lanes
from pipeline.acquire.limits import Limits
from pipeline.acquire.lock import WorkspaceLock
from pipeline.acquire.pace import Pace
from pipeline.acquire.press import Press, helpers_for
from pipeline.acquire.recorder import Recorder
from pipeline.acquire.resume import take_over
from pipeline.acquire.retry import http_time
from pipeline.acquire.runlog import RunLog
from pipeline.acquire.session import PoliteSession
from pipeline.acquire.summary import CrawlSummary
from pipeline.acquire.work import Outcome
from pipeline.acquire.worker import Result, Worker
from pipeline.archive import SEGMENT_BYTES, repair
from pipeline.errors import UsageError, WorkspaceError
from pipeline.records import Problem, Source

Event = Callable[[str, str], None]
"""Called with host and verdict for every outcome."""
Note = Callable[[Problem], None]
"""Called, from any thread, with what is worth knowing while the crawl goes on; the summary has it too."""
_BATCH = 64
_QUEUE = 128
_GATHER = 0.03  # seconds in which outcomes are gathered for one transaction
_REFUSALS = (errno.ENOSPC, errno.EFBIG, errno.EDQUOT, errno.EIO, errno.EROFS)
_STUCK = 5 * 30  # fifths of a second that a stopped crawl waits for fetches under way


@dataclass(slots=True)
class _Crew:
    """The threads of a crawl and what they share."""

    lanes: Lanes
    results: queue.Queue[Result | None] = field(default_factory=lambda: queue.Queue(_QUEUE))
    threads: list[threading.Thread] = field(default_factory=list)
    ended: list[threading.Thread] = field(default_factory=list)
    errors: list[BaseException] = field(default_factory=list)
    tired: list[str] = field(default_factory=list)

    @property
    def over(self) -> bool:
        """Whether all threads have ended, so that no more results can come than are there."""
        return len(self.ended) == len(self.threads)


def crawl(
    workspace: Path,
    sources: Sequence[Source],
    *,
    focus: bool = True,
    allow_private: bool = False,
    workers: int = 16,
    limits: Limits | None = None,
    adapter: BaseAdapter | None = None,
    on_event: Event | None = None,
    on_note: Note | None = None,
    recheck: bool = False,
    segment_bytes: int = SEGMENT_BYTES,
) -> CrawlSummary:
    """Fetch what the sources declare and lead to, into ``workspace/archive``, state in ``workspace/crawl.sqlite``.

    A crawl that was killed is gone on with; after one that ended, a new one asks only for what is due.
    ``adapter`` replaces the network (see ``replay``); ``recheck`` asks for everything again. SIGINT and
    SIGTERM end the crawl in order.

    Raises WorkspaceError (not writable, or in use by another crawl), UsageError without any source.
    """
    if not sources:
        raise UsageError("There is no source to crawl; name one with --source, --municipality or --kind.")
    with _disk(workspace), ExitStack() as stack:
        stack.enter_context(WorkspaceLock(workspace))
        frontier = Frontier(workspace / "crawl.sqlite")
        stack.callback(frontier.close)
        repaired = repair(workspace / "archive")
        began = time.time()
        resumed = frontier.begin(began, [source.id for source in sources], recheck=recheck)
        log = RunLog(workspace / "logs", frontier.run)
        stack.callback(log.close)
        baton = Baton()
        press = Press(helpers_for(workers), baton=baton)
        stack.callback(press.close)
        recorder = Recorder(workspace / "archive", segment_bytes=segment_bytes, pack=press.members)
        stack.callback(recorder.abandon)
        session = PoliteSession(allow_private=allow_private, limits=limits, adapter=adapter, baton=baton)
        stack.callback(session.close)
        keeper = Keeper(frontier, recorder, log, baton)
        about = load_focus() if focus else None
        scopes = heed(frontier, sources)
        handler = Handler(session, scopes, about, frontier, read=press.read_page)
        for source in sources:
            frontier.add(chain(declared(source), listed(frontier, source, scopes[source.id])))
        adopted = sum(take_over(path, frontier, handler, keeper) for path in repaired)
        log.write("start", run=frontier.run, resumed=resumed, adopted=adopted, sources=[s.id for s in sources])
        interrupted = _run(frontier, handler, keeper, session, baton, sources, about, workers, on_event, on_note)
        recorder.close()
        keeper.tally.notes += press.faults
        return _end(frontier, keeper, sources, log, recorder, began, resumed, interrupted)


def _refused(workspace: Path, why: str) -> WorkspaceError:
    return WorkspaceError(
        f"{workspace}: cannot be written ({why}); make room on the disk and crawl again, what is archived is kept."
    )


@contextmanager
def _disk(workspace: Path) -> Iterator[None]:
    """A disk that is full or broken is a WorkspaceError, wherever in the crawl that shows."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        if isinstance(error, (sqlite3.ProgrammingError, sqlite3.IntegrityError)):
            raise
        raise _refused(workspace, str(error)) from error
    except OSError as error:
        if error.errno not in _REFUSALS:
            raise
        raise _refused(workspace, error.strerror or str(error)) from error


@contextmanager
def _signals(stop: Callable[[], None]) -> Iterator[list[int]]:
    """While inside, SIGINT and SIGTERM ask for an orderly end (in the main thread only); the signals that came."""
    came: list[int] = []

    def handler(number: int, frame: Any) -> None:
        came.append(number)
        stop()

    if threading.current_thread() is not threading.main_thread():
        yield came
        return
    before = {number: signal.signal(number, handler) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield came
    finally:
        for number, old in before.items():
            signal.signal(number, old)


def _run(
    frontier: Frontier, handler: Handler, keeper: Keeper, session: PoliteSession, baton: Baton,
    sources: Sequence[Source], focus: Focus | None, workers: int, on_event: Event | None, on_note: Note | None,
) -> bool:  # fmt: skip
    """Fetch until nothing is left; whether a signal ended it."""
    crew = _Crew(Lanes())

    def sleep(seconds: float) -> None:
        with baton.laid_down:
            crew.lanes.sleep(seconds)

    def tell(note: Problem) -> None:
        keeper.tally.notes.append(note)
        if on_note:
            on_note(note)

    pace = Pace(sleep)
    worker = Worker(
        crew.lanes, frontier, Gatekeeper(session, frontier, pace), handler, {s.id: s for s in sources}, crew.results,
        lambda: crew.tired, keeper.archive, baton, pace if session.network else None, tell,
    )  # fmt: skip
    names = set(frontier.lanes())
    now = time.time()
    for name, (until, reason) in frontier.resting(now).items() if session.network else ():
        if until - now > handler.patience:
            crew.lanes.close(name, reason)
        else:
            crew.lanes.wake({name} & names, until - now)
    crew.lanes.wake(names)
    _start(crew, worker, workers)
    with _signals(crew.lanes.stop) as came:
        try:
            _keep_all(crew, keeper, focus, on_event, baton)
        finally:
            crew.lanes.stop()
            _drain(crew, keeper)
    if crew.errors:
        raise crew.errors[0]
    return bool(came)


def _start(crew: _Crew, worker: Worker, workers: int) -> None:
    def work() -> None:
        try:
            worker.run()
        except BaseException as error:
            crew.errors.append(error)
            crew.lanes.stop()
        finally:
            crew.ended.append(threading.current_thread())
            with suppress(queue.Full):
                crew.results.put_nowait(None)  # wakes the main thread, which may be waiting for the last of all

    for number in range(max(1, workers)):
        thread = threading.Thread(target=work, name=f"crawl-{number}", daemon=True)
        crew.threads.append(thread)
        thread.start()


def _keep_all(crew: _Crew, keeper: Keeper, focus: Focus | None, on_event: Event | None, baton: Baton) -> None:
    """Keep outcomes as they come, many at once when they come fast."""
    budget = focus.budget if focus else None
    while batch := _batch(crew):
        with baton:
            names = keeper.keep(batch)
        outcomes = [outcome for outcome, _ in batch if isinstance(outcome, Outcome)]
        names |= {outcome.item.lane for outcome in outcomes if outcome.verdict == "retry"}
        if budget is not None:
            crew.tired[:] = [source for source, count in keeper.tally.off.items() if count >= budget]
        crew.lanes.wake(names)
        crew.lanes.kept(len(batch))
        if on_event:
            for outcome in outcomes:
                on_event(outcome.item.lane, outcome.verdict)


def _batch(crew: _Crew) -> list[Result]:
    """The outcomes that wait; empty when no more can come."""
    waited, first = 0, None
    while first is None:
        over = crew.over  # asked before the look: what a thread handed over before it ended is there then
        try:
            first = crew.results.get(timeout=0.2)
        except queue.Empty:
            waited += crew.lanes.stopped
            if over or waited > _STUCK:
                return []
        if first is None and crew.over and crew.results.empty():
            return []
    # One long sleep, not one short wait an outcome: each waking takes the interpreter from a worker.
    time.sleep(_GATHER)
    batch = [first]
    with suppress(queue.Empty):
        while len(batch) < _BATCH:
            if (following := crew.results.get_nowait()) is not None:
                batch.append(following)
    return batch


def _drain(crew: _Crew, keeper: Keeper) -> None:
    """Let the workers finish the fetch that they are at, and keep what they archived.

    What cannot be kept stays in the archive for the next crawl to take over; the first fault is raised at the end,
    not before: a worker that is cut off in its fetch would lose it.
    """
    deadline = time.monotonic() + 30
    fault: Exception | None = None
    while time.monotonic() < deadline:
        over = crew.over  # asked before the look, as in _batch
        try:
            if (result := crew.results.get(timeout=0.0 if over else 0.1)) is not None:
                keeper.keep([result])
        except queue.Empty:
            if over:
                break
        except Exception as error:
            fault = fault or error
    if fault is not None:
        raise fault


def _put_off(frontier: Frontier, notes: list[Problem], now: float) -> int:
    """The number of URLs whose hosts asked to be left alone until a later crawl; ``notes`` says it host by host."""
    total = 0
    for name, (until, _) in frontier.resting(now).items():
        if count := frontier.put_off(name):
            what = f"asks us to come back at {http_time(until)}; {count} addresses wait for that"
            notes.append(Problem("acquire", name, what))
            total += count
    return total


def _end(
    frontier: Frontier, keeper: Keeper, sources: Sequence[Source], log: RunLog, recorder: Recorder, began: float,
    resumed: bool, interrupted: bool,
) -> CrawlSummary:  # fmt: skip
    now, tally = time.time(), keeper.tally
    alarms = () if interrupted else raise_alarms(frontier, sources, tally.blocked, tally.shapes, now)
    deferred = _put_off(frontier, tally.notes, now)
    count = report.counts(frontier)
    summary = CrawlSummary(
        run=frontier.run, fetched=count.get("fetched", 0), unchanged=count.get("unchanged", 0),
        redirected=count.get("redirect", 0), refused=count.get("refused", 0), gone=count.get("gone", 0),
        failed=count.get("failed", 0), skipped=count.get("skipped", 0), deferred=deferred,
        waiting=report.waiting(frontier), received=tally.received, archived=recorder.bytes, seconds=now - began,
        resumed=resumed, interrupted=interrupted, failures=report.failures(frontier), alarms=alarms,
        notes=tuple(tally.notes), log=str(log.path), sources=report.by_source(frontier),
    )  # fmt: skip
    log.write("end", **summary.as_json())
    if not interrupted:
        frontier.end(now, {key: value for key, value in summary.as_json().items() if isinstance(value, (int, float))})
    return summary
