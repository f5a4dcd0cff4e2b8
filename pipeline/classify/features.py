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
from pipeline.classify.lexicon import Cue, Lexicon
from pipeline.classify.phrases import KEY, Met, PhraseTable
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
# A vector of length 1 weighs as much as the words do (dense features are scaled by 0.2).
_ENCODED = 5.0
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
        self._known = [self._sorted(whole, np.flatnonzero(part)) for part in (~far, far)]

    @staticmethod
    def _sorted(keys: npt.NDArray[np.int64], places: npt.NDArray[np.intp]) -> tuple[npt.NDArray[np.int64], Ints]:
        order = places[np.argsort(keys[places], kind="stable")]
        return keys[order], order

    def matrix(self, batch: Batch) -> sparse.csr_matrix:
        """Texts x pairs, 1 where the pair occurs."""
        lemmas, rows = batch.vocabulary.lemmas[batch.flat].astype(np.int64), batch.rows
        at_rows: list[Numbers] = []
        at_pairs: list[Ints] = []
        for step, (keys, places) in enumerate(self._known, 1):
            if len(lemmas) <= step or not len(keys):
                continue
            asked = lemmas[:-step] * KEY + lemmas[step:]
            at = np.minimum(np.searchsorted(keys, asked), len(keys) - 1)
            met = np.flatnonzero((keys[at] == asked) & (rows[:-step] == rows[step:]))
            at_rows.append(rows[met])
            at_pairs.append(places[at[met]])
        nothing = np.zeros(0, dtype=np.intp)
        spots = np.concatenate([nothing, *at_rows]), np.concatenate([nothing, *at_pairs])
        ones = np.ones(len(spots[0]), dtype=np.float32)
        found: sparse.csr_matrix = sparse.coo_matrix((ones, spots), shape=(len(batch), self.size)).tocsr()
        found.data[:] = 1  # a pair that occurs twice is a pair that occurs
        return found


class Lists:
    """Cue lists as numbers: per text the sum of the weights met for each list. Word types are looked up once."""

    def __init__(self, lexicon: Lexicon, vocabulary: Vocabulary) -> None:
        self.lexicon = lexicon
        self.size = len(lexicon.lists)
        self.table = WordTable(vocabulary, self.size + 2, self._row)
        self.phrases = PhraseTable(lexicon.phrases, vocabulary)
        self._of_phrase = np.array([lexicon.position(e.list) for e in lexicon.phrases], dtype=np.intp)

    def _row(self, word: str) -> Floats:
        """The weights of a word type by list; whether it is a number; whether it speaks of 'us'."""
        row = np.zeros(self.size + 2, dtype=np.float32)
        for entry in self.lexicon.word_cues(word):
            row[self.lexicon.position(entry.list)] += entry.weight
        row[self.size :] = word.isdigit(), word in _FIRST
        return row

    def add_phrases(self, sums: Floats, met: Iterable[Met]) -> None:
        """Add the weights of the phrases ``met`` to the rows of their texts in ``sums`` (texts, lists)."""
        entries = self.lexicon.phrases
        for phrase in met:
            sums[phrase.text, self._of_phrase[phrase.entry]] += entries[phrase.entry].weight

    def cues(self, batch: Batch, met: Iterable[Met], wanted: Iterable[int]) -> dict[int, list[Cue]]:
        """The cues of the ``wanted`` texts of ``batch``, in which the phrases ``met`` were found."""
        phrases: dict[int, list[Met]] = {number: [] for number in wanted}
        for phrase in met:
            if phrase.text in phrases:
                phrases[phrase.text].append(phrase)
        return {number: self.lexicon.cues(batch.strings(number), mine) for number, mine in phrases.items()}

    def capped(self, sums: Floats) -> Floats:
        """Sums of weights (up to 6, divided by 3), then whether any was met: shape (texts, 2 * lists)."""
        return np.concatenate([np.minimum(sums, _MOST) / 3, (sums > 0).astype(np.float32)], axis=1)

    def rows(self, types: sparse.csr_matrix, met: Iterable[Met]) -> Floats:
        """The lists' features, (texts, 2 * lists), of texts with the words ``types`` and the phrases ``met``."""
        sums = np.ascontiguousarray(self.table.sums(types)[:, : self.size])
        self.add_phrases(sums, met)
        return self.capped(sums)


