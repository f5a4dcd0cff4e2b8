"""How much a link is on the subject: words with weights, listed in ``corpus/sources/focus.toml``."""

from __future__ import annotations

import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import unquote

from pipeline.errors import CorpusError
from pipeline.resources import data_path


def fold(text: str) -> str:
    """Lower case without marks over letters: 'Föreläggande' and the slug 'forelaggande' become one."""
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFKD", text.lower()).encode("ascii", "ignore").decode("ascii")


@dataclass(frozen=True, slots=True)
class Focus:
    """Weights by folded word, the number of steps off the subject, and the pages off it that a source may take."""

    weights: Mapping[str, float]
    depth: int
    budget: int

    def score(self, url: str, text: str = "") -> float:
        """The sum of the weights of the words found in the address (host apart) and the words of a link."""
        address = url.split("/", 3)[-1]
        haystack = fold(f"{unquote(address) if '%' in address else address} {text}")
        return sum(weight for word, weight in self.weights.items() if word in haystack)


@cache
def load_focus(path: Path | None = None) -> Focus:
    """The focus that comes with the package, or that of a file. Raises CorpusError when it has mistakes."""
    file = path or data_path("corpus/sources/focus.toml")
    try:
        data = tomllib.loads(file.read_text("utf-8"))
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CorpusError(f"{file}: is not readable as TOML in UTF-8: {error}.") from error
    weights = data.get("weights", {})
    wrong = [w for w, value in weights.items() if not isinstance(value, (int, float)) or fold(w) != w or not w]
    if wrong or not weights:
        raise CorpusError(f"{file}: weights: {wrong} must be lower-case words without å, ä, ö, each with a number.")
    for key in ("depth", "budget"):
        if not isinstance(data.get(key), int) or data[key] < 0:
            raise CorpusError(f"{file}: {key}: must be a whole number from 0 up.")
    return Focus({w: float(v) for w, v in weights.items() if v}, data["depth"], data["budget"])
