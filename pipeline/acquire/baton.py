"""The baton: of a crawl's threads the one that holds it computes; it lays it down while it waits.

Python lets one thread compute at a time, and offers the interpreter to another at every call of the system. Where
many threads have work, all of the thirty small calls of a page become changes of thread, which cost a quarter of what
the crawl computes. Threads that wait for the baton do not ask for the interpreter.
"""

from __future__ import annotations

import threading
from types import TracebackType

_PATIENCE = 0.25  # seconds after which a thread goes on without it: whoever has it must be waiting for something


class _Mine(threading.local):
    """What a thread has to do with a baton: whether it is in its ``with`` block, holds it, and waits (how deep)."""

    inside = False
    held = False
    waiting = 0


class Baton:
    """A context manager around computing, with ``laid_down``, another one, around waiting inside of that.

    It makes a crawl faster and nothing else: no thread may rely on being alone.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._mine = _Mine()
        self.laid_down = _LaidDown(self, self._mine)

    def __enter__(self) -> None:
        self._mine.inside = True
        self.take()

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._mine.inside = False
        self.drop()

    def take(self) -> None:
        """Wait for the baton, not for long."""
        self._mine.held = self._lock.acquire(timeout=_PATIENCE)

    def drop(self) -> None:
        """Give it to another thread, when this one has it."""
        if self._mine.held:
            self._mine.held = False
            self._lock.release()


class _LaidDown:
    """Lays a baton down while inside; nothing happens in a thread that is not in the baton's own block."""

    def __init__(self, baton: Baton, mine: _Mine) -> None:
        self._baton = baton
        self._mine = mine

    def __enter__(self) -> None:
        if self._mine.inside:
            self._mine.waiting += 1
            self._baton.drop()

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._mine.inside:
            self._mine.waiting -= 1
            if not self._mine.waiting:
                self._baton.take()
