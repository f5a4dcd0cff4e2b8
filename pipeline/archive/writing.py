"""Writing one WARC segment: grows under a temporary name, gets its own name when it is whole."""

from __future__ import annotations

import hashlib
import os
import threading
import zlib
from collections.abc import Mapping
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from types import TracebackType
from typing import IO, Any
from urllib.parse import urlsplit
from uuid import uuid4

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

import pipeline
from pipeline.archive.exchange import Exchange, Original, Place, digest_label, warc_date
from pipeline.errors import WorkspaceError
from pipeline.records import Capture

SEGMENT_BYTES = 256 * 1024 * 1024
"""Size at which a segment is closed and the next one opened."""
_PROFILE = "http://netpreserve.org/warc/1.1/revisit/"
_HOP = {"transfer-encoding"}
_LARGE = 1 << 21


class _Digest:
    """What warcio asks of a digester."""

    def __init__(self) -> None:
        self._digest = hashlib.sha256()
        self.update = self._digest.update

    def __str__(self) -> str:
        return digest_label(self._digest.hexdigest())


class _Sha256Writer(WARCWriter):  # type: ignore[misc]
    """warcio's writer with SHA-256, in hexadecimal, in place of SHA-1; bodiless records have no payload digest."""

    NO_PAYLOAD_DIGEST_TYPES = ("warcinfo", "revisit", "request", "metadata")

    @staticmethod
    def _create_digester() -> Any:
        return _Digest()


class SegmentWriter:
    """Appends exchanges to ``folder/name.warc.gz``; a context manager.

    While open the file is called ``name.warc.gz.open``; it gets its name, after fsync, by
    ``close`` or at the end of a ``with`` block without an error. What one ``write`` adds is handed to
    the operating system in one piece, so that a killed process leaves whole records
    (``repair`` cuts off the rest). ``info`` goes into the warcinfo record. Threads may share one.

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
    ) -> None:
        self.name = f"{name}.warc.gz"
        self.path = folder / self.name
        self.open_path = folder / f"{self.name}.open"
        self.size = 0
        self._level = level
        self._here = threading.local()
        self._lock = threading.Lock()
        if self.path.exists():
            raise WorkspaceError(f"{self.path}: is already there; a segment is written once and never changed.")
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._file = self.open_path.open("xb", buffering=0)
        except OSError as error:
            raise WorkspaceError(f"{self.open_path}: cannot be written ({error.strerror}).") from error
        self._append([self._warcinfo(dict(info or {}), now or datetime.now(UTC))])

    def write(self, exchange: Exchange | Capture) -> Place:
        """Append request (where its headers are known), response or revisit, and metadata (where there is any).

        Returns the place of the response. Raises WorkspaceError when the disk refuses.
        """
        exchange = Exchange.of(exchange) if isinstance(exchange, Capture) else exchange
        sha256 = exchange.revisit.sha256 if exchange.revisit else exchange.sha256 or _digest(exchange.body)
        record_id = f"<urn:uuid:{uuid4()}>"
        large = self._large(exchange)
        members = [] if large else [self._member(self._answer(exchange, record_id, sha256))]
        if exchange.request_headers:
            members.append(self._request(exchange, record_id))
        if exchange.metadata:
            members.append(self._metadata(exchange, record_id))
        with self._lock:
            offset = self.size
            if large:
                self._stream(self._answer(exchange, record_id, sha256))
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

    def _append(self, members: list[bytes]) -> None:
        data = memoryview(b"".join(members))
        try:
            while data:
                written = self._file.write(data)
                self.size += written
                data = data[written:]
        except OSError as error:
            raise WorkspaceError(f"{self.open_path}: cannot be written ({error.strerror}).") from error

    def _member(self, record: Any) -> bytes:
        buffer, writer = self._tools()
        buffer.seek(0)
        buffer.truncate()
        writer.write_record(record)
        return self._packed(buffer.getbuffer())

    def _packed(self, data: bytes | memoryview) -> bytes:
        # A small window makes a small record's packer much cheaper to set up.
        bits, memory = (zlib.MAX_WBITS, 8) if len(data) > 4096 else (12, 5)
        packer = zlib.compressobj(self._level, zlib.DEFLATED, bits + 16, memory)
        return packer.compress(data) + packer.flush()

    def _warcinfo(self, info: dict[str, str], now: datetime) -> bytes:
        fields = {"software": f"tillsyn/{pipeline.__version__}", "format": "WARC File Format 1.1"}
        fields |= {"conformsTo": "https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/"}
        record = self._warc.create_warcinfo_record(self.name, fields | info)
        record.rec_headers.replace_header("WARC-Date", warc_date(now))
        return self._member(record)

    def _answer(self, exchange: Exchange, record_id: str, sha256: str) -> Any:
        headers = {"WARC-Record-ID": record_id, "WARC-Date": warc_date(exchange.time)}
        headers |= {"WARC-IP-Address": exchange.ip} if exchange.ip else {}
        headers |= {"WARC-Payload-Digest": digest_label(sha256)}
        headers |= _own_fields(exchange)
        kind = "response"
        if exchange.revisit:
            kind = "revisit"
            headers |= _refers_to(exchange.revisit, exchange.status)
        http = StatusAndHeaders(
            f"{exchange.status} {exchange.reason}".rstrip(), _storable(exchange.headers), protocol=exchange.version
        )
        body, length = _payload(exchange)
        return self._warc.create_warc_record(
            exchange.url, kind, body, length, warc_headers_dict=headers, http_headers=http
        )

    @staticmethod
    def _large(exchange: Exchange) -> bool:
        """Whether the body is written piece by piece instead of being packed in memory."""
        if exchange.revisit or isinstance(exchange.body, bytes):
            return False
        return exchange.body.seek(0, os.SEEK_END) > _LARGE

    def _tools(self) -> tuple[BytesIO, _Sha256Writer]:
        """A buffer and warcio's writer into it, for this thread."""
        if not hasattr(self._here, "tools"):
            buffer = BytesIO()
            self._here.tools = buffer, _Sha256Writer(buffer, gzip=False, warc_version="1.1")
        tools: tuple[BytesIO, _Sha256Writer] = self._here.tools
        return tools

    @property
    def _warc(self) -> _Sha256Writer:
        return self._tools()[1]

    def _stream(self, record: Any) -> None:
        """A large record straight into the file, piece by piece; a kill inside is mended by ``repair``."""
        _Sha256Writer(_Counted(self), gzip=True, warc_version="1.1").write_record(record)

    def _request(self, exchange: Exchange, record_id: str) -> bytes:
        parts = urlsplit(exchange.url)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        lines = [f"GET {target} HTTP/1.1", *(f"{key}: {value}" for key, value in exchange.request_headers), "", ""]
        return self._companion(exchange, record_id, "request", "application/http; msgtype=request", lines)

    def _metadata(self, exchange: Exchange, record_id: str) -> bytes:
        lines = [*(f"{key}: {_one_line(value)}" for key, value in exchange.metadata.items()), ""]
        return self._companion(exchange, record_id, "metadata", "application/warc-fields", lines)

    def _companion(self, exchange: Exchange, record_id: str, kind: str, content: str, lines: list[str]) -> bytes:
        """A small record beside a response, put together here: two of three records of a crawl are such, and warcio,
        made for records of any size, takes ten times as long for one as its bytes need."""
        block = "\r\n".join(lines).encode("utf-8")
        head = (
            f"WARC/1.1\r\nWARC-Type: {kind}\r\nWARC-Record-ID: <urn:uuid:{uuid4()}>\r\n"
            f"WARC-Target-URI: {_one_line(exchange.url)}\r\nWARC-Date: {warc_date(exchange.time)}\r\n"
            f"WARC-Concurrent-To: {record_id}\r\n"
            f"WARC-Block-Digest: {digest_label(hashlib.sha256(block).hexdigest())}\r\n"
            f"Content-Type: {content}\r\nContent-Length: {len(block)}\r\n\r\n"
        )
        return self._packed(head.encode("utf-8") + block + b"\r\n\r\n")


