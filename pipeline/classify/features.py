"""What a passage looks like to a linear model: a sum over its word types, and a short row of counts.

``x = [ sum of type vectors / norm | cue lists | cue lists of the heading | of the passage before | shape ]``. The first
part is linear in the word types, so a model needs one row of scores per type, made once: character n-grams inside
words cost a look-up. The norm is that of type vectors taken as orthogonal, which a sum over types gives as well.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import chain, pairwise

import numpy as np
import numpy.typing as npt
from scipy import sparse

from pipeline.classify.encoder import Encoder
from pipeline.classify.keys import KeyIndex, distinct
from pipeline.classify.lexicon import Cue, Lexicon
from pipeline.classify.phrases import KEY, Found, PhraseTable
from pipeline.classify.table import Floats as Floats
from pipeline.classify.table import WordTable
from pipeline.classify.vocabulary import Batch, Numbers, Vocabulary
from pipeline.language.lemmas import lemma
from pipeline.records import Passage

# Out of fold (3, 4) is as good as (2, 3, 4, 5): macro F1 .642 either way, at two thirds of the cost.
SIZES = (3, 4)
_SEEN = 2
PAIR_SCALE = 0.5
ENOUGH = 3
_MOST = 6.0
_QUOTES = frozenset({"–", "-", '"'})
_STOPS = frozenset({".", "!", "?", '"'})
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
Ints = npt.NDArray[np.intp]


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


def _vocabulary(seen: Mapping[str, int], number: int, least: int) -> tuple[list[str], Floats]:
    """Names ``seen`` in at least ``least`` of ``number`` texts, sorted, and their smoothed inverse text frequency."""
    names = sorted(name for name, count in seen.items() if count >= least)
    return names, np.array([math.log((1 + number) / (1 + seen[name])) + 1 for name in names], dtype=np.float32)


def _ones(rows: Sequence[Sequence[int]], width: int) -> sparse.csr_matrix:
    """Rows x ``width``, 1 in the named columns."""
    ends = np.cumsum([0, *map(len, rows)])
    columns = np.fromiter(chain.from_iterable(rows), np.int32, int(ends[-1]))
    return sparse.csr_matrix((np.ones(len(columns), dtype=np.int32), columns, ends), shape=(len(rows), width))


def _piece_counts(texts: Sequence[Sequence[str]]) -> dict[str, int]:
    """In how many texts each type feature occurs: one sparse product instead of a set per text."""
    words: dict[str, int] = {}
    numbers = [[words.setdefault(word, len(words)) for word in dict.fromkeys(text)] for text in texts]
    found: dict[str, int] = {}
    of_word = [[found.setdefault(piece, len(found)) for piece in pieces(word)] for word in words]
    here, has = _ones(numbers, len(words)), _ones(of_word, len(found))
    counts = np.bincount((here @ has).indices, minlength=len(found)).tolist()
    return dict(zip(found, counts, strict=True))


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
        names, idf = _vocabulary(_piece_counts(texts), len(texts), _SEEN)
        together = Counter(pair for words in texts for pair in pairs([lemma(word) for word in words]))
        return cls(names, idf, *_vocabulary(together, len(texts), _SEEN + 1), lexicon)

    def vector(self, word: str) -> tuple[list[int], Floats]:
        """Indices and values of a word type's features."""
        places = [self.index[piece] for piece in pieces(word) if piece in self.index]
        return places, self.idf[places]


