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
from dataclasses import dataclass
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
        """The pieces without the template's lines (a title stays), and what went."""
        kept: list[Piece] = []
        removed: list[Removed] = []
        for piece in pieces:
            reason = None if piece.kind == "title" else self.why(piece.text)
            if reason:
                removed.append(Removed(piece.text, reason))
            else:
                kept.append(piece)
        return kept, removed


def _version(lines: Mapping[str, int]) -> str:
    return hashlib.sha256("\n".join(sorted(lines)).encode("utf-8")).hexdigest()[:12]


def from_pages(host: str, pages: Sequence[Sequence[Piece]]) -> Template:
    """The template of a host from the pieces of its pages.

    Pages of the same content count once, so that versions of one page teach nothing; a
    line counts once a page. Titles are never template.
    """
    different = {tuple(key(piece.text) for piece in page): page for page in pages if page}
    titles = {key(piece.text) for page in different.values() for piece in page if piece.kind == "title"}
    by_title = {
        next((key(p.text) for p in page if p.kind == "title"), str(i)): page
        for i, page in enumerate(different.values())
    }
    if len(by_title) < LEAST_PAGES:
        return Template(host, len(by_title), {}, _version({}))
    counts = Counter(k for page in by_title.values() for k in {key(p.text) for p in page if p.kind != "title"})
    least = max(3, round(SHARE * len(by_title)))
    lines = {k: count for k, count in sorted(counts.items()) if count >= least and k and k not in titles}
    return Template(host, len(by_title), lines, _version(lines))


def learn(captures: Iterable[Capture]) -> dict[str, Template]:
    """A Template per host of these captures (HTML only; others are passed over)."""
    from pipeline.extract.html import raw_pieces

    pages: defaultdict[str, list[Sequence[Piece]]] = defaultdict(list)
    for capture in captures:
        if capture.status in (0, 200) and capture.media_type in ("text/html", "application/xhtml+xml", ""):
            pages[host_of(capture.url)].append(raw_pieces(capture))
    return {host: from_pages(host, found) for host, found in sorted(pages.items()) if host}


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
