"""Word (.docx) and OpenDocument (.odt) files as documents: headings, paragraphs, lists, tables, footnotes."""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from typing import Any

from pipeline.errors import InputError
from pipeline.extract.building import Piece, build_document
from pipeline.extract.identity import document_id
from pipeline.extract.kinds import source_kind as kind_of
from pipeline.extract.normalise import line as one_line
from pipeline.extract.papers import parts
from pipeline.records import Capture, Extraction, Problem, SourceKind

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
ODT = "application/vnd.oasis.opendocument.text"
_LARGEST = 200_000_000
"""Bytes that a file may unpack to; more is an attack, not a decision."""
_HEADING = re.compile(r"(?:heading|rubrik)\s*(\d)?", re.IGNORECASE)
_TITLE = re.compile(r"(?:title|titel|huvudrubrik)$", re.IGNORECASE)
_LIST = re.compile(r"list|punkt|lista|numrerad", re.IGNORECASE)
_FAULTS = (
    zipfile.BadZipFile, zlib.error, struct.error, OSError, EOFError, LookupError, ValueError, TypeError, AttributeError,
    RuntimeError, AssertionError,
)  # fmt: skip
_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def documents(capture: Capture, *, source_kind: SourceKind | None = None) -> Extraction:
    """The documents of a .docx or .odt file: one, or the parts of a committee paper.

    A file that cannot be read gives no document and a Problem of one sentence.
    """
    try:
        kind, found = _read(capture.body)
    except InputError as error:
        return Extraction(problems=(Problem("extract", capture.url, str(error)),))
    if not found:
        empty = build_document(
            capture, (), source_kind=source_kind or kind_of(capture.url, ""), media_type=kind, extractor="office"
        )
        return Extraction((empty,), problems=(Problem("extract", capture.url, "The file has no text."),))
    parent = document_id(capture.url, capture.sha256)
    made = []
    for part in parts(_with_title(found)):
        words = "\n".join(piece.text for piece in part.pieces)
        speaker = part.decision.source_kind if part.decision else source_kind or kind_of(capture.url, words)
        title = part.title if part.number else None
        made.append(
            build_document(
                capture, part.pieces, title=title, source_kind=speaker, part=part.number or None,
                parent=parent if part.number else None, media_type=kind, extractor="office",
            )
        )  # fmt: skip
    return Extraction(tuple(made))


def _read(body: bytes) -> tuple[str, list[Piece]]:
    """Media type and pieces. Raises InputError with the reason in one sentence."""
    if body.startswith(b"\xd0\xcf\x11\xe0"):
        raise InputError("The file is encrypted or an old .doc file; only .docx and .odt are read.")
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            names = set(archive.namelist())
            if sum(item.file_size for item in archive.infolist()) > _LARGEST:
                raise InputError(f"The file unpacks to more than {_LARGEST // 1_000_000} MB and was not read.")
            encrypted = "META-INF/manifest.xml" in names and b"encryption-data" in archive.read("META-INF/manifest.xml")
    except _FAULTS as error:
        raise InputError("The office file is damaged and cannot be opened.") from error
    if encrypted:
        raise InputError("The file is encrypted and needs a password.")
    if "word/document.xml" not in names and "content.xml" not in names:
        raise InputError("The file is neither a .docx nor an .odt text.")
    faults: tuple[type[Exception], ...] = (*_FAULTS, *_foreign_faults())
    try:
        return (DOCX, list(_docx(body))) if "word/document.xml" in names else (ODT, list(_odt(body)))
    except faults as error:
        raise InputError("The office file is damaged and cannot be read.") from error


def _foreign_faults() -> tuple[type[Exception], ...]:
    """What the libraries below raise on damaged files, apart from Python's own exceptions."""
    from xml.sax import SAXException

    from docx.opc.exceptions import PackageNotFoundError
    from lxml.etree import LxmlError

    return SAXException, PackageNotFoundError, LxmlError


