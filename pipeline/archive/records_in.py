"""The raw WARC records of a file with their byte offsets, compressed by member or not at all."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import IO, Any

from warcio.exceptions import ArchiveLoadFailed
from warcio.recordloader import ArcWarcRecordLoader
from warcio.statusandheaders import StatusAndHeadersParserException

from pipeline.errors import InputError

_CHUNK = 1 << 18
_LIMIT = 1 << 31
_LOADER = ArcWarcRecordLoader(verify_http=False, arc2warc=False)
_BROKEN = (ArchiveLoadFailed, StatusAndHeadersParserException, EOFError, ValueError, zlib.error)


@dataclass(frozen=True, slots=True)
class RawRecord:
    """One WARC record: its own headers, the headers of the HTTP message in it (None: no HTTP) and the block after them.

    ``offset`` and ``end`` bound its bytes in the file.
    """

    type: str
    offset: int
    end: int
    fields: Any
    http: Any
    block: bytes


def open_warc(path: Path) -> IO[bytes]:
    """The file, open for reading. Raises InputError."""
    try:
        return path.open("rb")
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}).") from error


def _broken(path: Path, offset: int, what: object) -> InputError:
    return InputError(f"{path}: the WARC record at byte {offset} is damaged or cut short ({what}).")


def _member(stream: IO[bytes], path: Path, offset: int) -> tuple[bytes, int]:
    """The unpacked gzip member at ``offset`` and the offset after it."""
    stream.seek(offset)
    packer = zlib.decompressobj(zlib.MAX_WBITS + 16)
    parts: list[bytes] = []
    size, position = 0, offset
    while not packer.eof:
        chunk = stream.read(_CHUNK if parts else _CHUNK // 8)
        if not chunk:
            raise _broken(path, offset, "the file ends inside it")
        position += len(chunk)
        try:
            parts.append(packer.decompress(chunk))
        except zlib.error as error:
            raise _broken(path, offset, error) from error
        size += len(parts[-1])
        if size > _LIMIT:
            raise _broken(path, offset, f"larger than {_LIMIT} bytes")
    return b"".join(parts), position - len(packer.unused_data)


def _parse(stream: IO[bytes], path: Path, offset: int) -> tuple[str, Any, Any, bytes]:
    try:
        record = _LOADER.parse_record_stream(stream, known_format="warc", no_record_parse=True)
        kind, http, length = record.rec_type, None, record.length
        if kind in ("response", "revisit", "request") and length:
            # warcio asks the URI whether there is an HTTP message inside; the block's own type knows it of file: too.
            holds_http = (record.rec_headers.get_header("Content-Type") or "application/http").startswith(
                "application/http"
            )
            http = _LOADER.load_http_headers(kind, "http:" if holds_http else "", record.raw_stream, length)
        block = record.raw_stream.read() if length else b""
        if length and getattr(record.raw_stream, "limit", 0) > 0:
            raise EOFError("fewer bytes than its Content-Length says")
    except _BROKEN as error:
        raise _broken(path, offset, str(error) or type(error).__name__) from error
    return kind or "", record.rec_headers, http, block


def _from_gzip(stream: IO[bytes], path: Path, offset: int) -> Iterator[RawRecord]:
    size = path.stat().st_size
    while offset < size:
        data, end = _member(stream, path, offset)
        inner = BytesIO(data)
        while inner.tell() < len(data) and data[inner.tell() :].strip():
            kind, fields, http, block = _parse(inner, path, offset)
            yield RawRecord(kind, offset, end, fields, http, block)
            _skip_blank(inner)
        offset = end


def _skip_blank(stream: IO[bytes]) -> None:
    while (line := stream.readline()) in (b"\r\n", b"\n"):
        pass
    stream.seek(-len(line), 1)


def _from_plain(stream: IO[bytes], path: Path, offset: int) -> Iterator[RawRecord]:
    size = path.stat().st_size
    while offset < size:
        stream.seek(offset)
        kind, fields, http, block = _parse(stream, path, offset)
        _skip_blank(stream)
        end = stream.tell()
        yield RawRecord(kind, offset, end, fields, http, block)
        offset = end


def raw_records(path: Path, offset: int = 0) -> Iterator[RawRecord]:
    """All records of the file from byte ``offset`` on.

    Raises InputError at the first damaged or cut record, after the whole ones before it.
    """
    with open_warc(path) as stream:
        magic = stream.read(5)
        if not magic:
            return
        if magic[:2] == b"\x1f\x8b":
            yield from _from_gzip(stream, path, offset)
        elif magic == b"WARC/":
            yield from _from_plain(stream, path, offset)
        else:
            raise InputError(f"{path}: is no WARC file; it begins with {magic!r}.")