class _Counted:
    """The open segment as a file that only grows."""

    def __init__(self, segment: SegmentWriter) -> None:
        self._segment = segment

    def write(self, data: bytes) -> None:
        self._segment._append([data])

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


def _payload(exchange: Exchange) -> tuple[IO[bytes], int]:
    if exchange.revisit:
        return BytesIO(), 0
    if isinstance(exchange.body, bytes):
        return BytesIO(exchange.body), len(exchange.body)
    length = exchange.body.seek(0, os.SEEK_END)
    exchange.body.seek(0)
    if length > _LARGE:
        return exchange.body, length
    return BytesIO(exchange.body.read()), length


def _one_line(value: str) -> str:
    return " ".join(value.split())


def _own_fields(exchange: Exchange) -> dict[str, str]:
    """Named fields of our own; ISO 28500 section 5.1 tells readers to ignore those that they do not know."""
    fields = {"Tillsyn-Source": exchange.source} if exchange.source else {}
    fields |= {"Tillsyn-Role": exchange.role} if exchange.role else {}
    if exchange.requested_url and exchange.requested_url != exchange.url:
        fields["Tillsyn-Requested-URI"] = exchange.requested_url
    return fields


def _refers_to(original: Original, status: int) -> dict[str, str]:
    profile = "server-not-modified" if status == 304 else "identical-payload-digest"
    fields = {
        "WARC-Profile": _PROFILE + profile,
        "WARC-Refers-To-Target-URI": original.url,
        "WARC-Refers-To-Date": warc_date(original.time),
    }
    if original.record_id:
        fields["WARC-Refers-To"] = original.record_id
    if original.warc and original.offset >= 0:
        fields["WARC-Refers-To-Filename"] = original.warc
        fields["WARC-Refers-To-File-Offset"] = str(original.offset)
    return fields


def _storable(headers: tuple[tuple[str, str], ...]) -> list[tuple[str, str]]:
    """Response headers as stored: a transfer coding, which the stored body no longer has, keeps its trace."""
    return [(f"X-Archive-Orig-{k}" if k.lower() in _HOP else k, _one_line(v)) for k, v in headers]
