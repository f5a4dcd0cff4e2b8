"""Making whole again what a killed process left: a segment is cut after its last complete exchange."""

from __future__ import annotations

import os
from pathlib import Path

from pipeline.archive.records_in import raw_records
from pipeline.errors import InputError, WorkspaceError

_GROUP_END = ("metadata", "warcinfo")


def whole_length(path: Path) -> int:
    """Bytes up to the end of the last complete exchange (an exchange of ours ends with its metadata record)."""
    end = 0
    try:
        for record in raw_records(path):
            if record.type in _GROUP_END:
                end = record.end
    except InputError:
        return end
    return end


def repair(folder: Path) -> tuple[Path, ...]:
    """Cut every ``*.warc.gz.open`` of the folder to its whole exchanges and give it its name; the repaired paths.

    A file without any exchange is removed. Must not run beside a writer: the caller holds the workspace's lock.
    Raises WorkspaceError when the folder cannot be written.
    """
    repaired = []
    for path in sorted(folder.glob("*.warc.gz.open")):
        try:
            length = whole_length(path)
            if not length:
                path.unlink()
                continue
            os.truncate(path, length)
            repaired.append(path.rename(path.with_suffix("")))
        except OSError as error:
            raise WorkspaceError(f"{path}: cannot be repaired ({error.strerror}).") from error
    return tuple(repaired)
