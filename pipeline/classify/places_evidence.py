"""What speaks for a municipality besides the text: the host and the words of an address."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from urllib.parse import unquote, urlsplit

from pipeline.geography import municipalities

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


def host_code(address: str) -> str | None:
    """The municipality whose own site ``address`` stands on, or None."""
    return _hosts().get(_registered(address)) if address else None


def slug_codes(address: str) -> tuple[str, ...]:
    """The municipalities named in host and path of ``address``, in order, each once."""
    parts = urlsplit(address)
    words = _WORDS.findall(folded(unquote(f"{parts.hostname or ''}/{parts.path}")))
    found: dict[str, None] = {}
    for at in range(len(words)):
        for length in (3, 2, 1):
            key = tuple(words[at : at + length])
            code = _slugs().get(key)
            if code is not None and (key[0] not in _TOO_COMMON or length > 1):
                found.setdefault(code)
                break
    return tuple(found)
