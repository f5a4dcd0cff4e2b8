"""What speaks for a municipality besides the text: the host and the words of an address."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from urllib.parse import unquote, urlsplit

from pipeline.classify.corpus_rows import rows
from pipeline.geography import by_code, municipalities

_LEAST = 5
_WORDS = re.compile(r"[a-z0-9]+")
# Names that are words of addresses as well: they count before 'kommun', or as a part of the path of their own.
_TOO_COMMON = frozenset(
    ("ale", "ange", "are", "berg", "boden", "dorotea", "ed", "eda", "eds", "kil", "kils", "klippan", "lund", "mala",
     "mark", "marks", "mora", "nora", "orsa", "sala", "salem", "skara", "sunne", "timra", "trosa", "vara", "kinda",
     "ydre")
)  # fmt: skip
_GERMAN = str.maketrans({"å": "aa", "ä": "ae", "ö": "oe"})
_TWO = frozenset(("habo", "habos"))  # Håbo and Habo


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


def folded(text: str) -> str:
    """``text`` in lower case without accents, as it stands in addresses."""
    plain = unicodedata.normalize("NFD", text.lower())
    return "".join(c for c in plain if not unicodedata.combining(c))


def _area(codes: str) -> frozenset[str]:
    words = [] if codes == "-" else codes.split()
    within = {row.code for row in municipalities() if row.county_code in words}
    return frozenset(within | {word for word in words if word in by_code()})


@cache
def _sites() -> dict[str, tuple[Site, ...]]:
    """Host -> what is known of it, the longest path first."""
    table: dict[str, list[Site]] = {}
    for address, home, codes in rows("corpus/places/hosts.tsv", 3):
        host, slash, path = address.partition("/")
        own = home[1:] if home.startswith("=") else None
        known = Site(own, None if own or home == "-" else home, _area(codes), slash + path)
        table.setdefault(host, []).append(known)
    return {host: tuple(sorted(found, key=lambda site: -len(site.path))) for host, found in table.items()}


@cache
def _hosts() -> dict[str, str]:
    return {_registered(row.website): row.code for row in municipalities()}


def _written(name: str) -> Iterator[tuple[str, ...]]:
    """How a name stands in addresses: without accents or with 'aa', 'ae', 'oe', with and without s, as one word."""
    for text in dict.fromkeys((folded(name), folded(name.lower().translate(_GERMAN)))):
        words = tuple(_WORDS.findall(text))
        yield from (words, (*words[:-1], words[-1] + "s"), ("".join(words),))


@cache
def _slugs() -> dict[tuple[str, ...], str]:
    table: dict[tuple[str, ...], str] = {}
    for row in municipalities():
        for form in _written(row.name):
            if form[0] not in _TWO:
                table.setdefault(form, row.code)
    return table


@cache
def _small() -> dict[tuple[str, ...], str]:
    """Localities and districts of one name that is no word, as they stand in addresses."""
    trapped = {name for name, _ in rows("corpus/places/ambiguous.tsv", 2)}
    listed = rows("corpus/places/localities.tsv", 3)
    open_to_doubt = trapped | {name for name, _, kind in listed if kind == "homonym"}
    return {
        form: code
        for name, code, _ in listed
        if name not in open_to_doubt and len(name) >= _LEAST
        for form in _written(name)
        if form not in _slugs()
    }


def _host(address: str) -> str:
    try:
        return (urlsplit(address).hostname or "").lower()
    except ValueError:
        return ""


def _registered(address: str) -> str:
    return ".".join(_host(address).split(".")[-2:])


@lru_cache(4096)
def site(address: str) -> Site:
    """What is known of the site that ``address`` stands on."""
    host = _host(address)
    path = urlsplit(address).path if host else ""
    labels = host.split(".")
    for at in range(len(labels)):
        for known in _sites().get(".".join(labels[at:]), ()):
            if path.startswith(known.path):
                return known
    own = _hosts().get(_registered(address)) if host else None
    return Site(own, None, frozenset() if own is None else frozenset({own}))


@cache
def _beginnings() -> dict[str, str]:
    return {"".join(words): code for words, code in _slugs().items() if len("".join(words)) >= _LEAST}


def _beginning(label: str) -> str | None:
    """The municipality whose name a word of an address begins with ('jarfallamoderaterna'); the longest name wins."""
    known = _beginnings()
    return next((known[label[:n]] for n in range(len(label), _LEAST - 1, -1) if label[:n] in known), None)


def _ending(label: str) -> str | None:
    """The municipality whose name a host ends with; the longest name wins."""
    known = _beginnings()
    return next((known[label[at:]] for at in range(len(label) - _LEAST + 1) if label[at:] in known), None)


def domain_code(domain: str) -> str | None:
    """The municipality whose own domain ('hedemora.se') this is, or None."""
    return _hosts().get(domain)


def host_code(address: str) -> str | None:
    """The municipality whose own site ``address`` stands on, or None."""
    return site(address).own if address else None


def _named(words: list[str], known: Mapping[tuple[str, ...], str], foreign: bool = True) -> list[str]:
    """The municipalities that stand whole among the words of one part of an address.

    A part that is one word of both kinds counts on a ``foreign`` site only: municipalities have a part 'mark' as well.
    """
    found: list[str] = []
    at = 0
    while at < len(words):
        for length in (3, 2, 1):
            key = tuple(words[at : at + length])
            code = known.get(key) if len(key) == length else None
            after = words[at + length : at + length + 1]
            plain = key[0] not in _TOO_COMMON or length > 1 or (foreign and len(words) == 1)
            if code is not None and (plain or (after and after[0].startswith("kommun"))):
                found.append(code)
                at += length - 1
                break
        at += 1
    return found


def _unquoted(path: str) -> str:
    """``path`` with its octets as characters, of UTF-8 or, on old sites, of Latin-1."""
    text = unquote(path)
    return text if "\ufffd" not in text else unquote(path, "latin-1")


def _parts(address: str) -> tuple[list[str], list[str]]:
    """The labels of the host, without the last, and the parts of the path below what the site is known by."""
    host = _host(address)
    path = urlsplit(address).path[len(site(address).path) :] if host else ""
    return folded(host).split(".")[:-1], [part for part in folded(_unquoted(path)).split("/") if part]


@lru_cache(4096)
def slug_codes(address: str) -> tuple[str, ...]:
    """The municipalities named in host and path of ``address``, in order, each once."""
    labels, parts = _parts(address)
    if len(site(address).area) > 1:  # a newspaper's name
        labels = []
    found = [code for label in labels if (code := _beginning(label)) is not None]
    for part in (*labels, *parts):
        found += _named(_WORDS.findall(part), _slugs(), foreign=site(address).own is None)
    return tuple(dict.fromkeys(found))


def hinted_codes(address: str) -> tuple[str, ...]:
    """What an address hints at, for texts that name no municipality.

    Names that words of the path begin with ('hedemorafallet') and that hosts end with ('centernhedemora').
    """
    labels, parts = _parts(address)
    words = [word for part in parts for word in _WORDS.findall(part)]
    found = [*map(_beginning, words), *map(_ending, labels)]
    return tuple(dict.fromkeys(code for code in found if code is not None))


def place_codes(address: str) -> tuple[str, ...]:
    """The municipalities of localities and districts named in the path of an address, for texts that name none."""
    found = [code for part in _parts(address)[1] for code in _named(_WORDS.findall(part), _small())]
    return tuple(dict.fromkeys(found))
