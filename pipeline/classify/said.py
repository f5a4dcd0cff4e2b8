"""Who is said to speak: an actor beside a verb of saying, or after 'enligt', and who spoke before and after.

The lists are ``corpus/speakers``. The rows are features of the last step of attribution (``speakers``), which learns
what they are worth: 'säger rektorn' in a newspaper is the municipality's word, 'skriver myndigheten' the authority's.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, lru_cache

import numpy as np
import numpy.typing as npt

from pipeline.classify.corpus_rows import rows
from pipeline.errors import CorpusError
from pipeline.language.lemmas import lemma
from pipeline.records import ATTRIBUTIONS, Passage

Floats = npt.NDArray[np.float32]
_FOLDER = "corpus/speakers"
_SHORTEST_HEAD = 4
_AFTER, _BEFORE, _ACCORDING = 5, 6, 4  # words within which an actor belongs to a verb before it, after it, to 'enligt'
_FAR = 6  # passages after which a speaker is forgotten
_US = frozenset({"vi", "jag", "oss", "vår", "våra", "mig", "min"})
_NOW = frozenset({"säger", "sa", "sade", "berättar", "förklarar", "menar", "tycker"})
_VOICES = len(ATTRIBUTIONS)
_MARKS = 7


@cache
def _actors() -> tuple[dict[str, int], npt.NDArray[np.float32]]:
    """Actor number by lemma, and actors x attributions. Raises CorpusError for an unknown name."""
    listed = rows(f"{_FOLDER}/voices.tsv", 2)
    names = {actor: number for number, (actor, _) in enumerate(listed)}
    voices = np.zeros((len(names), _VOICES), dtype=np.float32)
    for actor, who in listed:
        if who not in ATTRIBUTIONS:
            raise CorpusError(
                f"{_FOLDER}/voices.tsv: '{who}' is no attribution; write one of {', '.join(ATTRIBUTIONS)}."
            )
        voices[names[actor], ATTRIBUTIONS.index(who)] = 1
    unknown = {actor for _, actor in rows(f"{_FOLDER}/actors.tsv", 2)} - names.keys()
    if unknown:
        raise CorpusError(f"{_FOLDER}/actors.tsv: {', '.join(sorted(unknown))}: not in voices.tsv.")
    return {word: names[actor] for word, actor in rows(f"{_FOLDER}/actors.tsv", 2)}, voices


@cache
def _verbs() -> frozenset[str]:
    return frozenset(row[0] for row in rows(f"{_FOLDER}/verbs.tsv", 1))


@lru_cache(maxsize=1 << 17)
def actor(word: str) -> int:
    """The number of the actor that a word points at, -1 for none; a compound points where its head does."""
    known, _ = _actors()
    form = lemma(word)
    if form in _US or word in _US:
        return -1
    heads = (form[start:] for start in range(len(form) - _SHORTEST_HEAD + 1))
    return next((known[head] for head in heads if head in known), -1)


def width() -> int:
    """Number of columns of ``said_rows``."""
    return 4 * len(_actors()[1]) + _MARKS + 11 * _VOICES + 6


def _nearest(place: int, found: Sequence[tuple[int, int]]) -> int:
    """The actor that belongs to the verb at ``place``: the nearest, one after it before one in front; -1 if none."""
    best, which = 99.0, -1
    for at, who in found:
        distance = at - place if 0 < at - place <= _AFTER else place - at + 0.5 if 0 < place - at <= _BEFORE else 99.0
        if distance < best:
            best, which = distance, who
    return which


def _spots(words: Sequence[str], actors: int) -> list[int]:
    """Columns set for one passage: actors that say, actors after 'enligt', actors named, the actor named first."""
    found = [(i, who) for i, word in enumerate(words) if (who := actor(word)) >= 0]
    if not found:
        return []
    columns = {2 * actors + who for _, who in found} | {3 * actors + found[0][1]}
    verbs = _verbs()
    for i, word in enumerate(words):
        if word in verbs and (who := _nearest(i, found)) >= 0:
            columns.add(who)
        elif word == "enligt" and (who := next((w for at, w in found if 0 < at - i <= _ACCORDING), -1)) >= 0:
            columns.add(actors + who)
    return list(columns)


def _marks(words: Sequence[str]) -> tuple[bool, ...]:
    here = set(words)
    saying = not here.isdisjoint(_verbs())
    return (
        bool(words) and words[0] in ("–", "-"), "\"" in here, not here.isdisjoint(_US),
        not here.isdisjoint(_NOW), saying,
        "enligt" in here, "ska" in here and "ha" in here,
    )  # fmt: skip


def said_rows(passages: Sequence[Passage], words: Sequence[Sequence[str]], documents: Sequence[slice]) -> Floats:
    """What is said of speakers, shape (passages, ``width()``); ``documents``: the passages of each document."""
    _, voices = _actors()
    actors, number = len(voices), len(passages)
    result = np.zeros((number, width()), dtype=np.float32)
    for row, mine in enumerate(words):
        result[row, _spots(mine, actors)] = 1
    marks = result[:, 4 * actors : 4 * actors + _MARKS]
    marks[:] = list(map(_marks, words))
    quoting = (marks[:, 0] > 0) | np.array([passage.kind == "quote" for passage in passages], dtype=bool)
    saying = np.maximum(result[:, :actors], result[:, actors : 2 * actors])
    own, named, first = (
        np.minimum(part @ voices, 1)
        for part in (saying, result[:, 2 * actors : 3 * actors], result[:, 3 * actors : 4 * actors])
    )
    around = result[:, 4 * actors + _MARKS :]
    for part in documents:
        around[part] = _around(own[part], named[part], first[part], quoting[part], passages[part])
    return result


def _around(
    own: Floats, named: Floats, first: Floats, quoting: npt.NDArray[np.bool_], passages: Sequence[Passage]
) -> Floats:
    """Own speaker and those before and after, by attribution, for the passages of one document."""
    number = len(own)
    spoken: npt.NDArray[np.bool_] = np.asarray(own.any(axis=1))
    before, just, after = (np.zeros_like(own) for _ in range(3))
    last, since = np.zeros(_VOICES, dtype=np.float32), _FAR + 1
    for k in range(number):
        if since <= _FAR:
            before[k] = last
        if since == 1:
            just[k] = last
        if spoken[k]:
            last, since = own[k], 0
        since += 1
    last = np.zeros(_VOICES, dtype=np.float32)
    for k in reversed(range(number)):
        after[k] = last
        if spoken[k]:
            last = own[k]
    following, still = np.vstack([own[1:], np.zeros((1, _VOICES))]), np.append(quoting[1:], False)
    silent = ~spoken[:, None]
    state = np.column_stack([
        ~spoken, quoting, np.insert(quoting[:-1], 0, False), still,
        [passage.kind == "title" for passage in passages], [passage.kind == "heading" for passage in passages],
    ])  # fmt: skip
    whole = np.broadcast_to(np.concatenate([own.mean(axis=0), named.mean(axis=0)]), (number, 2 * _VOICES))
    ever = np.zeros_like(own)
    for k in range(1, number):
        ever[k] = own[k - 1] if spoken[k - 1] else ever[k - 1]
    return np.hstack([
        own, first, before, just, after * (quoting & still)[:, None], following, ever * quoting[:, None] * silent,
        whole, state, before * silent, after * silent * quoting[:, None],
    ]).astype(np.float32)  # fmt: skip
