"""Bytes to text, settled once: BOM, then header, then meta, then detection; windows-1252 survives."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_HEADER = re.compile(r"charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_META = re.compile(
    rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]+)|<\?xml[^>]{0,100}encoding\s*=\s*[\"']([\w.:-]+)",
    re.IGNORECASE,
)
_HEAD = 4_096
_SAMPLE = 20_000
# What browsers do with these labels (WHATWG Encoding Standard, section 4.2).
_BROWSER = {
    "iso-8859-1": "cp1252",
    "latin-1": "cp1252",
    "latin1": "cp1252",
    "us-ascii": "cp1252",
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso-8859-15": "iso8859-15",
    "iso-8859-9": "cp1254",
    "windows-1252": "cp1252",
}


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text, the encoding that gave it, and how it was found.

    ``how``: 'bom', 'header', 'meta', 'utf-8', 'detected' or 'last resort'.
    """

    text: str
    encoding: str
    how: str


def _codec(label: str) -> str | None:
    name = label.strip().lower()
    name = _BROWSER.get(name, name)
    try:
        return codecs.lookup(name).name
    except (LookupError, ValueError):
        return None


def _strict(raw: bytes, codec: str) -> str | None:
    try:
        return raw.decode(codec)
    except (UnicodeDecodeError, LookupError, ValueError):
        return None


def _lenient_cp1252(raw: bytes) -> str:
    """windows-1252 as browsers read it: the five undefined bytes become control characters, nothing is lost."""
    text = _strict(raw, "cp1252")
    if text is not None:
        return text
    return "".join(chr(b) if b in (0x81, 0x8D, 0x8F, 0x90, 0x9D) else bytes((b,)).decode("cp1252") for b in raw)


def _nearly_utf8(raw: bytes) -> str | None:
    """UTF-8 with a few broken bytes (a cut sequence, a stray byte in a comment): they become U+FFFD."""
    text = raw.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    high = sum(c > "\x7f" for c in text)
    return text if broken and high >= 10 * broken else None


def _declared(raw: bytes, content_type: str) -> list[tuple[str, str]]:
    labels = []
    if header := _HEADER.search(content_type):
        labels.append((header[1], "header"))
    if meta := _META.search(raw[:_HEAD]):
        labels.append(((meta[1] or meta[2]).decode("ascii", "replace"), "meta"))
    return [(codec, how) for label, how in labels if (codec := _codec(label))]


def _detected(raw: bytes) -> Decoded:
    if (text := _strict(raw, "utf-8")) is not None:
        return Decoded(text, "utf-8", "utf-8")
    if (text := _nearly_utf8(raw)) is not None:
        return Decoded(text, "utf-8", "utf-8")
    from charset_normalizer import from_bytes

    best = from_bytes(raw[:_SAMPLE], preemptive_behaviour=False).best()
    # Swedish bytes are legal in many 8-bit sets, which the detector mixes up: it is believed only outside those.
    if (
        best
        and best.encoding in ("utf_16_le", "utf_16_be", "cp1251", "cp1256", "koi8_r", "mac_roman")
        and (text := _strict(raw, best.encoding))
    ):
        return Decoded(text, best.encoding, "detected")
    return Decoded(_lenient_cp1252(raw), "cp1252", "last resort")


def decode(raw: bytes, content_type: str = "") -> Decoded:
    """The text of ``raw``. Never raises: a wrong declaration is overruled by what the bytes can be.

    ``content_type``: the value of the HTTP header. A declared UTF-8 that does not decode
    is taken as windows-1252; a declared 8-bit set is overruled when the bytes are valid
    UTF-8 with letters beyond ASCII, which no Swedish text in an 8-bit set is by chance.
    """
    for bom, codec in _BOMS:
        if raw.startswith(bom):
            return Decoded(raw[len(bom) :].decode(codec, "replace"), codec, "bom")
    utf8 = _strict(raw, "utf-8")
    for codec, how in _declared(raw, content_type):
        if codec == "utf-8" or (utf8 is not None and not utf8.isascii() and codec not in ("utf-16", "utf-16-le")):
            if utf8 is not None:
                return Decoded(utf8, "utf-8", how)
            continue
        text = _lenient_cp1252(raw) if codec == "cp1252" else _strict(raw, codec)
        if text is not None and not codec.startswith("utf-16"):
            return Decoded(text, codec, how)
    return _detected(raw)
