"""A local file read as if it had been fetched."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from pathlib import Path

from pipeline.errors import InputError
from pipeline.records import Capture

_TYPES = {
    ".html": "text/html",
    ".htm": "text/html",
    ".xhtml": "application/xhtml+xml",
    ".pdf": "application/pdf",
    ".txt": "text/plain",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".odt": "application/vnd.oasis.opendocument.text",
}
READABLE_SUFFIXES = tuple(_TYPES)
"""Suffixes of the files that ``capture_from_file`` reads."""


def capture_from_file(path: Path) -> Capture:
    """The file as a Capture: its URI as URL, its time of change as time, a content type by suffix.

    Raises InputError when it cannot be read or is of a kind that Tillsyn does not read.
    """
    kind = _TYPES.get(path.suffix.lower())
    if kind is None:
        known = ", ".join(READABLE_SUFFIXES)
        raise InputError(f"{path}: is not a kind of file that Tillsyn reads ({known}, .warc, .warc.gz).")
    try:
        body = path.read_bytes()
        changed = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}).") from error
    url = path.resolve().as_uri()
    digest = hashlib.sha256(body).hexdigest()
    return Capture(url, changed, 200, {"Content-Type": kind}, body, digest, requested_url=url)
