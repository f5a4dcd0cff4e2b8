"""How much a link is on the subject: words with weights, listed in ``corpus/sources/focus.toml``.

The table ``weights`` is written by hand, ``learnt`` by ``corpus/sources/learn_focus.py`` from the annotations.
"""

from __future__ import annotations

import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from pipeline.errors import CorpusError
from pipeline.resources import data_path


def fold(text: str) -> str:
    """Lower case without marks over letters: 'Föreläggande' and the slug 'forelaggande' become one."""
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFKD", text.lower()).encode("ascii", "ignore").decode("ascii")


def address(url: str) -> str:
    """What is read of a URL: all behind the host, percent signs resolved."""
    path = url.split("/", 3)[-1]
    return unquote(path) if "%" in path else path


@dataclass(frozen=True, slots=True)
class Focus:
    """Weights by folded word, the number of steps off the subject, and the pages off it that a source may take."""

    weights: Mapping[str, float]
    depth: int
    budget: int

    def score(self, url: str, text: str = "") -> float:
        """The sum of the weights of the words found in the address (host apart) and the words of a link."""
        haystack = fold(f"{address(url)} {text}")
        return sum(weight for word, weight in self.weights.items() if word in haystack)


@cache
def load_focus(path: Path | None = None) -> Focus:
    """The focus that comes with the package, or that of a file. Raises CorpusError when it has mistakes.

    A word in both tables has the weight written by hand, also where that is 0.
    """
    file = path or data_path("corpus/sources/focus.toml")
    try:
        data = tomllib.loads(file.read_text("utf-8"))
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CorpusError(f"{file}: is not readable as TOML in UTF-8: {error}.") from error
    weights = _weights(file, "learnt", data.get("learnt", {})) | _weights(file, "weights", data.get("weights"))
    for key in ("depth", "budget"):
        if not isinstance(data.get(key), int) or data[key] < 0:
            raise CorpusError(f"{file}: {key}: must be a whole number from 0 up.")
    return Focus({word: weight for word, weight in weights.items() if weight}, data["depth"], data["budget"])


def _weights(file: Path, key: str, table: Any) -> dict[str, float]:
    if not isinstance(table, dict) or (key == "weights" and not table):
        raise CorpusError(f"{file}: {key}: must be a table of words, each with a number.")
    wrong = [w for w, v in table.items() if not w or fold(w) != w or not isinstance(v, (int, float))]
    if wrong:
        raise CorpusError(f"{file}: {key}: {wrong} must be lower-case words without å, ä, ö, each with a number.")
    return {word: float(weight) for word, weight in table.items()}
