"""When a host may be asked again: the pause between any two requests to it, whoever makes them."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Sleep = Callable[[float], None]


class Pace:
    """The hosts that were asked lately. Shared by all threads of a crawl.

    Usually a host's own lane keeps its pause; the redirect of another host's robots.txt comes from elsewhere.
    ``sleep`` is how a caller waits.
    """

    def __init__(self, sleep: Sleep = time.sleep) -> None:
        self._free: dict[str, float] = {}
        self._lock = threading.Lock()
        self.sleep = sleep

    def claim(self, host: str, delay: float) -> float:
        """0 when the host may be asked now, and is the caller's for ``delay`` seconds then; else how long to wait."""
        with self._lock:
            now = time.monotonic()
            wait = self._free.get(host, 0.0) - now
            if wait > 0:
                return wait
            self._free[host] = now + delay
        return 0.0

    def wait(self, host: str, delay: float) -> None:
        """Claim the host as soon as that can be."""
        while (wait := self.claim(host, delay)) > 0:
            self.sleep(wait)

    @contextmanager
    def turn(self, host: str, delay: float) -> Iterator[None]:
        """Inside, the host is asked: it was waited for, and is left alone for ``delay`` seconds afterwards."""
        self.wait(host, delay)
        try:
            yield
        finally:
            self.rest(host, delay)

    def rest(self, host: str, delay: float) -> None:
        """The host is left alone for so many seconds from now on: an answer came, or it asks for that."""
        with self._lock:
            self._free[host] = max(self._free.get(host, 0.0), time.monotonic() + delay)
