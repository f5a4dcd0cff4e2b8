"""Labelled passages: those we train on (``corpus/annotations``) and those we are measured on, in any of three forms.

The forms are: annotations (``doc, kind, heading, text``), retold gold (``doc, paragraph, sentence``) and seed gold
(``file, sentence``). Where a form has no heading or previous passage, both are derived from the order of the rows as
the pipeline derives them from the blocks of a page.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

from pipeline.classify.splits import folds_of
from pipeline.codebook import load_codebook
from pipeline.errors import CorpusError, InputError
from pipeline.records import ATTRIBUTIONS, POLARITIES, Attribution, Passage, PassageKind, Polarity
from pipeline.resources import data_path

_HEADINGS = ("title", "heading")
_SENTENCE_END = re.compile(r"[.!?…:;,][\"”'’)»]*$")
_LONGEST_HEADING = 110


@dataclass(frozen=True, slots=True)
class Labelled:
    """A passage with what careful readers said of it. ``fold``: its part in cross-validation (0 is validation).

    ``source_kind``: the kind of source of a retold document, '' where the annotations do not say.
    """

    passage: Passage
    labels: tuple[tuple[str, Polarity], ...]
    attribution: Attribution | None
    boilerplate: bool
    source: str
    fold: int = 0
    source_kind: str = ""

    @property
    def themes(self) -> frozenset[str]:
        """The themes of the labels."""
        return frozenset(theme for theme, _ in self.labels)


def _rows(file: Path) -> Iterator[tuple[int, Mapping[str, Any]]]:
    try:
        lines = file.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{file}: cannot be read as UTF-8: {error}.") from error
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except json.JSONDecodeError as error:
            raise InputError(f"{file}: line {number}: is not JSON: {error.msg}.") from error
        if not isinstance(row, dict):
            raise InputError(f"{file}: line {number}: is not a JSON object.")
        yield number, row


def _labels(file: Path, number: int, row: Mapping[str, Any]) -> tuple[tuple[str, Polarity], ...]:
    known = load_codebook().theme_ids
    pairs = []
    for label in row.get("labels", ()):
        theme, polarity = label.get("theme"), label.get("polarity")
        if theme not in known or polarity not in POLARITIES:
            raise InputError(f"{file}: line {number}: labels: '{theme}/{polarity}' is not in the codebook.")
        pairs.append((theme, polarity))
    return tuple(dict.fromkeys(pairs))


def _labelled(file: Path, number: int, row: Mapping[str, Any]) -> Labelled:
    text = row.get("text", row.get("sentence"))
    document = row.get("doc", row.get("file", ""))
    if not isinstance(text, str):
        raise InputError(f"{file}: line {number}: has neither 'text' nor 'sentence'.")
    attribution = row.get("attribution")
    if attribution is not None and attribution not in ATTRIBUTIONS:
        raise InputError(f"{file}: line {number}: attribution: '{attribution}' is not in the codebook.")
    kind = cast(PassageKind, row.get("kind", ""))
    index = int(row.get("i", number - 1))
    passage = Passage(str(document), index, 0, len(text), text, kind, row.get("heading"), row.get("previous"))
    boilerplate = bool(row.get("boilerplate", False))
    return Labelled(passage, _labels(file, number, row), attribution, boilerplate, file.stem)


def _guess_kind(row: Labelled, first: bool, alone: bool) -> PassageKind:
    text = row.passage.text.strip()
    short = len(text) <= _LONGEST_HEADING and not _SENTENCE_END.search(text)
    if first and short:
        return "title"
    return "heading" if short and alone and text[:1].isupper() else "sentence"


def in_context(rows: Iterable[Labelled]) -> Iterator[Labelled]:
    """``rows`` in reading order with kind, heading and previous as the pipeline gives them.

    Boilerplate is no context for others.
    """
    document, heading, previous = None, None, None
    for row in rows:
        if row.passage.document != document:
            document, heading, previous = row.passage.document, None, None
        if row.boilerplate:
            yield replace(row, passage=replace(row.passage, heading=heading, previous=None))
            continue
        kind = row.passage.kind or _guess_kind(row, heading is None and previous is None, True)
        passage = replace(row.passage, kind=kind, heading=row.passage.heading or heading, previous=previous)
        yield replace(row, passage=passage)
        if kind in _HEADINGS:
            heading, previous = passage.text, None
        else:
            previous = passage.text


def read_labelled(file: Path) -> list[Labelled]:
    """The labelled passages of one JSON Lines file, in context.

    Raises InputError naming file and line where a row is none of the three forms or leaves the codebook.
    """
    return list(in_context([_labelled(file, number, row) for number, row in _rows(file)]))


def _documents(folder: Path) -> dict[str, Mapping[str, Any]]:
    found: dict[str, Mapping[str, Any]] = {}
    for file in sorted(folder.glob("*_documents.json")):
        try:
            documents = json.loads(file.read_text("utf-8"))
        except (OSError, ValueError) as error:
            raise CorpusError(f"{file}: cannot be read as JSON: {error}.") from error
        found |= {row["doc"]: row for row in documents}
    return found


def read_annotations(folder: Path | None = None) -> list[Labelled]:
    """All training annotations, with their folds by document and municipality.

    Raises CorpusError when there are none, InputError for a bad row.
    """
    place = folder or data_path("corpus/annotations")
    files = sorted(place.glob("*.jsonl"))
    if not files:
        raise CorpusError(f"{place}: holds no annotations; put at least one .jsonl file there.")
    rows = [row for file in files for row in read_labelled(file)]
    facts = _documents(place)
    municipalities = {name: row.get("municipalities", ()) for name, row in facts.items()}
    folds = folds_of((row.passage.document for row in rows), municipalities, place / "splits.json")
    kinds = {name: row.get("source_kind", "") for name, row in facts.items()}
    return [
        replace(row, fold=folds[row.passage.document], source_kind=kinds.get(row.passage.document, "")) for row in rows
    ]
