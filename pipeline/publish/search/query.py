"""What a reader may ask: words, "phrases", beginnings*, -without, OR, and filters such as kommun:hedemora.

Words side by side must all stand in the passage; ``OR`` between two lets either do. Filters of one kind widen, of
different kinds narrow; theme, sense and voice must hold for the same finding.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Literal

from pipeline.codebook import load_codebook
from pipeline.errors import CorpusError, UsageError
from pipeline.geography import find
from pipeline.publish.catalogue import LANGUAGES, catalogue
from pipeline.publish.search.words import stopwords, words
from pipeline.records import ATTRIBUTIONS, POLARITIES, SOURCE_KINDS
from pipeline.resources import data_path

Field = Literal["municipality", "theme", "polarity", "attribution", "source_kind", "year"]
FIELDS: Mapping[str, Field] = {
    "kommun": "municipality", "municipality": "municipality", "tema": "theme", "theme": "theme",
    "sinne": "polarity", "innebörd": "polarity", "polarity": "polarity", "röst": "attribution",
    "voice": "attribution", "attribution": "attribution", "källa": "source_kind", "source": "source_kind",
    "år": "year", "year": "year",
}  # fmt: skip
_TOKEN = re.compile(r'(-?)(?:([\w]+):)?(?:"([^"]*)"?|(\S+))')
_YEARS = re.compile(r"(\d{4})(?:[-–](\d{4}))?")
_ORS = ("OR", "ELLER")


@dataclass(frozen=True, slots=True)
class Atom:
    """A word, a phrase (several words) or a beginning of a word, in lower case."""

    words: tuple[str, ...]
    prefix: bool = False

    @property
    def is_phrase(self) -> bool:
        """Whether the words must stand side by side, in these forms."""
        return len(self.words) > 1


@dataclass(frozen=True, slots=True)
class Query:
    """All of ``groups`` must hold, any atom within one; none of ``without``; filters by field (wanted, unwanted)."""

    groups: tuple[tuple[Atom, ...], ...] = ()
    without: tuple[Atom, ...] = ()
    wanted: Mapping[Field, tuple[str, ...]] = field(default_factory=dict)
    unwanted: Mapping[Field, tuple[str, ...]] = field(default_factory=dict)

    @property
    def atoms(self) -> tuple[Atom, ...]:
        """All atoms that a hit may show, for highlighting."""
        return tuple(atom for group in self.groups for atom in group)


def _named(wanted: str, labels: Iterable[tuple[str, str]]) -> str | None:
    """The id whose id or label is ``wanted``, else the only one one of whose words begins so."""
    pairs = [(key, label.casefold()) for key, label in labels]
    for key, label in pairs:
        if wanted in (key, label):
            return key
    close = {key for key, label in pairs if any(word.startswith(wanted) for word in label.split())}
    return close.pop() if len(close) == 1 else None


def labels(name: Field) -> list[tuple[str, str]]:
    """Ids and the labels that readers may write for them, in all languages."""
    if name == "theme":
        return [(t.id, label) for t in load_codebook().themes for label in (t.label_sv, t.label_en)]
    ids, section = {
        "polarity": (POLARITIES, "polarity"),
        "attribution": (ATTRIBUTIONS, "attribution"),
        "source_kind": (SOURCE_KINDS, "kind"),
    }[name]
    return [(key, catalogue(language)(f"{section}.{key}")) for key in ids for language in LANGUAGES]


@cache
def aliases() -> Mapping[tuple[str, str], str]:
    """What people write for a label, by field and word (``corpus/search/aliases.tsv``)."""
    lines = data_path("corpus/search/aliases.tsv").read_text("utf-8").splitlines()
    rows = [line.split("\t") for line in lines if line and not line.startswith("#")]
    return {(name, written): key for name, written, key in rows}


def _values(name: Field, value: str) -> tuple[str, ...]:
    """The ids that a filter's value stands for. Raises UsageError naming what may be written."""
    if name == "municipality":
        try:
            return (find(value.replace("_", " ")).code,)
        except CorpusError as error:
            raise UsageError(str(error)) from error
    if name == "year":
        if not (match := _YEARS.fullmatch(value)):
            raise UsageError(f"år:{value}: write a year or two, as in år:2019 or år:2015-2019.")
        first, last = int(match[1]), int(match[2] or match[1])
        return tuple(str(year) for year in range(first, min(last, first + 200) + 1))
    wanted = value.casefold()
    found = (
        aliases().get((name, wanted)) or _named(wanted, labels(name)) or _named(wanted.replace("_", " "), labels(name))
    )
    if not found:
        known = ", ".join(dict.fromkeys(key for key, _ in labels(name)))
        raise UsageError(f"{value}: is none of {known}.")
    return (found,)


def _atom(text: str, quoted: bool) -> Atom | None:
    prefix = not quoted and text.endswith("*")
    found = tuple(form for _, _, form in words(text))
    if not found:
        return None
    return Atom(found[-1:] if prefix else found, prefix)


def parse(text: str) -> Query:
    """Read a question. Raises UsageError for a filter value that is not known."""
    groups: list[list[Atom]] = []
    without: list[Atom] = []
    filters: tuple[dict[Field, list[str]], dict[Field, list[str]]] = ({}, {})
    either = False
    for match in _TOKEN.finditer(text):
        minus, key, phrase, word = match.groups()
        value = phrase if phrase is not None else word
        if key and (name := FIELDS.get(key.casefold())):
            filters[bool(minus)].setdefault(name, []).extend(_values(name, value))
            continue
        if not key and not minus and phrase is None and word in (*_ORS, "AND"):
            either = word in _ORS and bool(groups)
            continue
        if (atom := _atom(f"{key}:{value}" if key else value, phrase is not None)) is None:
            continue
        if minus:
            without.append(atom)
        elif either:
            groups[-1].append(atom)
        else:
            groups.append([atom])
        either = False
    made = tuple(tuple(group) for group in groups)
    return Query(_telling(made), tuple(without), *({k: tuple(v) for k, v in f.items()} for f in filters))


def _telling(groups: tuple[tuple[Atom, ...], ...]) -> tuple[tuple[Atom, ...], ...]:
    """The groups without bare function words, unless there is nothing else."""
    kept = tuple(g for g in groups if not all(len(a.words) == 1 and a.words[0] in stopwords() for a in g))
    return kept or groups
