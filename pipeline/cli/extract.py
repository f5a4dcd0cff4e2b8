"""Verbs of the stage 'extract': what was taken from a page and why, and what a page said before."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from pipeline.extract.history import Version
    from pipeline.records import Capture, Extraction

WorkspaceOption = Annotated[Path, typer.Option("--workspace", help="Arbetsmappen (arkiv, tabeller, rapport).")]
JsonOption = Annotated[bool, typer.Option("--json", help="Skriv resultatet som JSON på standard ut.")]
_DAY = "%Y-%m-%d %H:%M"


def _captures(workspace: Path, url: str) -> Iterator[Capture]:
    """The archived captures of this address, in order of segment; of a file, the file itself."""
    from pipeline.archive import capture_from_file, read_captures

    if (file := Path(url)).is_file():
        yield capture_from_file(file)
        return
    for segment in sorted([*(workspace / "archive").glob("*.warc.gz"), *(workspace / "archive").glob("*.warc")]):
        for capture in read_captures(segment):
            if url in (capture.url, capture.requested_url):
                yield capture


def _found(workspace: Path, url: str) -> list[Capture]:
    from pipeline.errors import UsageError

    captures = list(_captures(workspace, url))
    if not captures:
        raise UsageError(f"{url}: is not in the archive of {workspace}; give the address exactly as it was fetched.")
    return captures


def _extract(workspace: Path, capture: Capture) -> Extraction:
    from pipeline.extract import documents, templates

    return documents(capture, templates.choose(templates.load(workspace / "templates"), capture.url))


def _as_json(capture: Capture, extraction: Extraction) -> str:
    documents = [
        {
            "id": d.id, "title": d.title, "published": d.published, "updated": d.updated, "decided": d.decided,
            "extractor": d.extractor, "cms": d.cms, "language": d.language, "status": d.status, "text": d.text,
            "dates": [{"kind": m.kind, "date": m.date, "evidence": m.evidence} for m in d.dates],
        }
        for d in extraction.documents
    ]  # fmt: skip
    removed = [{"text": r.text, "reason": r.reason} for r in extraction.removed]
    problems = [problem.what for problem in extraction.problems]
    row = {"url": capture.url, "documents": documents, "removed": removed, "problems": problems}
    return json.dumps(row, ensure_ascii=False)


def _explain(extraction: Extraction) -> Iterator[str]:
    for document in extraction.documents:
        dates = ", ".join(f"{m.kind} {m.date} («{m.evidence}»)" for m in document.dates) or "inga datum"
        yield f"{document.title}\n  läst med {document.extractor}, {len(document.blocks)} block, {dates}"
    for removed in extraction.removed:
        yield f"- {removed.text}\n    {removed.reason}"
    for problem in extraction.problems:
        yield f"! {problem.what}"


def extract(
    why: Annotated[str, typer.Option("--why", help="Adressen till en hämtad sida, eller sökvägen till en fil.")],
    workspace: WorkspaceOption = Path("workspace"),
    as_json: JsonOption = False,
) -> None:
    """Visa vad som lästes ur en hämtad sida, varje rad som togs bort och varför."""
    capture = _found(workspace, why)[-1]
    extraction = _extract(workspace, capture)
    lines = [_as_json(capture, extraction)] if as_json else _explain(extraction)
    for line in lines:
        sys.stdout.write(line + "\n")
    if not extraction.documents:
        raise typer.Exit(1)


def _version_json(version: Version) -> str:
    changes = [{"kind": c.kind, "old": c.old, "new": c.new} for c in version.changes]
    row = {
        "id": version.document.id, "first": version.first.isoformat(), "last": version.last.isoformat(),
        "captures": version.captures, "title": version.document.title, "changes": changes,
    }  # fmt: skip
    return json.dumps(row, ensure_ascii=False)


def _version_lines(version: Version) -> Iterator[str]:
    seen = "hämtning" if version.captures == 1 else "hämtningar"
    yield f"{version.first.strftime(_DAY)}  {version.document.title}  ({version.captures} {seen})"
    for change in version.changes:
        if change.old:
            yield f"  - {change.old}"
        if change.new:
            yield f"  + {change.new}"


def history(
    url: Annotated[str, typer.Argument(help="Adressen till en hämtad sida.")],
    workspace: WorkspaceOption = Path("workspace"),
    as_json: JsonOption = False,
) -> None:
    """Visa en sidas versioner över tiden och vad som ändrades mellan dem."""
    from pipeline.extract.history import versions

    documents = [d for capture in _found(workspace, url) for d in _extract(workspace, capture).documents[:1]]
    for version in versions(documents):
        for line in [_version_json(version)] if as_json else _version_lines(version):
            sys.stdout.write(line + "\n")


def register(app: typer.Typer) -> None:
    """Add this module's verbs to ``app``."""
    app.command()(extract)
    app.command()(history)
