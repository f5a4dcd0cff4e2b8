"""Collects every mistake of an edited file, each with its key and its mend, so that a user mends all in one go."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from pipeline.errors import CorpusError


def toml(raw: bytes, file: str) -> dict[str, Any]:
    """The table in the bytes of a TOML file called ``file``, with or without a byte order mark.

    Raises CorpusError with the line that cannot be read.
    """
    try:
        return tomllib.loads(raw.decode("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CorpusError(f"{file}: is not readable as TOML in UTF-8: {error}; mend the line that it names.") from error


class Checker:
    """The mistakes of one file, as sentences ``file: key: what and how to mend``."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.mistakes: list[str] = []

    def add(self, key: str, what: str) -> None:
        """Note a mistake at ``key`` (a path such as ``theme[2].id``)."""
        self.mistakes.append(f"{self.file}: {key}: {what}")

    def keys(self, where: str, table: Mapping[str, Any], known: Sequence[str], required: Sequence[str] = ()) -> None:
        """Note each key of ``table`` that is not ``known`` (with the nearest one), and each ``required`` one absent."""
        for key in table:
            if key not in known:
                close = get_close_matches(key, known, 1)
                hint = f"did you mean '{close[0]}'?" if close else f"known keys are {', '.join(known)}; remove it."
                self.add(f"{where}{key}", f"unknown key; {hint}")
        for key in required:
            if key not in table:
                self.add(f"{where}{key}", f"missing; add a line {key} = ...")

    def text(self, where: str, table: Mapping[str, Any], key: str) -> str:
        """The text at ``key`` ('' where it is absent or, noted as a mistake, no text)."""
        value = table.get(key, "")
        if not isinstance(value, str):
            self.add(f"{where}{key}", f"is {value!r}; write a text in quotation marks.")
            return ""
        return value

    def end(self) -> None:
        """Raise CorpusError with all mistakes, one a line, if there are any."""
        if self.mistakes:
            raise CorpusError("\n".join(self.mistakes))
