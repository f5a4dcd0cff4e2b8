"""The word lists of ``corpus/language``: one entry a line, '#' begins a comment line."""

from __future__ import annotations

from functools import cache

from pipeline.errors import CorpusError
from pipeline.resources import data_path


@cache
def rows(name: str) -> tuple[tuple[str, ...], ...]:
    """The tab-separated rows of ``corpus/language/<name>``, comments and empty lines left out.

    Raises CorpusError when the file is absent or not UTF-8.
    """
    file = data_path("corpus/language") / name
    try:
        lines = file.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise CorpusError(f"{file}: cannot be read as text in UTF-8: {error}.") from error
    return tuple(tuple(line.split("\t")) for line in lines if line.strip() and not line.startswith("#"))


@cache
def words(name: str) -> frozenset[str]:
    """The first column of ``corpus/language/<name>`` as a set."""
    return frozenset(row[0] for row in rows(name))
