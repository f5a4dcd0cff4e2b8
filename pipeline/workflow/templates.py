"""Site templates across segments: learnt over the whole archive, kept per segment, so that a re-reading is exact."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path

from pipeline.archive import read_captures
from pipeline.extract import templates
from pipeline.extract.templates import Template
from pipeline.records import Capture
from pipeline.workflow.workspace import Workspace

template_for = templates.choose


def template_file(workspace: Workspace, segment: str) -> Path:
    """Where the templates stand with which this segment was (or will be) extracted."""
    return workspace.templates / f"{segment}.json"


def _captures(segments: Sequence[Path]) -> Iterator[Capture]:
    for segment in segments:
        # What is broken in a segment is reported when it is analysed; here it only teaches less.
        yield from (capture for capture in read_captures(segment, []) if capture.status == 200)


def learn_templates(workspace: Workspace, segments: Sequence[Path], pending: Sequence[Path]) -> None:
    """Learn the template of each host from all ``segments`` and keep it for those that are ``pending``.

    Segments that are analysed already keep the templates they were read with.
    """
    if not pending:
        return
    learnt = templates.learn(_captures(segments))
    for segment in pending:
        templates.dump(learnt, template_file(workspace, segment.name))


@lru_cache(maxsize=4)
def load_templates(path: Path) -> Mapping[str, Template]:
    """The templates in this file ({} where there is none)."""
    return templates.load(path)
