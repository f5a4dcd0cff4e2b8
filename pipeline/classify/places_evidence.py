"""What the words of an address, of its host and its path, say for a municipality."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from urllib.parse import unquote, urlsplit

from pipeline.classify.corpus_rows import rows
from pipeline.classify.places_sites import host, registered, site
from pipeline.geography import municipalities

_LEAST = 5
_WORDS = re.compile(r"[a-z0-9]+")
# Names that are words of addresses as well: they count before 'kommun', or as a part of the path of their own.
_TOO_COMMON = frozenset(
    ("ale", "ange", "are", "berg", "boden", "dorotea", "ed", "eda", "eds", "kil", "kils", "klippan", "lund", "mala",
     "mark", "marks", "mora", "nora", "orsa", "sala", "salem", "skara", "sunne", "timra", "trosa", "vara", "kinda",
     "ydre")
)  # fmt: skip
_TWO = frozenset(("habo", "habos"))  # Håbo and Habo
_GERMAN = str.maketrans({"å": "aa", "ä": "ae", "ö": "oe"})
# What makes another name of the name that a word begins with: 'ljungbyhed', 'kalmarlan'.
_OTHER_NAME = re.compile(
    r"s?(?:berg|borg|bro|by(?!g)|bygd|dal|fors|hamn|hed|holm|hus|lan|ll$|lund|modell|region|sla|strom|sund|torp"
    r"|universit|vik)"
)
# Sites, hosts and words whose places are counties, districts and seats.
_PUBLIC = frozenset(
    ("1177.se", "av.se", "domstol.se", "forsakringskassan.se", "ivo.se", "jo.se", "lansstyrelsen.se", "polisen.se",
     "skolinspektionen.se", "socialstyrelsen.se")
)  # fmt: skip
_RADIO = "sverigesradio.se"
_REGIONAL = re.compile(r"^region|region(?:en)?$|universit|landsting|hogskola|^fou|lan$")
_BEFORE = frozenset(("region", "landsting", "landstinget", "lansstyrelsen", "hogskolan", "regionen"))
_SEATED = re.compile(
    r"(?:ratten|domstolen|inspektionen|universitetet|hogskolan|lansstyrelsen|arbetsmiljoverket|ivo) i$"
)
_AFTER = frozenset(("lan", "lans", "universitet", "universitets", "tingsratt", "hovratt", "regionen", "stift"))
_SEVERAL, _SECTION = 2, 2

Names = Mapping[tuple[str, ...], str]


def folded(text: str) -> str:
    """``text`` in lower case without accents, as it stands in addresses."""
    plain = unicodedata.normalize("NFD", text.lower())
    return "".join(c for c in plain if not unicodedata.combining(c))


def _written(name: str) -> Iterator[tuple[str, ...]]:
    """How a name stands in addresses: without accents or with 'aa', 'ae', 'oe', with and without s, as one word."""
    for text in dict.fromkeys((folded(name), folded(name.lower().translate(_GERMAN)))):
        words = tuple(_WORDS.findall(text))
        yield from (words, (*words[:-1], words[-1] + "s"), ("".join(words),))


@cache
def _slugs() -> Names:
    table: dict[tuple[str, ...], str] = {}
    for row in municipalities():
        for form in _written(row.name):
            if form[0] not in _TWO:
                table.setdefault(form, row.code)
    return table


@cache
def _small() -> Names:
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


@cache
def _beginnings() -> dict[str, str]:
    names = {row.code: "".join(_WORDS.findall(folded(row.name))) for row in municipalities()}
    return {
        "".join(words): code
        for words, code in _slugs().items()
        if len(names[code]) >= _LEAST and names[code] not in _TOO_COMMON
    }


def _beginning(label: str) -> str | None:
    """The municipality whose name a word of an address begins with ('jarfallamoderaterna'); the longest name wins.

    None where the whole is another name or a county.
    """
    known = _beginnings()
    for length in range(len(label), _LEAST - 1, -1):
        if label[:length] in known:
            return None if _OTHER_NAME.match(label, length) else known[label[:length]]
    return None


def _ending(label: str) -> str | None:
    """The municipality whose name a host ends with; the longest name wins."""
    known = _beginnings()
    return next((known[label[at:]] for at in range(len(label) - _LEAST + 1) if label[at:] in known), None)


def _of_another(before: list[str], after: list[str]) -> bool:
    """Whether the words around a name make it a county's, a court's or an authority's."""
    seated = _SEATED.search(" ".join(before[-2:])) is not None
    return seated or not _BEFORE.isdisjoint(before[-1:]) or not _AFTER.isdisjoint(after)


def _named(words: list[str], known: Names, foreign: bool = True) -> list[str]:
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
                found += [] if _of_another(words[:at], after) else [code]
                at += length - 1
                break
        at += 1
    return found


def _unquoted(path: str) -> str:
    """``path`` with its octets as characters, of UTF-8 or, on old sites, of Latin-1."""
    text = unquote(path)
    return text if "\ufffd" not in text else unquote(path, "latin-1")


def _labels(address: str) -> list[str]:
    """The labels of the host, without the last, as far as they are no county's, authority's or newspaper's."""
    if registered(address) in _PUBLIC or len(site(address).area) >= _SEVERAL:
        return []
    return [label for label in folded(host(address)).split(".")[:-1] if not _REGIONAL.search(label)]


def _parts(address: str) -> list[list[str]]:
    """The words of each part of the path below what the site is known by; none where places are districts there."""
    if not host(address) or registered(address) in _PUBLIC:
        return []
    path = urlsplit(address).path[len(site(address).path) :]
    parts = [words for part in folded(_unquoted(path)).split("/") if (words := _WORDS.findall(part))]
    return [words for words in parts if len(words) > 1] if registered(address) == _RADIO else parts


@lru_cache(4096)
def slug_codes(address: str) -> tuple[str, ...]:
    """The municipalities named in host and path of ``address``, in order, each once."""
    labels, foreign = _labels(address), site(address).own is None
    found = [code for label in labels if (code := _beginning(label)) is not None]
    for words in (*map(_WORDS.findall, labels), *_parts(address)):
        found += _named(words, _slugs(), foreign)
    return tuple(dict.fromkeys(found))


@lru_cache(4096)
def section_codes(address: str) -> frozenset[str]:
    """The municipalities that are named only as a section of a site that reports from several: '/nyheter/uppsala/'."""
    if len(site(address).area) < _SEVERAL:
        return frozenset()
    alone: set[str] = set()
    within: set[str] = set()
    for words in _parts(address):
        (alone if len(words) <= _SECTION else within).update(_named(words, _slugs()))
    return frozenset(alone - within)


def hinted_codes(address: str) -> tuple[str, ...]:
    """What an address hints at, for texts that name no municipality.

    Names that words of the path begin with ('hedemorafallet') and that hosts end with ('centernhedemora').
    """
    longer = [word for part in _parts(address) for word in part if word not in _beginnings()]  # else slug_codes judged
    found = [*map(_beginning, longer), *map(_ending, _labels(address))]
    return tuple(dict.fromkeys(code for code in found if code is not None))


def place_codes(address: str) -> tuple[str, ...]:
    """The municipalities of localities and districts named in the path of an address, for texts that name none."""
    found = [code for words in _parts(address) for code in _named(words, _small())]
    return tuple(dict.fromkeys(found))
