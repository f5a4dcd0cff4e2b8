"""What a helper process of a crawl runs: ``python -m pipeline.acquire.desk LINE...`` (``helper`` starts it).

It answers on the sockets whose numbers it is given, one question at a time on each, and ends when the crawl has
closed them all, or was killed. It keeps nothing: every question holds all that its answer needs.
"""

from __future__ import annotations

import os
import pickle
import select
import signal
import socket
import sys
from collections.abc import Callable
from typing import Any

from pipeline.acquire import frames
from pipeline.acquire.discovery import read_page
from pipeline.archive import Exchange, Packer

READY = b"+"
"""What is said on the first line when questions can be answered."""
_PACKER = Packer()


def _read(data: bytes, url: str, content_type: str, listing: bool, shape: bool) -> tuple[Any, ...]:
    """A page as plain tuples, which cost far less on the way than named ones."""
    page = read_page(data, url, content_type, listing=listing, shape=shape)
    return page.title, tuple(map(tuple, page.links)), page.password, page.shape


def _pack(values: tuple[Any, ...], record_id: str, sha256: str) -> bytes:
    return _PACKER.members(Exchange(*values), record_id, sha256)


_WORK: dict[str, Callable[..., Any]] = {"read": _read, "pack": _pack}


def answer(question: bytes | memoryview) -> bytes:
    """The answer to a pickled (kind of work, argument…): pickled (True, result) or (False, what went wrong)."""
    try:
        kind, *arguments = pickle.loads(question)  # noqa: S301 (from the process that started this one)
        return pickle.dumps((True, _WORK[kind](*arguments)), 5)
    except Exception as error:
        return pickle.dumps((False, f"{type(error).__name__}: {error}"), 5)


def serve(lines: list[socket.socket]) -> None:
    """Answer until all lines are closed at the other end."""
    poll, served = select.poll(), {line.fileno(): line for line in lines}
    for number in served:
        poll.register(number, select.POLLIN)
    while served:
        for number, _ in poll.poll():
            if not _turn(served[number]):
                poll.unregister(number)
                served.pop(number).close()


def _turn(line: socket.socket) -> bool:
    """Answer one question; False when the crawl has closed the line, so that nobody waits for an answer."""
    try:
        question = frames.receive(line)
        if question is not None:
            frames.send(line, answer(question))
    except (EOFError, OSError):
        return False
    return question is not None


def main() -> None:
    """Serve the lines named on the command line."""
    for number in (signal.SIGINT, signal.SIGTERM):
        # They are meant for the crawl, which ends in order, and this process with it.
        signal.signal(number, signal.SIG_IGN)
    lines = [socket.socket(fileno=int(number)) for number in sys.argv[1:]]
    lines[0].send(READY)
    serve(lines)


if __name__ == "__main__":
    main()
    os._exit(0)  # at once: the crawl waits for it, and nothing is held that an orderly end would have to let go of
