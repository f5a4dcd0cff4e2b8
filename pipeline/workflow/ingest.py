"""Brings what a user points at into the archive: WARC files as they are, pages as records of a new segment."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path

from pipeline.archive import SegmentWriter, capture_from_file
from pipeline.errors import InputError, UsageError, WorkspaceError
from pipeline.records import Capture, Problem
from pipeline.resources import data_path
from pipeline.workflow.workspace import SAMPLE_SEGMENT, Workspace

READABLE = (".html", ".htm", ".xhtml", ".pdf", ".txt", ".docx", ".odt")
WARC = (".warc", ".warc.gz")


def files_below(paths: Sequence[Path]) -> tuple[list[Path], list[Problem]]:
    """The files to read below these files and folders, by name, and a Problem for each passed over.

    Raises UsageError when a path does not exist or nothing below the paths can be read.
    """
    files: list[Path] = []
    problems: list[Problem] = []
    for path in paths:
        if not path.exists():
            raise UsageError(f"{path}: there is no such file or folder.")
        for file in sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]:
            if file.name.lower().endswith(READABLE + WARC):
                files.append(file)
            elif not file.name.startswith("."):
                kinds = ", ".join(READABLE + WARC)
                problems.append(Problem("acquire", str(file), f"{file}: is none of {kinds} and was passed over."))
    if not files:
        named = ", ".join(str(path) for path in paths)
        raise UsageError(f"{named}: holds no readable file ({', '.join(READABLE + WARC)}).")
    return files, problems


def _read(files: Iterable[Path], problems: list[Problem]) -> list[Capture]:
    captures = []
    for file in files:
        try:
            captures.append(capture_from_file(file))
        except InputError as error:
            problems.append(Problem("acquire", str(file), str(error)))
    return captures


def _copy(source: Path, target: Path) -> None:
    """Copy whole or not at all, so that a half-copied archive is never read."""
    temporary = target.with_name(f".{target.name}.tmp")
    try:
        shutil.copyfile(source, temporary)
        temporary.replace(target)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise WorkspaceError(f"{target}: cannot be written ({error.strerror or error}).") from error


def _file_digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()[:12]


def _import_warc(path: Path, workspace: Workspace) -> None:
    suffix = ".warc.gz" if path.name.lower().endswith(".gz") else ".warc"
    stem = path.name[: -len(suffix)]
    target = workspace.archive / f"{stem}-{_file_digest(path)}{suffix}"
    if not target.exists():
        _copy(path, target)


def _write_captures(captures: Sequence[Capture], workspace: Workspace) -> None:
    """Archive local files as resource records; the segment's name is their digest, so that none is archived twice."""
    total = hashlib.sha256()
    for capture in captures:
        total.update(f"{capture.url}\n{capture.sha256}\n".encode())
    name = f"import-{total.hexdigest()[:12]}"
    if (workspace.archive / f"{name}.warc.gz").exists():
        return
    # An interrupted import leaves an open segment of files that are still where they were: begin it again.
    (workspace.archive / f"{name}.warc.gz.open").unlink(missing_ok=True)
    with SegmentWriter(workspace.archive, name) as writer:
        for capture in captures:
            writer.write(capture)


def ingest(paths: Sequence[Path], workspace: Workspace) -> list[Problem]:
    """Archive everything readable below ``paths``; returns what was passed over.

    Raises UsageError when there is nothing to read, WorkspaceError when the archive cannot be written.
    """
    files, problems = files_below(paths)
    warcs = [file for file in files if file.name.lower().endswith(WARC)]
    for file in warcs:
        _import_warc(file, workspace)
    captures = _read((file for file in files if file not in warcs), problems)
    if captures:
        _write_captures(captures, workspace)
    elif not warcs:
        raise UsageError("\n".join(problem.what for problem in problems))
    return problems


def ingest_sample(workspace: Workspace) -> None:
    """Put the embedded sample into the archive, unless it is there. Raises CorpusError when it is missing."""
    target = workspace.archive / SAMPLE_SEGMENT
    source = data_path("corpus/sample/sample.warc.gz")
    if not target.exists() or target.stat().st_size != source.stat().st_size:
        _copy(source, target)
