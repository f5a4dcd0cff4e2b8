"""Documents made from a few lines, and cues of a few words, for the tests of this folder."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest

from pipeline.classify.annotated_documents import joined
from pipeline.classify.features import Lists
from pipeline.classify.lexicon import Cue, Lexicon, load_lexicon
from pipeline.classify.vocabulary import Batch, Vocabulary
from pipeline.records import Document


@pytest.fixture(scope="session")
def make_document() -> Callable[..., Document]:
    """A function from lines (joined by '|') to a Document of paragraphs, with any other field given by name."""

    def make(lines: str, **fields: Any) -> Document:
        text, blocks = joined([("paragraph", line) for line in lines.split("|")])
        given: dict[str, Any] = {
            "id": "d", "url": "", "title": "", "source_kind": "press",
            "captured": datetime(2026, 1, 1, tzinfo=UTC), "sha256": "", **fields,
        }  # fmt: skip
        return Document(text=text, blocks=blocks, **given)

    return make


@pytest.fixture(scope="session")
def cues_of() -> Callable[..., list[Cue]]:
    """A function from words (and a lexicon; else that of the corpus) to the cues among them."""

    def cues(words: Sequence[str], lexicon: Lexicon | None = None) -> list[Cue]:
        vocabulary = Vocabulary()
        batch, lists = Batch.of_words(vocabulary, [words]), Lists(lexicon or load_lexicon(), vocabulary)
        return lists.cues(batch, lists.phrases.find(batch), [0])[0]

    return cues
