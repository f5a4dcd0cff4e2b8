"""Rows in, rows out: passages without their page, as other programs send them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from pipeline.classify.reader import Reader, Reading
from pipeline.errors import InputError, WorkspaceError
from pipeline.records import Passage


def _row(file: Path, number: int, line: str) -> Mapping[str, Any]:
    try:
        row = json.loads(line)
    except json.JSONDecodeError as error:
        raise InputError(f"{file}: line {number}: is not JSON: {error.msg}.") from error
    if not isinstance(row, dict) or "id" not in row or not isinstance(row.get("text"), str):
        raise InputError(f"{file}: line {number}: must be an object with 'id' and the string 'text'.")
    for key in ("heading", "previous"):
        if not isinstance(row.get(key), str | None):
            raise InputError(f"{file}: line {number}: '{key}' must be a string or null.")
    return row


def _read(file: Path) -> list[Mapping[str, Any]]:
    try:
        lines = file.read_text("utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{file}: cannot be read as UTF-8: {error}.") from error
    return [_row(file, number, line) for number, line in enumerate(lines, 1) if line.strip()]


def _follows(row: Mapping[str, Any], before: Mapping[str, Any]) -> bool:
    """Whether two rows stand after each other in one document, by what they say of their context."""
    heading = row.get("heading")
    return row.get("previous") == before["text"] or bool(heading and heading in (before.get("heading"), before["text"]))


def passages(rows: Iterable[Mapping[str, Any]]) -> Iterator[Passage]:
    """Passages of ``rows``; rows that follow each other in one document get the same document name."""
    before: Mapping[str, Any] | None = None
    document = 0
    for index, row in enumerate(rows):
        if before is None or not _follows(row, before):
            document += 1
        text = row["text"]
        yield Passage(str(document), index, 0, len(text), text, "sentence", row.get("heading"), row.get("previous"))
        before = row


def answer(identity: Any, reading: Reading) -> dict[str, Any]:
    """One row of output: ``{"id", "labels": [{"theme", "polarity", "score"}], "attribution"}``."""
    labels = [{"theme": x.theme, "polarity": x.polarity, "score": x.score} for x in reading.labels]
    return {"id": identity, "labels": labels, "attribution": reading.attribution}


def classify_file(source: Path, out: Path, reader: Reader) -> int:
    """Read the rows of ``source``, write one row of findings for each to ``out``; the number of rows.

    Raises InputError naming file and line of a bad row, WorkspaceError where ``out`` cannot be written.
    """
    rows = _read(source)
    readings = reader.read(list(passages(rows)))
    lines = [json.dumps(answer(row["id"], r), ensure_ascii=False) for row, r in zip(rows, readings, strict=True)]
    try:
        out.write_text("".join(f"{line}\n" for line in lines), "utf-8")
    except OSError as error:
        raise WorkspaceError(f"{out}: cannot be written: {error.strerror}.") from error
    return len(rows)
