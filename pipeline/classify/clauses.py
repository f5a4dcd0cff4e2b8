"""Clauses, and which of them speak of a theme: polarity has a scope.

'inga brister i dokumentationen men rutinerna saknas' is documentation/ok and routines/problem: the words that decide
the sense of a theme are those of the clause where its cue stands.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from pipeline.classify.lexicon import Cue

_BREAKS = frozenset(
    {",", ";", ":", "–", "men", "medan", "fast", "fastän", "dock", "däremot", "trots", "samtidigt", "."}
)
_JOINS = frozenset({"och", "samt"})
_SHORTEST = 3
Span = tuple[int, int]


def _finite(words: Sequence[str]) -> bool:
    """Whether a stretch of words is long enough to say something by itself."""
    return sum(word.isalpha() for word in words) >= _SHORTEST


def clauses(words: Sequence[str]) -> list[Span]:
    """Half-open ranges of token positions that cover ``words``; pieces too short to stand alone join the one before."""
    cuts = [0, *(i for i, word in enumerate(words) if i and word in _BREAKS), len(words)]
    spans: list[Span] = []
    for start, end in pairwise(cuts):
        if spans and not _finite(words[start:end]):
            spans[-1] = (spans[-1][0], end)
        elif start < end:
            spans.append((start, end))
    if len(spans) > 1 and not _finite(words[slice(*spans[0])]):
        spans[:2] = [(0, spans[1][1])]
    return spans


def scope(words: Sequence[str], cues: Sequence[Cue], theme: str) -> Span | None:
    """The one clause in which all cues of ``theme`` stand; None where they are none, spread, or there is one clause."""
    spans = clauses(words)
    if len(spans) < 2:
        return None
    holding = {span for span in spans for cue in cues if cue.list == theme and span[0] <= cue.start < span[1]}
    return holding.pop() if len(holding) == 1 else None
