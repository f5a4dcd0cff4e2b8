"""What the verbs of the archive show: lists, single pages, unpacked files."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from datetime import UTC
from pathlib import Path
from urllib.parse import unquote, urlsplit

from pipeline.archive import read_captures
from pipeline.errors import InputError, WorkspaceError
from pipeline.records import Capture, Problem
from pipeline.wording import said

_SUFFIXES = {
    "text/html": ".html", "application/xhtml+xml": ".html", "application/pdf": ".pdf", "text/plain": ".txt",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "application/vnd.oasis.opendocument.text": ".odt",
}  # fmt: skip


def _captures(files: list[Path], problems: list[Problem], *, everything: bool = False) -> Iterator[Capture]:
    for file in files:
        yield from read_captures(file, problems, every_status=everything, every_role=everything)


def _tell(problems: list[Problem]) -> bool:
    for problem in problems:
        sys.stderr.write(f"{problem.where}: {said(problem.what)}\n")
    return bool(problems)


def list_captures(files: list[Path], *, as_json: bool, everything: bool) -> bool:
    """One line a capture; whether something could not be read."""
    problems: list[Problem] = []
    for c in _captures(files, problems, everything=everything):
        time = c.time.astimezone(UTC).isoformat(timespec="seconds")
        if as_json:
            row = {"url": c.url, "time": time, "status": c.status, "type": c.media_type, "bytes": len(c.body),
                   "sha256": c.sha256, "warc": c.warc, "offset": c.offset, "source": c.source}  # fmt: skip
            sys.stdout.write(json.dumps(row, ensure_ascii=False) + "\n")
        else:
            sys.stdout.write(f"{time}\t{c.status}\t{c.media_type}\t{len(c.body)}\t{c.url}\n")
    return _tell(problems)


def show_capture(files: list[Path], url: str, *, headers: bool) -> None:
    """The last capture of a URL: its bytes, or its headers. Raises InputError when there is none.

    The URL may be written as people do ('HTTP://Ort.example', with å, ä, ö): what the crawl makes of it is meant too.
    """
    from pipeline.acquire.urls import normalise

    meant = {url, normalise(url) or url}
    problems: list[Problem] = []
    found = None
    for capture in _captures(files, problems, everything=True):
        if not meant.isdisjoint((capture.url, capture.requested_url)):
            found = capture
    if found is None:
        raise InputError(f"{url}: is not in the archive; see 'tillsyn archive list'.")
    if headers:
        lines = (f"{key}: {value}" for key, value in found.headers.items())
        text = "\n".join([f"{found.status} {found.url}", f"{found.warc}@{found.offset} sha256:{found.sha256}", *lines])
        sys.stdout.write(text + "\n")
        return
    sys.stdout.flush()
    sys.stdout.buffer.write(found.body)
    sys.stdout.buffer.flush()


def _name(capture: Capture) -> str:
    """A file name below a folder of the host: readable, and of its own for every address and version."""
    parts = urlsplit(capture.url)
    stem = re.sub(r"[^A-Za-z0-9._-]+", "-", unquote(parts.path).strip("/"))[:80].strip("-.") or "index"
    suffix = _SUFFIXES.get(capture.media_type, Path(stem).suffix or ".bin")
    stem = stem.removesuffix(suffix)
    host = re.sub(r"[^A-Za-z0-9.-]", "_", parts.netloc) or "local"
    return f"{host}/{stem}-{capture.sha256[:8]}{suffix}"


def extract_captures(files: list[Path], folder: Path) -> bool:
    """Write every capture as a file, and ``captures.jsonl`` that says what each is; whether something was unreadable.

    Raises WorkspaceError when the folder cannot be written.
    """
    problems: list[Problem] = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / "captures.jsonl").open("w", encoding="utf-8") as index:
            for capture in _captures(files, problems):
                file = folder / _name(capture)
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(capture.body)
                row = {"file": str(file.relative_to(folder)), "url": capture.url, "time": capture.time.isoformat(),
                       "sha256": capture.sha256, "type": capture.media_type, "source": capture.source}  # fmt: skip
                index.write(json.dumps(row, ensure_ascii=False) + "\n")
    except OSError as error:
        raise WorkspaceError(f"{folder}: cannot be written ({error.strerror}).") from error
    return _tell(problems)
