"""One crawl at a time on a workspace."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from types import TracebackType

from pipeline.errors import WorkspaceError


class WorkspaceLock:
    """Holds ``workspace/crawl.lock`` while a crawl runs; the system lets go of it when the process dies.

    Raises WorkspaceError when another crawl holds it, or the workspace cannot be written.
    """

    def __init__(self, workspace: Path) -> None:
        self._path = workspace / "crawl.lock"

    def __enter__(self) -> WorkspaceLock:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._handle = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o644)
        except OSError as error:
            raise WorkspaceError(f"{self._path.parent}: the workspace cannot be written ({error.strerror}).") from error
        try:
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            holder = os.read(self._handle, 32).decode("ascii", "replace").strip() or "unknown"
            os.close(self._handle)
            raise WorkspaceError(
                f"{self._path.parent}: another crawl is running on this workspace (process {holder}); "
                "wait until it has ended, or use another workspace."
            ) from error
        os.truncate(self._handle, 0)
        os.write(self._handle, f"{os.getpid()}\n".encode("ascii"))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.close(self._handle)
