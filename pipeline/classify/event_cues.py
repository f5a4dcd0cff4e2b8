"""Which words speak of which kind of event: the cues of ``corpus/events/cues.tsv`` matched in one sentence."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from pipeline.classify.authorities import Authority
from pipeline.classify.corpus_rows import pattern, rows

_FILE = "corpus/events/cues.tsv"
# One private-use character each stands for an inspecting authority and for a newsroom.
_AUTHORITY, _PRESS = "\ue000", "\ue001"
_WORDS_FOR_AUTHORITY = re.compile(
    r"\b(?:tillsyns)?myndigheten|\binspektionen\b(?! (?:för|av|på|i|läggs|gjordes|visar|kan)\b)|\binspektörerna|\bbarnombudet"
    r"|\bombudsmannen"
)


@dataclass(frozen=True, slots=True)
class Cue:
    """One line of the cue file; ``number`` is its place in the file, counted from 0."""

    number: int
    kind: str
    hard: bool
    trigger: str
    pattern: re.Pattern[str]
    veto: re.Pattern[str] | None


@dataclass(frozen=True, slots=True)
class Hit:
    """A cue found in a sentence, with the words that matched (authorities shortened to one character)."""

    cue: Cue
    start: int
    end: int


def _compiled(text: str) -> re.Pattern[str]:
    marked = text.replace("AUTH?", "AUTH").replace("AUTH", _AUTHORITY).replace("PRESS", _PRESS)
    return pattern(marked, _FILE, re.IGNORECASE)


@cache
def cues() -> tuple[Cue, ...]:
    """All cues in the order of the file. Raises CorpusError when a line is no valid cue."""
    return tuple(
        Cue(number, kind, strength == "hard", trigger, _compiled(text), _compiled(veto) if veto else None)
        for number, (kind, strength, trigger, text, veto) in enumerate(rows(_FILE, 5))
    )


def marked(sentence: str, authorities: list[Authority]) -> str:
    """``sentence`` in lower case with one character in the place of each inspectorate and newsroom.

    ``authorities`` has offsets in ``sentence``.
    """
    parts: list[str] = []
    at = 0
    for body in authorities:
        if body.group in ("inspectorate", "press"):
            parts += [sentence[at : body.start], _AUTHORITY if body.group == "inspectorate" else _PRESS]
            at = body.end
    parts.append(sentence[at:])
    return _WORDS_FOR_AUTHORITY.sub(_AUTHORITY, "".join(parts).lower())


def hits(marked_sentence: str) -> list[Hit]:
    """The cues that a sentence prepared by :func:`marked` contains; offsets are in the prepared sentence."""
    found = []
    for cue in cues():
        if cue.trigger not in marked_sentence:
            continue
        match = cue.pattern.search(marked_sentence)
        if match is not None and (cue.veto is None or not cue.veto.search(marked_sentence)):
            found.append(Hit(cue, match.start(), match.end()))
    return found