class Pairs:
    """Finds the known word pairs of texts. Lemmas are numbers here, and a pair is one number made of two."""

    def __init__(self, space: Space, vocabulary: Vocabulary) -> None:
        self.size = len(space.pairs)
        split = [name.split("__") if "__" in name else name.split("_") for name in space.pairs]
        keys = np.array([[vocabulary.lemma_number(word) for word in pair] for pair in split], dtype=np.int64)
        keys = keys.reshape(-1, 2)
        far = np.array(["__" in name for name in space.pairs], dtype=bool)
        whole = keys[:, 0] * KEY + keys[:, 1]
        self._places = [np.flatnonzero(part) for part in (~far, far)]
        self._known = [KeyIndex(whole[places]) for places in self._places]

    def matrix(self, batch: Batch) -> sparse.csr_matrix:
        """Texts x pairs, 1 where the pair occurs."""
        lemmas, rows = batch.vocabulary.lemmas[batch.flat].astype(np.int64), batch.rows
        at_rows: list[Numbers] = [np.zeros(0, dtype=np.int32)]
        at_pairs: list[Ints] = [np.zeros(0, dtype=np.intp)]
        for step, (known, places) in enumerate(zip(self._known, self._places, strict=True), 1):
            if len(lemmas) <= step or not len(places):
                continue
            at = known.places(lemmas[:-step] * KEY + lemmas[step:])
            met = np.flatnonzero((at >= 0) & (rows[:-step] == rows[step:]))
            at_rows.append(rows[met])
            at_pairs.append(places[at[met]])
        # A pair that occurs twice is a pair that occurs.
        keys = distinct(np.concatenate(at_rows).astype(np.int64) * KEY + np.concatenate(at_pairs))
        ends = np.searchsorted(keys, np.arange(len(batch) + 1, dtype=np.int64) * KEY)
        ones = np.ones(len(keys), dtype=np.float32)
        return sparse.csr_matrix((ones, (keys & (KEY - 1)).astype(np.int32), ends), shape=(len(batch), self.size))


class Lists:
    """Cue lists as numbers: per text the sum of the weights met for each list. Word types are looked up once."""

    def __init__(self, lexicon: Lexicon, vocabulary: Vocabulary) -> None:
        self.lexicon = lexicon
        self.size = len(lexicon.lists)
        self.table = WordTable(vocabulary, self.size + 2, self._row)
        self.phrases = PhraseTable(lexicon.phrases, vocabulary)
        self.marks = {mark: vocabulary.number(mark) for mark in sorted({*_QUOTES, *_STOPS, "?", ":"})}
        self._of_phrase = np.array([lexicon.position(e.list) for e in lexicon.phrases], dtype=np.intp)
        self._weights = np.array([e.weight for e in lexicon.phrases], dtype=np.float32)

    def _row(self, word: str) -> Floats:
        """The weights of a word type by list; whether it is a number; whether it speaks of 'us'."""
        row = np.zeros(self.size + 2, dtype=np.float32)
        for entry in self.lexicon.word_cues(word):
            row[self.lexicon.position(entry.list)] += entry.weight
        row[self.size :] = word.isdigit(), word in _FIRST
        return row

    def cues(self, batch: Batch, met: Found, wanted: Iterable[int]) -> dict[int, list[Cue]]:
        """The cues of the ``wanted`` texts of ``batch``, in which the phrases ``met`` were found."""
        words = batch.words
        return {number: self.lexicon.cues(words[number], mine) for number, mine in met.of(wanted).items()}

    def rows(self, types: sparse.csr_matrix, met: Found) -> tuple[Floats, Floats]:
        """The lists' features of texts with the words ``types`` and the phrases ``met``, and their marks.

        First sums of weights (up to 6, divided by 3), then whether any was met: shape (texts, 2 * lists). The marks,
        (texts, 2): how many numbers, and words of 'us', each holds.
        """
        sums = self.table.sums(types)
        marks, sums = sums[:, self.size :], np.ascontiguousarray(sums[:, : self.size])
        np.add.at(sums, (met.text, self._of_phrase[met.entry]), self._weights[met.entry])
        return np.concatenate([np.minimum(sums, _MOST) / 3, (sums > 0).astype(np.float32)], axis=1), marks


