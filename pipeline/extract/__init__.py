"""Capture -> Document: clean text with structure, titles and dates from HTML, PDF, office files and plain text."""

from __future__ import annotations

from pipeline.extract.templates import Template
from pipeline.records import Capture, Extraction, Problem, SourceKind

__all__ = ["Template", "documents", "media_type"]

_PDF = "application/pdf"
_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_ODT = "application/vnd.oasis.opendocument.text"
_HTML = ("text/html", "application/xhtml+xml")
_SUFFIXES = {
    ".pdf": _PDF, ".docx": _DOCX, ".odt": _ODT, ".txt": "text/plain", ".html": "text/html", ".htm": "text/html",
    ".aspx": "text/html", ".md": "text/plain",
}  # fmt: skip
_VAGUE = (
    "",
    "application/octet-stream",
    "binary/octet-stream",
    "application/download",
    "application/force-download",
    "application/x-download",
)


def media_type(capture: Capture) -> str:
    """What a capture is: by its first bytes, then its Content-Type, then the suffix of its URL."""
    start = capture.body[:1024].lstrip(b"\xef\xbb\xbf\x00 \t\r\n")
    if start.startswith(b"%PDF-") or (b"%PDF-" in start[:1024] and capture.media_type == _PDF):
        return _PDF
    if start.startswith(b"PK\x03\x04"):
        return _zipped(capture)
    declared = capture.media_type
    if declared not in _VAGUE:
        return declared
    suffix = "." + capture.url.split("?")[0].split("#")[0].rsplit(".", 1)[-1].lower()
    if suffix in _SUFFIXES:
        return _SUFFIXES[suffix]
    lowered = start[:512].lower()
    return (
        "text/html" if lowered.startswith((b"<!doctype html", b"<html", b"<?xml", b"<head", b"<!--")) else "text/plain"
    )


def _zipped(capture: Capture) -> str:
    head = capture.body[:4096]
    if b"opendocument.text" in head:
        return _ODT
    if b"word/" in capture.body or capture.media_type == _DOCX:
        return _DOCX
    return capture.media_type or "application/zip"


def documents(
    capture: Capture, template: Template | None = None, *, source_kind: SourceKind | None = None, ocr: bool = True
) -> Extraction:
    """The documents of one capture: HTML, PDF, .docx, .odt or plain text.

    ``template``: what recurs on this host's pages and goes (HTML). ``source_kind``: who
    publishes, where the caller knows; else by host, source or content. ``ocr``: whether
    pages without a text layer are read by tesseract.

    Never raises for bad input: what cannot be read comes back as a Problem.
    """
    kind = media_type(capture)
    if capture.status not in (0, 200, 203, 206):
        return _problem(capture, f"The server answered with status {capture.status}: there is no page to read.")
    if not capture.body.strip():
        return _problem(capture, "The file is empty.")
    if kind in _HTML:
        from pipeline.extract import html

        return html.documents(capture, template, source_kind=source_kind)
    if kind == _PDF:
        from pipeline.extract import pdf

        return pdf.documents(capture, source_kind=source_kind, ocr=ocr)
    if kind in (_DOCX, _ODT):
        from pipeline.extract import office

        return office.documents(capture, source_kind=source_kind)
    if kind.startswith("text/plain"):
        from pipeline.extract import plaintext

        return plaintext.documents(capture, source_kind=source_kind)
    return _problem(capture, f"Files of the type {kind} are not read.")


def _problem(capture: Capture, what: str) -> Extraction:
    return Extraction(problems=(Problem("extract", capture.url, what),))
