"""The transport under the session: it calls only addresses that it has checked, one connection a host."""

from __future__ import annotations

import socket
import threading
from collections.abc import Sequence
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError
from urllib3.util.connection import create_connection

from pipeline.acquire.addresses import AddressRefusedError, resolve
from pipeline.acquire.limits import Limits
from pipeline.acquire.watchdog import Watchdog

_HOSTS = 1024


class Guard:
    """What the connections of one session share: the address rule, the watchdog, and the socket in use by thread."""

    def __init__(self, allow_private: bool, limits: Limits) -> None:
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


def _guarded(base: type, guard: Guard) -> type:
    """A connection class that connects through the guard and gives response headers a deadline."""

    def new_connection(self: Any) -> socket.socket:
        return guard.connect(self)

    def get_response(self: Any) -> Any:
        guard.here.socket = self.sock
        with guard.watchdog.limit(self.sock, guard.limits.headers):
            return base.getresponse(self)  # type: ignore[attr-defined]

    return type(f"Guarded{base.__name__}", (base,), {"_new_conn": new_connection, "getresponse": get_response})


class GuardedAdapter(HTTPAdapter):
    """requests' adapter with guarded connections; ``guard.here.socket`` is the socket of the thread's last answer."""

    def __init__(self, guard: Guard) -> None:
        self.guard = guard
        super().__init__(pool_connections=_HOSTS, pool_maxsize=1, max_retries=0, pool_block=False)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Build requests' pool manager, then give its pools our connection classes."""
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = self._pools()

    def proxy_manager_for(self, proxy: str, **proxy_kwargs: Any) -> Any:
        """As requests does, with our connection classes."""
        manager = super().proxy_manager_for(proxy, **proxy_kwargs)
        manager.pool_classes_by_scheme = self._pools()
        return manager

    def _pools(self) -> dict[str, Any]:
        http = type("HttpPool", (HTTPConnectionPool,), {"ConnectionCls": _guarded(HTTPConnection, self.guard)})
        https = type("HttpsPool", (HTTPSConnectionPool,), {"ConnectionCls": _guarded(HTTPSConnection, self.guard)})
        return {"http": http, "https": https}
