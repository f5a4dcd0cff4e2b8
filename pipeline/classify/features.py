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
from itertools import pairwise

import numpy as np
from scipy import sparse

from pipeline.classify.encoder import Encoder
from pipeline.classify.lexicon import Lexicon
from pipeline.classify.table import Floats as Floats
from pipeline.classify.table import WordTable
from pipeline.classify.tokens import tokens
from pipeline.language.lemmas import lemma
from pipeline.records import Passage

SIZES = (2, 3, 4, 5)
_SEEN = 2
PAIR_SCALE = 0.5
ENOUGH = 3
_MOST = 6.0
# A vector of length 1 weighs as much as the words do (dense features are scaled by 0.2).
_ENCODED = 5.0
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


def pairs(lemmas: Sequence[str]) -> list[str]:
    """The distinct pairs of neighbouring lemmas ('a_b') and of lemmas with one between ('a__c'), in order."""
    found = [a + "_" + b for a, b in pairwise(lemmas)]
    found += [a + "__" + b for a, b in zip(lemmas, lemmas[2:], strict=False)]
    return list(dict.fromkeys(found))


def _vocabulary(texts: Iterable[Iterable[str]], least: int) -> tuple[list[str], Floats]:
    """Names that occur in at least ``least`` texts, sorted, and their smoothed inverse document frequency."""
    seen: Counter[str] = Counter()
    number = 0
    for text in texts:
        number += 1
        seen.update(set(text))
    names = sorted(name for name, count in seen.items() if count >= least)
    return names, np.array([math.log((1 + number) / (1 + seen[name])) + 1 for name in names], dtype=np.float32)


class Space:
    """The vocabularies: type features and word pairs. ``names[i]`` has weight ``idf[i]`` in a type's vector."""

    def __init__(
        self, names: Sequence[str], idf: Floats, pair_names: Sequence[str], pair_idf: Floats, lexicon: Lexicon
    ) -> None:
        self.names, self.idf = tuple(names), idf
        self.pairs, self.pair_idf = tuple(pair_names), pair_idf
        self.lexicon = lexicon
        self.index = {name: i for i, name in enumerate(self.names)}
        self.pair_index = {name: i for i, name in enumerate(self.pairs)}

    @classmethod
    def learn(cls, texts: Sequence[Sequence[str]], lexicon: Lexicon) -> Space:
        """The type features of at least two and the word pairs of at least three of ``texts`` (token lists)."""
        names, idf = _vocabulary(({p for word in set(words) for p in pieces(word)} for words in texts), _SEEN)
        found, pair_idf = _vocabulary((pairs([lemma(word) for word in words]) for words in texts), _SEEN + 1)
        return cls(names, idf, found, pair_idf, lexicon)

    def vector(self, word: str) -> tuple[list[int], Floats]:
        """Indices and values of a word type's features."""
        places = [self.index[piece] for piece in pieces(word) if piece in self.index]
        return places, self.idf[places]

    def pair_places(self, words: Sequence[str]) -> list[int]:
        """Indices of the known word pairs of a text (its tokens)."""
        look = self.pair_index.get
        lemmas = [lemma(word) for word in words]
        near = [look(a + "_" + b) for a, b in pairwise(lemmas)]
        near += [look(a + "__" + b) for a, b in zip(lemmas, lemmas[2:], strict=False)]
        return [place for place in dict.fromkeys(near) if place is not None]


class Lists:
    """Cue lists as numbers: per text the sum of the weights met for each list. Word types are looked up once."""

    def __init__(self, lexicon: Lexicon) -> None:
        self.lexicon = lexicon
        self.size = len(lexicon.lists)
        self._table = WordTable(self.size, self._weights)

    def _weights(self, word: str) -> Floats:
        sums = np.zeros(self.size, dtype=np.float32)
        for entry in self.lexicon.word_cues(word):
            sums[self.lexicon.position(entry.list)] += entry.weight
        return sums

    def rows(self, texts: Sequence[Sequence[str]]) -> Floats:
        """Sums of weights (up to 6, divided by 3), then whether any was met: shape (texts, 2 * lists)."""
        sums = self._table.sums(texts)
        for number, words in enumerate(texts):
            for cue in self.lexicon.phrases([lemma(word) for word in words]):
                sums[number, self.lexicon.position(cue.list)] += cue.weight
        return np.concatenate([np.minimum(sums, _MOST) / 3, (sums > 0).astype(np.float32)], axis=1)


