"""The transport under the session: it calls only addresses that it has checked, one connection a host."""

from __future__ import annotations

import socket
import threading
from collections.abc import Sequence
from contextlib import suppress
from http.client import HTTPResponse
from io import BufferedReader, RawIOBase
from typing import Any

from requests import PreparedRequest
from requests.adapters import HTTPAdapter
from urllib3 import Timeout
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import ClosedPoolError, ConnectTimeoutError, NameResolutionError, NewConnectionError
from urllib3.util.connection import create_connection

from pipeline.acquire.addresses import AddressRefusedError, resolve
from pipeline.acquire.baton import Baton
from pipeline.acquire.limits import Limits
from pipeline.acquire.watchdog import Watchdog

_HOSTS = 1024
_BUFFER = 1 << 16


class Guard:
    """What the connections of one session share: the address rule, the watchdog, the baton.

    ``here`` has by thread the ``socket`` in use and the ``peer`` that it is connected to.
    """

    def __init__(self, allow_private: bool, limits: Limits, baton: Baton) -> None:
        self.baton = baton
        self.allow_private = allow_private
        self.limits = limits
        self.watchdog = Watchdog()
        self.here = threading.local()

    def connect(self, connection: Any) -> socket.socket:
        """A socket to an address of the connection's host that passed the check: a second look-up changes nothing."""
        host = connection._dns_host
        # A proxy is the user's own choice of where to connect; behind it the name is checked before the request.
        private = self.allow_private or connection.proxy is not None or connection._tunnel_host is not None
        try:
            addresses: Sequence[str] = resolve(host, connection.port, allow_private=private)
        except AddressRefusedError as error:
            raise NewConnectionError(connection, str(error)) from error
        except OSError as error:
            reason = error if isinstance(error, socket.gaierror) else socket.gaierror(str(error))
            raise NameResolutionError(host, connection, reason) from error
        return self._first(connection, addresses)

    def _first(self, connection: Any, addresses: Sequence[str]) -> socket.socket:
        failure: OSError = OSError("no address")
        for address in addresses[:4]:
            try:
                return create_connection(
                    (address, connection.port),
                    connection.timeout,
                    source_address=connection.source_address,
                    socket_options=connection.socket_options,
                )
            except OSError as error:
                failure = error
        if isinstance(failure, TimeoutError):
            raise ConnectTimeoutError(connection, "connecting timed out") from failure
        raise NewConnectionError(connection, f"{failure.strerror or failure}") from failure


class _Arrivals(RawIOBase):
    """What arrives at a socket; the baton lies down while nothing does."""

    def __init__(self, sock: Any, baton: Baton) -> None:
        self._raw: Any = sock.makefile("rb", 0)
        self._baton = baton

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        with self._baton.laid_down:
            count: int | None = self._raw.readinto(buffer)
        return count

    def close(self) -> None:
        self._raw.close()
        super().close()


class _Wide:
    """A socket as http.client sees it, with a buffer that holds most pages whole.

    With the usual 8 KiB a page arrives in many pieces, and after every one its thread queues for the interpreter.
    """

    def __init__(self, sock: Any, baton: Baton) -> None:
        self._sock = sock
        self._baton = baton

    def makefile(self, mode: str) -> BufferedReader:
        return BufferedReader(_Arrivals(self._sock, self._baton), _BUFFER)


def _guarded(base: type, guard: Guard) -> type:
    """A connection class that connects through the guard and gives response headers a deadline."""

    def new_connection(self: Any) -> socket.socket:
        sock = guard.connect(self)
        self.peer = ""
        with suppress(OSError):
            self.peer = str(sock.getpeername()[0])
        return sock

    def connect(self: Any) -> None:
        with guard.baton.laid_down:
            base.connect(self)  # type: ignore[attr-defined]

    def response(sock: Any, *args: Any, **kwargs: Any) -> HTTPResponse:
        return HTTPResponse(_Wide(sock, guard.baton), *args, **kwargs)  # type: ignore[arg-type]

    def get_response(self: Any) -> Any:
        guard.here.socket, guard.here.peer = self.sock, self.peer
        with guard.watchdog.limit(self.sock, guard.limits.headers):
            return base.getresponse(self)  # type: ignore[attr-defined]

    fields = {
        "_new_conn": new_connection, "connect": connect, "getresponse": get_response, "peer": "",
        "response_class": staticmethod(response),
    }  # fmt: skip
    return type(f"Guarded{base.__name__}", (base,), fields)


class GuardedAdapter(HTTPAdapter):
    """requests' adapter with guarded connections; ``guard.here.socket`` is the socket of the thread's last answer."""

    def __init__(self, guard: Guard) -> None:
        self.guard = guard
        self._of_host: dict[str, Any] = {}
        super().__init__(pool_connections=_HOSTS, pool_maxsize=1, max_retries=0, pool_block=False)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Build requests' pool manager, then give its pools our connection classes."""
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = self._pools()

    def open(self, request: PreparedRequest, timeout: Timeout, verify: bool | str) -> Any:
        """Send a request straight to its host; urllib3's response, whose body is not read yet. Raises urllib3's errors.

        For every request ``send`` looks up the host's pool, asks for proxies, gathers cookies and copies headers, which
        costs a fifth of a fetch. Here requests finds the pool once a host, with its own rules for certificates.
        """
        how: dict[str, Any] = {
            "headers": request.headers, "redirect": False, "assert_same_host": False, "preload_content": False,
            "decode_content": False, "retries": False, "timeout": timeout,
        }  # fmt: skip
        try:
            return self._pool(request, verify).urlopen("GET", request.path_url, **how)
        except ClosedPoolError:  # just now, in favour of other hosts
            return self._pool(request, verify).urlopen("GET", request.path_url, **how)

    def _pool(self, request: PreparedRequest, verify: bool | str) -> Any:
        url = request.url or ""
        host = "/".join(url.split("/", 3)[:3])
        pool = self._of_host.get(host)
        if pool is None or pool.pool is None:
            pool = self._of_host[host] = self.get_connection_with_tls_context(request, verify)
            self.cert_verify(pool, url, verify, None)  # type: ignore[no-untyped-call]
        return pool

    def proxy_manager_for(self, proxy: str, **proxy_kwargs: Any) -> Any:
        """As requests does, with our connection classes."""
        manager = super().proxy_manager_for(proxy, **proxy_kwargs)
        manager.pool_classes_by_scheme = self._pools()
        return manager

    def _pools(self) -> dict[str, Any]:
        http = type("HttpPool", (HTTPConnectionPool,), {"ConnectionCls": _guarded(HTTPConnection, self.guard)})
        https = type("HttpsPool", (HTTPSConnectionPool,), {"ConnectionCls": _guarded(HTTPSConnection, self.guard)})
        return {"http": http, "https": https}
