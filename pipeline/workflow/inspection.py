"""Everything about a single file, without a workspace, in the form that other programs rely on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pipeline.archive import capture_from_file
from pipeline.errors import InputError
from pipeline.extract import documents
from pipeline.records import Analysis, Document, Finding, Problem
from pipeline.workflow.segment import analyser
from pipeline.workflow.settings import Settings, model_path


def _document(document: Document) -> dict[str, Any]:
    return {
        "title": document.title,
        "published": document.published,
        "updated": document.updated,
        "decided": document.decided,
        "source_kind": document.source_kind,
        "municipalities": [{"code": m.code, "name": m.name} for m in document.municipalities],
        "language": document.language,
        "status": document.status,
        "text": document.text,
    }


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "theme": finding.theme,
        "polarity": finding.polarity,
        "score": round(finding.score, 4),
        "attribution": finding.attribution,
        "cues": list(finding.cues),
    }


def as_json(file: str, analysis: Analysis) -> dict[str, Any]:
    """One analysed document in the form of DESIGN.md ('tillsyn inspect')."""
    by_passage: dict[int, list[Finding]] = {}
    for finding in analysis.findings:
        by_passage.setdefault(finding.passage, []).append(finding)
    passages = [
        {
            "start": p.start, "end": p.end, "text": p.text, "kind": p.kind, "heading": p.heading,
            "findings": [_finding(f) for f in by_passage.get(p.index, [])],
        }
        for p in analysis.passages
    ]  # fmt: skip
    events = [
        {
            "kind": e.kind, "authority": e.authority, "date": e.date, "count": e.count, "case_number": e.case_number,
            "deadline": e.deadline, "amount": e.amount, "start": e.start, "end": e.end, "quote": e.quote,
        }
        for e in analysis.events
    ]  # fmt: skip
    return {"file": file, "document": _document(analysis.document), "passages": passages, "events": events}


def inspect(file: Path, settings: Settings) -> tuple[list[dict[str, Any]], list[Problem]]:
    """The documents of one file as JSON objects, and what could not be read in it.

    Raises ModelError when the model is missing. An unreadable file gives no object and a Problem.
    """
    reader = analyser(model_path(settings))
    try:
        extraction = documents(capture_from_file(file), ocr=settings.ocr)
    except InputError as error:
        return [], [Problem("acquire", str(file), str(error))]
    return [as_json(str(file), reader.analyse(d)) for d in extraction.documents], list(extraction.problems)
