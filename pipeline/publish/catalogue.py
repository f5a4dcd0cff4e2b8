"""Every text that a reader meets, in Swedish and English, from one file: ``catalogue.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pipeline.errors import CorpusError

LANGUAGES = ("sv", "en")
_FILE = Path(__file__).parent / "catalogue.toml"


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The texts of one language. Calling it with a key and the values of its placeholders gives a text."""

    language: str
    texts: Mapping[str, str]

    def __call__(self, key: str, **values: object) -> str:
        """The text of ``key`` with its ``{placeholders}`` filled in. Raises KeyError for an unknown key."""
        return self.texts[key].format(**values) if values else self.texts[key]

    def count(self, key: str, number: int, shown: str) -> str:
        """``shown`` with the noun of ``key`` in singular or plural ('1 dokument', '2 citat')."""
        one, _, other = self.texts[key].partition("|")
        return f"{shown} {one if number == 1 else other or one}"


@cache
def _read() -> dict[str, dict[str, str]]:
    flat: dict[str, dict[str, str]] = {language: {} for language in LANGUAGES}
    for section, entries in tomllib.loads(_FILE.read_text("utf-8")).items():
        for key, texts in entries.items():
            if not isinstance(texts, list) or len(texts) != len(LANGUAGES):
                raise CorpusError(f"{_FILE}: {section}.{key}: give one text per language: {', '.join(LANGUAGES)}.")
            for language, text in zip(LANGUAGES, texts, strict=True):
                flat[language][f"{section}.{key}"] = text
    return flat


@cache
def catalogue(language: str) -> Catalogue:
    """The texts of ``language`` ('sv' or 'en'). Raises CorpusError for another language."""
    if language not in LANGUAGES:
        raise CorpusError(f"There are no texts in the language '{language}'; choose one of {', '.join(LANGUAGES)}.")
    return Catalogue(language, _read()[language])
