"""The model on disk: arrays in ``.npz`` (never pickled), names in JSON; the same training gives the same bytes."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import numpy as np

from pipeline.classify.features import Space
from pipeline.classify.heads import Head
from pipeline.classify.lexicon import load_lexicon
from pipeline.classify.reader import Reader
from pipeline.errors import CorpusError, ModelError
from pipeline.resources import data_path

FORMAT = 1
COMPONENT = "tillsyn_reader"
_PARTS = ("words", "dense", "bias", "slope", "offset", "threshold")
_HALF = ("words",)


def save_reader(reader: Reader, folder: Path) -> None:
    """Write ``reader`` to ``folder`` (made if absent): ``reader.json``, ``features.txt`` and ``weights.npz``."""
    folder.mkdir(parents=True, exist_ok=True)
    arrays = {"idf": reader.space.idf}
    for name, head in reader.heads.items():
        for part in _PARTS:
            values = getattr(head, part)
            arrays[f"{name}.{part}"] = values.astype(np.float16) if part in _HALF else values
    with (folder / "weights.npz").open("wb") as stream:
        np.savez_compressed(stream, allow_pickle=False, **arrays)
    (folder / "features.txt").write_text("\n".join(reader.space.names), "utf-8", newline="\n")
    facts = {
        "format": FORMAT, "version": reader.version, "lists": list(reader.space.lexicon.lists),
        "heads": {name: list(head.labels) for name, head in reader.heads.items()},
    }  # fmt: skip
    (folder / "reader.json").write_text(json.dumps(facts, indent=1, ensure_ascii=False) + "\n", "utf-8", newline="\n")


def component_folder(path: Path | None = None) -> Path:
    """The reader's folder in the pipeline directory ``path``, or in ``models/tillsyn_sv``. Raises ModelError."""
    try:
        root = path or data_path("models/tillsyn_sv")
    except CorpusError as error:
        raise ModelError("models/tillsyn_sv is missing; run 'tillsyn train'.") from error
    return root / COMPONENT


def load_reader(folder: Path) -> Reader:
    """Read what ``save_reader`` wrote.

    Raises ModelError where a file is missing or damaged, or where lexicon or format are not those of the training.
    """
    try:
        facts = json.loads((folder / "reader.json").read_text("utf-8"))
        names = (folder / "features.txt").read_text("utf-8").split("\n")
        with np.load(folder / "weights.npz", allow_pickle=False) as stored:
            arrays = {key: stored[key].astype(np.float32) for key in stored.files}
    except (OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
        raise ModelError(f"{folder}: the model is missing or damaged ({error}); run 'tillsyn train'.") from error
    lexicon = load_lexicon()
    if facts.get("format") != FORMAT or facts.get("lists") != list(lexicon.lists):
        raise ModelError(f"{folder}: the model was made by another version or lexicon; run 'tillsyn train'.")
    try:
        heads = {
            name: Head(tuple(labels), *(arrays[f"{name}.{part}"] for part in _PARTS))
            for name, labels in facts["heads"].items()
        }
        return Reader(Space(names, arrays["idf"], lexicon), heads, facts["version"])
    except KeyError as error:
        raise ModelError(f"{folder}: the model lacks {error}; run 'tillsyn train'.") from error
