"""Addresses that may stand in a file as links: http and https only."""

from __future__ import annotations

from urllib.parse import quote

from pipeline.publish.exports.cells import plain
from pipeline.publish.links import web_address


def web(url: object) -> str | None:
    """``url`` percent-encoded when it leads to the web (http or https with a host), else None."""
    address = web_address(url)
    return None if address is None else quote(plain(address), safe="%/:?#[]@!$&()*+,;=~-._")
