"""Which words speak of which kind of event: the cues of ``corpus/events/cues.tsv`` matched in one sentence."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from pipeline.classify.authorities import Authority
from pipeline.classify.corpus_rows import pattern, rows

_FILE = "corpus/events/cues.tsv"
# A letter of no Swedish word (a click) stands for each kind of body that cues ask for; another fills up its length.
_SIGNS = {"inspectorate": "\u01c0", "press": "\u01c1", "programme": "\u01c3"}
_AUTHORITY, _FILLER = _SIGNS["inspectorate"], "\u01c2"
_PLACEHOLDERS = {"AUTH": "inspectorate", "PRESS": "press", "PROGRAMME": "programme"}
_WORDS_FOR_AUTHORITY = re.compile(
    r"\b(?:tillsyns)?myndigheten|\binspektionen\b(?! (?:för|av|på|i|läggs|gjordes|visar|kan)\b)"
    r"|\binspektörerna|\bbarnombudet|\bombudsmannen"
)


@dataclass(frozen=True, slots=True)
class Cue:
    """One line of the cue file: a sentence with ``pattern`` and without ``veto`` tells of an event of ``kind``."""

    kind: str
    trigger: str
    pattern: re.Pattern[str]
    veto: re.Pattern[str] | None


@dataclass(frozen=True, slots=True)
class Hit:
    """A cue found in a sentence, with the words that matched."""

    cue: Cue
    start: int
    end: int


def _compiled(text: str) -> re.Pattern[str]:
    for word, group in _PLACEHOLDERS.items():
        text = text.replace(word, f"{_SIGNS[group]}{_FILLER}*+")
    return pattern(text, _FILE, re.IGNORECASE)


def _trigger(text: str) -> str:
    return _SIGNS[_PLACEHOLDERS[text]] if text in _PLACEHOLDERS else text


@cache
def cues() -> tuple[Cue, ...]:
    """All cues in the order of the file. Raises CorpusError when a line is no valid cue."""
    return tuple(
        Cue(kind, _trigger(trigger), _compiled(text), _compiled(veto) if veto else None)
        for kind, trigger, text, veto in rows(_FILE, 4)
    )


def marked(sentence: str, authorities: list[Authority]) -> str:
    """``sentence`` in lower case, at the same offsets, with inspectorates, newsrooms and programmes blotted out.

    ``authorities`` has offsets in ``sentence``.
    """
    parts: list[str] = []
    at = 0
    for body in authorities:
        if (sign := _SIGNS.get(body.group)) is not None:
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
