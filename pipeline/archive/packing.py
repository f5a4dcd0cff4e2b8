"""One exchange as WARC records, each a gzip member of its own: bytes in, bytes out, no file."""

from __future__ import annotations

import hashlib
import os
import threading
import zlib
from collections.abc import Mapping
from datetime import datetime
from io import BytesIO
from typing import IO, Any
from urllib.parse import urlsplit
from uuid import uuid4

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

import pipeline
from pipeline.archive.exchange import Exchange, Original, digest_label, warc_date

LARGE = 1 << 21
"""Bytes of a body above which it is written piece by piece instead of being packed in memory."""
_PROFILE = "http://netpreserve.org/warc/1.1/revisit/"
_HOP = {"transfer-encoding"}


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


class Packer:
    """Makes records of exchanges. ``level`` is zlib's. Threads may share one."""

    def __init__(self, level: int = 4) -> None:
        self._level = level
        self._here = threading.local()

    def members(self, exchange: Exchange, record_id: str, sha256: str) -> bytes:
        """The response or revisit record, then request (where its headers are known) and metadata (where any is).

        ``sha256`` is the payload's digest (hex); a body must not be ``large``.
        """
        return self._member(self._answer(exchange, record_id, sha256)) + self.companions(exchange, record_id)

    def companions(self, exchange: Exchange, record_id: str) -> bytes:
        """The request and metadata records beside a response."""
        members = [self._request(exchange, record_id)] if exchange.request_headers else []
        members += [self._metadata(exchange, record_id)] if exchange.metadata else []
        return b"".join(members)

    def warcinfo(self, name: str, info: Mapping[str, str], now: datetime) -> bytes:
        """The record at the start of the segment ``name``."""
        fields = {"software": f"tillsyn/{pipeline.__version__}", "format": "WARC File Format 1.1"}
        fields |= {"conformsTo": "https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/"}
        record = self._warc.create_warcinfo_record(name, fields | dict(info))
        record.rec_headers.replace_header("WARC-Date", warc_date(now))
        return self._member(record)

    def stream(self, exchange: Exchange, record_id: str, sha256: str, out: Any) -> None:
        """Write the response record piece by piece to ``out``, which has ``write`` and ``flush``."""
        record = self._answer(exchange, record_id, sha256)
        _Sha256Writer(out, gzip=True, warc_version="1.1").write_record(record)

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


def large(exchange: Exchange) -> bool:
    """Whether a body is too large to be packed in memory."""
    if exchange.revisit or isinstance(exchange.body, bytes):
        return False
    return exchange.body.seek(0, os.SEEK_END) > LARGE


def whole_body(exchange: Exchange) -> bytes:
    """The body of an exchange that is not ``large``, as its records need it: a revisit has none."""
    if exchange.revisit:
        return b""
    if isinstance(exchange.body, bytes):
        return exchange.body
    exchange.body.seek(0)
    return exchange.body.read()


def _payload(exchange: Exchange) -> tuple[IO[bytes], int]:
    if large(exchange) and not isinstance(exchange.body, bytes):
        length = exchange.body.seek(0, os.SEEK_END)
        exchange.body.seek(0)
        return exchange.body, length
    body = whole_body(exchange)
    return BytesIO(body), len(body)


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
