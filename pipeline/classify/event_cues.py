"""Which words speak of which kind of event: the cues of ``corpus/events/cues.tsv`` matched in one sentence."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from pipeline.classify.authorities import Authority
from pipeline.classify.corpus_rows import pattern, rows
from pipeline.errors import CorpusError

_CUES = "corpus/events/cues.tsv"
_BLOCKS = "corpus/events/blocks.tsv"
_STAND_INS = "corpus/events/stand_ins.tsv"
# A letter of no Swedish word (a click) stands for each group of bodies that cues ask for; another fills up its length.
_SIGNS = {
    "inspectorate": "\u01c0", "inspectors": "\u02ad", "press": "\u01c1", "programme": "\u01c3", "court": "\u0298",
    "auditor": "\u02ac", "consultant": "\u02ac", "expert": "\u02a8",
}  # fmt: skip
_FILLER = "\u01c2"
_PLACEHOLDERS = {
    "AUTH": ("inspectorate", "inspectors", "expert"), "INSPECTORS": ("inspectors",), "PRESS": ("press",),
    "PROGRAMME": ("programme",), "COURT": ("court",), "AUDITOR": ("auditor",),
}  # fmt: skip
# The block of what tells of no event, of whatever kind: it belongs to every veto.
_NEVER = "{NEVER}"
_NAME = re.compile(r"\{([A-Z_]+)\}")


@dataclass(frozen=True, slots=True, eq=False)
class Cue:
    """One line of the cue file: a sentence with ``pattern`` and without ``veto`` tells of an event of ``kind``.

    ``implied`` cues say it without the word for it; whether they count depends on what else the document tells.
    ``source_kind`` is the kind of the documents that the cue holds for, or None.
    """

    kind: str
    triggers: tuple[str, ...]
    pattern: re.Pattern[str]
    veto: re.Pattern[str]
    implied: bool
    source_kind: str | None


# What the reader of themes says of a passage: an inspectorate finds fault, in whatever words.
READ_AS_CRITICISM = Cue("criticism", (), re.compile(r"(?!)"), re.compile(r"(?!)"), implied=True, source_kind=None)


@dataclass(frozen=True, slots=True)
class Hit:
    """A cue found in a sentence, with the words that matched."""

    cue: Cue
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _StandIn:
    group: str
    names: re.Pattern[str] | None
    pattern: re.Pattern[str]


@cache
def _blocks() -> dict[str, str]:
    """The blocks by name, those used in others put in. Raises CorpusError when one is not known where it is used."""
    found: dict[str, str] = {}
    for name, text in rows(_BLOCKS, 2):
        found[name] = f"(?:{_filled(text, found, _BLOCKS)})"
    return found


def _filled(text: str, blocks: dict[str, str], where: str) -> str:
    unknown = [name for name in _NAME.findall(text) if name not in blocks]
    if unknown:
        problem = f"{unknown[0]} is no block above it in {_BLOCKS}"
        raise CorpusError(f"{where}: '{text}' is no regular expression: {problem}.")
    return _NAME.sub(lambda name: blocks[name[1]], text)


def _compiled(text: str) -> re.Pattern[str]:
    text = _filled(text, _blocks(), _CUES)
    for word in _PLACEHOLDERS:
        text = text.replace(word, f"[{''.join(_signs(word))}]{_FILLER}*+")
    return pattern(text, _CUES)


def _signs(word: str) -> tuple[str, ...]:
    """The signs that a placeholder stands for; ``word`` itself where it is none."""
    return tuple(_SIGNS[group] for group in _PLACEHOLDERS[word]) if word in _PLACEHOLDERS else (word,)


def _triggers(text: str) -> tuple[str, ...]:
    return tuple(sign for word in text.split("|") for sign in _signs(word))


@cache
def cues() -> tuple[Cue, ...]:
    """All cues in the order of the file. Raises CorpusError when a line is no valid cue."""
    return tuple(_cue(*row) for row in rows(_CUES, 4))


def _cue(kind: str, triggers: str, text: str, veto: str) -> Cue:
    kind, _, source_kind = kind.partition("@")
    unless = _compiled(f"{veto}|{_NEVER}" if veto else _NEVER)
    return Cue(kind.rstrip("?"), _triggers(triggers), _compiled(text), unless, kind[-1] == "?", source_kind or None)


@cache
def _by_trigger() -> tuple[tuple[str, tuple[int, ...]], ...]:
    """Every trigger with the places of its cues: a sentence is searched once for each."""
    found: dict[str, list[int]] = {}
    for place, cue in enumerate(cues()):
        for trigger in cue.triggers:
            found.setdefault(trigger, []).append(place)
    return tuple((trigger, tuple(places)) for trigger, places in found.items())


def likely(marked_text: str, source_kind: str) -> tuple[tuple[str, tuple[Cue, ...]], ...]:
    """The cues that sentences of a document of ``source_kind`` may hold, by their triggers.

    ``marked_text`` is its sentences as :func:`marked` prepared them.
    """
    return tuple(
        (trigger, tuple(cue for cue in map(cues().__getitem__, places) if cue.source_kind in (None, source_kind)))
        for trigger, places in _by_trigger()
        if trigger in marked_text
    )


@cache
def _known_stand_ins() -> tuple[_StandIn, ...]:
    return tuple(
        _StandIn(group, None if names == "-" else pattern(names, _STAND_INS), pattern(text, _STAND_INS))
        for group, names, text in rows(_STAND_INS, 3)
    )


def stand_ins(names: Iterable[str]) -> tuple[tuple[str, re.Pattern[str]], ...]:
    """The words that stand for a body in a document that names ``names``, each with the sign of its group."""
    named = frozenset(names)
    return tuple(
        (_SIGNS[known.group], known.pattern)
        for known in _known_stand_ins()
        if known.names is None or any(known.names.fullmatch(name) for name in named)
    )


def marked(sentence: str, bodies: Sequence[Authority], words: Iterable[tuple[str, re.Pattern[str]]]) -> str:
    """``sentence`` in lower case, at the same offsets, with the bodies that act blotted out.

    ``bodies`` has offsets in ``sentence``; ``words`` is what :func:`stand_ins` said of the document.
    """
    parts: list[str] = []
    at = 0
    for body in bodies:
        if (sign := _SIGNS.get(body.group)) is not None:
            parts += [sentence[at : body.start].lower(), sign.ljust(body.end - body.start, _FILLER)]
            at = body.end
    parts.append(sentence[at:].lower())
    text = "".join(parts)
    for sign, standing in words:
        text = standing.sub(lambda word, sign=sign: sign.ljust(len(word[0]), _FILLER), text)  # type: ignore[misc]
    return text


def groups(marked_sentence: str) -> frozenset[str]:
    """The groups of bodies that a sentence prepared by :func:`marked` names or has a word for."""
    return frozenset(group for group, sign in _SIGNS.items() if sign in marked_sentence)


def hits(marked_sentence: str, among: Sequence[tuple[str, tuple[Cue, ...]]]) -> list[Hit]:
    """The cues of ``among`` (see :func:`likely`) that a sentence prepared by :func:`marked` holds."""
    tried = dict.fromkeys(cue for trigger, found in among if trigger in marked_sentence for cue in found)
    found = []
    for cue in tried:
        match = cue.pattern.search(marked_sentence)
        if match is not None and not cue.veto.search(marked_sentence):
            found.append(Hit(cue, match.start(), match.end()))
    return found
