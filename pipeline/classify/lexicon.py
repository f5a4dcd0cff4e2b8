"""Cue lexicons: the words and phrases that speak for a theme, a polarity, a speaker, or against reading them plainly.

A row of ``corpus/lexicon/*.tsv`` is ``list kind term weight note``; ``corpus/lexicon/README.md`` says what they mean.
Words are looked up once per word type; ``phrases`` finds the phrases.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Literal, NamedTuple, get_args

from pipeline.classify.phrases import Met
from pipeline.classify.tokens import tokens
from pipeline.errors import CorpusError
from pipeline.language.lemmas import lemma
from pipeline.resources import data_path

CueKind = Literal["lemma", "contains", "starts", "ends", "phrase"]
_COLUMNS = ["list", "kind", "term", "weight", "note"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One row: ``term`` speaks for ``list`` with ``weight`` 1 (supports) to 3 (nearly always)."""

    list: str
    kind: CueKind
    term: str
    weight: int


class Cue(NamedTuple):
    """An entry met in a passage, at the half-open range of token positions ``[start, end)``."""

    list: str
    term: str
    weight: int
    start: int
    end: int


def _entry(file: Path, line: int, row: dict[str, str]) -> Entry:
    if row["kind"] not in get_args(CueKind):
        raise CorpusError(f"{file}: line {line}: kind: '{row['kind']}' must be one of {', '.join(get_args(CueKind))}.")
    if row["weight"] not in ("1", "2", "3"):
        raise CorpusError(f"{file}: line {line}: weight: '{row['weight']}' must be 1, 2 or 3.")
    if not tokens(row["term"]):
        raise CorpusError(f"{file}: line {line}: term: is empty; write a word or remove the line.")
    return Entry(row["list"], row["kind"], row["term"].lower(), int(row["weight"]))  # type: ignore[arg-type]


def _entries(file: Path) -> Iterator[Entry]:
    try:
        text = file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CorpusError(f"{file}: cannot be read as UTF-8: {error}.") from error
    reader = csv.DictReader(text.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE)
    if reader.fieldnames != _COLUMNS:
        raise CorpusError(f"{file}: line 1: the columns must be {', '.join(_COLUMNS)}, separated by tabs.")
    for line, row in enumerate(reader, 2):
        if any(row[key] is None for key in _COLUMNS[:4]):
            raise CorpusError(f"{file}: line {line}: has fewer than four columns; separate them by tabs.")
        yield _entry(file, line, row)


class Lexicon:
    """All cue lists, indexed for look-up by word type and by phrase. ``lists`` are their names in fixed order."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self.entries = tuple(dict.fromkeys(entries))
        self.lists = tuple(sorted({entry.list for entry in self.entries}))
        self._index = {name: i for i, name in enumerate(self.lists)}
        self._lemmas: dict[str, list[Entry]] = defaultdict(list)
        self._parts: dict[str, list[Entry]] = defaultdict(list)
        for entry in self.entries:
            if entry.kind == "lemma":
                self._lemmas[lemma(entry.term)].append(entry)
            elif entry.kind != "phrase":
                self._parts[entry.term].append(entry)
        self._lengths = sorted({len(term) for term in self._parts})
        self.phrases = tuple(entry for entry in self.entries if entry.kind == "phrase")
        self.word_cues = lru_cache(maxsize=1 << 17)(self._word_cues)

    def position(self, name: str) -> int:
        """Place of the list ``name`` in ``lists``. Raises KeyError."""
        return self._index[name]

    def _word_cues(self, word: str) -> tuple[Entry, ...]:
        found = list(self._lemmas.get(lemma(word), ()))
        for length in self._lengths:
            for start in range(len(word) - length + 1):
                met = self._parts.get(word[start : start + length], ())
                found += [e for e in met if _stands(e.kind, start, start + length == len(word))]
        return tuple(dict.fromkeys(found))

    def cues(self, words: Sequence[str], met: Iterable[Met]) -> list[Cue]:
        """All cues among ``words`` (tokens as from ``tokens``) with the phrases ``met`` there, in order of position."""
        found = [
            Cue(entry.list, entry.term, entry.weight, i, i + 1)
            for i, word in enumerate(words)
            for entry in self.word_cues(word)
        ]
        for phrase in met:
            entry = self.phrases[phrase.entry]
            found.append(Cue(entry.list, entry.term, entry.weight, phrase.start, phrase.end))
        return sorted(found, key=lambda cue: (cue.start, cue.end))


def _stands(kind: CueKind, start: int, ends: bool) -> bool:
    return kind == "contains" or (kind == "starts" and start == 0) or (kind == "ends" and ends)


@cache
def load_lexicon(folder: Path | None = None) -> Lexicon:
    """The lexicon of all ``*.tsv`` in ``folder``, or in ``corpus/lexicon``.

    Raises CorpusError naming file, line and column of a mistake.
    """
    place = folder or data_path("corpus/lexicon")
    files = sorted(place.glob("*.tsv"))
    if not files:
        raise CorpusError(f"{place}: holds no lexicon; put at least one .tsv file there.")
    return Lexicon([entry for file in files for entry in _entries(file)])
