"""The network played back from WARC files: a crawl repeated offline, to the byte."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

import requests
from requests.adapters import BaseAdapter
from requests.models import PreparedRequest, Response
from requests.structures import CaseInsensitiveDict
from urllib3 import HTTPHeaderDict, HTTPResponse

from pipeline.acquire.urls import normalise
from pipeline.archive import RawRecord, raw_records
from pipeline.errors import InputError

_DECODED = ("transfer-encoding", "x-archive-orig-transfer-encoding")


class ReplayAdapter(BaseAdapter):
    """Answers requests from archived responses; what is not archived is a ConnectionError.

    Mount it on any ``requests.Session``, or give it to ``crawl``. Of several responses for a URL the last one of
    the files answers; revisits stand for the response that they refer to. Bodies are those of the archive: content
    coding kept, chunks removed.

    Raises InputError for a damaged file.
    """

    def __init__(self, paths: Iterable[Path]) -> None:
        super().__init__()
        self._places: dict[str, tuple[Path, int]] = {}
        for path in paths:
            for record in raw_records(path):
                url = record.fields.get_header("WARC-Target-URI")
                if record.type == "response" and record.http is not None and url:
                    self._places[_key(url.strip("<>"))] = (path, record.offset)
        if not self._places:
            raise InputError("The archive to replay holds no HTTP response.")

    def __len__(self) -> int:
        """Number of URLs that can be answered."""
        return len(self._places)

    def send(
        self,
        request: PreparedRequest,
        stream: bool = False,
        timeout: Any = None,
        verify: bool | str = True,
        cert: Any = None,
        proxies: Mapping[str, str] | None = None,
    ) -> Response:
        """The archived response; 304 when the request's If-None-Match names its ETag.

        Raises requests.ConnectionError when there is none.
        """
        place = self._places.get(_key(request.url or ""))
        if place is None:
            raise requests.ConnectionError(f"{request.url} is not in the archive that is replayed", request=request)
        record = next(raw_records(*place))
        return _response(request, record)

    def close(self) -> None:
        """Nothing is held open."""


def _key(url: str) -> str:
    return normalise(url) or url


def _response(request: PreparedRequest, record: RawRecord) -> Response:
    chunked = any(k.lower() == "transfer-encoding" and "chunked" in v.lower() for k, v in record.http.headers)
    headers = HTTPHeaderDict()
    for name, value in record.http.headers:
        if name.lower() not in _DECODED and not (chunked and name.lower() == "content-length"):
            headers.add(name, value)
    status, reason = int(record.http.get_statuscode()), record.http.statusline.partition(" ")[2]
    body = _dechunked(record.block) if chunked else record.block
    etag = headers.get("ETag")
    if etag and request.headers.get("If-None-Match") == etag:
        status, reason, body = 304, "Not Modified", b""
    if "content-length" in headers:
        headers["Content-Length"] = str(len(body))
    raw = HTTPResponse(
        BytesIO(body), headers, status=status, version=11, reason=reason, preload_content=False, decode_content=False,
        request_method=request.method,
    )  # fmt: skip
    response = Response()
    response.status_code, response.reason, response.url = status, reason, request.url or ""
    response.headers = CaseInsensitiveDict(headers)
    response.raw, response.request = raw, request
    return response


def _dechunked(data: bytes) -> bytes:
    out, rest = bytearray(), data
    while rest:
        line, _, rest = rest.partition(b"\r\n")
        size = int(line.split(b";")[0] or b"0", 16)
        if not size:
            break
        out += rest[:size]
        rest = rest[size + 2 :]
    return bytes(out)
