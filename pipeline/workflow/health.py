"""What 'tillsyn doctor' looks at: does the installation hold what the stages need?"""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as installed
from typing import Literal

from pipeline.codebook import load_codebook
from pipeline.errors import TillsynError
from pipeline.geography import municipalities
from pipeline.resources import data_path
from pipeline.workflow.settings import Settings, model_path

State = Literal["ok", "saknas", "fel"]


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at. ``saknas``: optional and absent; ``fel``: needed and broken."""

    name: str
    state: State
    detail: str


def _codebook() -> str:
    codebook = load_codebook()
    return f"version {codebook.version}, {len(codebook.themes)} teman, {len(codebook.events)} händelseslag"


def _municipalities() -> str:
    if (found := len(municipalities())) != 290:
        raise TillsynError(f"corpus/municipalities.csv holds {found} municipalities instead of 290.")
    return "290 kommuner"


def _sources() -> str:
    from pipeline.sources import load_sources

    return f"{len(load_sources())} källor"


def _sample() -> str:
    return f"{data_path('corpus/sample/sample.warc.gz').stat().st_size / 1e6:.1f} MB"


def _model() -> str:
    from pipeline.classify.analyser import Analyser

    path = model_path(Settings())
    Analyser.load(path)
    return f"{path.name}, {sum(f.stat().st_size for f in path.rglob('*') if f.is_file()) / 1e6:.1f} MB"


def _fts5() -> str:
    with sqlite3.connect(":memory:") as connection:
        connection.execute("CREATE VIRTUAL TABLE t USING fts5(x)")
    return f"SQLite {sqlite3.sqlite_version} med FTS5"


def _needed(name: str, look: Callable[[], str]) -> Check:
    try:
        return Check(name, "ok", look())
    except (TillsynError, OSError, sqlite3.Error) as error:
        return Check(name, "fel", str(error))


def _tesseract() -> Check:
    if not shutil.which("tesseract"):
        return Check(
            "tesseract", "saknas", "inskannade sidor lagras som 'needs_ocr' (tesseract-ocr, tesseract-ocr-swe)"
        )
    languages = subprocess.run(
        ["tesseract", "--list-langs"], capture_output=True, text=True, check=False
    ).stdout.split()
    if "swe" not in languages:
        return Check("tesseract", "saknas", "det svenska språkpaketet saknas (tesseract-ocr-swe)")
    return Check("tesseract", "ok", "med svenska")


def _extra(name: str, package: str, use: str) -> Check:
    try:
        return Check(name, "ok", f"{package} {installed(package)}")
    except PackageNotFoundError:
        return Check(name, "saknas", f"{use}: pip install 'tillsyn[{name}]'")


def checks() -> list[Check]:
    """All checks, in the order in which the stages need them."""
    needed: list[tuple[str, Callable[[], str]]] = [
        ("kodbok", _codebook), ("kommuner", _municipalities), ("källor", _sources), ("exempel", _sample),
        ("modell", _model), ("sqlite", _fts5),
    ]  # fmt: skip
    found = [_needed(name, look) for name, look in needed]
    return [
        *found,
        _tesseract(),
        _extra("serve", "datasette", "tillsyn serve"),
        _extra("cluster", "distributed", "--cluster"),
    ]
