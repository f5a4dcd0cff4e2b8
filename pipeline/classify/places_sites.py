"""Whose site an address stands on: a municipality's own, a newspaper that reports from a few, or any other."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache
from urllib.parse import urlsplit

from pipeline.classify.corpus_rows import rows
from pipeline.geography import by_code, municipalities

# Parts of a local newspaper that come from elsewhere.
_NATIONAL = frozenset(("inrikes", "utrikes", "sverige", "varlden", "världen"))


@dataclass(frozen=True, slots=True)
class Site:
    """What ``corpus/places/hosts.tsv`` says of an address.

    ``own``: a host of this municipality; ``home``: meant where a text names none; ``area``: codes of those that the
    site reports from, empty where that is everywhere; ``path``: the beginning of the path that told it.
    """

    own: str | None = None
    home: str | None = None
    area: frozenset[str] = frozenset()
    path: str = ""


def host(address: str) -> str:
    """The host of ``address`` in lower case, empty where it has none or cannot be read."""
    try:
        return (urlsplit(address).hostname or "").lower()
    except ValueError:
        return ""


def registered(address: str) -> str:
    """The last two labels of the host: 'hedemora.se'."""
    return ".".join(host(address).split(".")[-2:])


def _area(codes: str) -> frozenset[str]:
    words = [] if codes == "-" else codes.split()
    within = {row.code for row in municipalities() if row.county_code in words}
    return frozenset(within | {word for word in words if word in by_code()})


@cache
def _listed() -> dict[str, tuple[Site, ...]]:
    """Host -> what is known of it, the longest path first."""
    table: dict[str, list[Site]] = {}
    for address, home, codes in rows("corpus/places/hosts.tsv", 3):
        name, slash, path = address.partition("/")
        own = home[1:] if home.startswith("=") else None
        known = Site(own, None if own or home == "-" else home, _area(codes), slash + path)
        table.setdefault(name, []).append(known)
    return {name: tuple(sorted(found, key=lambda known: -len(known.path))) for name, found in table.items()}


@cache
def _own() -> dict[str, str]:
    return {registered(row.website): row.code for row in municipalities()}


@lru_cache(4096)
def site(address: str) -> Site:
    """What is known of the site that ``address`` stands on."""
    labels = host(address).split(".")
    if labels == [""]:
        return Site()
    path = urlsplit(address).path
    for at in range(len(labels)):
        for known in _listed().get(".".join(labels[at:]), ()):
            if path.startswith(known.path):
                return known if known.own or not _NATIONAL.intersection(path.split("/")) else Site()
    own = domain_code(registered(address))
    return Site() if own is None else Site(own, None, frozenset({own}))


def domain_code(domain: str) -> str | None:
    """The municipality whose own domain ('hedemora.se') this is, or None."""
    return _own().get(domain)


def host_code(address: str) -> str | None:
    """The municipality whose own site ``address`` stands on, or None."""
    return site(address).own
