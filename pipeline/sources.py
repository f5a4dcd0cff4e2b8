"""Declared places to look: ``[[source]]`` tables in TOML, checked, from ``corpus/sources/`` or a file of the user's.

Keys of a table: ``id`` and at least one of ``start``, ``sitemaps``, ``feeds``, ``listings`` (lists of
URLs); ``kind``, ``name``, ``municipality`` (code of one of the 290), ``include`` and ``exclude`` (patterns, see
``matches``), ``delay`` (seconds between requests to a host, an hour at most), ``expect`` (least number of documents
a healthy crawl yields), ``cms``, ``terms`` (licence or terms of use).
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from functools import cache, lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pipeline.checks import Checker, toml
from pipeline.errors import CorpusError
from pipeline.records import SOURCE_KINDS, Source
from pipeline.resources import data_path

PLACES = ("start", "sitemaps", "feeds", "listings")
"""Keys that hold lists of URLs."""
KEYS = ("id", "kind", "name", "municipality", *PLACES, "include", "exclude", "delay", "expect", "cms", "terms")
"""All keys of a source, in the order in which they are written."""
LONGEST_DELAY = 3600
"""Most seconds between two requests to a host that a declaration may ask for."""
LARGEST_EXPECT = 1_000_000
"""Most documents that a declaration may expect of one source."""
_HOST = re.compile(r"\[[0-9A-Fa-f:.]+\]|[^\W_][\w-]*(?:\.[\w-]+)*\.?")
_ANYTHING = " .*+^$"
_ID = re.compile(r"[a-z0-9][a-z0-9._-]*")
_TOKEN = re.compile(
    r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]"  # an escaped sign, a set of signs
    r"|\(\?(?:P?<?[=!:]|P?<\w+>|[a-zA-Z-]+:|>)|\(\?[a-zA-Z]+\)|\(|\)|\|"  # groups and choices
    r"|(?:[*+?]|\{\d*,?\d*\})[?+]?|.",  # repeats
    re.S,
)
_UNBOUNDED = 3
_REGEX = re.compile(r"[\\^$()\[\]|{}]|\.[*+?]")


@cache
def _codes() -> frozenset[str]:
    """The codes of the 290 municipalities (``pipeline.geography`` stands on the same level and has the rest)."""
    with data_path("corpus/municipalities.csv").open(encoding="utf-8", newline="") as stream:
        return frozenset(row["code"] for row in csv.DictReader(stream))


@lru_cache(maxsize=4096)
def _pattern(pattern: str) -> re.Pattern[str]:
    if _REGEX.search(pattern):
        return re.compile(pattern)
    first, *rest = (re.escape(part) for part in pattern.split("*"))
    # Once a part is found where it first occurs, nothing is gained by another place of it: no way back is kept.
    return re.compile(first + "".join(f"(?>.*?{part})" for part in rest))


def endless(pattern: str) -> bool:
    """Whether a regular expression may try for ever: a repeat of something that has a repeat or a choice in it.

    So are more than three repeats without a bound, which are fast on usual addresses but not on every one.
    """
    if not _REGEX.search(pattern):
        return False
    groups, inner, unbounded = [False], False, 0
    for sign in _TOKEN.findall(pattern):
        if sign.startswith("(") and not sign.endswith(")"):
            groups.append(False)
        elif sign == ")":
            inner = groups.pop() if len(groups) > 1 else False
            groups[-1] |= inner
            continue
        elif sign[0] in "*+{?":
            if inner and sign[0] != "?":
                return True
            groups[-1] = True
            unbounded += sign[0] in "*+" or sign.rstrip("?+").endswith(",}")
        elif sign == "|":
            groups[-1] = True
        inner = False
    return unbounded > _UNBOUNDED


def matches(pattern: str, url: str) -> bool:
    """Whether a pattern of ``include`` or ``exclude`` occurs in the URL.

    A pattern is text in which ``*`` stands for anything; one with signs that only regular
    expressions have (``\\ ^ $ ( ) [ ] { } |``, ``.*``, ``.+``) is a regular expression. Both match anywhere in the URL.
    """
    return _pattern(pattern).search(url) is not None


def _texts(check: Checker, where: str, table: Mapping[str, Any], key: str) -> tuple[str, ...]:
    value = table.get(key, [])
    if not isinstance(value, list) or not all(isinstance(v, str) for v in value):
        check.add(f"{where}{key}", f'is {value!r}; write a list of texts: {key} = ["..."].')
        return ()
    return tuple(value)


def _urls(check: Checker, where: str, table: Mapping[str, Any], key: str) -> tuple[str, ...]:
    values = _texts(check, where, table, key)
    for value in values:
        parts = _split(value)
        if parts is None or parts.scheme not in ("http", "https") or not parts.hostname:
            check.add(f"{where}{key}", f"'{value}' is no web address; begin it with https:// or http://.")
        elif not _HOST.fullmatch(_name(parts.netloc)):
            check.add(f"{where}{key}", f"'{value}' has no name of a host; write it as https://www.example.se/.")
        elif not _port(parts):
            check.add(f"{where}{key}", f"'{value}' has a port that cannot be; write one from 1 to 65535 or none.")
    return values


def _patterns(check: Checker, where: str, table: Mapping[str, Any], key: str) -> tuple[str, ...]:
    values = _texts(check, where, table, key)
    for value in values:
        if not value.strip(_ANYTHING):
            check.add(f"{where}{key}", f"'{value}' fits every address; write a part of those that are meant.")
            continue
        try:
            _pattern(value)
        except re.error as error:
            check.add(f"{where}{key}", f"'{value}' is no regular expression: {error}; mend it or leave its signs out.")
            continue
        if endless(value):
            check.add(f"{where}{key}", f"'{value}' could try for ever on a long address; repeat nothing that holds a "
                      "repeat or a choice, and have three repeats at most.")  # fmt: skip
    return values


def _number(check: Checker, where: str, table: Mapping[str, Any], key: str, default: float, most: int) -> float:
    value = table.get(key, default)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= most:
        check.add(f"{where}{key}", f"is {value!r}; write a number from 0 to {most}.")
        return default
    return value


def _code(check: Checker, where: str, table: Mapping[str, Any]) -> str | None:
    code = check.text(where, table, "municipality")
    if code and not (len(code) == 4 and code.isdigit()):
        check.add(f"{where}municipality", f"'{code}' is no code; write four digits in quotation marks.")
    elif code and code not in _codes():
        close = get_close_matches(code, sorted(_codes()), 1)
        hint = f"did you mean '{close[0]}'?" if close else "see 'tillsyn sources list --kind municipality'."
        check.add(f"{where}municipality", f"'{code}' is the code of none of the 290 municipalities; {hint}")
    return code or None


def _name(netloc: str) -> str:
    """The name of the host in a network location, without user and port."""
    host = netloc.rpartition("@")[2]
    return host[: host.index("]") + 1] if host.startswith("[") and "]" in host else host.partition(":")[0]


def _port(parts: Any) -> bool:
    try:
        return parts.port is None or parts.port > 0
    except ValueError:
        return False


def _split(url: str) -> Any:
    try:
        return urlsplit(url)
    except ValueError:
        return None


def _id(check: Checker, where: str, value: str, seen: set[str]) -> None:
    if not value:
        check.add(f"{where}id", 'missing; add a line id = "..." with a short name of its own.')
    elif not _ID.fullmatch(value):
        check.add(f"{where}id", f"'{value}' is no id; use lower-case letters, digits, '.', '-' and '_'.")
    elif value in seen:
        check.add(f"{where}id", f"'{value}' stands twice; rename or remove one.")
    seen.add(value)


def _kind(check: Checker, where: str, table: Mapping[str, Any]) -> Any:
    value = check.text(where, table, "kind") or ("municipality" if table.get("municipality") else "other")
    if value not in SOURCE_KINDS:
        close = get_close_matches(value, SOURCE_KINDS, 1)
        hint = f"did you mean '{close[0]}'?" if close else f"write one of {', '.join(SOURCE_KINDS)}."
        check.add(f"{where}kind", f"'{value}' is no kind; {hint}")
        return "other"
    return value


def _source(check: Checker, number: int, table: Mapping[str, Any], seen: set[str]) -> Source:
    where = f"source[{number}]."
    check.keys(where, table, KEYS)
    _id(check, where, check.text(where, table, "id") if "id" in table else "", seen)
    places = {key: _urls(check, where, table, key) for key in PLACES}
    if not any(places.values()):
        check.add(f"source[{number}]", f"names no place to look; add at least one of {', '.join(PLACES)}.")
    expect = _number(check, where, table, "expect", 0, LARGEST_EXPECT)
    if expect != int(expect):
        check.add(f"{where}expect", f"is {expect!r}; write a whole number.")
    return Source(
        id=str(table.get("id", "")), kind=_kind(check, where, table), name=check.text(where, table, "name"),
        municipality=_code(check, where, table), **places, include=_patterns(check, where, table, "include"),
        exclude=_patterns(check, where, table, "exclude"),
        delay=float(_number(check, where, table, "delay", 1.0, LONGEST_DELAY)),
        expect=int(expect), cms=check.text(where, table, "cms") or None, terms=check.text(where, table, "terms"),
    )  # fmt: skip


def parse_sources(raw: bytes, file: str) -> tuple[Source, ...]:
    """The sources in the bytes of a TOML file called ``file``.

    Raises CorpusError naming file, key and mend for every mistake, one a line.
    """
    data = toml(raw, file)
    check = Checker(file)
    check.keys("", data, ("source",))
    tables = data.get("source", [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables) or not tables:
        check.add("source", "must be a list of tables; write each source under [[source]].")
        tables = []
    seen: set[str] = set()
    sources = tuple(_source(check, number, table, seen) for number, table in enumerate(tables, 1))
    check.end()
    return sources


def load_sources(path: Path | None = None) -> tuple[Source, ...]:
    """The sources declared in one file, or (None) all built-in ones. Raises CorpusError for mistakes."""
    if path is None:
        return builtin_sources()
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise CorpusError(
            f"{path}: cannot be read ({error.strerror}); give the path of a source file in TOML."
        ) from error
    return parse_sources(raw, str(path))


@cache
def builtin_sources(folder: Path | None = None) -> tuple[Source, ...]:
    """All sources of ``corpus/sources/`` (or of another folder) in order of file and place.

    Raises CorpusError when a file has mistakes or an id stands in two files.
    """
    found: dict[str, Source] = {}
    for file in sorted((folder or data_path("corpus/sources")).glob("*.toml")):
        if file.stem in ("focus", "blocked"):
            continue
        for source in load_sources(file):
            if source.id in found:
                raise CorpusError(f"{file}: source '{source.id}' stands in another file too; rename or remove one.")
            found[source.id] = source
    return tuple(found.values())


def select(
    sources: Iterable[Source], *, ids: Sequence[str] = (), kinds: Sequence[str] = (), codes: Sequence[str] = ()
) -> tuple[Source, ...]:
    """The sources with one of these ids, kinds and municipality codes (an empty choice: all)."""
    return tuple(
        source
        for source in sources
        if (not ids or source.id in ids)
        and (not kinds or source.kind in kinds)
        and (not codes or source.municipality in codes)
    )


def _value(value: Any) -> str:
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, tuple):
        return "[" + ", ".join(_value(v) for v in value) + "]"
    return f"{value:g}" if isinstance(value, float) else str(value)


def to_toml(source: Source) -> str:
    """The declaration of a source, without the keys that hold their default."""
    plain = Source(id="", kind="other")
    lines = ["[[source]]"]
    for key in KEYS:
        value = getattr(source, key)
        if key in ("id", "kind") or (value is not None and value != getattr(plain, key)):
            lines.append(f"{key} = {_value(value)}")
    return "\n".join(lines) + "\n"
