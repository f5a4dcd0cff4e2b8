"""What recurs on many pages of a host is its template, and goes: learnt across pages, stored, explainable.

``learn(captures)`` gives a Template per host; ``dump`` and ``load`` keep them as JSON;
``choose(templates, url)`` finds the one for a page.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipeline.errors import InputError, WorkspaceError
from pipeline.extract.building import Piece
from pipeline.extract.kinds import host_of
from pipeline.extract.normalise import line
from pipeline.records import Capture, Removed

LEAST_PAGES = 4
"""Pages with different content that a host needs before anything is learnt of it."""
SHARE = 0.3
"""Share of a host's pages on which a line must stand to be template."""
_MOST_LINES = 200_000
_HTML = ("text/html", "application/xhtml+xml", "")
_DIGITS = re.compile(r"\d+")
_LETTERS = re.compile(r"[^\W\d_]")


def key(text: str) -> str:
    """What two occurrences of a template line share: lower case, and numbers as '#' where it has eight letters."""
    lowered = line(text).casefold()
    return _DIGITS.sub("#", lowered) if len(_LETTERS.findall(lowered)) >= 8 else lowered


@dataclass(frozen=True, slots=True)
class Template:
    """The lines that recur on the pages of one host: ``lines[key] = pages it stands on``, of ``pages`` read.

    ``version`` identifies the content (12 hex digits of SHA-256).
    """

    host: str
    pages: int
    lines: Mapping[str, int]
    version: str = ""

    def why(self, text: str) -> str | None:
        """Why a line is template ('template: på 14 av 20 sidor hos …'), None when it is not."""
        count = self.lines.get(key(text))
        return f"template {self.version}: på {count} av {self.pages} sidor hos {self.host}" if count else None

    def sift(self, pieces: Sequence[Piece]) -> tuple[list[Piece], list[Removed]]:
        """The pieces without the template's lines, and what went.

        A title stays, and a heading with text of the page's own under it ('Bakgrund').
        """
        reasons = [None if piece.kind == "title" else self.why(piece.text) for piece in pieces]
        for i, piece in enumerate(pieces[:-1]):
            if piece.kind == "heading" and reasons[i + 1] is None and pieces[i + 1].kind not in ("heading", "title"):
                reasons[i] = None
        kept = [piece for piece, reason in zip(pieces, reasons, strict=True) if reason is None]
        gone = [Removed(p.text, reason) for p, reason in zip(pieces, reasons, strict=True) if reason is not None]
        return kept, gone


def _version(lines: Mapping[str, int]) -> str:
    return hashlib.sha256("\n".join(sorted(lines)).encode("utf-8")).hexdigest()[:12]


@dataclass(slots=True)
class _Host:
    """What is kept of a host while its pages stream by: counts, never the pages."""

    pages: int = 0
    lines: Counter[str] = field(default_factory=Counter)
    titles: set[str] = field(default_factory=set)
    seen: set[bytes] = field(default_factory=set)

    def add(self, pieces: Sequence[Piece]) -> None:
        """Count a page, unless a page of the same title or the same lines was counted: versions teach nothing."""
        title = next((key(piece.text) for piece in pieces if piece.kind == "title"), "")
        lines = {key(piece.text) for piece in pieces if piece.kind != "title"} - {""}
        digest = hashlib.sha256("\n".join(sorted(lines)).encode("utf-8", "replace")).digest()
        if not lines or digest in self.seen or title in self.titles:
            return
        self.seen.add(digest)
        if title:
            self.titles.add(title)
        self.pages += 1
        self.lines.update(lines)
        if len(self.lines) > _MOST_LINES:
            self.lines = Counter({line: count for line, count in self.lines.items() if count > 1})

    def template(self, host: str) -> Template:
        """The lines that stand on enough pages; a line that is a page's title is none."""
        if self.pages < LEAST_PAGES:
            return Template(host, self.pages, {}, _version({}))
        least = max(3, round(SHARE * self.pages))
        lines = {k: n for k, n in sorted(self.lines.items()) if n >= least and k not in self.titles}
        return Template(host, self.pages, lines, _version(lines))


def from_pages(host: str, pages: Iterable[Sequence[Piece]]) -> Template:
    """The template of a host from the pieces of its pages.

    Pages of the same title or the same lines count once; a line counts once a page.
    Titles are never template.
    """
    found = _Host()
    for page in pages:
        found.add(page)
    return found.template(host)


def learn(captures: Iterable[Capture]) -> dict[str, Template]:
    """A Template per host of these captures (HTML only; others are passed over).

    The captures may be a stream of any length: only counts per line are kept.
    """
    from pipeline.extract.html import raw_pieces

    hosts: defaultdict[str, _Host] = defaultdict(_Host)
    for capture in captures:
        host = host_of(capture.url)
        if host and capture.status in (0, 200) and capture.media_type in _HTML:
            hosts[host].add(raw_pieces(capture))
    return {host: found.template(host) for host, found in sorted(hosts.items())}


def choose(templates: Mapping[str, Template] | None, url: str) -> Template | None:
    """The template of the host of ``url``, None where none was learnt."""
    return (templates or {}).get(host_of(url))


def dump(templates: Mapping[str, Template], path: Path) -> None:
    """Write templates as JSON: ``{host: {"version", "pages", "lines": {line: pages}}}``. Raises WorkspaceError."""
    data = {
        host: {"version": t.version, "pages": t.pages, "lines": dict(t.lines)} for host, t in sorted(templates.items())
    }
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(data, ensure_ascii=False, indent=1, sort_keys=True) + "\n", "utf-8")
    except OSError as error:
        raise WorkspaceError(f"{path}: cannot be written ({error.strerror or error}).") from error


def _template(host: str, row: Mapping[str, Any]) -> Template:
    return Template(host, int(row["pages"]), {str(k): int(v) for k, v in row["lines"].items()}, str(row["version"]))


def load(path: Path) -> dict[str, Template]:
    """Templates from a file that ``dump`` wrote, or from all such files of a folder ({} when there is none).

    Raises InputError for a file that is not one.
    """
    files = sorted(path.glob("*.json")) if path.is_dir() else [path] if path.exists() else []
    found: dict[str, Template] = {}
    for file in files:
        try:
            found |= {host: _template(host, row) for host, row in json.loads(file.read_text("utf-8")).items()}
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise InputError(
                f"{file}: is not a file of site templates ({error}); delete it and analyse again."
            ) from error
    return found
