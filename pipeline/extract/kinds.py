"""Who speaks: municipality, inspectorate, other authority, auditor, press or other, by host or by content."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache, lru_cache
from urllib.parse import urlsplit

from pipeline.errors import CorpusError
from pipeline.geography import municipalities
from pipeline.records import SOURCE_KINDS, SourceKind
from pipeline.resources import data_path

_HEAD = 1_500


@dataclass(frozen=True, slots=True)
class _Table:
    hosts: dict[str, SourceKind]
    words: tuple[tuple[str, SourceKind], ...]
    content: tuple[tuple[re.Pattern[str], SourceKind], ...]


def _kind(name: str, file: object) -> SourceKind:
    for kind in SOURCE_KINDS:
        if kind == name:
            return kind
    raise CorpusError(f"{file}: '{name}' is no source kind; known are {', '.join(SOURCE_KINDS)}.")


@cache
def _table() -> _Table:
    file = data_path("corpus/hosts/kinds.toml")
    try:
        data = tomllib.loads(file.read_text("utf-8"))
        hosts = {host: _kind(kind, file) for kind, names in data["hosts"].items() for host in names}
        words = tuple((word, _kind(kind, file)) for kind, names in data["words"].items() for word in names)
        content = tuple((re.compile(r["match"], re.IGNORECASE), _kind(r["kind"], file)) for r in data["content"])
    except (tomllib.TOMLDecodeError, OSError, KeyError, re.error) as error:
        raise CorpusError(f"{file}: cannot be used ({error}); mend the line or restore the file.") from error
    own: dict[str, SourceKind] = {host_of(m.website).removeprefix("www."): "municipality" for m in municipalities()}
    return _Table(own | hosts, words, content)


def host_of(url: str) -> str:
    """Host name of a URL, lower case; '' for a URL without host or one that cannot be read."""
    try:
        return (urlsplit(url).hostname or "").lower()
    except ValueError:
        return ""


@lru_cache(maxsize=10_000)
def kind_of_host(host: str) -> SourceKind | None:
    """The kind that the lists give a host or a parent domain of it; None for a host they do not know."""
    table = _table()
    labels = host.split(".")
    for i in range(len(labels) - 1):
        if kind := table.hosts.get(".".join(labels[i:])):
            return kind
    return next((kind for word, kind in table.words if word in host), None)


def kind_of_content(text: str) -> SourceKind:
    """The kind that the beginning of a text speaks for; 'other' where it says nothing."""
    head = text[:_HEAD]
    return next((kind for pattern, kind in _table().content if pattern.search(head)), "other")


def source_kind(url: str, text: str, derived_from: str | None = None) -> SourceKind:
    """Who publishes: by the host of the page that this one retells, else by its own host, else by its words."""
    for address in (derived_from, url):
        if address and (kind := kind_of_host(host_of(address))):
            return kind
    return kind_of_content(text)
