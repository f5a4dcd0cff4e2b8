"""Cuts a connection whose time is up, wherever its reader is waiting."""

from __future__ import annotations

import itertools
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress


class Watchdog:
    """One thread that shuts down sockets at their deadlines.

    A socket timeout restarts with every byte that drips in, so it cannot bound the time of headers or of a body;
    a shut-down socket ends every wait on it.
    """

    def __init__(self, tick: float = 0.25) -> None:
        self._tick = tick
        self._watched: dict[int, tuple[float, socket.socket]] = {}
        self._ids = itertools.count()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()

    @contextmanager
    def limit(self, sock: socket.socket | None, seconds: float) -> Iterator[None]:
        """Give what happens inside at most ``seconds``. Raises TimeoutError when they were over."""
        if sock is None:
            yield
            return
        self._start()
        key, deadline = next(self._ids), time.monotonic() + seconds
        self._watched[key] = (deadline, sock)
        try:
            yield
        except Exception as error:
            if time.monotonic() >= deadline:
                raise TimeoutError(f"took more than {seconds:g} seconds") from error
            raise
        finally:
            self._watched.pop(key, None)
        if time.monotonic() >= deadline:  # a shut-down socket may also look like a proper end
            raise TimeoutError(f"took more than {seconds:g} seconds")

    def close(self) -> None:
        """End the thread."""
        self._stop.set()

    def _start(self) -> None:
        if self._thread is None:
            with self._lock:
                if self._thread is None:
                    self._thread = threading.Thread(target=self._run, name="watchdog", daemon=True)
                    self._thread.start()

    def _run(self) -> None:
        while not self._stop.wait(self._tick):
            now = time.monotonic()
            for deadline, sock in list(self._watched.values()):
                if now >= deadline:
                    with suppress(OSError):
                        sock.shutdown(socket.SHUT_RDWR)
