"""Which words speak of which kind of event: the cues of ``corpus/events/cues.tsv`` matched in one sentence."""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass
from functools import cache

from pipeline.classify.authorities import Authority
from pipeline.classify.corpus_rows import pattern, rows

_FILE = "corpus/events/cues.tsv"
# A private-use character stands for an inspecting authority, one for a newsroom, a third fills up their length.
_AUTHORITY, _PRESS, _FILLER = "\ue000", "\ue001", "\ue002"
_WORDS_FOR_AUTHORITY = re.compile(
    r"\b(?:tillsyns)?myndigheten|\binspektionen\b(?! (?:för|av|på|i|läggs|gjordes|visar|kan)\b)"
    r"|\binspektörerna|\bbarnombudet|\bombudsmannen"
)


@dataclass(frozen=True, slots=True)
class Cue:
    """One line of the cue file; ``number`` is its place in the file, counted from 0.

    ``key`` names it by trigger and a digest of its pattern, and so stays when lines are moved.
    """

    number: int
    kind: str
    hard: bool
    trigger: str
    pattern: re.Pattern[str]
    veto: re.Pattern[str] | None
    key: str


@dataclass(frozen=True, slots=True)
class Hit:
    """A cue found in a sentence, with the words that matched."""

    cue: Cue
    start: int
    end: int


def _compiled(text: str) -> re.Pattern[str]:
    shown = text.replace("AUTH", f"{_AUTHORITY}{_FILLER}*+").replace("PRESS", f"{_PRESS}{_FILLER}*+")
    return pattern(shown, _FILE, re.IGNORECASE)


@cache
def cues() -> tuple[Cue, ...]:
    """All cues in the order of the file. Raises CorpusError when a line is no valid cue."""
    return tuple(
        Cue(
            number,
            kind,
            strength == "hard",
            trigger.replace("AUTH", _AUTHORITY),
            _compiled(text),
            _compiled(veto) if veto else None,
            f"{trigger}:{zlib.crc32(text.encode()):08x}",
        )
        for number, (kind, strength, trigger, text, veto) in enumerate(rows(_FILE, 5))
    )


def marked(sentence: str, authorities: list[Authority]) -> str:
    """``sentence`` in lower case with inspectorates and newsrooms blotted out by one character, at the same offsets.

    ``authorities`` has offsets in ``sentence``.
    """
    parts: list[str] = []
    at = 0
    for body in authorities:
        if body.group in ("inspectorate", "press"):
            sign = _AUTHORITY if body.group == "inspectorate" else _PRESS
            parts += [sentence[at : body.start].lower(), sign.ljust(body.end - body.start, _FILLER)]
            at = body.end
    parts.append(sentence[at:].lower())
    return _WORDS_FOR_AUTHORITY.sub(lambda word: _AUTHORITY.ljust(len(word[0]), _FILLER), "".join(parts))


def hits(marked_sentence: str) -> list[Hit]:
    """The cues that a sentence prepared by :func:`marked` contains, with offsets in the sentence."""
    found = []
    for cue in cues():
        if cue.trigger not in marked_sentence:
            continue
        match = cue.pattern.search(marked_sentence)
        if match is not None and (cue.veto is None or not cue.veto.search(marked_sentence)):
            found.append(Hit(cue, match.start(), match.end()))
    return found
