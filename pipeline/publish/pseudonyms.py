"""Names of persons who do not speak in office, replaced by 'Person 1', 'Person 2' … alike in every document.

A name is a given name (``corpus/privacy/first_names.txt``) followed by a capitalised surname. Whoever the document
gives an official title (``corpus/privacy/titles.txt``) or a party keeps the name in that document. Two persons of one
name share a number: nothing in a text tells them apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from unicodedata import combining, normalize

import duckdb

from pipeline.geography import municipalities
from pipeline.resources import data_path

BATCH = 500
_WORD = r"[A-ZÅÄÖÉÜ][a-zåäöéèüáóčćšžøæ]+(?:-[A-ZÅÄÖÉÜ][a-zåäöéèüáóčćšžøæ]+)?"
_CAPITALISED = re.compile(_WORD)
_NAME = re.compile(rf"\b{_WORD}(?:[ \u00a0](?:(?:von|af|de|la|van|der|den|al|el|bin)[ \u00a0])?{_WORD})+")
_PARTICLES = frozenset(("von", "af", "de", "la", "van", "der", "den", "al", "el", "bin"))
_PARTY = re.compile(r"^,? ?\((?:S|M|C|L|V|MP|KD|SD|FP|FI|[A-ZÅÄÖ][A-Za-zåäö]{1,12})\)")
_SLUG = re.compile(r"[a-z]{2,}(?:[-_.+]|%20)[a-z]{2,}", re.IGNORECASE)
_LONGEST = 3


@dataclass(frozen=True, slots=True)
class Replaced:
    """``text`` that takes the place of ``[start, end)``."""

    start: int
    end: int
    text: str


def _lines(name: str) -> list[str]:
    text = data_path(f"corpus/privacy/{name}").read_text("utf-8")
    return [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]


@cache
def _first_names() -> frozenset[str]:
    return frozenset(_lines("first_names.txt"))


@cache
def _places() -> frozenset[str]:
    return frozenset(m.name for m in municipalities())


@cache
def _titles() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """What may stand before a name ('förvaltningschefen i Hedemora') and after it (', ordförande i nämnden')."""
    ending = rf"\b[\wåäö-]*(?:{'|'.join(map(re.escape, _lines('titles.txt')))})(?:n|en|s|ns|ens)?"
    where = r"(?:\s(?:för|i|på|vid|inom|hos)\s[\w-]+(?:\s(?:och|kommuns?|stads?)(?:\s[\w-]+)?)?)?"
    before = re.compile(rf"{ending}{where},?\s(?:\w+,\s)?$", re.IGNORECASE)
    after = re.compile(rf"^(?:\s\([^)]{{1,14}}\))?(?:,\s?|\s[–-]\s|\s\()(?:[\w-]+\s){{0,3}}{ending}\b", re.IGNORECASE)
    return before, after


def _persons(text: str) -> Iterator[tuple[int, int]]:
    """Spans of given name and surname; a capitalised word before them ('Enligt Anna Ek') is left out."""
    for match in _NAME.finditer(text):
        words = [(m.start() + match.start(), m.end() + match.start()) for m in _CAPITALISED.finditer(match.group())]
        given = [text[a:b].split("-")[0] in _first_names() for a, b in words]
        first = next((i for i in range(len(words) - 1) if given[i]), None)
        if first is not None:
            last = first + 1
            while given[last] and last + 1 < len(words) and last - first < _LONGEST:
                last += 1
            yield words[first][0], words[last][1]


def _in_office(text: str, start: int, end: int) -> bool:
    before, after = _titles()
    lead = re.split(r"[.;:!?\n]", text[max(0, start - 90) : start])[-1]
    follow = text[end : end + 70].split("\n")[0]
    return bool(before.search(lead) or after.match(follow) or _PARTY.match(follow))


def _key(name: str) -> str:
    """One key for a name and its genitive."""
    return " ".join(name.casefold().replace("\u00a0", " ").split()).removesuffix("s")


@dataclass
class Pseudonyms:
    """The numbers given so far by name, and the documents in which a name stands."""

    numbers: dict[str, int] = field(default_factory=dict)
    documents: set[str] = field(default_factory=set)

    @classmethod
    def found(cls, connection: duckdb.DuckDBPyConnection) -> Pseudonyms:
        """Read all documents of ``raw_documents`` in order of id; numbers follow first appearance."""
        made = cls()
        cursor = connection.execute("SELECT id, text, title FROM raw_documents ORDER BY id")
        while batch := cursor.fetchmany(BATCH):
            for name, text, title in batch:
                if made.replacements(text or "") or made.replacements(title or ""):
                    made.documents.add(name)
        return made

    def _label(self, name: str) -> str:
        return f"Person {self.numbers.setdefault(_key(name), len(self.numbers) + 1)}"

    def replacements(self, text: str) -> list[Replaced]:
        """What to replace in one document: full names, and the same surnames and given names standing alone."""
        spans = list(_persons(text))
        official = {_key(text[a:b]) for a, b in spans if _in_office(text, a, b)}
        private = [(a, b) for a, b in spans if _key(text[a:b]) not in official]
        made = [Replaced(a, b, self._label(text[a:b])) for a, b in private]
        kept = {word for a, b in spans if _key(text[a:b]) in official for word in text[a:b].split()}
        return sorted(made + self._alone(text, private, spans, kept), key=lambda r: r.start)

    def _alone(
        self, text: str, private: list[tuple[int, int]], spans: list[tuple[int, int]], kept: set[str]
    ) -> list[Replaced]:
        labels: dict[str, str] = {}
        for a, b in private:
            for word in (w for w in text[a:b].split() if w not in _PARTICLES and w not in kept and w not in _places()):
                labels.setdefault(_key(word), self._label(text[a:b]))
        if not labels:
            return []
        taken = [(a, b) for a, b in spans]
        return [
            Replaced(m.start(), m.end(), labels[_key(m.group())])
            for m in _CAPITALISED.finditer(text)
            if _key(m.group()) in labels and not any(a <= m.start() < b for a, b in taken)
        ]

    def address(self, url: str) -> str:
        """An address without the names that have a number, as they stand in one ('anna-svensson')."""
        for name, number in self.numbers.items() if _SLUG.search(url) else ():
            letters = "".join(c for c in normalize("NFKD", name) if not combining(c))
            slug = "(?:[-_.+]|%20)".join(map(re.escape, letters.split()))
            url = re.sub(rf"(?i){slug}s?(?![a-z])", f"person-{number}", url)
        return url

    def text(self, text: str) -> str:
        """A text that has no offsets (a title, a heading, an address) with its names replaced.

        Names that a document gave a number are known here too, even where no given name is in the list.
        """
        parts, at = [], 0
        for one in self.replacements(text):
            parts += [text[at : one.start], one.text]
            at = one.end
        return "".join([*parts, text[at:]])