def shapes(passages: Sequence[Passage], batch: Batch, marks: Floats) -> Floats:
    """The shape of passages: length in words (log) and what they look like, in the order of ``SHAPES``.

    ``marks`` (passages, 2): how many numbers, and words of 'us', each holds.
    """
    result = np.zeros((len(passages), len(SHAPES)), dtype=np.float32)
    result[:, 0] = np.log1p(np.diff(batch.ends[: len(passages) + 1])) / 3
    result[:, 1], result[:, 6] = marks[:, 0] > 0, marks[:, 1] > 0
    words = batch.vocabulary.words
    ends = ((words[mine[0]], words[mine[-1]]) if mine else ("", "") for mine in batch.lists)
    result[:, [2, 3, 4, 5, 7, 8, 9, 10]] = [
        _look(passage, *marks_) for passage, marks_ in zip(passages, ends, strict=False)
    ]
    return result


def _look(passage: Passage, first: str, last: str) -> tuple[bool, ...]:
    """What a passage looks like by its first and last word or mark, in the one form that ``tokens`` gives them."""
    no_heading, no_previous = not passage.heading, not passage.previous
    return (
        last == "?", first in _QUOTES, last in _STOPS, last == ":", last not in _STOPS and last != ":", no_heading,
        no_previous, no_heading and no_previous,
    )  # fmt: skip


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
    """Where the parts of a dense row stand: cue lists of passage, heading, passage before, document; shape; encoder."""

    def __init__(self, lists: int, encoded: int = 0) -> None:
        self.own, self.heading, self.previous, self.document = (
            slice(2 * lists * i, 2 * lists * (i + 1)) for i in range(4)
        )
        self.shape = slice(8 * lists, 8 * lists + len(SHAPES))
        self.encoded = slice(self.shape.stop, self.shape.stop + encoded)
        self.width = self.encoded.stop


class Reads:
    """The texts that a set of passages needs: their own first, then headings and passages before that are not among
    them. ``heading[i]`` and ``previous[i]`` say where those of passage ``i`` stand (-1: it has none)."""

    def __init__(self, vocabulary: Vocabulary, passages: Sequence[Passage]) -> None:
        places = {passage.text: number for number, passage in enumerate(passages)}
        texts = [passage.text for passage in passages]
        found = np.full((2, len(passages)), -1, dtype=np.int32)
        for number, passage in enumerate(passages):
            for row, text in enumerate((passage.heading, passage.previous)):
                if text:
                    if text not in places:
                        places[text] = len(texts)
                        texts.append(text)
                    found[row, number] = places[text]
        self.heading, self.previous = found
        self.number = len(passages)
        self.batch = Batch.read(vocabulary, texts)
        self.types = self.batch.types()

    @property
    def own(self) -> sparse.csr_matrix:
        """The distinct words of the passages themselves."""
        return self.types[: self.number]


def dense_matrix(
    lists: Lists, passages: Sequence[Passage], reads: Reads, met: Iterable[Met], encoder: Encoder | None = None
) -> Floats:
    """Passages x dense features, as ``Layout`` orders them; ``met``: the phrases in ``reads.batch``.

    The document's part is the mean over its passages, nought for a document of one or two: a passage that comes alone
    has no document to lean on.
    """
    layout = Layout(lists.size, encoder.width if encoder else 0)
    sums = lists.table.sums(reads.types)
    marks = sums[: reads.number, lists.size :]
    sums = np.ascontiguousarray(sums[:, : lists.size])
    lists.add_phrases(sums, met)
    rows = np.vstack([lists.capped(sums), np.zeros((1, 2 * lists.size), dtype=np.float32)])
    result = np.zeros((len(passages), layout.width), dtype=np.float32)
    own = result[:, layout.own] = rows[: reads.number]
    result[:, layout.heading] = rows[reads.heading]
    result[:, layout.previous] = rows[reads.previous]
    result[:, layout.shape] = shapes(passages, reads.batch, marks)
    if encoder is not None:
        result[:, layout.encoded] = encoder.encode([passage.text for passage in passages]) * _ENCODED
    for part in document_slices([passage.document for passage in passages]):
        if part.stop - part.start >= ENOUGH:
            result[part, layout.document] = own[part].mean(axis=0)
    return result
