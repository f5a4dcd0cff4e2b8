"""What training works on: the annotated passages as matrices, made once for all heads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from pipeline.classify.annotations import Labelled
from pipeline.classify.encoder import Encoder
from pipeline.classify.features import (
    Context,
    Floats,
    Layout,
    Lists,
    Pairs,
    Reads,
    Space,
    document_slices,
    pairs_matrix,
    words_matrix,
)
from pipeline.classify.fitting import Bools, Doubles, Ints
from pipeline.classify.lexicon import Lexicon
from pipeline.classify.senses import sense_row
from pipeline.classify.splits import fold_of
from pipeline.classify.tokens import tokens
from pipeline.classify.vocabulary import Vocabulary

# Retold real documents count double: they are what the reader will meet.
_REAL = 2.0
# One document in seven is read as if its passages came one by one, so that the model copes without a document.
_ALONE = 7


@dataclass(frozen=True, slots=True)
class Material:
    """Rows of content with their tokens and features, one row each: ``words``, ``pairs``, ``dense``; fold and weight.

    ``senses``: how the cues of polarity stand in each passage (``senses.sense_row``).
    """

    rows: tuple[Labelled, ...]
    texts: tuple[tuple[str, ...], ...]
    space: Space
    layout: Layout
    words: sparse.csr_matrix
    pairs: sparse.csr_matrix
    dense: Floats
    senses: Floats
    folds: Ints
    weight: Doubles

    @property
    def parts(self) -> Ints:
        """Three parts of the folds, for out-of-fold scores: five would cost half as much again for the same choices."""
        return np.asarray(self.folds % 3)

    @property
    def real(self) -> Bools:
        """Which rows are retold from real documents: those that calibration and thresholds are judged on."""
        return np.asarray(self.weight == _REAL)

    @property
    def plain(self) -> Floats:
        """The dense features without the encoder's, which are fitted apart."""
        return self.dense[:, : self.layout.encoded.start]

    @property
    def encoded(self) -> Floats | None:
        """The encoder's features, None where there is no encoder."""
        return self.dense[:, self.layout.encoded] if self.layout.encoded.start < self.layout.width else None

    @property
    def slices(self) -> list[slice]:
        """The rows of each document."""
        return document_slices([row.passage.document for row in self.rows])


def prepare(rows: Sequence[Labelled], lexicon: Lexicon, encoder: Encoder | None = None) -> Material:
    """The content of ``rows`` (boilerplate left out) as matrices."""
    taught = tuple(row for row in rows if not row.boilerplate)
    texts = [tokens(row.passage.text) for row in taught]
    space, vocabulary = Space.learn(texts, lexicon), Vocabulary()
    lists = Lists(lexicon, vocabulary)
    passages = [row.passage for row in taught]
    reads = Reads(vocabulary, passages)
    met = lists.phrases.find(reads.batch)
    context = Context(lists, passages, reads, met, encoder)
    dense, layout = context.matrix(), context.layout
    own = reads.passages
    cues = lists.cues(own, met, range(len(taught)))
    senses = np.stack([sense_row(own.words[number], cues[number]) for number in range(len(taught))])
    alone = np.array([fold_of(f"alone {row.passage.document}", _ALONE) == 0 for row in taught])
    dense[alone, layout.document] = 0
    return Material(
        taught, tuple(map(tuple, texts)), space, layout, words_matrix(space, vocabulary, reads.own),
        pairs_matrix(space, Pairs(space, vocabulary), own), dense, senses,
        np.array([row.fold for row in taught]),
        np.array([_REAL if row.source.startswith("retold") else 1.0 for row in taught]),
    )  # fmt: skip


def by_document(material: Material) -> sparse.csr_matrix:
    """Documents x rows, each row of which averages the passages of one document."""
    slices = material.slices
    sizes = [part.stop - part.start for part in slices]
    values = np.repeat([1 / size for size in sizes], sizes)
    return sparse.csr_matrix((values, np.arange(len(values)), np.cumsum([0, *sizes])), shape=(len(sizes), len(values)))
