"""One helper process of a crawl, as the crawl sees it: started, asked over its lines, ended. It runs ``desk``."""

from __future__ import annotations

import os
import socket
import struct
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_LINES = 8  # questions that may lie before it, so that it need not wait for the crawl between two
_PATIENCE = 60  # seconds that an answer may take


class Helper:
    """A helper process and the lines to it. Raises OSError when it cannot be started."""

    def __init__(self) -> None:
        self.gone = False
        self.lines: list[socket.socket] = []
        theirs: list[socket.socket] = []
        try:
            for _ in range(_LINES):
                mine, other = socket.socketpair()
                self.lines.append(mine)
                theirs.append(other)
                for option in (socket.SO_RCVTIMEO, socket.SO_SNDTIMEO):
                    mine.setsockopt(socket.SOL_SOCKET, option, struct.pack("ll", _PATIENCE, 0))
            self.process = _started([line.fileno() for line in theirs])
        except OSError:
            self.hang_up()
            raise
        finally:
            for line in theirs:
                line.close()

    def ready(self) -> bool:
        """Whether it has said so; does not wait. Raises EOFError or OSError when it ended instead."""
        try:
            if not self.lines[0].recv(1, socket.MSG_DONTWAIT):
                raise EOFError("it ended at its start")
        except BlockingIOError:
            return False
        return True

    def hang_up(self) -> None:
        """Close the lines: who waits for an answer gets none, and the process ends."""
        for line in self.lines:
            with suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)
            line.close()

    def end(self, patience: float) -> int | None:
        """Hang up and wait for its end: the exit code, None when it had to be killed after ``patience`` seconds."""
        self.hang_up()
        try:
            return self.process.wait(patience)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            return None


@dataclass(frozen=True, slots=True)
class Line:
    """A line to a helper, for one question at a time."""

    socket: socket.socket
    helper: Helper


def _started(numbers: list[int]) -> subprocess.Popen[bytes]:
    """A process that imports from where this one does.

    It does not import from the folder it stands in (-P), where a user may have a package of the same name, and a
    Ctrl-C in the terminal does not reach it (a process group of its own).
    """
    path = os.pathsep.join(entry or str(Path.cwd()) for entry in sys.path)
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "pipeline.acquire.desk", *map(str, numbers)],
        pass_fds=numbers, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        env=os.environ | {"PYTHONPATH": path}, process_group=0,
    )  # fmt: skip
