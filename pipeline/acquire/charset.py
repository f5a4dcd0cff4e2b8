"""The text of bytes whose declared encoding may be wrong."""

from __future__ import annotations

import codecs
import re
from contextlib import suppress

_DECLARED = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?\s*([A-Za-z0-9_.:-]+)""", re.I)
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_NO_TEXT = frozenset({"idna", "punycode", "undefined", "unicode-escape", "raw-unicode-escape", "unicode_escape",
                      "raw_unicode_escape"})  # fmt: skip
"""Codecs of Python that no page is written in, though they make text of bytes."""


def _known(name: str) -> str | None:
    """Python's name of an encoding; None for what is none, or is none of text (base64, rot13)."""
    try:
        codec = codecs.lookup(name.strip("\"' "))
        b"a".decode(codec.name, "replace")
    except (LookupError, UnicodeError, ValueError):
        return None
    return None if codec.name in _NO_TEXT else codec.name


def decode(data: bytes, content_type: str = "") -> str:
    """``data`` as text: byte order mark, then UTF-8 where it fits, then what is declared, then windows-1252.

    UTF-8 comes before the declaration because text in another encoding practically never is valid UTF-8 by chance.
    """
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return data.decode(encoding, "replace")
    with suppress(UnicodeDecodeError):
        return data.decode("utf-8")
    declared = _DECLARED.search(content_type.encode("latin-1", "replace")) or _DECLARED.search(data[:2048])
    name = _known(declared.group(1).decode("ascii")) if declared else None
    if name in (None, "utf-8", "ascii", "iso8859-1"):
        name = "cp1252"
    return data.decode(name or "cp1252", "replace")
