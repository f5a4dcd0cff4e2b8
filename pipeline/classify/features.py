"""What a passage looks like to a linear model: a sum over its word types, and a short row of counts.

``x = [ sum of type vectors / norm | cue lists | cue lists of the heading | of the passage before | shape ]``. The first
part is linear in the word types, so a model needs one row of scores per type, made once: character n-grams inside
words cost a look-up. The norm is that of type vectors taken as orthogonal, which a sum over types gives as well.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from scipy import sparse

from pipeline.classify.lexicon import Lexicon
from pipeline.classify.tokens import tokens
from pipeline.language.lemmas import lemma
from pipeline.records import Passage

Floats = npt.NDArray[np.float32]
SIZES = (2, 3, 4, 5)
_SEEN = 2
_MOST = 6.0
_FIRST = frozenset({"vi", "jag", "vår", "oss", "våra", "vårt"})
SHAPES = (
    "words",
    "number",
    "question",
    "quote",
    "stop",
    "colon",
    "first",
    "heading",
    "no_heading",
    "no_previous",
    "title",
)


@lru_cache(maxsize=1 << 17)
def pieces(word: str) -> tuple[str, ...]:
    """Features of one word type: its character n-grams with the word's borders, and its lemma (marked '=')."""
    framed = f" {word} "
    grams = [framed[i : i + n] for n in SIZES for i in range(len(framed) - n + 1)]
    return (*dict.fromkeys(grams), f"={lemma(word)}")


class Space:
    """The vocabulary: type features with their idf. ``names[i]`` has weight ``idf[i]`` in a type's vector."""

    def __init__(self, names: Sequence[str], idf: Floats, lexicon: Lexicon) -> None:
        self.names = tuple(names)
        self.idf = idf
        self.lexicon = lexicon
        self.index = {name: i for i, name in enumerate(self.names)}

    @classmethod
    def learn(cls, texts: Iterable[Sequence[str]], lexicon: Lexicon) -> Space:
        """The features that occur in at least two of ``texts`` (token lists), with smoothed idf."""
        seen: Counter[str] = Counter()
        number = 0
        for words in texts:
            number += 1
            seen.update({piece for word in set(words) for piece in pieces(word)})
        names = sorted(name for name, count in seen.items() if count >= _SEEN)
        idf = np.array([math.log((1 + number) / (1 + seen[name])) + 1 for name in names], dtype=np.float32)
        return cls(names, idf, lexicon)

    def vector(self, word: str) -> tuple[list[int], Floats]:
        """Indices and values of a word type's features."""
        places = [self.index[piece] for piece in pieces(word) if piece in self.index]
        return places, self.idf[places]

    @property
    def width(self) -> int:
        """Number of dense features: two per cue list for text, heading and previous passage, and the shapes."""
        return 6 * len(self.lexicon.lists) + len(SHAPES)


def lists_row(lexicon: Lexicon, words: Sequence[str]) -> Floats:
    """Per cue list: the sum of the weights met (up to 6, divided by 3), then whether any was met."""
    sums = np.zeros(len(lexicon.lists), dtype=np.float32)
    for word in words:
        for entry in lexicon.word_cues(word):
            sums[lexicon.position(entry.list)] += entry.weight
    for cue in lexicon.phrases([lemma(word) for word in words]):
        sums[lexicon.position(cue.list)] += cue.weight
    return np.concatenate([np.minimum(sums, _MOST) / 3, (sums > 0).astype(np.float32)])


def shape_row(passage: Passage, words: Sequence[str]) -> Floats:
    """The shape of a passage: its length in words (log) and what it looks like, in the order of ``SHAPES``."""
    text = passage.text.strip()
    last = text[-1:] if text else ""
    values = (
        math.log1p(len(words)) / 3, any(word.isdigit() for word in words), last == "?", text[:1] in "–-—\"”«»“",
        last in ".!?”\"", last == ":", not _FIRST.isdisjoint(words), last not in ".!?:”\"",
        not passage.heading, not passage.previous, not passage.heading and not passage.previous,
    )  # fmt: skip
    return np.array(values, dtype=np.float32)


def words_matrix(space: Space, texts: Sequence[Sequence[str]]) -> sparse.csr_matrix:
    """Passages x type features: sums of type vectors over the distinct words, divided by the norm."""
    rows: list[int] = []
    columns: list[int] = []
    values: list[float] = []
    for number, words in enumerate(texts):
        square = 0.0
        first = len(values)
        for word in dict.fromkeys(words):
            places, weights = space.vector(word)
            rows.extend([number] * len(places))
            columns.extend(places)
            values.extend(weights.tolist())
            square += float(weights @ weights)
        scale = 1 / math.sqrt(square) if square else 0.0
        values[first:] = [value * scale for value in values[first:]]
    spots = (np.array(rows, dtype=np.intp), np.array(columns, dtype=np.intp))
    return sparse.coo_matrix((np.array(values), spots), shape=(len(texts), len(space.names))).tocsr()


def dense_matrix(space: Space, passages: Sequence[Passage], texts: Sequence[Sequence[str]]) -> Floats:
    """Passages x dense features, in the order that ``Space.width`` names."""
    lexicon = space.lexicon
    known: dict[str, Floats] = {}

    def context(text: str | None) -> Floats:
        if not text:
            return np.zeros(2 * len(lexicon.lists), dtype=np.float32)
        if text not in known:
            known[text] = lists_row(lexicon, tokens(text))
        return known[text]

    rows = [
        np.concatenate([
            lists_row(lexicon, words), context(passage.heading), context(passage.previous), shape_row(passage, words)
        ])
        for passage, words in zip(passages, texts, strict=True)
    ]  # fmt: skip
    return np.stack(rows) if rows else np.zeros((0, space.width), dtype=np.float32)
