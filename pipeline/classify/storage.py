"""The model on disk: arrays in ``.npz`` (never pickled), names in JSON; the same training gives the same bytes."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np

from pipeline.classify.encoder import load_encoder
from pipeline.classify.features import Space
from pipeline.classify.heads import Floats, Head, Heads, Softmax
from pipeline.classify.lexicon import load_lexicon
from pipeline.classify.reader import Reader
from pipeline.errors import CorpusError, ModelError
from pipeline.resources import data_path

FORMAT = 3
COMPONENT = "tillsyn_reader"
_PARTS = ("words", "pairs", "dense", "extra", "bias", "slope", "offset", "threshold")
_LINEAR = ("themes", "polarity", "attribution", "voice", "opening")
_AGAIN = "run 'tillsyn train'"


def _arrays(reader: Reader) -> dict[str, Floats]:
    arrays = {
        "idf": reader.space.idf,
        "pair_idf": reader.space.pair_idf,
        "speaker.weights": reader.heads.speaker.weights,
        "speaker.bias": reader.heads.speaker.bias,
    }
    for name in _LINEAR:
        arrays |= {f"{name}.{part}": getattr(getattr(reader.heads, name), part) for part in _PARTS}
    # Weights over words are many and need few digits: half precision halves the file at no loss of F1.
    return {
        key: value.astype(np.float16) if key.endswith((".words", ".pairs")) else value for key, value in arrays.items()
    }


def save_reader(reader: Reader, folder: Path) -> None:
    """Write ``reader`` to ``folder`` (made if absent): ``reader.json``, two vocabularies and ``weights.npz``."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "weights.npz").open("wb") as stream:
        np.savez_compressed(stream, allow_pickle=False, **_arrays(reader))
    for name, words in (("features", reader.space.names), ("pairs", reader.space.pairs)):
        (folder / f"{name}.txt").write_text("\n".join(words), "utf-8", newline="\n")
    facts: dict[str, Any] = {
        "format": FORMAT, "version": reader.version, "lists": list(reader.space.lexicon.lists),
        "speaker_by_kind": {kind: list(row) for kind, row in reader.heads.speaker.by_kind.items()},
        "heads": {name: list(getattr(reader.heads, name).labels) for name in (*_LINEAR, "speaker")},
    }  # fmt: skip
    if reader.encoder is not None:
        facts["encoder"] = reader.encoder.name
    (folder / "reader.json").write_text(json.dumps(facts, indent=1, ensure_ascii=False) + "\n", "utf-8", newline="\n")


def component_folder(path: Path | None = None) -> Path:
    """The reader's folder in the pipeline directory ``path``, or in ``models/tillsyn_sv``. Raises ModelError."""
    try:
        root = path or data_path("models/tillsyn_sv")
    except CorpusError as error:
        raise ModelError(f"models/tillsyn_sv is missing; {_AGAIN}.") from error
    return root / COMPONENT


def _heads(arrays: dict[str, Floats], facts: dict[str, Any]) -> Heads:
    labels = facts["heads"]
    by_kind = {kind: tuple(row) for kind, row in facts["speaker_by_kind"].items()}
    themes, polarity, own, voice, opening = (
        Head(tuple(labels[name]), *(arrays[f"{name}.{part}"] for part in _PARTS)) for name in _LINEAR
    )
    return Heads(
        themes,
        polarity,
        own,
        voice,
        opening,
        Softmax(tuple(labels["speaker"]), arrays["speaker.weights"], arrays["speaker.bias"], by_kind),
    )


def load_reader(folder: Path) -> Reader:
    """Read what ``save_reader`` wrote.

    Raises ModelError where a file is missing or damaged, or where lexicon or format are not those of the training.
    """
    try:
        facts = json.loads((folder / "reader.json").read_text("utf-8"))
        names, pairs = ((folder / f"{name}.txt").read_text("utf-8").split("\n") for name in ("features", "pairs"))
        with np.load(folder / "weights.npz", allow_pickle=False) as stored:
            arrays = {key: stored[key].astype(np.float32) for key in stored.files}
    except (OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
        raise ModelError(f"{folder}: the model is missing or damaged ({error}); {_AGAIN}.") from error
    lexicon = load_lexicon()
    if facts.get("format") != FORMAT or facts.get("lists") != list(lexicon.lists):
        raise ModelError(f"{folder}: the model was made by another version or lexicon; {_AGAIN}.")
    try:
        return Reader(
            Space(names, arrays["idf"], pairs, arrays["pair_idf"], lexicon),
            _heads(arrays, facts),
            facts["version"],
            load_encoder(facts["encoder"]) if "encoder" in facts else None,
        )
    except KeyError as error:
        raise ModelError(f"{folder}: the model lacks {error}; {_AGAIN}.") from error
