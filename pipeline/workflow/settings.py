"""What decides a result beside the input: code, codebook and model. Their digest is the version of the tables."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pipeline
from pipeline.errors import ModelError
from pipeline.resources import data_path

_READS = ("records.py", "archive", "language", "extract", "classify")
# Folders of corpus/ that no table depends on.
_DECIDES_NOTHING = ("annotations", "compare", "exports", "map", "privacy", "sample", "search", "sources", "texts")
_DATA = ("corpus/codebook.toml", "corpus/municipalities.csv")


@dataclass(frozen=True, slots=True)
class Settings:
    """Choices of one run. ``model``: folder of the trained pipeline (None: the one that comes along)."""

    model: Path | None = None
    ocr: bool = True
    workers: int = 2
    cluster: str | None = None
    language: str = "sv"


def _files(paths: Iterable[Path]) -> list[Path]:
    found: list[Path] = []
    for path in paths:
        found += (
            sorted(p for p in path.rglob("*") if p.is_file() and p.suffix not in (".pyc", ".md"))
            if path.is_dir()
            else [path]
        )
    return found


def _digest(paths: Iterable[Path]) -> str:
    total = hashlib.sha256()
    for path in _files(paths):
        total.update(path.name.encode() + b"\0" + path.read_bytes())
    return total.hexdigest()


def model_path(settings: Settings) -> Path:
    """Folder of the model of these settings. Raises ModelError when there is none."""
    path = settings.model or data_path("models") / "tillsyn_sv"
    if not (path / "config.cfg").is_file():
        raise ModelError(f"{path}: there is no trained model here; make one with 'tillsyn train'.")
    return path


@cache
def version(settings: Settings) -> str:
    """Name of the tables that these settings make: release and a digest of code, codebook, word lists and model.

    Raises ModelError when the model is missing.
    """
    root = Path(pipeline.__file__).parent
    corpus = data_path("corpus")
    lists = [p for p in sorted(corpus.iterdir()) if p.is_dir() and p.name not in _DECIDES_NOTHING]
    paths = [root / name for name in _READS] + [data_path(name) for name in _DATA] + lists + [model_path(settings)]
    return f"{pipeline.__version__}-{_digest(paths)[:12]}{'' if settings.ocr else '-no-ocr'}"
