"""One request and its response, as they go into the archive, and the coding of bodies and digests."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib import import_module
from typing import IO

from pipeline.records import Capture

Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Original:
    """The earlier record that a revisit refers to. ``warc`` is a file name, ``offset`` its byte offset there."""

    url: str
    time: datetime
    sha256: str
    record_id: str = ""
    warc: str = ""
    offset: int = -1


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request and its response.

    ``body`` is the entity body: transfer coding (chunks) removed, content coding (gzip)
    kept, exactly as the server sent it. ``requested_url`` is the URL first asked for when
    redirects led here. ``metadata`` goes into a metadata record beside the response.
    ``revisit`` turns the response into a revisit record without a body. ``role`` says that it is no page
    ('robots', 'sitemap', 'feed', 'blocked'). ``body`` may be an open file (from its start on), read in pieces;
    ``sha256`` is its digest where that is known already.
    """

    url: str
    time: datetime
    status: int
    headers: Headers
    body: bytes | IO[bytes]
    reason: str = ""
    version: str = "HTTP/1.1"
    request_headers: Headers = ()
    ip: str = ""
    source: str | None = None
    requested_url: str = ""
    metadata: Mapping[str, str] = field(default_factory=dict)
    revisit: Original | None = None
    role: str = ""
    sha256: str = ""

    @classmethod
    def of(cls, capture: Capture) -> Exchange:
        """The exchange that a capture stands for; its body is taken as it is, so a content coding is dropped."""
        headers = tuple((k, v) for k, v in capture.headers.items() if k.lower() != "content-encoding")
        return cls(
            capture.url, capture.time, capture.status, headers, capture.body,
            source=capture.source, requested_url=capture.requested_url,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Place:
    """Where a response stands: file name, byte offset of its record, record id and payload digest (hex)."""

    warc: str
    offset: int
    record_id: str
    sha256: str


def digest_label(sha256: str) -> str:
    """A digest as WARC headers have it: algorithm, colon, value (hexadecimal, as ``sha256sum`` shows it)."""
    return f"sha256:{sha256}"


def warc_date(time: datetime) -> str:
    """A WARC-Date: UTC with microseconds, as WARC/1.1 allows."""
    return time.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def parse_warc_date(value: str) -> datetime:
    """The time of a WARC-Date of any precision. Raises ValueError."""
    time = datetime.fromisoformat(value.strip().replace("Z", "+00:00"))
    return time.astimezone(UTC) if time.tzinfo else time.replace(tzinfo=UTC)


def _inflate(body: bytes, wbits: int, limit: int) -> bytes:
    """All gzip members (or the one zlib stream) of ``body``; zlib.error when damaged or cut short."""
    out = bytearray()
    while body:
        stream = zlib.decompressobj(wbits)
        out += stream.decompress(body, limit - len(out) + 1)
        if len(out) > limit:
            raise OverflowError(f"unpacks to more than {limit} bytes")
        if not stream.eof:
            raise zlib.error("the compressed body ends too early")
        body = stream.unused_data
        if wbits != zlib.MAX_WBITS + 16 or not body.startswith(b"\x1f\x8b"):
            break  # padding or garbage after the end is ignored, as browsers do
    return bytes(out)


def decode_body(body: bytes, encoding: str, *, limit: int = 1 << 30) -> bytes:
    """``body`` with its content codings (Content-Encoding, RFC 9110 section 8.4) taken off.

    Knows gzip, deflate (with and without its zlib header) and identity.

    Raises ValueError for an unknown or damaged coding, OverflowError above ``limit`` bytes.
    """
    for coding in reversed([c.strip().lower() for c in encoding.split(",") if c.strip()]):
        try:
            if coding in ("gzip", "x-gzip"):
                body = _inflate(body, zlib.MAX_WBITS + 16, limit)
            elif coding == "deflate":
                zlib_header = len(body) > 1 and body[0] & 0x0F == 8 and (body[0] << 8 | body[1]) % 31 == 0
                body = _inflate(body, zlib.MAX_WBITS if zlib_header else -zlib.MAX_WBITS, limit)
            elif coding == "br":
                body = _unbrotli(body)
            elif coding != "identity":
                raise ValueError(f"unknown Content-Encoding '{coding}'")
        except zlib.error as error:
            raise ValueError(f"damaged {coding}: {error}") from error
    return body


def _unbrotli(body: bytes) -> bytes:
    try:
        brotli = import_module("brotli")
    except ImportError as error:
        raise ValueError("Content-Encoding 'br' needs the package brotli") from error
    try:
        return bytes(brotli.decompress(body))
    except brotli.error as error:
        raise ValueError(f"damaged br: {error}") from error
