"""What came back for one request, its body kept small in memory and large on disk."""

from __future__ import annotations

import hashlib
import tempfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import IO

from pipeline.archive import Headers

_IN_MEMORY = 1 << 21
_STEP = 1 << 16


class Body:
    """Bytes of a response as they arrive: up to 2 MiB in memory, beyond that in a temporary file."""

    def __init__(self) -> None:
        self._file: IO[bytes] = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 (closed by close)
        self._digest = hashlib.sha256()
        self.size = 0

    def add(self, data: bytes) -> None:
        """Append what was received."""
        self._file.write(data)
        self._digest.update(data)
        self.size += len(data)

    @property
    def sha256(self) -> str:
        """Hex digest of all that was added."""
        return self._digest.hexdigest()

    def stream(self) -> IO[bytes]:
        """The bytes as a file, from the start (one reader at a time)."""
        self._file.seek(0)
        return self._file

    def head(self, size: int = 1024) -> bytes:
        """The first bytes."""
        return self.stream().read(size)

    def read(self) -> bytes:
        """All bytes."""
        return self.stream().read()

    def close(self) -> None:
        """Let go of memory and temporary file."""
        self._file.close()


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP response: ``headers`` in the server's order and spelling, ``body`` with its content coding."""

    url: str
    time: datetime
    status: int
    reason: str
    version: str
    headers: Headers
    body: Body
    request_headers: Headers
    ip: str = ""
    seconds: float = 0.0
    excess: bool = False

    def header(self, name: str) -> str:
        """The first value of a header, '' when it is absent."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), "")

    @property
    def media_type(self) -> str:
        """Media type without parameters, lower case."""
        return self.header("content-type").split(";")[0].strip().lower()


def pieces_of(body: Body) -> Iterator[bytes]:
    """A body in pieces of 64 KiB, from its start at the time of the first piece."""
    stream = body.stream()
    yield from iter(lambda: stream.read(_STEP), b"")


def unpacked(pieces: Iterator[bytes], coding: str, limit: int) -> Iterator[bytes]:
    """The content of a coded body piece by piece, never holding more than one piece.

    Knows gzip and deflate; a list of several codings is refused.

    Raises ValueError for an unknown or damaged coding, OverflowError beyond ``limit`` bytes.
    """
    codings = [c.strip().lower() for c in coding.split(",") if c.strip().lower() not in ("", "identity")]
    if not codings:
        yield from pieces
        return
    if len(codings) > 1 or codings[0] not in ("gzip", "x-gzip", "deflate"):
        raise ValueError(f"unknown Content-Encoding '{coding}'")
    try:
        yield from _bounded(inflated(pieces, deflate=codings[0] == "deflate"), limit)
    except zlib.error as error:
        raise ValueError(f"damaged {codings[0]}: {error}") from error


def _bounded(pieces: Iterator[bytes], limit: int) -> Iterator[bytes]:
    total = 0
    for piece in pieces:
        total += len(piece)
        if total > limit:
            raise OverflowError(f"unpacks to more than {limit} bytes")
        yield piece


def ungzipped(data: bytes, limit: int) -> bytes:
    """The content of a file that is gzipped itself, whatever its headers say; other bytes as they are.

    Raises ValueError for a damaged file, OverflowError beyond ``limit`` bytes.
    """
    if not data.startswith(b"\x1f\x8b"):
        return data
    return b"".join(unpacked(iter([data]), "gzip", limit))


def inflated(pieces: Iterator[bytes], *, deflate: bool = False) -> Iterator[bytes]:
    """gzip (all members) or deflate taken off piece by piece. Raises zlib.error when damaged or cut short."""
    data = next(pieces, b"")
    if not data:
        return
    wbits = zlib.MAX_WBITS + 16
    if deflate:
        zlib_header = len(data) > 1 and data[0] & 0x0F == 8 and (data[0] << 8 | data[1]) % 31 == 0
        wbits = zlib.MAX_WBITS if zlib_header else -zlib.MAX_WBITS
    packer = zlib.decompressobj(wbits)
    while data:
        yield packer.decompress(data, _STEP)
        data = packer.unconsumed_tail or (b"" if packer.eof else next(pieces, b""))
        if packer.eof:
            data = packer.unused_data or next(pieces, b"")
            if deflate or not data.startswith(b"\x1f\x8b"):
                return  # padding or garbage after the end is ignored, as browsers do
            packer = zlib.decompressobj(wbits)
    yield packer.flush()
    if not packer.eof:
        raise zlib.error("the packed body ends too early")
