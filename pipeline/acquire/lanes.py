"""Whose turn it is: one lane a host, one fetch at a time in it, and the host's delay between two."""

from __future__ import annotations

import heapq
import itertools
import threading
import time
from collections import deque
from dataclasses import dataclass, field

from pipeline.acquire.work import Item


class StoppedError(Exception):
    """The crawl was stopped while a worker waited in the midst of a turn."""


@dataclass(slots=True)
class Lane:
    """A host during a crawl. ``delay`` is in seconds; ``down`` counts failures to connect in a row.

    ``slow``: it was said that the host makes the crawl long.
    """

    name: str
    delay: float = 0.0
    queue: deque[Item] = field(default_factory=deque)
    down: int = 0
    closed: str = ""
    dirty: bool = False
    idle: bool = True
    slow: bool = False


class Lanes:
    """Hands lanes to workers when their time has come, and knows when all work is done.

    A lane is in one of three places: waiting in the heap for its time, with a worker, or idle
    (nothing to fetch). ``outstanding`` counts outcomes that are not yet kept and may bring new work.
    """

    def __init__(self) -> None:
        self._ready = threading.Condition()
        self._heap: list[tuple[float, int, Lane]] = []
        self._order = itertools.count()
        self._lanes: dict[str, Lane] = {}
        self._with_workers = 0
        self._outstanding = 0
        self._stopped = False
        self._over = threading.Event()

    def sleep(self, seconds: float) -> None:
        """Let so much time pass. Raises StoppedError when the crawl is stopped meanwhile."""
        if self._over.wait(seconds):
            raise StoppedError("the crawl was stopped")

    def close(self, name: str, reason: str) -> None:
        """Leave a host alone for this crawl."""
        with self._ready:
            self._lanes.setdefault(name, Lane(name)).closed = reason

    def wake(self, names: set[str], pause: float = 0.0) -> None:
        """There may be work for these hosts; those that had none begin after ``pause`` seconds."""
        with self._ready:
            for name in names:
                lane = self._lanes.setdefault(name, Lane(name))
                if lane.closed:
                    continue
                if lane.idle:
                    lane.idle = False
                    self._push(lane, pause)
                else:
                    lane.dirty = True

    def next(self) -> Lane | None:
        """The lane whose turn it is; waits for it. None when all work is done or the crawl is stopped."""
        with self._ready:
            while not self._stopped:
                now = time.monotonic()
                if self._heap and self._heap[0][0] <= now:
                    self._with_workers += 1
                    return heapq.heappop(self._heap)[2]
                if not self._heap and not self._with_workers and not self._outstanding:
                    self._stopped = True
                    self._ready.notify_all()
                    return None
                self._ready.wait(self._heap[0][0] - now if self._heap else None)
            return None

    def back(self, lane: Lane, pause: float | None, *, outcomes: int = 0) -> None:
        """A worker returns a lane: to be used again after ``pause`` seconds, or (None) to idle until it is woken."""
        with self._ready:
            self._with_workers -= 1
            self._outstanding += outcomes
            if pause is None and lane.dirty and not lane.closed:
                pause = 0.0
            if pause is None or lane.closed:
                lane.idle = True
            else:
                self._push(lane, pause)
            lane.dirty = False
            self._ready.notify_all() if pause is None else None

    def kept(self, count: int) -> None:
        """So many outcomes are kept, their links known."""
        with self._ready:
            self._outstanding -= count
            if not self._outstanding and not self._heap and not self._with_workers:
                self._ready.notify_all()

    def stop(self) -> None:
        """No lane is handed out any more."""
        with self._ready:
            self._stopped = True
            self._over.set()
            self._ready.notify_all()

    def all(self) -> list[Lane]:
        """All lanes of this crawl."""
        with self._ready:
            return list(self._lanes.values())

    @property
    def stopped(self) -> bool:
        """Whether the work is done or was stopped."""
        return self._stopped

    def _push(self, lane: Lane, pause: float) -> None:
        heapq.heappush(self._heap, (time.monotonic() + pause, next(self._order), lane))
        self._ready.notify()