def shape_row(passage: Passage, words: Sequence[str]) -> tuple[float, ...]:
    """The shape of a passage: its length in words (log) and what it looks like, in the order of ``SHAPES``."""
    text = passage.text.strip()
    last = text[-1:] if text else ""
    return (
        math.log1p(len(words)) / 3, any(word.isdigit() for word in words), last == "?", text[:1] in "–-—\"”«»“",
        last in ".!?”\"", last == ":", not _FIRST.isdisjoint(words), last not in ".!?:”\"",
        not passage.heading, not passage.previous, not passage.heading and not passage.previous,
    )  # fmt: skip


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


def pairs_matrix(space: Space, texts: Sequence[Sequence[str]]) -> sparse.csr_matrix:
    """Passages x word pairs: idf, each row of length ``PAIR_SCALE``."""
    ends, columns, values = [0], [], []
    for words in texts:
        places = space.pair_places(words)
        weights = space.pair_idf[places].astype(np.float64)
        columns.append(np.array(places, dtype=np.intp))
        values.append(weights * PAIR_SCALE / (np.linalg.norm(weights) or 1.0))
        ends.append(ends[-1] + len(places))
    flat = (np.concatenate(values), np.concatenate(columns), np.array(ends))
    return sparse.csr_matrix(flat, shape=(len(texts), len(space.pairs)))


def document_slices(documents: Sequence[str]) -> list[slice]:
    """The runs of equal names: one slice of passages per document."""
    starts = [i for i, name in enumerate(documents) if i == 0 or name != documents[i - 1]]
    return [slice(a, b) for a, b in zip(starts, [*starts[1:], len(documents)], strict=True)]


class Layout:
    """Where the parts of a dense row stand: cue lists of passage, heading, passage before, document; shape; encoder."""

    def __init__(self, lists: int, encoded: int = 0) -> None:
        self.own, self.heading, self.previous, self.document = (
            slice(2 * lists * i, 2 * lists * (i + 1)) for i in range(4)
        )
        self.shape = slice(8 * lists, 8 * lists + len(SHAPES))
        self.encoded = slice(self.shape.stop, self.shape.stop + encoded)
        self.width = self.encoded.stop


def dense_matrix(
    lists: Lists, passages: Sequence[Passage], texts: Sequence[Sequence[str]], encoder: Encoder | None = None
) -> Floats:
    """Passages x dense features, as ``Layout`` orders them; ``texts`` are the tokens of ``passages``.

    The document's part is the mean over its passages, nought for a document of one or two: a passage that comes alone
    has no document to lean on.
    """
    layout = Layout(lists.size, encoder.width if encoder else 0)
    result = np.zeros((len(passages), layout.width), dtype=np.float32)
    result[:, layout.own] = lists.rows(texts)
    result[:, layout.shape] = [shape_row(passage, words) for passage, words in zip(passages, texts, strict=True)]
    if encoder is not None:
        result[:, layout.encoded] = encoder.encode([passage.text for passage in passages]) * _ENCODED
    places = {passage.text: number for number, passage in enumerate(passages)}
    others = {text for passage in passages for text in (passage.heading, passage.previous) if text}
    missing = sorted(others - places.keys())
    rows = np.concatenate([result[:, layout.own], lists.rows([tokens(text) for text in missing])])
    places |= {text: len(passages) + number for number, text in enumerate(missing)}
    for number, passage in enumerate(passages):
        if passage.heading:
            result[number, layout.heading] = rows[places[passage.heading]]
        if passage.previous:
            result[number, layout.previous] = rows[places[passage.previous]]
    for part in document_slices([passage.document for passage in passages]):
        if part.stop - part.start >= ENOUGH:
            result[part, layout.document] = result[part, layout.own].mean(axis=0)
    return result
