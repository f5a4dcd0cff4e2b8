"""Writing one WARC segment: grows under a temporary name, gets its own name when it is whole."""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import IO
from uuid import uuid4

from pipeline.archive.exchange import Exchange, Place
from pipeline.archive.packing import Packer, large
from pipeline.errors import WorkspaceError
from pipeline.records import Capture

SEGMENT_BYTES = 256 * 1024 * 1024
"""Size at which a segment is closed and the next one opened."""
Pack = Callable[[Exchange, str, str], bytes]
"""Makes the records of an exchange (see ``Packer.members``)."""


class SegmentWriter:
    """Appends exchanges to ``folder/name.warc.gz``; a context manager.

    While open the file is called ``name.warc.gz.open``; it gets its name, after fsync, by
    ``close`` or at the end of a ``with`` block without an error. What one ``write`` adds is handed to
    the operating system in one piece, so that a killed process leaves whole records
    (``repair`` cuts off the rest). ``info`` goes into the warcinfo record. ``pack`` makes the records of exchanges
    that are not large in place of the writer (elsewhere, as it may be). Threads may share one.

    Raises WorkspaceError when the folder cannot be written.
    """

    def __init__(
        self,
        folder: Path,
        name: str,
        *,
        info: Mapping[str, str] | None = None,
        level: int = 4,
        now: datetime | None = None,
        pack: Pack | None = None,
    ) -> None:
        self.name = f"{name}.warc.gz"
        self.path = folder / self.name
        self.open_path = folder / f"{self.name}.open"
        self.size = 0
        self._packer = Packer(level)
        self._pack = pack or self._packer.members
        self._lock = threading.Lock()
        if self.path.exists():
            raise WorkspaceError(f"{self.path}: is already there; a segment is written once and never changed.")
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._file = self.open_path.open("xb", buffering=0)
        except OSError as error:
            raise WorkspaceError(f"{self.open_path}: cannot be written ({error.strerror}).") from error
        self._append(self._packer.warcinfo(self.name, info or {}, now or datetime.now(UTC)))

    def write(self, exchange: Exchange | Capture) -> Place:
        """Append request (where its headers are known), response or revisit, and metadata (where there is any).

        Returns the place of the response. Raises WorkspaceError when the disk refuses.
        """
        exchange = Exchange.of(exchange) if isinstance(exchange, Capture) else exchange
        sha256 = exchange.revisit.sha256 if exchange.revisit else exchange.sha256 or _digest(exchange.body)
        record_id = f"<urn:uuid:{uuid4()}>"
        streamed = large(exchange)
        members = self._packer.companions(exchange, record_id) if streamed else self._pack(exchange, record_id, sha256)
        with self._lock:
            offset = self.size
            if streamed:
                # Straight into the file, piece by piece; a kill inside is mended by ``repair``.
                self._packer.stream(exchange, record_id, sha256, _Counted(self))
            self._append(members)
        return Place(self.name, offset, record_id, sha256)

    def sync(self) -> None:
        """Force what was written onto the disk."""
        os.fsync(self._file.fileno())

    def close(self) -> None:
        """Finish the segment and give it its name. Raises WorkspaceError when the disk refuses."""
        try:
            self.sync()
            self._file.close()
            self.open_path.rename(self.path)
        except OSError as error:
            raise WorkspaceError(f"{self.path}: cannot be finished ({error.strerror}).") from error

    def abandon(self) -> None:
        """Stop writing, and leave the segment under its temporary name (see ``repair``)."""
        self._file.close()

    def __enter__(self) -> SegmentWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self.close()
        else:
            self.abandon()

    def _append(self, members: bytes) -> None:
        data = memoryview(members)
        try:
            while data:
                written = self._file.write(data)
                self.size += written
                data = data[written:]
        except OSError as error:
            raise WorkspaceError(f"{self.open_path}: cannot be written ({error.strerror}).") from error


class _Counted:
    """The open segment as a file that only grows."""

    def __init__(self, segment: SegmentWriter) -> None:
        self._segment = segment

    def write(self, data: bytes) -> None:
        self._segment._append(data)

    def flush(self) -> None:
        """Every write has gone to the system already."""


def _digest(body: bytes | IO[bytes]) -> str:
    if isinstance(body, bytes):
        return hashlib.sha256(body).hexdigest()
    body.seek(0)
    digest = hashlib.sha256()
    while piece := body.read(1 << 16):
        digest.update(piece)
    return digest.hexdigest()
