"""The press: processes beside a crawl that read pages and pack records, so that its threads can fetch meanwhile.

Threads of one Python process compute one at a time. Reading a page and packing its records is half of what a crawl
computes and needs nothing but its arguments, so that it is done on another core where there is one.
"""

from __future__ import annotations

import itertools
import os
import pickle
import threading
from collections.abc import Callable
from dataclasses import fields
from functools import partial
from operator import attrgetter
from queue import Empty, SimpleQueue
from typing import Any, TypeVar

from pipeline.acquire import frames
from pipeline.acquire.baton import Baton
from pipeline.acquire.discovery import Link, Page, read_page
from pipeline.acquire.helper import Helper, Line
from pipeline.archive import LARGE, Exchange, Packer, whole_body
from pipeline.records import Problem

_MOST = 2
_AFTER = 64  # calls: a crawl of so few pages is over before a helper is ready
_WHERE = "crawl"
_ANSWER = TypeVar("_ANSWER")
_NAMES = [field.name for field in fields(Exchange)]
_BODY = _NAMES.index("body")
_values = attrgetter(*_NAMES)
_link = partial(tuple.__new__, Link)  # as Link._make, of which there are dozens a page, without its Python


def helpers_for(workers: int) -> int:
    """How many helpers a crawl with so many threads gets: one a core beside its own, two at most.

    A single thread would only wait for them.
    """
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(_MOST, cores - 1) if workers > 1 else 0


class Press:
    """Reads pages and packs records, in ``helpers`` processes where these are ready and free, else in this one.

    The helpers are started at the call number ``after``. One that dies or answers nonsense is given up: its work is
    done here, and ``faults`` says so. Threads share one; ``close`` ends the processes.
    """

    def __init__(self, helpers: int, *, after: int = _AFTER, baton: Baton | None = None) -> None:
        self._wanted = helpers
        self._after = after
        self._baton = baton or Baton()
        self._calls = itertools.count(1)
        self._packer = Packer()
        self._lock = threading.RLock()
        self._free: SimpleQueue[Line] = SimpleQueue()
        self._helpers: list[Helper] = []
        self._starting: list[Helper] = []
        self._faults: dict[str, Problem] = {}
        self._closed = False

    @property
    def faults(self) -> tuple[Problem, ...]:
        """What went wrong with helpers, each fault once."""
        with self._lock:
            return tuple(self._faults.values())

    def read_page(
        self, data: bytes, url: str, content_type: str = "", *, listing: bool = False, shape: bool = True
    ) -> Page:
        """As ``discovery.read_page``."""
        if len(data) <= LARGE and (line := self._line()) is not None:
            page = self._asked(line, _page, "read", data, url, content_type, listing, shape)
            if page is not None:
                return page
        return read_page(data, url, content_type, listing=listing, shape=shape)

    def members(self, exchange: Exchange, record_id: str, sha256: str) -> bytes:
        """As ``Packer.members``."""
        body = whole_body(exchange)
        if len(body) <= LARGE and (line := self._line()) is not None:
            values = list(_values(exchange))
            values[_BODY] = body
            members = self._asked(line, _members, "pack", values, record_id, sha256)
            if members is not None:
                return members
        return self._packer.members(exchange, record_id, sha256)

    def close(self) -> None:
        """End the helpers, and wait for that."""
        with self._lock:
            self._closed = True
            helpers = [helper for helper in self._helpers if not helper.gone]
            for helper in self._starting:
                helper.process.kill()  # it would see the end of its lines only when all is imported
        for helper in helpers:
            helper.hang_up()
        for helper in helpers:
            helper.end(5)

    def _line(self) -> Line | None:
        """A line to a helper that is ready for a question; None when there is none just now."""
        if next(self._calls) == self._after:
            self._start()
        if self._starting:
            self._welcome()
        try:
            while (line := self._free.get_nowait()).helper.gone:
                pass
        except Empty:
            return None
        return line

    def _asked(self, line: Line, understood: Callable[[Any], _ANSWER], *question: Any) -> _ANSWER | None:
        """What a helper answers; None when the work is to be done here."""
        try:
            message = pickle.dumps(question, 5)
            with self._baton.laid_down:
                frames.send(line.socket, message)
                answer = frames.receive(line.socket)
                if answer is None:
                    raise EOFError("it ended")
                self._free.put(line)  # before this thread waits for the baton: another may have a question
            good, value = pickle.loads(answer)  # noqa: S301 (from a process that was started here)
            result = understood(value) if good else None
        except Exception as error:
            # Whatever a broken process says, and however, the crawl goes on without it.
            self._give_up(line.helper, error)
            return None
        if not good:
            self._note(
                Problem(
                    "acquire", _WHERE, f"a helper process failed at a piece of its work ({value}); the crawl did it"
                )
            )
        return result

    def _start(self) -> None:
        with self._lock:
            for _ in range(0 if self._closed else self._wanted):
                try:
                    helper = Helper()
                except OSError as error:
                    self._note(
                        Problem(
                            "acquire", _WHERE, f"a helper process cannot be started ({error}); the crawl does its work"
                        )
                    )
                    return
                self._helpers.append(helper)
                self._starting.append(helper)

    def _welcome(self) -> None:
        """Use the helpers that have become ready; one thread at a time looks, the others go on."""
        if not self._lock.acquire(blocking=False):
            return
        try:
            for helper in [] if self._closed else list(self._starting):
                try:
                    ready = helper.ready()
                except (OSError, EOFError) as error:
                    self._give_up(helper, error)
                    continue
                if ready:
                    self._starting.remove(helper)
                    for line in helper.lines:
                        self._free.put(Line(line, helper))
        finally:
            self._lock.release()

    def _give_up(self, helper: Helper, error: Exception) -> None:
        with self._lock:
            if self._closed or helper.gone:
                return
            helper.gone = True
            if helper in self._starting:
                self._starting.remove(helper)
        self._note(_ended(helper.end(1), error))

    def _note(self, fault: Problem) -> None:
        with self._lock:
            self._faults.setdefault(fault.what, fault)


def _ended(code: int | None, error: Exception) -> Problem:
    """What became of a helper, by its exit code; one that ended only because it was hung up on had said nonsense."""
    if code is not None and code < 0:
        return Problem("acquire", _WHERE, f"a helper process was killed (signal {-code}); the crawl does its work")
    if code:
        return Problem("acquire", _WHERE, f"a helper process ended (code {code}); the crawl does its work")
    why = "none in time" if isinstance(error, BlockingIOError) else error
    return Problem("acquire", _WHERE, f"a helper process gives no sensible answer ({why}); the crawl does its work")


def _page(value: Any) -> Page:
    title, links, password, shape = value
    if not set(map(len, links)) <= {len(Link._fields)}:
        raise TypeError("links of another form")
    return Page(title, tuple(map(_link, links)), password, shape)


def _members(value: Any) -> bytes:
    if not isinstance(value, bytes):
        raise TypeError("records that are no bytes")
    return value