def shapes(reads: Reads, marks: Floats, numbers: Mapping[str, int]) -> Floats:
    """The shape of passages: length in words (log) and what they look like, in the order of ``SHAPES``.

    ``marks`` (passages, 2): how many numbers, and words of 'us', each holds. Passages look as their first and last
    word or mark do, in the one form that ``tokens`` gives them; ``numbers``: those of marks in the vocabulary.
    """
    batch = reads.passages
    lengths = np.diff(batch.ends)
    flat = np.append(batch.flat, 0)
    first, last = (np.where(lengths > 0, flat[place], 0) for place in (batch.ends[:-1], batch.ends[1:] - 1))
    stop, colon = np.isin(last, [numbers[mark] for mark in _STOPS]), last == numbers[":"]
    no_heading, no_previous = reads.heading < 0, reads.previous < 0
    return np.column_stack([
        np.log1p(lengths) / 3, marks[:, 0] > 0, last == numbers["?"],
        np.isin(first, [numbers[mark] for mark in _QUOTES]), stop, colon, marks[:, 1] > 0, ~stop & ~colon, no_heading,
        no_previous, no_heading & no_previous,
    ]).astype(np.float32)  # fmt: skip


def words_matrix(space: Space, vocabulary: Vocabulary, types: sparse.csr_matrix) -> sparse.csr_matrix:
    """Passages x type features: sums of type vectors over the distinct words, divided by the norm."""
    vectors = [space.vector(word) for word in vocabulary.words]
    ends = np.cumsum([0, *(len(places) for places, _ in vectors)])
    flat = np.concatenate([np.asarray(places, dtype=np.int32) for places, _ in vectors])
    values = np.concatenate([weights for _, weights in vectors]).astype(np.float64)
    table = sparse.csr_matrix((values, flat, ends), shape=(len(vectors), len(space.names)))
    square = types @ np.array([float(weights @ weights) for _, weights in vectors])
    scale = sparse.diags(1 / np.sqrt(np.where(square > 0, square, 1)))
    result: sparse.csr_matrix = (scale @ types.astype(np.float64) @ table).tocsr()
    result.sort_indices()
    return result


def pairs_matrix(space: Space, pairs: Pairs, batch: Batch) -> sparse.csr_matrix:
    """Passages x word pairs: idf, each row of length ``PAIR_SCALE``."""
    found = pairs.matrix(batch).astype(np.float64) @ sparse.diags(space.pair_idf.astype(np.float64))
    length = np.sqrt(np.asarray(found.multiply(found).sum(axis=1)).ravel())
    result: sparse.csr_matrix = (sparse.diags(PAIR_SCALE / np.where(length > 0, length, 1)) @ found).tocsr()
    return result


def document_slices(documents: Sequence[str]) -> list[slice]:
    """The runs of equal names: one slice of passages per document."""
    starts = [i for i, name in enumerate(documents) if i == 0 or name != documents[i - 1]]
    return [slice(a, b) for a, b in zip(starts, [*starts[1:], len(documents)], strict=True)]


class Layout:
    """Where the parts of a dense row stand: cue lists of passage, heading, passage before, document; shape; encoder.

    The encoder's part are its vectors of the passage, of the passage before, and their mean over the document.
    """

    def __init__(self, lists: int, encoded: int = 0) -> None:
        self.own, self.heading, self.previous, self.document = (
            slice(2 * lists * i, 2 * lists * (i + 1)) for i in range(4)
        )
        self.shape = slice(8 * lists, 8 * lists + len(SHAPES))
        self.encoded = slice(self.shape.stop, self.shape.stop + 3 * encoded)
        self.width = self.encoded.stop


class Reads:
    """The texts that a set of passages needs: their own first, then headings and passages before that are new.

    ``heading[i]`` and ``previous[i]`` say where those of passage ``i`` stand (-1: it has none). ``batch`` holds all
    texts, ``passages`` the passages' own.
    """

    def __init__(self, vocabulary: Vocabulary, passages: Sequence[Passage]) -> None:
        texts = [passage.text for passage in passages]
        places: dict[str | None, int] = dict(zip(texts, range(len(texts)), strict=True))
        places[None] = places[""] = -1
        self.number = len(passages)
        self.heading = self._places([passage.heading for passage in passages], places, texts)
        self.previous = self._places([passage.previous for passage in passages], places, texts)
        self.slices = document_slices([passage.document for passage in passages])
        self.texts = texts
        self.batch = Batch.read(vocabulary, texts)
        self.passages = self.batch.first(self.number)
        self.types = self.batch.types()

    @staticmethod
    def _places(asked: Sequence[str | None], places: dict[str | None, int], texts: list[str]) -> Numbers:
        for text in {text: None for text in asked if text not in places}:
            places[text] = len(texts)
            texts.append(text or "")
        return np.fromiter(map(places.__getitem__, asked), np.int32, len(asked))

    @property
    def own(self) -> sparse.csr_matrix:
        """The distinct words of the passages themselves."""
        return self.types[: self.number]


