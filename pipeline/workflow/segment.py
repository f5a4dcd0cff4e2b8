"""The unit of work: a pure function from one WARC segment to one part per table."""

from __future__ import annotations

import logging
from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pipeline.archive import read_captures
from pipeline.classify.analyser import Analyser
from pipeline.errors import TillsynError
from pipeline.extract import documents
from pipeline.records import Analysis, Capture, Problem
from pipeline.tables import write_segment
from pipeline.workflow.settings import Settings, model_path
from pipeline.workflow.templates import load_templates, template_for

FAULT = "fault"
"""Stage of a Problem that is Tillsyn's own fault; a run that met one ends with exit code 1."""

# Stored, but neither read nor counted. Listings are no loss: what they point at is archived itself.
_UNREAD = {
    "other_language": "is written in another language than Swedish; it is stored and not counted.",
    "empty": "has no text that is content; it is stored and not counted.",
}

# Archived, but not documents: what a crawl reads to find its way.
_WAY_MARKS = ("application/xml", "text/xml", "application/rss+xml", "application/atom+xml", "application/json",
              "application/gzip", "application/x-gzip")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Task:
    """One segment to analyse into ``root`` (``tables/<version>``), with the templates learnt before."""

    segment: Path
    root: Path
    templates: Path
    settings: Settings


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one segment gave, as counts, and what was skipped in it."""

    segment: str
    captures: int
    documents: int
    passages: int
    findings: int
    events: int
    problems: tuple[Problem, ...]


@cache
def analyser(model: Path) -> Analyser:
    """The analyser of this process, loaded once."""
    return Analyser.load(model)


def is_document(capture: Capture) -> bool:
    """Whether a capture is to be read as a document: no robots.txt, feed, sitemap or other way mark."""
    path = capture.url.split("?")[0]
    return capture.media_type not in _WAY_MARKS and not path.endswith(("/robots.txt", ".xml", ".xml.gz"))


def _not_fetched(capture: Capture) -> Problem:
    return Problem("acquire", capture.url, f"{capture.url}: the server answered {capture.status}; there is no page.")


def analyse_capture(task: Task, capture: Capture) -> tuple[list[Analysis], list[Problem]]:
    """Extract and analyse one capture; a fault in it becomes a Problem, never the end of the run."""
    if capture.status != 200:
        return [], [_not_fetched(capture)]
    try:
        return _read(task, capture)
    except Exception as error:  # a page that meets a fault of ours must not cost the other ten thousand
        logging.getLogger("tillsyn").debug("%s", capture.url, exc_info=True)
        what = f"{capture.url}: could not be read because of a fault in Tillsyn ({type(error).__name__}: {error})."
        return [], [Problem(FAULT, capture.url, what)]


def _read(task: Task, capture: Capture) -> tuple[list[Analysis], list[Problem]]:
    template = template_for(load_templates(task.templates), capture.url)
    extraction = documents(capture, template, ocr=task.settings.ocr)
    analyses, problems = [], list(extraction.problems)
    reader = analyser(model_path(task.settings))
    for document in extraction.documents:
        if (reason := _UNREAD.get(document.status)) and not extraction.problems:
            problems.append(Problem("extract", document.url, f"{document.url}: {reason}"))
        try:
            analyses.append(reader.analyse(document))
        except TillsynError as error:
            problems.append(Problem("classify", document.url, str(error)))
    return analyses, problems


def analyse_segment(task: Task) -> Outcome:
    """Read the segment, write its parts, return the counts. The same segment and version give the same parts."""
    problems: list[Problem] = []
    analyses: list[Analysis] = []
    counts: Counter[str] = Counter()
    for capture in read_captures(task.segment, problems):
        if not is_document(capture):
            continue
        counts["captures"] += 1
        some, skipped = analyse_capture(task, capture)
        analyses += some
        problems += skipped
    write_segment(task.root, task.segment.name, analyses, problems)
    return Outcome(
        segment=task.segment.name,
        captures=counts["captures"],
        documents=len(analyses),
        passages=sum(len(a.passages) for a in analyses),
        findings=sum(len(a.findings) for a in analyses),
        events=sum(len(a.events) for a in analyses),
        problems=tuple(problems),
    )
