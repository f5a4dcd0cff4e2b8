"""Proof that nothing is invented: every quote is read again from the archived bytes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.archive import read_capture_at
from pipeline.errors import TillsynError
from pipeline.extract import documents
from pipeline.records import Capture, Document, Event, Finding, Problem
from pipeline.tables import read_documents, read_events, read_findings
from pipeline.workflow.run import tables_root
from pipeline.workflow.settings import Settings
from pipeline.workflow.templates import load_templates, template_file, template_for
from pipeline.workflow.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Verification:
    """How many documents, findings and events were read again, and every difference that was found."""

    documents: int
    findings: int
    events: int
    faults: tuple[Problem, ...]


def _fault(document: Document, what: str) -> Problem:
    return Problem("verify", document.url, f"{document.url}: {what}")


def _texts(workspace: Workspace, capture: Capture, segment: str, settings: Settings) -> dict[str, str]:
    template = template_for(load_templates(template_file(workspace, segment)), capture.url)
    return {d.id: d.text for d in documents(capture, template, ocr=settings.ocr).documents}


def _check_document(
    workspace: Workspace, document: Document, settings: Settings, seen: dict[tuple[str, int], dict[str, str]]
) -> Iterator[Problem]:
    place = (document.warc, document.offset)
    if place not in seen:
        try:
            capture = read_capture_at(workspace.archive / document.warc, document.offset)
        except TillsynError as error:
            yield _fault(document, f"the archived capture cannot be read: {error}")
            return
        if capture.sha256 != document.sha256:
            yield _fault(document, "the archived bytes are not those that were analysed (SHA-256 differs).")
        seen.clear()  # documents of one capture stand together: remembering the last place is enough
        seen[place] = _texts(workspace, capture, document.warc, settings)
    if seen[place].get(document.id) != document.text:
        yield _fault(document, "extracting the archived bytes again gives another text.")


def _check_quotes(texts: dict[str, str], urls: dict[str, str], quoted: Finding | Event) -> Problem | None:
    if texts.get(quoted.document, "")[quoted.start : quoted.end] == quoted.quote and quoted.quote:
        return None
    where = urls.get(quoted.document, quoted.document)
    return Problem("verify", where, f"{where}: the quote at {quoted.start}-{quoted.end} does not stand there.")


def verify(workspace: Workspace, settings: Settings) -> Verification:
    """Read the archive again and prove every finding and event of the current tables.

    For each document: the archived payload has the stored SHA-256 and gives the stored text again. For each
    finding and event: ``text[start:end] == quote``.
    """
    root = tables_root(workspace, settings)
    faults: list[Problem] = []
    texts: dict[str, str] = {}
    urls: dict[str, str] = {}
    seen: dict[tuple[str, int], dict[str, str]] = {}
    for document in read_documents(root):
        faults += _check_document(workspace, document, settings, seen)
        texts[document.id] = document.text
        urls[document.id] = document.url
    findings = [_check_quotes(texts, urls, finding) for finding in read_findings(root)]
    events = [_check_quotes(texts, urls, event) for event in read_events(root)]
    faults += [fault for fault in (*findings, *events) if fault]
    return Verification(len(texts), len(findings), len(events), tuple(faults))