class Context:
    """The dense features of passages, by part, as ``Layout`` orders them; ``met``: the phrases in ``reads.batch``.

    The document's part is the mean over its passages, nought for a document of one or two: a passage that comes alone
    has no document to lean on.
    """

    def __init__(
        self, lists: Lists, passages: Sequence[Passage], reads: Reads, met: Found, encoder: Encoder | None = None
    ):
        rows, marks = lists.rows(reads.types, met)
        # The last row is that of the heading or passage before that there is not.
        self._rows = np.vstack([rows, np.zeros((1, rows.shape[1]), dtype=np.float32)])
        self._reads = reads
        self.layout = Layout(lists.size, encoder.width if encoder else 0)
        self.shape = shapes(reads, marks[: reads.number], lists.marks)
        self._starts = np.array([part.start for part in reads.slices], dtype=np.intp)
        self._lengths = np.diff(np.append(self._starts, reads.number))
        self._encoded = self._encode(encoder) if encoder else None

    def _encode(self, encoder: Encoder) -> Floats:
        reads = self._reads
        wanted = np.unique(np.concatenate([np.arange(reads.number), reads.previous[reads.previous >= 0]]))
        vectors = np.zeros((len(reads.texts) + 1, encoder.width), dtype=np.float32)
        vectors[wanted] = encoder.encode([reads.texts[place] for place in wanted.tolist()])
        own = vectors[: reads.number]
        return np.concatenate([own, vectors[reads.previous], self._by_document(own)], axis=1)

    @property
    def own(self) -> Floats:
        """The cue lists of the passages themselves, (passages, 2 * lists)."""
        return self._rows[: self._reads.number]

    def _by_document(self, own: Floats) -> Floats:
        if not len(own):
            return own
        means = np.add.reduceat(own, self._starts, axis=0) / self._lengths[:, None].astype(np.float32)
        means[self._lengths < ENOUGH] = 0
        return np.repeat(means, self._lengths, axis=0)

    def scores(self, weights: Floats, own: bool = True) -> Floats:
        """The product of ``matrix()`` with ``weights`` (width, columns), without making the matrix.

        ``own=False``: of all but the passages' own cue lists.
        """
        layout, reads, columns = self.layout, self._reads, weights.shape[1]
        parts = (layout.own, layout.heading, layout.previous, layout.document)
        each = self._rows @ np.concatenate([weights[part] for part in parts], axis=1)
        mine, heading, previous, document = (each[:, columns * i : columns * (i + 1)] for i in range(4))
        result: Floats = heading[reads.heading] + previous[reads.previous]
        result += self._by_document(document[: reads.number])
        result += self.shape @ weights[layout.shape]
        if own:
            result += mine[: reads.number]
        if self._encoded is not None:
            result += self._encoded @ weights[layout.encoded]
        return result

    def matrix(self) -> Floats:
        """Passages x dense features."""
        reads, layout = self._reads, self.layout
        result = np.zeros((reads.number, layout.width), dtype=np.float32)
        result[:, layout.own] = self.own
        result[:, layout.heading] = self._rows[reads.heading]
        result[:, layout.previous] = self._rows[reads.previous]
        result[:, layout.document] = self._by_document(self.own)
        result[:, layout.shape] = self.shape
        if self._encoded is not None:
            result[:, layout.encoded] = self._encoded
        return result
