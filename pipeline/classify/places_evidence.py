"""What speaks for a municipality besides the text: the host and the words of an address."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from urllib.parse import unquote, urlsplit

from pipeline.geography import municipalities

_LEAST = 5
_WORDS = re.compile(r"[a-z0-9]+")
# Names that are words of addresses as well.
_TOO_COMMON = frozenset(
    ("ale", "berg", "boden", "ed", "eda", "eds", "kil", "kils", "klippan", "lund", "mark", "marks", "mora", "nora",
     "sala", "salem", "sunne", "vara", "kinda", "ydre")
)  # fmt: skip


def folded(text: str) -> str:
    """``text`` in lower case without accents, as it stands in addresses."""
    plain = unicodedata.normalize("NFD", text.lower())
    return "".join(c for c in plain if not unicodedata.combining(c))


@cache
def _hosts() -> dict[str, str]:
    return {_registered(row.website): row.code for row in municipalities()}


@cache
def _slugs() -> dict[tuple[str, ...], str]:
    table: dict[tuple[str, ...], str] = {}
    for row in municipalities():
        words = tuple(_WORDS.findall(folded(row.name)))
        for form in (words, (*words[:-1], words[-1] + "s"), ("".join(words),)):
            table.setdefault(form, row.code)
    return table


def _registered(address: str) -> str:
    host = (urlsplit(address).hostname or "").lower()
    return ".".join(host.split(".")[-2:])


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


def host_code(address: str) -> str | None:
    """The municipality whose own site ``address`` stands on, or None."""
    return _hosts().get(_registered(address)) if address else None


def slug_codes(address: str) -> tuple[str, ...]:
    """The municipalities named in host and path of ``address``, in order, each once."""
    parts = urlsplit(address)
    found: dict[str, None] = {}
    for label in (parts.hostname or "").split(".")[:-1]:
        if (code := _beginning(label)) is not None:
            found.setdefault(code)
    words = _WORDS.findall(folded(unquote(f"{parts.hostname or ''}/{parts.path}")))
    for at in range(len(words)):
        for length in (3, 2, 1):
            key = tuple(words[at : at + length])
            code = _slugs().get(key)
            if code is not None and (key[0] not in _TOO_COMMON or length > 1):
                found.setdefault(code)
                break
    return tuple(found)


def hinted_codes(address: str) -> tuple[str, ...]:
    """What an address hints at, for texts that name no municipality.

    Names that words of the path begin with ('hedemorafallet') and that hosts end with ('centernhedemora').
    """
    parts = urlsplit(address)
    words = _WORDS.findall(folded(unquote(parts.path)))
    labels = folded(parts.hostname or "").split(".")[:-1]
    found = [*map(_beginning, words), *map(_ending, labels)]
    return tuple(dict.fromkeys(code for code in found if code is not None))
