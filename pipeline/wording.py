"""What the command says, in Swedish or English.

Sentences are written once where they arise, in either language; ``corpus/texts/messages.tsv``
holds the pairs (English, Swedish). A sentence with values is matched by its pattern:
``{0}``, ``{1}`` … stand for the values, which are translated too where they are sentences
themselves. What has no pair is said as it was written.
"""

from __future__ import annotations

import os
import re
from functools import cache
from typing import Literal

from pipeline.errors import CorpusError
from pipeline.resources import data_path

Language = Literal["sv", "en"]
_HOLE = re.compile(r"\{(\d+)\}")
_FILE = "corpus/texts/messages.tsv"


def chosen() -> Language:
    """The language of the interface: Swedish, or English where TILLSYN_LANGUAGE=en (``tillsyn --english`` sets it)."""
    return "en" if os.environ.get("TILLSYN_LANGUAGE") == "en" else "sv"


def _pattern(template: str) -> re.Pattern[str]:
    """The template as a regular expression with a group g<n> for each hole; a hole may be repeated."""
    seen: set[str] = set()
    parts: list[str] = []
    for i, piece in enumerate(_HOLE.split(template)):
        if i % 2 == 0:
            parts.append(re.escape(piece))
        elif piece in seen:
            parts.append(f"(?P=g{piece})")
        else:
            seen.add(piece)
            parts.append(f"(?P<g{piece}>.*?)")
    return re.compile("".join(parts), re.DOTALL)


@cache
def pairs() -> tuple[tuple[str, str], ...]:
    """All pairs (English, Swedish). Raises CorpusError for a line without exactly two columns or with other holes."""
    rows = []
    for number, line in enumerate(data_path(_FILE).read_text("utf-8").splitlines(), 1):
        if not line or line.startswith("#"):
            continue
        columns = tuple(column.replace("\\n", "\n") for column in line.split("\t"))
        if len(columns) != 2 or set(_HOLE.findall(columns[0])) != set(_HOLE.findall(columns[1])):
            raise CorpusError(
                f"{_FILE}: line {number}: needs English and Swedish, one tab between, and the same holes."
            )
        rows.append((columns[0], columns[1]))
    return tuple(rows)


@cache
def _rules(language: Language) -> tuple[tuple[re.Pattern[str], str], ...]:
    """Patterns of the other language with the template to say instead; those with most fixed text come first."""
    target = 1 if language == "sv" else 0
    rows = sorted(pairs(), key=lambda pair: -len(_HOLE.sub("", pair[1 - target])))
    return tuple((_pattern(row[1 - target]), row[target]) for row in rows)


def _whole(sentence: str, language: Language) -> str | None:
    for pattern, template in _rules(language):
        if match := pattern.fullmatch(sentence):
            values = {name[1:]: said(value, language) for name, value in match.groupdict().items()}
            return _HOLE.sub(lambda hole, values=values: values[hole[1]], template)  # type: ignore[misc]
    return None


def said(sentence: str, language: Language | None = None) -> str:
    """The sentence in ``language`` (default: the chosen one): whole, or line by line; as written where it is unknown.

    Several mistakes of one file stand one a line: lines that are all known are said each by itself.
    """
    language = language or chosen()
    lines = sentence.split("\n")
    each = [_whole(line, language) for line in lines]
    if all(each):
        return "\n".join(map(str, each))
    if (whole := _whole(sentence, language)) is not None:
        return whole
    return "\n".join(new or line for new, line in zip(each, lines, strict=True))
