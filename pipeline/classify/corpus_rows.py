"""Rows of the tab-separated cue files that places and events are read with."""

from __future__ import annotations

import re
from functools import cache

from pipeline.errors import CorpusError
from pipeline.resources import data_path


@cache
def rows(relative: str, columns: int) -> tuple[tuple[str, ...], ...]:
    """The rows of ``relative`` (a path below ``corpus/``), comments and empty lines left out.

    Raises CorpusError naming file and line when it is absent or a row has not ``columns`` columns.
    """
    file = data_path(relative)
    try:
        lines = file.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise CorpusError(f"{file}: cannot be read as text in UTF-8: {error}.") from error
    found = []
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.startswith("#"):
            continue
        row = tuple(line.split("\t"))
        if len(row) != columns:
            raise CorpusError(f"{file}: line {number}: has {len(row)} columns; write {columns}, with tabs between.")
        found.append(row)
    return tuple(found)


def pattern(text: str, where: str, flags: int = 0) -> re.Pattern[str]:
    """``text`` compiled. Raises CorpusError naming ``where`` when it is no regular expression."""
    try:
        return re.compile(text, flags)
    except re.error as error:
        raise CorpusError(f"{where}: '{text}' is no regular expression: {error}.") from error
