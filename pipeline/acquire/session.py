"""One polite fetch: an honest name, no cookies, verified TLS, bounded time and size."""

from __future__ import annotations

import re
import socket
import ssl
import time
import zlib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from http.client import HTTPException
from http.cookiejar import DefaultCookiePolicy
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import BaseAdapter
from requests.cookies import RequestsCookieJar
from requests.hooks import default_hooks
from requests.structures import CaseInsensitiveDict
from requests.utils import get_environ_proxies
from urllib3 import Timeout
from urllib3.exceptions import HTTPError as Urllib3Error
from urllib3.exceptions import LocationValueError, NameResolutionError, ReadTimeoutError
from urllib3.exceptions import SSLError as Urllib3SSLError

from pipeline.acquire.adapter import Guard, GuardedAdapter
from pipeline.acquire.addresses import AddressRefusedError, is_public, resolve
from pipeline.acquire.answer import Answer, Body
from pipeline.acquire.baton import Baton
from pipeline.acquire.limits import USER_AGENT, Limits
from pipeline.errors import FetchError

_STEP = 1 << 16
_HEAD = 1024  # bytes within which a PDF says that it is one
_NO_COOKIES = RequestsCookieJar(policy=DefaultCookiePolicy(allowed_domains=[]))
_ACCEPT = "text/html,application/xhtml+xml,application/pdf,application/xml;q=0.9,*/*;q=0.5"
_OBJECT = re.compile(r"^(?:<[^>]*>|\w+\([^()]*\)): ")
_UNTRUSTED = (requests.exceptions.SSLError, Urllib3SSLError)
_MALFORMED = (
    requests.exceptions.InvalidURL, requests.exceptions.InvalidSchema, LocationValueError, UnicodeError,
)  # fmt: skip
_SLOW = (requests.exceptions.Timeout, ReadTimeoutError, TimeoutError)
_VERSIONS = {9: "HTTP/0.9", 10: "HTTP/1.0", 11: "HTTP/1.1"}


class TransientError(FetchError):
    """The fetch failed in a way that may pass: it is worth another try. ``heavy`` ones cost much time: one more try."""

    def __init__(self, text: str, *, heavy: bool = False) -> None:
        super().__init__(text)
        self.heavy = heavy


class UnknownHostError(TransientError):
    """The name of the host leads to no address."""


class TooLargeError(FetchError):
    """The body is, or says it is, larger than the limit."""


class UnwantedError(FetchError):
    """The server sends a kind of content that is not collected (images, films, programs)."""


_WANTED_TYPES = ("text/", "application/", "message/")
_MEDIA = ("image/", "audio/", "video/", "font/", "model/", "multipart/")
_UNWANTED = (
    "text/css", "text/javascript", "text/calendar", "text/vcard", "application/javascript", "application/x-javascript",
    "application/zip", "application/x-zip-compressed", "application/x-msdownload", "application/java-archive",
    "application/vnd.ms-fontobject", "application/font", "application/x-font", "application/x-shockwave-flash",
)  # fmt: skip


def _reason(error: BaseException) -> str:
    """The innermost cause in a few words, without object addresses."""
    inner: Any = error
    for _ in range(8):
        following = getattr(inner, "reason", None)
        following = following if isinstance(following, BaseException) else next(
            (a for a in getattr(inner, "args", ()) if isinstance(a, BaseException)), None
        )  # fmt: skip
        if following is None:
            break
        inner = following
    text = _OBJECT.sub("", str(inner)) or type(inner).__name__
    return " ".join(text.replace("Failed to establish a new connection: ", "").split())[:200]


