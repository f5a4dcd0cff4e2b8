"""Cue lexicons: the words and phrases that speak for a theme, a polarity, a speaker, or against reading them plainly.

A row of ``corpus/lexicon/*.tsv`` is ``list kind term weight note``; ``corpus/lexicon/README.md`` says what they mean.
Words are looked up once per word type; phrases are found from their rarest word outwards.
"""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Literal, get_args

from pipeline.classify.tokens import tokens
from pipeline.errors import CorpusError
from pipeline.language.lemmas import lemma
from pipeline.resources import data_path

CueKind = Literal["lemma", "contains", "starts", "ends", "phrase"]
_COLUMNS = ["list", "kind", "term", "weight", "note"]
_GAP = 2


@dataclass(frozen=True, slots=True)
class Entry:
    """One row: ``term`` speaks for ``list`` with ``weight`` 1 (supports) to 3 (nearly always)."""

    list: str
    kind: CueKind
    term: str
    weight: int


@dataclass(frozen=True, slots=True)
class Cue:
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


# The words of a phrase, the place of its rarest one, and its row.
_Phrase = tuple[tuple[str, ...], int, Entry]


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
        self._phrases = self._by_rarest()
        self.word_cues = lru_cache(maxsize=1 << 17)(self._word_cues)
        self._phrases_of = lru_cache(maxsize=1 << 12)(self._find_phrases)

    def _by_rarest(self) -> dict[str, tuple[frozenset[str], dict[str, list[_Phrase]]]]:
        """Phrases by their longest word (the rarest in most texts), then by the next longest (itself if alone)."""
        phrases = [(tuple(map(lemma, tokens(e.term))), e) for e in self.entries if e.kind == "phrase"]
        common = Counter(word for words, _ in phrases for word in set(words))
        index: dict[str, dict[str, list[_Phrase]]] = defaultdict(lambda: defaultdict(list))
        for words, entry in phrases:
            order = sorted(range(len(words)), key=lambda i: (-len(words[i]), common[words[i]], i))
            first, second = order[0], order[min(1, len(order) - 1)]
            index[words[first]][words[second]].append((words, first, entry))
        return {word: (frozenset(rest), dict(rest)) for word, rest in index.items()}

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

    def phrases(self, lemmas: Sequence[str]) -> tuple[Cue, ...]:
        """Phrases whose words stand in order among ``lemmas``, at most two other words between each pair."""
        return self._phrases_of(tuple(lemmas))

    def _find_phrases(self, lemmas: tuple[str, ...]) -> tuple[Cue, ...]:
        found: list[Cue] = []
        here = set(lemmas)
        for position, word in enumerate(lemmas):
            known = self._phrases.get(word)
            if known is None or here.isdisjoint(known[0]):
                continue
            for words, anchor, entry in (phrase for other in here & known[0] for phrase in known[1][other]):
                start = _walk(lemmas, position, words[:anchor][::-1], -1)
                end = _walk(lemmas, position, words[anchor + 1 :], 1)
                if start is not None and end is not None:
                    found.append(Cue(entry.list, entry.term, entry.weight, start, end + 1))
        found.sort(key=lambda cue: (cue.start, cue.end, cue.list, cue.term))
        return tuple(found)

    def cues(self, words: Sequence[str]) -> list[Cue]:
        """All cues among ``words`` (tokens as from ``tokens``), in order of position."""
        single = [
            Cue(entry.list, entry.term, entry.weight, i, i + 1)
            for i, word in enumerate(words)
            for entry in self.word_cues(word)
        ]
        return sorted([*single, *self.phrases([lemma(word) for word in words])], key=lambda cue: (cue.start, cue.end))


def _stands(kind: CueKind, start: int, ends: bool) -> bool:
    return kind == "contains" or (kind == "starts" and start == 0) or (kind == "ends" and ends)


def _walk(lemmas: Sequence[str], position: int, words: Sequence[str], step: int) -> int | None:
    for word in words:
        for distance in range(1, _GAP + 2):
            there = position + step * distance
            if 0 <= there < len(lemmas) and lemmas[there] == word:
                position = there
                break
        else:
            return None
    return position


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
