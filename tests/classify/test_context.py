"""The context of passages as features: product and matrix agree."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.classify.encoder import Encoder
from pipeline.classify.features import Context, Lists, Reads
from pipeline.classify.lexicon import load_lexicon
from pipeline.classify.table import Floats
from pipeline.classify.vocabulary import Vocabulary
from pipeline.records import Passage


def passage(document: str, index: int, text: str, heading: str | None = None, previous: str | None = None) -> Passage:
    """A passage of one of two documents."""
    return Passage(document, index, 0, len(text), text, "sentence", heading, previous)


PASSAGES = [
    passage("a", 0, "Brister i arbetsmiljön"),
    passage("a", 1, "Personalen är stressad.", "Brister i arbetsmiljön"),
    passage("a", 2, "Vi saknar 3 rutiner!", "Brister i arbetsmiljön", "Personalen är stressad."),
    passage("b", 0, "", "En rubrik som inte finns bland styckena: otydlig ledning"),
    passage("b", 1, "– Vad gör nämnden?", None, "Detta sades före: dokumentationen brister."),
]


def by_length(texts: object) -> Floats:
    """Two columns by the length of a text."""
    return np.array([[len(text), 1] for text in texts], dtype=np.float32)  # type: ignore[attr-defined]


@pytest.mark.parametrize("encoder", [None, Encoder("of the test", 2, by_length)])
def test_scores_are_the_product_of_matrix_and_weights(encoder: Encoder | None) -> None:
    """Scores made part by part, each text once, are those of the whole rows; the own part can be left out."""
    lists = Lists(load_lexicon(), Vocabulary())
    reads = Reads(lists.table.vocabulary, PASSAGES)
    context = Context(lists, PASSAGES, reads, lists.phrases.find(reads.batch), encoder)
    weights = np.random.default_rng(0).normal(size=(context.layout.width, 3)).astype(np.float32)
    matrix = context.matrix()
    assert np.allclose(context.scores(weights), matrix @ weights, atol=1e-4)
    rest = matrix.copy()
    rest[:, context.layout.own] = 0
    assert np.allclose(context.scores(weights, own=False), rest @ weights, atol=1e-4)


def test_every_part_of_the_context_is_filled() -> None:
    """Own lists, heading, passage before, document (of three passages or more) and shape all hold something."""
    lists = Lists(load_lexicon(), Vocabulary())
    reads = Reads(lists.table.vocabulary, PASSAGES)
    context = Context(lists, PASSAGES, reads, lists.phrases.find(reads.batch))
    matrix, layout = context.matrix(), context.layout
    for part in (layout.own, layout.heading, layout.previous, layout.document, layout.shape):
        assert matrix[2, part].any()
    assert matrix[3, layout.heading].any() and matrix[4, layout.previous].any()
    assert not matrix[3:, layout.document].any() and not matrix[0, layout.heading].any()
