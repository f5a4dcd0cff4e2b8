"""The documents as references: CSL-JSON (Zotero, pandoc) and BibTeX (biblatex fields)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pipeline.errors import WorkspaceError
from pipeline.publish.exports.cells import plain
from pipeline.publish.exports.jsonfile import write_json
from pipeline.publish.exports.links import web
from pipeline.publish.material import Material, Row

_DOCUMENTS = """
SELECT id, title, coalesce(derived_from, url) AS url, date, captured, source_kind, media_type, sha256
FROM documents WHERE status = 'ok' ORDER BY id
"""
_TYPES = {"press": "article-newspaper", "auditor": "report", "inspectorate": "report", "other_authority": "report"}
_ESCAPES = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "%": r"\%", "&": r"\&", "#": r"\#", "_": r"\_", "$": r"\$",
    "^": r"\textasciicircum{}", "~": r"\textasciitilde{}",
}  # fmt: skip


def _parts(date: str | None) -> list[int]:
    """Year, month and day of a date as far as it goes; a season (month 21-24) leaves the year."""
    numbers = [int(part) for part in re.findall(r"\d+", date or "")][:3]
    return numbers[:1] if len(numbers) > 1 and numbers[1] > 12 else numbers


def _host(url: str | None) -> str:
    return (urlsplit(url).hostname or "").removeprefix("www.") if url else ""


def reference(row: Row) -> dict[str, Any]:
    """A document as an item of CSL-JSON (schema 1.0.2)."""
    url = web(row["url"])
    item: dict[str, Any] = {
        "id": f"tillsyn-{row['id']}",
        "type": _TYPES.get(row["source_kind"], "webpage"),
        "title": " ".join(plain(row["title"]).split()) or "Utan rubrik",
        "language": "sv-SE",
        "accessed": {"date-parts": [[row["captured"].year, row["captured"].month, row["captured"].day]]},
        "note": f"SHA-256 {row['sha256']}",
    }
    if url:
        item |= {"URL": url, "container-title" if item["type"] == "article-newspaper" else "publisher": _host(url)}
    if parts := _parts(row["date"]):
        item["issued"] = {"date-parts": [parts]}
    return item


def references(material: Material) -> Iterator[dict[str, Any]]:
    """All documents that were read, as CSL-JSON items."""
    return (reference(row) for row in material.rows(_DOCUMENTS))


def _escaped(text: str) -> str:
    return "".join(_ESCAPES.get(letter, letter) for letter in text)


def entry(item: dict[str, Any]) -> str:
    """A CSL-JSON item as an entry for biblatex."""
    kind = {"article-newspaper": "article", "report": "report"}.get(item["type"], "online")
    issued = item.get("issued", {}).get("date-parts", [[]])[0]
    values = {
        "title": f"{{{_escaped(item['title'])}}}",
        "journaltitle": _escaped(item.get("container-title", "")),
        "institution" if kind == "report" else "organization": _escaped(item.get("publisher", "")),
        "type": "rapport" if kind == "report" else "",
        "date": "-".join(f"{part:02}" if n else f"{part:04}" for n, part in enumerate(issued)),
        "url": item.get("URL", "").replace("{", "%7B").replace("}", "%7D").replace("\\", "%5C"),
        "urldate": "-".join(f"{part:02}" for part in item["accessed"]["date-parts"][0]),
        "langid": "swedish",
        "note": _escaped(item["note"]),
    }
    fields = ",\n".join(f"  {key} = {{{value}}}" for key, value in values.items() if value)
    return f"@{kind}{{{item['id']},\n{fields}\n}}\n"


def write_csl(material: Material, out: Path) -> Path:
    """Write CSL-JSON to ``out``. Raises WorkspaceError when it cannot be written."""
    return write_json(out, list(references(material)))


def write_bibtex(material: Material, out: Path) -> Path:
    """Write BibTeX to ``out``. Raises WorkspaceError when it cannot be written."""
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text("\n".join(entry(item) for item in references(material)), encoding="utf-8")
    except OSError as error:
        raise WorkspaceError(f"{out}: cannot be written ({error.strerror or error}).") from error
    return out
