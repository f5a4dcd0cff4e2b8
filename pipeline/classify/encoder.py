"""An optional encoder: vectors of passages by a user's own model, as further features beside ours.

No Swedish language model can be installed from a package index, so the default model needs none. A user who has one
(KB's BERT for Swedish, say) gives its folder or name to ``tillsyn train --encoder``: a spaCy pipeline with vectors or
a transformer (a folder with ``config.cfg``), or a model for sentence-transformers (the extra ``tillsyn[encoder]``).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from pipeline.classify.table import Floats
from pipeline.errors import ModelError


@dataclass(frozen=True, slots=True)
class Encoder:
    """``name`` as the user gave it; ``width`` of a vector; ``vectors``: texts to rows (texts, width)."""

    name: str
    width: int
    vectors: Callable[[Sequence[str]], Floats]

    def encode(self, texts: Sequence[str]) -> Floats:
        """One row of length 1 (or noughts) for each text, shape (texts, width)."""
        if not texts:
            return np.zeros((0, self.width), dtype=np.float32)
        rows = np.asarray(self.vectors(texts), dtype=np.float32)
        length = np.linalg.norm(rows, axis=1, keepdims=True)
        unit: Floats = (rows / np.where(length > 0, length, 1)).astype(np.float32)
        return unit


def _spacy_vector(doc: Any) -> Floats:
    """The mean of the last transformer layer where there is one, else of the word vectors."""
    data = getattr(doc._, "trf_data", None)
    if data is None:
        return np.asarray(doc.vector, dtype=np.float32)
    mean: Floats = np.asarray(data.last_hidden_layer_state.dataXd, dtype=np.float32).mean(axis=0)
    return mean


def _by_spacy(name: str) -> Callable[[Sequence[str]], Floats]:
    import spacy

    try:
        nlp = spacy.load(name)
    except (OSError, ValueError) as error:
        raise ModelError(f"{name}: is no spaCy pipeline that can be loaded ({error}).") from error

    def vectors(texts: Sequence[str]) -> Floats:
        return np.stack([_spacy_vector(doc) for doc in nlp.pipe(texts)])

    return vectors


def _by_sentence_transformers(name: str) -> Callable[[Sequence[str]], Floats]:
    try:
        from sentence_transformers import SentenceTransformer
    except ImportError as error:
        raise ModelError(f"{name}: needs sentence-transformers; run pip install 'tillsyn[encoder]'.") from error
    try:
        model = SentenceTransformer(name, device="cpu")
    except (OSError, ValueError) as error:
        raise ModelError(f"{name}: is no encoder that sentence-transformers can load ({error}).") from error

    def vectors(texts: Sequence[str]) -> Floats:
        return np.asarray(model.encode(list(texts), show_progress_bar=False), dtype=np.float32)

    return vectors


def load_encoder(name: str) -> Encoder:
    """The encoder in the folder ``name``, or of that name. Raises ModelError where it cannot be loaded or used."""
    vectors = _by_spacy(name) if (Path(name) / "config.cfg").exists() else _by_sentence_transformers(name)
    width = int(vectors(["kommun"]).shape[1])
    if not width:
        raise ModelError(f"{name}: gives no vectors; choose a pipeline with vectors or a transformer.")
    return Encoder(name, width, vectors)
