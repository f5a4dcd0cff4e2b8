"""The words that compounds are made of: our own list, and the optional dictionary of hunspell where it is installed.

Our list, ``corpus/language/parts.txt``, holds the lemmas of the annotated passages and of the lexicons
(``python -m pipeline.language.word_parts`` makes it again). The dictionary (LGPL-3, never part of this package) comes
with ``pip install hunspell-sv`` or with a system's hunspell; its compound flags say which form stands where.
"""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pipeline.language.lemmas import lemma
from pipeline.language.wordlists import words
from pipeline.resources import data_path

_WORD = re.compile(r"[a-zåäöé]+")
_FOLDERS = (Path(sys.prefix) / "share/hunspell", Path("/usr/share/hunspell"), Path("/usr/local/share/hunspell"))
# How a first part may end beside its lemma: arbets-, kvinno-, gatu-, tjänste-, kyrk-, skol-, barna-.
_LINKS = (
    ("", ""),
    ("", "s"),
    ("a", ""),
    ("a", "o"),
    ("a", "u"),
    ("a", "e"),
    ("e", ""),
    ("e", "s"),
    ("", "e"),
    ("", "a"),
)
_LEAST = 4


@dataclass(frozen=True, slots=True)
class Parts:
    """``first``: form of a first or middle part -> its lemma; ``last``: the words that may end a compound."""

    first: dict[str, str]
    last: frozenset[str]


def linked_forms(word: str) -> Iterator[str]:
    """The forms that ``word`` may have as the first part of a compound."""
    for ending, link in _LINKS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            yield word[: len(word) - len(ending)] + link


def _usable(word: str) -> bool:
    return (len(word) >= _LEAST or word in words("short_parts.txt")) and word not in words("no_parts.txt")


def of_list(listed: Iterable[str]) -> Parts:
    """The parts that a list of lemmas gives."""
    usable = [word for word in listed if _usable(word)]
    first = {word: word for word in usable}
    for word in usable:
        for form in linked_forms(word):
            if len(form) >= 3:
                first.setdefault(form, word)
    return Parts(first, frozenset(usable))


def _rules(affixes: str, flags: str) -> Iterator[tuple[str, str, str, re.Pattern[str]]]:
    """(flag, stripped, added, condition) of the suffix rules whose result may be a first or middle part."""
    for line in affixes.splitlines():
        cells = line.split()
        if len(cells) < 5 or cells[0] != "SFX" or "/" not in cells[3]:
            continue
        added, further = cells[3].split("/", 1)
        if set(further) & set(flags):
            strip = "" if cells[2] == "0" else cells[2]
            yield cells[1], strip, "" if added == "0" else added, re.compile(f"{cells[4]}$")


def of_dictionary(affixes: str, entries: str) -> Parts:
    """The parts that a hunspell dictionary gives: texts of its .aff and its .dic file."""
    said = {c[0]: c[1] for c in map(str.split, affixes.splitlines()) if len(c) == 2 and c[0].startswith("COMPOUND")}
    begin = said.get("COMPOUNDBEGIN", "") + said.get("COMPOUNDMIDDLE", "") + said.get("COMPOUNDFLAG", "")
    end = said.get("COMPOUNDEND", "") + said.get("COMPOUNDFLAG", "")
    rules = list(_rules(affixes, begin))
    first: dict[str, str] = {}
    last: set[str] = set()
    for line in entries.splitlines()[1:]:
        word, _, flags = line.split("\t")[0].partition("/")
        if not word.islower() or not word.isalpha() or not _usable(word):
            continue
        if set(flags) & set(begin):
            first.setdefault(word, word)
        if set(flags) & set(end):
            last.add(word)
        for flag, strip, added, condition in rules:
            if flag in flags and condition.search(word):
                first.setdefault(word[: len(word) - len(strip)] + added, word)
    return Parts(first, frozenset(last))


def dictionary_files() -> tuple[Path, Path] | None:
    """The .aff and .dic file of the installed Swedish dictionary, or None."""
    for folder in _FOLDERS:
        pair = folder / "sv_SE.aff", folder / "sv_SE.dic"
        if all(file.is_file() for file in pair):
            return pair
    return None


@cache
def known_parts() -> Parts:
    """Our own parts, with those of the dictionary where one is installed."""
    own = of_list(sorted(words("parts.txt") | words("more_parts.txt")))
    files = dictionary_files()
    if files is None:
        return own
    affixes, entries = (file.read_text("utf-8", errors="replace") for file in files)
    more = of_dictionary(affixes, entries)
    return Parts({**more.first, **own.first}, own.last | more.last)


def corpus_lemmas() -> list[str]:
    """The lemmas of annotations and lexicons that are used at least twice, in order."""
    counted: Counter[str] = Counter()
    for file in sorted(data_path("corpus/annotations").glob("*.jsonl")):
        for line in file.read_text("utf-8").splitlines():
            counted.update(map(lemma, _WORD.findall(json.loads(line)["text"].lower())))
    for file in sorted(data_path("corpus/lexicon").glob("*.tsv")):
        for line in file.read_text("utf-8").splitlines()[1:]:
            counted.update(2 * [lemma(word) for word in _WORD.findall(line.split("\t")[2].lower())])
    return sorted(word for word, times in counted.items() if times >= 2 and len(word) >= 3 and _WORD.fullmatch(word))


def main() -> None:
    """Write ``corpus/language/parts.txt``."""
    head = "# Made by: python -m pipeline.language.word_parts (lemmas of corpus/annotations and corpus/lexicon).\n"
    target = data_path("corpus/language") / "parts.txt"
    target.write_text(head + "\n".join(corpus_lemmas()) + "\n", "utf-8")


if __name__ == "__main__":
    main()
