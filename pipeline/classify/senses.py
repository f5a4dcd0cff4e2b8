"""How cues of polarity stand together: 'inga brister' is not 'brister', 'har anställt' is not 'ska anställa'."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pipeline.classify.clauses import clauses
from pipeline.classify.features import Floats
from pipeline.classify.lexicon import Cue

_SENSES = ("polarity:problem", "polarity:ok", "polarity:remedy", "polarity:neutral")
_MODIFIERS = ("negation", "hedge", "recommendation", "future", "past")
_HAVE = frozenset({"har", "hade", "ha"})
_SUPINES = ("at", "it", "tt", "ts", "dt")
_BEFORE, _AFTER = 4, 1
_KINDS = len(_MODIFIERS) + 1
WIDTH = len(_SENSES) * _KINDS + 8


def denied(row: Floats) -> bool:
    """Whether words of which ``row`` is the :func:`sense_row` name a deficiency only to deny it."""
    return bool(row[0] > 0 and row[_KINDS - 1] == 0)


def _near(modifier: Cue, cue: Cue) -> bool:
    """Whether a negation reaches a cue: up to four words before it, or right after it ('fungerar inte')."""
    return 0 <= cue.start - modifier.end <= _BEFORE or 0 <= modifier.start - cue.end <= _AFTER


def _tense(words: Sequence[str]) -> tuple[bool, ...]:
    """Verb forms by their endings: perfect, future, past passive, present passive, other 'har', past, demand, wish."""
    here = set(words)
    perfect = not here.isdisjoint(_HAVE) and any(
        word in _HAVE and any(next_.endswith(_SUPINES) for next_ in words[i + 1 : i + 5])
        for i, word in enumerate(words)
    )
    threes = {word[-3:] for word in here if len(word) > 4}
    twos = {end[1:] for end in threes}
    return (
        perfect, not here.isdisjoint(("ska", "skall", "kommer")), "des" in threes, "as" in twos or "es" in twos,
        "har" in here and not perfect, "ade" in threes, not here.isdisjoint(("bör", "måste", "behöver")),
        not here.isdisjoint(("borde", "skulle")),
    )  # fmt: skip


def sense_row(words: Sequence[str], cues: Sequence[Cue]) -> Floats:
    """Per sense of a cue: the strongest one under each modifier of its clause, and unnegated; then verb forms."""
    row = [0.0] * (WIDTH - 8)
    senses = [cue for cue in cues if cue.list in _SENSES]
    modifiers = [cue for cue in cues if cue.list in _MODIFIERS] if senses else []
    pseudo = {i for cue in cues if cue.list == "negation_pseudo" for i in range(cue.start, cue.end)}
    modifiers = [cue for cue in modifiers if not (cue.list == "negation" and cue.start in pseudo)]
    clause = [k for k, (start, end) in enumerate(clauses(words)) for _ in range(start, end)] if modifiers else []
    for cue in senses:
        place = _SENSES.index(cue.list) * _KINDS
        plain = True
        for modifier in modifiers:
            if clause[modifier.start] != clause[cue.start]:
                continue
            if modifier.list == "negation":
                if not _near(modifier, cue):
                    continue
                plain = False
            spot = place + _MODIFIERS.index(modifier.list)
            row[spot] = max(row[spot], cue.weight / 2)
        if plain:
            row[place + _KINDS - 1] = max(row[place + _KINDS - 1], cue.weight / 2)
    return np.array([*row, *_tense(words)], dtype=np.float32)
