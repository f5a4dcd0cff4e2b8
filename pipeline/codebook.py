"""The codebook: themes, polarities, attributions and event kinds, read from TOML and checked.

A user may edit ``corpus/codebook.toml`` or give another file; every mistake is reported
with the file, the key and how to mend it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from pipeline.checks import Checker, toml
from pipeline.errors import CorpusError
from pipeline.records import ATTRIBUTIONS, POLARITIES
from pipeline.resources import data_path

_TOP = {
    "version": str, "language": str, "rules": dict, "polarity": dict, "attribution": dict, "theme": list, "event": list,
}  # fmt: skip
_THEME = ("id", "label_sv", "label_en", "definition", "includes", "excludes")
_EVENT = ("kind", "label_sv", "label_en", "sanction")
_ID = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True, slots=True)
class Theme:
    """What a passage can be about. ``includes`` and ``excludes`` draw its borders in words."""

    id: str
    label_sv: str
    label_en: str
    definition: str
    includes: str
    excludes: str


@dataclass(frozen=True, slots=True)
class EventKind:
    """What an authority or municipality can formally do. ``sanction``: step on the ladder (1-6), None off it."""

    kind: str
    label_sv: str
    label_en: str
    sanction: int | None


@dataclass(frozen=True, slots=True)
class Codebook:
    """The whole codebook. ``digest`` identifies its content (first 12 hex digits of SHA-256)."""

    version: str
    language: str
    themes: tuple[Theme, ...]
    events: tuple[EventKind, ...]
    rules: Mapping[str, str]
    polarities: Mapping[str, str]
    attributions: Mapping[str, str]
    digest: str

    @property
    def theme_ids(self) -> tuple[str, ...]:
        """Theme ids in codebook order."""
        return tuple(theme.id for theme in self.themes)

    def theme(self, theme_id: str) -> Theme:
        """The theme with this id. Raises KeyError."""
        return {theme.id: theme for theme in self.themes}[theme_id]

    def event(self, kind: str) -> EventKind:
        """The event kind of this name. Raises KeyError."""
        return {event.kind: event for event in self.events}[kind]


def _name(check: Checker, where: str, value: str, seen: set[str]) -> None:
    if not _ID.fullmatch(value):
        check.add(where, f"{value!r} is no id; use lower-case letters, digits and underscores.")
    elif value in seen:
        check.add(where, f"'{value}' stands twice; rename or remove one.")
    seen.add(value)


def _theme(check: Checker, number: int, table: Mapping[str, Any], seen: set[str]) -> Theme:
    where = f"theme[{number}]."
    check.keys(where, table, _THEME, ("id", "label_sv", "label_en", "definition"))
    values = [check.text(where, table, key) for key in _THEME]
    if "id" in table:
        _name(check, f"{where}id", values[0], seen)
    return Theme(*values)


def _event(check: Checker, number: int, table: Mapping[str, Any], seen: set[str]) -> EventKind:
    where = f"event[{number}]."
    check.keys(where, table, _EVENT, ("kind", "label_sv"))
    kind = check.text(where, table, "kind")
    if "kind" in table:
        _name(check, f"{where}kind", kind, seen)
    sanction = table.get("sanction")
    if sanction is not None and (not isinstance(sanction, int) or isinstance(sanction, bool) or sanction < 1):
        check.add(f"{where}sanction", f"is {sanction!r}; write a whole number from 1 up, or leave it out.")
        sanction = None
    label_en = check.text(where, table, "label_en") or kind.replace("_", " ").capitalize()
    return EventKind(kind, check.text(where, table, "label_sv"), label_en, sanction)


def _glossary(check: Checker, data: Mapping[str, Any], section: str, allowed: Sequence[str]) -> dict[str, str]:
    table = data.get(section, {})
    if not isinstance(table, dict):
        return {}
    if allowed:
        check.keys(f"{section}.", table, allowed, allowed)
    return {key: check.text(f"{section}.", table, key) for key in table}


def _tables(check: Checker, data: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    rows = data.get(key, [])
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        check.add(key, f"must be a list of tables; write each one under [[{key}]].")
        return []
    if not rows:
        check.add(key, f"is empty; add at least one [[{key}]].")
    return rows


def parse_codebook(raw: bytes, file: str) -> Codebook:
    """Read a codebook from the bytes of a TOML file called ``file``.

    Raises CorpusError naming file, key and mend for every mistake, one a line.
    """
    data = toml(raw, file)
    check = Checker(file)
    check.keys("", data, tuple(_TOP), ("version", "theme", "event"))
    for key, kind in _TOP.items():
        if key in data and not isinstance(data[key], kind):
            check.add(key, f"must be of kind {kind.__name__}; see corpus/codebook.toml for the form.")
    themes: set[str] = set()
    kinds: set[str] = set()
    codebook = Codebook(
        version=check.text("", data, "version"),
        language=check.text("", data, "language") or "sv",
        themes=tuple(_theme(check, i, t, themes) for i, t in enumerate(_tables(check, data, "theme"), 1)),
        events=tuple(_event(check, i, t, kinds) for i, t in enumerate(_tables(check, data, "event"), 1)),
        rules=_glossary(check, data, "rules", ()),
        polarities=_glossary(check, data, "polarity", POLARITIES),
        attributions=_glossary(check, data, "attribution", ATTRIBUTIONS),
        digest=hashlib.sha256(raw).hexdigest()[:12],
    )
    check.end()
    return codebook


@cache
def load_codebook(path: Path | None = None) -> Codebook:
    """The codebook at ``path``, or the one that comes with the package.

    Raises CorpusError when the file is absent or has mistakes.
    """
    file = path or data_path("corpus/codebook.toml")
    try:
        raw = file.read_bytes()
    except OSError as error:
        raise CorpusError(f"{file}: cannot be read ({error.strerror}); give the path of a codebook in TOML.") from error
    return parse_codebook(raw, str(file))