class PoliteSession:
    """Fetches single URLs over ``requests``; redirects are answers like others, not followed.

    Share one among threads. ``adapter`` replaces the network (see ``replay``; ``network`` is false then). ``baton`` is
    what the threads that share it hold while they compute.
    """

    def __init__(
        self,
        *,
        allow_private: bool = False,
        limits: Limits | None = None,
        adapter: BaseAdapter | None = None,
        baton: Baton | None = None,
    ) -> None:
        self.limits = limits or Limits()
        self.allow_private = allow_private
        self._guard = Guard(allow_private, self.limits, baton or Baton())
        self._session = requests.Session()
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        self._adapter = adapter or GuardedAdapter(self._guard)
        self.network = adapter is None
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, self._adapter)
        self._proxies: dict[str, dict[str, str]] = {}

    def close(self) -> None:
        """Close all connections."""
        self._guard.watchdog.close()
        self._session.close()

    def fetch(
        self, url: str, headers: Mapping[str, str] | None = None, *, max_bytes: int = 0, cut: bool = False
    ) -> Answer:
        """GET ``url`` once. A body beyond ``max_bytes`` (0: the usual limit) is an error, or is ``cut`` there.

        Raises TransientError (worth a retry), AddressRefusedError, TooLargeError, UnwantedError or FetchError.
        """
        began = time.monotonic()
        sent = {"User-Agent": USER_AGENT, "Accept": _ACCEPT, "Accept-Encoding": "gzip, deflate", **(headers or {})}
        sent |= {"Accept-Language": "sv, en;q=0.5", "Connection": "keep-alive"}
        request = _prepared(url, sent)
        proxies = self._proxy(url)
        try:
            raw = self._send(request, proxies)
        except FetchError:
            raise
        except (requests.RequestException, Urllib3Error, HTTPException, OSError, ValueError) as error:
            raise self._translated(url, error) from error
        try:
            answer = self._answer(url, request, raw, began, max_bytes or self.limits.max_bytes, cut)
        except FetchError:
            _drop(raw)
            raise
        if cut:
            _drop(raw)
        return answer

    def _send(self, request: requests.PreparedRequest, proxies: dict[str, str]) -> Any:
        """Straight through the session's adapter, for urllib3's response.

        Session.send would read a redirect's body without any limit.
        """
        verify = self._session.verify or True
        if isinstance(self._adapter, GuardedAdapter) and not proxies:
            return self._adapter.open(request, Timeout(connect=self.limits.connect, read=self.limits.read), verify)
        timeout = (self.limits.connect, self.limits.read)
        return self._adapter.send(request, stream=True, timeout=timeout, verify=verify, proxies=proxies).raw

    def _proxy(self, url: str) -> dict[str, str]:
        """The proxies that the environment names for this host; the name behind them is checked here."""
        parts = urlsplit(url)
        key = f"{parts.scheme}://{parts.netloc}"
        if key not in self._proxies:
            found = dict(get_environ_proxies(url, no_proxy=None)) if self.network else {}
            self._proxies[key] = found if parts.scheme in found or "all" in found else {}
        if self._proxies[key] and not self.allow_private:
            with self._guard.baton.laid_down:
                _check_behind_proxy(parts.hostname or "", parts.port or 443)
        return self._proxies[key]

    def _translated(self, url: str, error: BaseException) -> FetchError:
        reason = _reason(error)
        if "not on the public internet" in reason:
            return AddressRefusedError(f"{url}: {reason}")
        if isinstance(error, _UNTRUSTED) or isinstance(error.__cause__, ssl.SSLError):
            return FetchError(f"{url}: the server's certificate is not accepted ({reason})")
        if isinstance(error, _MALFORMED):
            return FetchError(f"{url}: is no URL that can be asked for ({reason})")
        if not self.network:
            return FetchError(f"{url}: the connection failed ({reason})")
        if isinstance(error, NameResolutionError) or isinstance(error.__cause__, socket.gaierror):
            return UnknownHostError(f"{url}: its host cannot be found ({reason})")
        slow = isinstance(error, _SLOW) or "timed out" in reason or "took more" in reason
        if isinstance(error, requests.exceptions.ConnectTimeout) or "connecting timed out" in reason:
            return TransientError(f"{url}: no connection within {self.limits.connect:g} seconds", heavy=True)
        if slow:
            return TransientError(f"{url}: no answer in time ({reason})", heavy=True)
        return TransientError(f"{url}: the connection failed ({reason})")

    def _answer(
        self,
        url: str,
        request: requests.PreparedRequest,
        raw: Any,
        began: float,
        limit: int,
        cut: bool,
    ) -> Answer:
        sock = getattr(self._guard.here, "socket", None) if self.network else None
        peer = getattr(self._guard.here, "peer", "") if self.network else ""
        headers = tuple((str(k), str(v)) for k, v in raw.headers.items())
        strange = self._check_headers(url, raw, None if cut else limit)
        body, excess = Body(), False
        try:
            with self._guard.watchdog.limit(sock, self.limits.total):
                excess = self._read(url, raw, body, limit, cut, strange)
        except FetchError:
            body.close()
            raise
        except (requests.RequestException, Urllib3Error, HTTPException, OSError, ValueError) as error:
            body.close()
            raise self._translated_body(url, error, body.size) from error
        return Answer(
            url, datetime.now(UTC), raw.status, raw.reason or "", _VERSIONS.get(raw.version, "HTTP/1.1"),
            headers, body, _as_sent(request), peer, time.monotonic() - began, excess,
        )  # fmt: skip

    def _translated_body(self, url: str, error: BaseException, size: int) -> FetchError:
        if isinstance(error, TimeoutError) or "timed out" in str(error) or "took more" in str(error):
            return TransientError(f"{url}: the body did not arrive in time ({size} bytes came)", heavy=True)
        return TransientError(f"{url}: the body broke off or is malformed after {size} bytes ({_reason(error)})")

    def _check_headers(self, url: str, raw: Any, limit: int | None) -> str:
        """The content type when it says nothing ('binary/octet-stream', 'pdf'), so that the content must; else ''."""
        announced = _number(_last(raw, "Content-Length"))
        if limit is not None and announced > limit:
            raise TooLargeError(f"{url}: announces {announced} bytes, more than the limit of {limit}")
        kind = _last(raw, "Content-Type").split(";")[0].strip().lower()
        if raw.status != 200 or (kind.startswith(_WANTED_TYPES) and kind not in _UNWANTED):
            return ""
        if kind in _UNWANTED or kind.startswith(_MEDIA):
            raise UnwantedError(f"{url}: is of type {kind}, which is not collected")
        return kind

    def _read(self, url: str, raw: Any, body: Body, limit: int, cut: bool, strange: str) -> bool:
        """Read the body into ``body``; whether the server sent more than it had announced.

        One of a ``strange`` type must be a PDF.
        """
        began, excess = time.monotonic(), False
        for piece, more in _pdf(url, strange, _pieces(raw)) if strange else _pieces(raw):
            excess = excess or more
            body.add(piece[: limit - body.size] if cut else piece)
            if cut and body.size >= limit:
                return excess
            if body.size > limit:
                raise TooLargeError(f"{url}: is larger than the limit of {limit} bytes")
            passed = time.monotonic() - began
            if passed > self.limits.slow_after and body.size / passed < self.limits.slow_rate:
                raise TransientError(f"{url}: drips {body.size} bytes in {passed:.0f} seconds", heavy=True)
        return excess


