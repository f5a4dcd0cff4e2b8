"""Compounds split into their parts, so that a search for 'rutin' finds 'dokumentationsrutiner'.

With our own list alone, or with the dictionary of hunspell where it is installed: figures in
``corpus/language/README.md``, made by ``python tests/benchmarks/bench_language.py``.
"""

from __future__ import annotations

from functools import lru_cache

from pipeline.language.lemmas import lemma
from pipeline.language.word_parts import Parts, known_parts
from pipeline.language.wordlists import words

_SHORTEST = 7


def split(word: str, known: Parts) -> tuple[str, ...]:
    """The parts of a lower-case lemma by ``known``, as lemmas; ``(word,)`` when it is no compound of known words.

    The longest known last part wins; a first part is split further in the same way.
    """
    if len(word) < _SHORTEST or word in words("whole.txt"):
        return (word,)
    for at in range(3, len(word) - 2):
        head, rest = word[at:], word[:at]
        if head not in known.last:
            continue
        if rest[-1] == rest[-2] == head[0] or (modifier := _modifier(rest, known)) is None:
            continue
        return (*modifier, head)
    return (word,)


def _modifier(form: str, known: Parts) -> tuple[str, ...] | None:
    """The lemmas of what stands before the last part, or None."""
    if (word := known.first.get(form)) is not None:
        return split(word, known)
    for at in range(3, len(form) - 2):
        first, second = known.first.get(form[:at]), known.first.get(form[at:])
        if first is not None and second is not None:
            return (first, second)
    return None


@lru_cache(maxsize=1 << 17)
def parts(word: str) -> tuple[str, ...]:
    """The parts of ``word`` as lemmas, first to last; ``(lemma(word),)`` when it is not split.

    Words of ``corpus/language/whole.txt`` are never split.
    """
    base = lemma(word)
    if "-" in base:
        pieces = [piece for piece in base.split("-") if piece]
        return tuple(part for piece in pieces for part in parts(piece)) if len(pieces) > 1 else (base,)
    return split(base, known_parts())