def _docx(body: bytes) -> Iterator[Piece]:
    import docx
    from docx.table import Table

    document = docx.Document(io.BytesIO(body))
    content = list(document.iter_inner_content())
    for item in content:
        if isinstance(item, Table):
            for row in item.rows:
                cells = list(dict.fromkeys(one_line(cell.text) for cell in row.cells))
                yield Piece("table_row", " | ".join(cell for cell in cells if cell))
        else:
            yield _paragraph(item)
    yield from _notes(document)


def _paragraph(paragraph: Any) -> Piece:
    name = str(paragraph.style.name or "") if paragraph.style is not None else ""
    numbered = paragraph._p.find(f"{_WORD}pPr/{_WORD}numPr") is not None
    words = str(paragraph.text)
    if _TITLE.match(name):
        return Piece("title", words, 1)
    if heading := _HEADING.match(name):
        return Piece("heading", words, min(6, int(heading[1] or 2)))
    if numbered or _LIST.search(name):
        return Piece("list_item", words)
    runs = [run for run in paragraph.runs if run.text.strip()]
    bold = bool(runs) and all(run.bold for run in runs)
    if bold and len(words) < 120 and not words.rstrip().endswith((".", ":", ",")):
        return Piece("heading", words, 3)
    return Piece("paragraph", words)


def _notes(document: Any) -> Iterator[Piece]:
    """Footnotes of a Word file, which stand in a part of their own."""
    from lxml import etree

    for relation in document.part.rels.values():
        if not relation.is_external and str(relation.reltype).endswith("/footnotes"):
            for note in etree.fromstring(relation.target_part.blob).iter(f"{_WORD}footnote"):
                words = "".join(item.text or "" for item in note.iter(f"{_WORD}t"))
                if words.strip():
                    yield Piece("footnote", words)


def _odt(body: bytes) -> Iterator[Piece]:
    from odf.opendocument import load

    top = load(io.BytesIO(body)).text
    notes: list[Piece] = []
    yield from _odt_children(top, notes)
    yield from notes


def _odt_children(element: Any, notes: list[Piece], depth: int | None = None) -> Iterator[Piece]:
    """Pieces below an element; ``depth`` is the nesting of the list it stands in."""
    for node in element.childNodes:
        name = node.qname[1] if getattr(node, "qname", None) else ""
        if name == "h":
            level = next((value for (_, key), value in node.attributes.items() if key == "outline-level"), "2")
            yield Piece("heading", _odt_text(node, notes), min(6, int(level) if str(level).isdigit() else 2))
        elif name == "p":
            style = next((str(value) for (_, key), value in node.attributes.items() if key == "style-name"), "")
            kind = "title" if _TITLE.match(style) else "list_item" if depth is not None else "paragraph"
            yield Piece(kind, _odt_text(node, notes), depth or 0)  # type: ignore[arg-type]
        elif name == "list":
            yield from _odt_children(node, notes, 0 if depth is None else depth + 1)
        elif name == "table-row":
            yield Piece("table_row", " | ".join(one_line(_odt_text(cell, notes)) for cell in node.childNodes))
        elif name:
            yield from _odt_children(node, notes, depth)


def _odt_text(node: Any, notes: list[Piece]) -> str:
    """The words of a paragraph; a footnote within it goes to ``notes``."""
    words = []
    for child in node.childNodes:
        if child.nodeType == child.TEXT_NODE:
            words.append(str(child.data))
        elif child.qname[1] == "note":
            notes.append(Piece("footnote", " ".join(_odt_text(part, []) for part in child.childNodes[1:])))
        elif child.qname[1] in ("s", "tab", "line-break"):
            words.append(" ")
        else:
            words.append(_odt_text(child, notes) + (" " if child.qname[1] == "p" else ""))
    return "".join(words)


def _with_title(found: Sequence[Piece]) -> list[Piece]:
    """The pieces that have words; the first heading becomes the title where no style names one."""
    kept = [piece for piece in found if one_line(piece.text)]
    if any(piece.kind == "title" for piece in kept):
        return kept
    first = next((i for i, piece in enumerate(kept[:8]) if piece.kind == "heading"), None)
    return [piece._replace(kind="title", level=1) if i == first else piece for i, piece in enumerate(kept)]