def _last(raw: Any, name: str) -> str:
    """The last value of a response header, '' when it is absent."""
    values: list[str] = raw.headers.getlist(name)
    return values[-1] if values else ""


def _number(text: str) -> int:
    """A number of digits 0 to 9, its first eighteen at most; 0 for what is none ('²' is a digit to str.isdigit)."""
    text = text.strip().lstrip("0")
    return int(text[:18]) if text.isascii() and text.isdigit() else 0


def _drop(raw: Any) -> None:
    """Be done with a response that may not have been read to its end."""
    raw.close()
    raw.release_conn()


def _prepared(url: str, headers: Mapping[str, str]) -> requests.PreparedRequest:
    """A GET request for a normalised URL; what Request.prepare would do to it is done already."""
    request = requests.PreparedRequest()
    request.method, request.url, request.body = "GET", url, None
    request.headers = CaseInsensitiveDict(headers)
    request.hooks = default_hooks()
    request._cookies = _NO_COOKIES  # type: ignore[attr-defined]
    return request


def _pieces(raw: Any) -> Iterator[tuple[bytes, bool]]:
    """What arrives, as it arrives, and whether more than the announced length lies in the buffer."""
    if getattr(raw, "chunked", False):
        for piece in raw.stream(_STEP, decode_content=False):
            yield piece, False
        return
    while True:
        excess = _more_than_announced(getattr(raw, "_fp", None))
        piece = raw.read1(_STEP, decode_content=False)
        if not piece:
            return
        yield piece, excess


def _pdf(url: str, kind: str, pieces: Iterator[tuple[bytes, bool]]) -> Iterator[tuple[bytes, bool]]:
    """The pieces when they begin as a PDF does, packed or not. Raises UnwantedError when they do not."""
    first = list[tuple[bytes, bool]]()
    while sum(len(piece) for piece, _ in first) < _HEAD and (following := next(pieces, None)) is not None:
        first.append(following)
    head = b"".join(piece for piece, _ in first)
    with suppress(zlib.error):
        head = zlib.decompressobj(zlib.MAX_WBITS + 32).decompress(head, _HEAD)
    if b"%pdf-" not in head[:_HEAD].lower():
        raise UnwantedError(f"{url}: is of type {kind}, which is not collected")
    yield from first
    yield from pieces


def _more_than_announced(inner: Any) -> bool:
    """Whether http.client's buffer holds bytes beyond the announced Content-Length."""
    length, stream = getattr(inner, "length", None), getattr(inner, "fp", None)
    if not length or length > _STEP or stream is None or not hasattr(stream, "peek"):
        return False
    return bool(len(stream.peek()) > length)


def _check_behind_proxy(host: str, port: int) -> None:
    """Refuse a private target behind a proxy; a name that only the proxy can resolve is left to it."""
    literal = host.strip("[]")
    if literal.replace(".", "").isdigit() or ":" in literal:
        if not is_public(literal):
            raise AddressRefusedError(f"{host} is not on the public internet; give --allow-private to permit that.")
        return
    with suppress(OSError):
        resolve(host, port, allow_private=False)


def _as_sent(request: requests.PreparedRequest) -> tuple[tuple[str, str], ...]:
    host = urlsplit(request.url or "").netloc
    return (("Host", host), *((str(k), str(v)) for k, v in request.headers.items()))
