"""The words of a passage and what they are found under: their lemma, and the parts of a compound.

The same functions serve the index and the question, so that 'rutin' finds 'rutinerna' and 'dokumentationsrutiner'.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache

from pipeline.language.compounds import parts
from pipeline.language.lemmas import lemma
from pipeline.resources import data_path

_WORD = re.compile(r"[^\W_]+(?:[-:’'][^\W_]+)*")
_SHORTEST = 3


@cache
def stopwords() -> frozenset[str]:
    """Function words that a search leaves out (``corpus/search/stopwords.txt``)."""
    lines = data_path("corpus/search/stopwords.txt").read_text("utf-8").splitlines()
    return frozenset(line.strip() for line in lines if line.strip() and not line.startswith("#"))


def words(text: str) -> Iterator[tuple[int, int, str]]:
    """Start, end and lower-case form of each word; offsets are half-open code points of ``text``."""
    for match in _WORD.finditer(text):
        yield match.start(), match.end(), match.group().lower()


def base(form: str) -> str:
    """The lemma of a word form; function words stay as they are ('ska' must not be found under 'skola')."""
    found = lemma(form)
    return form if form in stopwords() or found in stopwords() else found


@lru_cache(maxsize=1 << 17)
def terms(form: str) -> tuple[str, ...]:
    """What a word form is found under: its lemma first, then the parts of a compound, short ones left out.

    Of three parts or more the joined beginnings and endings count too: 'arbetsmiljöproblem' is found under
    'arbetsmiljö'.
    """
    whole = base(form)
    pieces = (form,) if form in stopwords() else parts(form)
    found = [whole]
    if len(pieces) > 1:
        found += [piece for piece in pieces if len(piece) >= _SHORTEST]
        if len(pieces) > 2 and "-" not in whole:
            found += _joined(whole, pieces)
    return tuple(dict.fromkeys(found))


def _joined(whole: str, pieces: tuple[str, ...]) -> Iterator[str]:
    """Compounds inside a compound: beginnings and endings of ``whole`` that split into some of its pieces."""
    for at in range(5, len(whole) - 3):
        for inside in (whole[:at], whole[at:]):
            split = parts(inside)
            if 1 < len(split) < len(pieces) and split in (pieces[: len(split)], pieces[-len(split) :]):
                yield lemma(inside)
