"""Which addresses a crawler may call: public ones, unless private ones are allowed expressly."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Sequence

from pipeline.errors import FetchError

_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_UNICAST = ipaddress.ip_network("2000::/3")
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class AddressRefusedError(FetchError):
    """The host lies on a private, loopback, link-local or otherwise special address."""


def _inner(address: Address) -> Address:
    """The IPv4 address carried by an IPv6 one (mapped, 6to4, Teredo, NAT64), else the address itself."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else address)


def _global(address: Address) -> bool:
    """Whether an address is assigned to the public internet.

    Of IPv6 only global unicast is (RFC 4291 section 2.4): what lies outside of it, as '::127.0.0.1', may be turned into
    an IPv4 address by whatever is on the way.
    """
    if isinstance(address, ipaddress.IPv6Address) and address not in _UNICAST:
        return False
    return address.is_global and not address.is_multicast and not address.is_unspecified


def is_public(text: str) -> bool:
    """Whether an IP address in text form is one of the public internet (IANA special-purpose registries)."""
    try:
        address = ipaddress.ip_address(text.split("%")[0])
    except ValueError:
        return False
    inner = _inner(address)
    carried = isinstance(address, ipaddress.IPv6Address) and (address in _NAT64 or address.ipv4_mapped is not None)
    return _global(inner) and (carried or _global(address))


def resolve(host: str, port: int, *, allow_private: bool) -> Sequence[str]:
    """The addresses of ``host`` that may be called, as text, in the resolver's order.

    Raises AddressRefusedError when all it has are refused, OSError when the name is unknown.
    """
    found = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)
    addresses = list(dict.fromkeys(str(info[4][0]) for info in found))
    allowed = addresses if allow_private else [a for a in addresses if is_public(a)]
    if not allowed:
        raise AddressRefusedError(
            f"{host} has the address {', '.join(addresses)}, which is not on the public internet; "
            "give --allow-private to permit that."
        )
    return allowed
