"""Small worlds of records, written as a segment, so that comparisons can be tested without any other stage."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from pipeline.records import Analysis, Attribution, Concern, Document, Event, Finding, Passage, Polarity
from pipeline.tables import connect, write_segment


@dataclass(frozen=True)
class Said:
    """One sentence of a made-up document, and the finding in it (no theme: a passage without finding)."""

    text: str
    theme: str | None = None
    polarity: Polarity = "problem"
    attribution: Attribution = "inspectorate"


@dataclass(frozen=True)
class Did:
    """One event; its sentence is added to the document."""

    text: str
    kind: str
    authority: str | None = "IVO"
    date: str | None = None
    count: int | None = None
    case_number: str | None = None
    amount: int | None = None
    deadline: str | None = None
    ongoing: bool = False


def analysis(
    name: str,
    places: tuple[str, ...] | str,
    said: tuple[Said | Did, ...],
    *,
    date: str | None = "2019-05-01",
    **fields: object,
) -> Analysis:
    """A document called ``name`` with these sentences, one a line."""
    places = (places,) if isinstance(places, str) else places
    text, findings, events, passages = "", [], [], []
    for index, part in enumerate(said):
        start = len(text)
        text += part.text + "\n"
        end = start + len(part.text)
        passages.append(Passage(name, index, start, end, part.text, "sentence"))
        if isinstance(part, Did):
            events.append(
                Event(
                    name, part.kind, start, end, part.text, part.authority, part.date, part.count, part.case_number,
                    part.deadline, part.amount, (), part.ongoing,
                )
            )  # fmt: skip
        elif part.theme:
            findings.append(
                Finding(name, index, start, end, part.text, part.theme, part.polarity, part.attribution, 0.9)
            )
    document = Document(
        id=name, url=f"https://{name}.example/sida", title=name, text=text, blocks=(), source_kind="municipality",
        captured=datetime(2024, 1, 1, tzinfo=UTC), sha256=name, published=date, content_digest=name,
        municipalities=tuple(Concern(code, code, 1 / len(places)) for code in places if code),
    )  # fmt: skip
    return Analysis(replace(document, **fields), tuple(passages), tuple(findings), tuple(events))  # type: ignore[arg-type]


def world(folder: Path, *analyses: Analysis) -> duckdb.DuckDBPyConnection:
    """A connection over a workspace that holds these analyses."""
    write_segment(folder, "one", analyses)
    return connect(folder)
