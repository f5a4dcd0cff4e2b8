"""A PDF as documents: text layer or OCR, running lines away, committee papers split, decisions recognised."""

from __future__ import annotations

import re
import string
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from threading import RLock
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium

from pipeline.errors import InputError
from pipeline.extract import dates as dating
from pipeline.extract import ocr as reader
from pipeline.extract.building import Piece, build_document
from pipeline.extract.identity import document_id
from pipeline.extract.kinds import source_kind as kind_of
from pipeline.extract.lines import Page
from pipeline.extract.normalise import line as one_line
from pipeline.extract.papers import Counters, Part, is_audit, parts
from pipeline.extract.pdflines import read_page
from pipeline.extract.repair import bullets, repair
from pipeline.extract.running import strip_running
from pipeline.extract.typography import is_kind_word, pieces
from pipeline.records import Capture, DateMention, Document, Extraction, Problem, Removed, SourceKind

MOST_OCR_PAGES = 60
"""Pages of one file that are read by OCR at most; the rest is counted and left."""
MOST_PAGES = 3_000
_MEDIA_TYPE = "application/pdf"
_FEW = 12
"""Signs below which a page has no text layer worth the name."""
_STAMP = 120
_SOUND = frozenset(string.ascii_letters + string.digits + string.punctuation + "åäöÅÄÖéÉüÜ§–—•”“’»«…·°½")
_UNSURE = 0.6
_LOCK = RLock()  # PDFium is not made for several threads
_SOURCE = re.compile(r"^Återberättar:\s*(https?://\S+(?:\s\S+)*)$")
_STAMPED = re.compile(r"(?:INKOM(?:MET|MEN)?|ANKOM(?:MET)?|EXPEDIERA[DT]|KOPIA|Ink\.)(?![a-zåäö])[^a-zåäö]{0,30}$")
_COUNTER = re.compile(
    r"(?:sid(?:a|an)?\.?\s*)?(\d{1,3})\s*(?:\(\s*(\d{1,3})\s*\)|/\s*(\d{1,3})|av\s+(\d{1,3}))", re.IGNORECASE
)
_NO_TITLE = re.compile(
    r"^(?:microsoft \w+ - .*|.*\.(?:docx?|pdf|xlsx?|odt|tmp|dotx?)|untitled.*|namnlös.*|document\d*|dokument\d*)?$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _File:
    """What was read of a file: pages with text, numbers of those that need OCR, document information, faults."""

    pages: tuple[Page, ...]
    blind: tuple[int, ...]
    title: str
    subject: str
    problems: tuple[Problem, ...]
    removed: tuple[Removed, ...] = ()


def documents(
    capture: Capture, *, source_kind: SourceKind | None = None, ocr: bool = True, cache: Path | None = None
) -> Extraction:
    """The documents of a PDF: one, or the front matter and each matter of a committee paper.

    ``ocr``: read pages without text layer by tesseract, where it is installed; ``cache`` is
    the folder of pages read before (default: ``ocr.default_cache()``). A file that cannot
    be read gives no document and a Problem of one sentence; a file that needs OCR and did
    not get it gives one document of status 'needs_ocr'.
    """
    try:
        file = _read(capture, ocr, cache or reader.default_cache())
    except InputError as error:
        return Extraction(problems=(Problem("extract", capture.url, str(error)),))
    stripped = strip_running(file.pages)
    found = pieces(stripped.pages)
    removed = (*file.removed, *stripped.removed)
    if not found:
        return Extraction((_empty(capture, file, source_kind),), removed, file.problems)
    made = tuple(_documents(capture, file, found, source_kind))
    return Extraction(made, removed, file.problems)


def text(body: bytes) -> str:
    """The clean text of a PDF's text layer in reading order (no OCR). Raises InputError."""
    with _LOCK:
        handle = _open(body)
        try:
            pages = [page for page, _ in _text_pages(handle, "", [])]
        finally:
            handle.close()
    return "\n".join(one_line(piece.text) for piece in pieces(strip_running(pages).pages))


def _open(body: bytes) -> Any:
    """The opened file. Raises InputError with the reason in one sentence."""
    if not body.strip():
        raise InputError("The PDF file is empty.")
    try:
        handle = pypdfium2.PdfDocument(body)
    except pypdfium2.PdfiumError as error:
        reason = getattr(error, "err_code", None)
        if reason == pdfium.FPDF_ERR_PASSWORD or "assword" in str(error):
            raise InputError("The PDF file is encrypted and needs a password.") from error
        if reason == pdfium.FPDF_ERR_SECURITY:
            raise InputError("The PDF file is encrypted in a way that cannot be read.") from error
        if b"%PDF" not in body[:1024]:
            raise InputError("The file is no PDF and cannot be opened.") from error
        if b"%%EOF" not in body[-2048:]:
            raise InputError("The PDF file is cut off and cannot be opened.") from error
        raise InputError("The PDF file is damaged and cannot be opened.") from error
    if len(handle) == 0:
        handle.close()
        raise InputError("The PDF file has no pages.")
    return handle


def _read(capture: Capture, ocr: bool, cache: Path) -> _File:
    with _LOCK:
        handle = _open(capture.body)
        try:
            return _contents(handle, capture.url, ocr, cache)
        finally:
            handle.close()


def _contents(handle: Any, url: str, ocr: bool, cache: Path) -> _File:
    problems: list[Problem] = []
    removed: list[Removed] = []
    pages, blind = [], []
    for page, covered in _text_pages(handle, url, problems):
        signs = sum(len(item.text) for item in page.lines)
        if (covered and signs < _STAMP) or _is_garbled(page):
            blind.append(page.number)
        elif covered:
            pages.append(_repaired(page, removed))
        else:
            pages.append(page)
    if blind and ocr and reader.available():
        read = _by_ocr(handle, url, blind, cache, problems)
        pages += [_repaired(page, removed) for page in read]
        problems += [_doubt(url, page) for page in read if (page.confidence or 0.0) < _UNSURE]
        blind = [number for number in blind if number not in {page.number for page in read}]
    if blind:
        problems.append(_unread(url, blind, len(handle), ocr))
    info = {key: one_line(handle.get_metadata_value(key)) for key in ("Title", "Subject")}
    ordered = tuple(sorted(pages, key=lambda page: page.number))
    return _File(ordered, tuple(blind), info["Title"], info["Subject"], tuple(problems), tuple(removed))


def _unread(url: str, blind: Sequence[int], count: int, ocr: bool) -> Problem:
    number = len(blind)
    if not ocr:
        what = f"{number} of {count} pages have no text layer and need OCR, which is turned off."
    elif not reader.available():
        what = f"{number} of {count} pages have no text layer and need OCR; tesseract-ocr-swe is missing."
    else:
        what = f"{number} of {count} pages have no text layer, and OCR did not read them."
    return Problem("extract", url, what)


def _doubt(url: str, page: Page) -> Problem:
    return Problem(
        "extract", url, f"Page {page.number} was read by OCR with little confidence ({page.confidence:.2f})."
    )


def _text_pages(handle: Any, url: str, problems: list[Problem]) -> Iterator[tuple[Page, bool]]:
    """Each page with its lines, and whether it is a picture of a page (a scan, with or without a text layer)."""
    for index in range(min(len(handle), MOST_PAGES)):
        try:
            page = handle[index]
        except pypdfium2.PdfiumError:
            problems.append(Problem("extract", url, f"Page {index + 1} of {len(handle)} is damaged and was left out."))
            continue
        try:
            read = read_page(page, index + 1)
            signs = sum(len(item.text) for item in read.lines)
            yield read, _is_picture(page, read) if signs < _FEW or _ends_with_picture(page) else False
        except pypdfium2.PdfiumError:
            problems.append(Problem("extract", url, f"Page {index + 1} of {len(handle)} is damaged and was left out."))
        finally:
            page.close()


def _is_garbled(page: Page) -> bool:
    """Whether the text layer is gibberish: letters without a mapping to characters, which only OCR can read."""
    signs = [char for line in page.lines for char in line.text if not char.isspace()]
    return len(signs) >= _FEW and sum(char in _SOUND for char in signs) < 0.6 * len(signs)


def _ends_with_picture(page: Any) -> bool:
    """Whether the first or last thing on the page is an image (where scanners put it): a cheap first look."""
    count = pdfium.FPDFPage_CountObjects(page.raw)
    return any(
        pdfium.FPDFPageObj_GetType(pdfium.FPDFPage_GetObject(page.raw, index)) == pdfium.FPDF_PAGEOBJ_IMAGE
        for index in {0, count - 1} if 0 <= index < count
    )  # fmt: skip


def _is_picture(page: Any, read: Page) -> bool:
    """Whether images cover most of the page; for a page with no text at all, whether anything stands on it."""
    area = read.width * read.height
    covered = 0.0
    signs = sum(len(item.text) for item in read.lines)
    kinds = [pdfium.FPDF_PAGEOBJ_IMAGE, pdfium.FPDF_PAGEOBJ_PATH, pdfium.FPDF_PAGEOBJ_FORM, pdfium.FPDF_PAGEOBJ_SHADING]
    for item in page.get_objects(filter=kinds if signs < _FEW else kinds[:1], max_depth=3):
        if item.type != pdfium.FPDF_PAGEOBJ_IMAGE and signs:
            continue
        left, bottom, right, top = item.get_bounds()
        covered += max(0.0, right - left) * max(0.0, top - bottom)
    return covered > (0.5 if signs else 0.02) * area


def _by_ocr(handle: Any, url: str, blind: Sequence[int], cache: Path, problems: list[Problem]) -> list[Page]:
    if len(blind) > MOST_OCR_PAGES:
        left = len(blind) - MOST_OCR_PAGES
        problems.append(
            Problem("extract", url, f"{left} scanned pages beyond the first {MOST_OCR_PAGES} were not read.")
        )
    rasters = [_raster(handle[number - 1], number) for number in blind[:MOST_OCR_PAGES]]
    pages, failures = reader.read_pages(rasters, cache=cache)
    problems += [Problem("extract", url, sentence) for sentence in failures]
    return pages


def _raster(page: Any, number: int) -> reader.Raster:
    """The page in grey at the resolution of its scan (no pixel invented or lost), without loose specks."""
    width, height = page.get_size()
    dpi = min(_scan_resolution(page, width), 7_000 * 72 / max(width, height, 1))
    bitmap = page.render(scale=dpi / 72, grayscale=True)
    pixels = bitmap.to_numpy()
    grey = reader.without_specks(pixels if pixels.ndim == 2 else pixels[:, :, 0])
    page.close()
    return reader.Raster(number, width, height, dpi, grey.shape[1], grey.shape[0], grey.tobytes())


def _scan_resolution(page: Any, width: float) -> float:
    """Pixels per inch of the widest image on the page, within what tesseract reads well."""
    widest = 0.0
    for item in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE], max_depth=3):
        left, _, right, _ = item.get_bounds()
        if right - left > 0.5 * width:
            widest = max(widest, item.get_px_size()[0] / ((right - left) / 72))
    return reader.DPI if not widest else min(max(widest, 150.0), 400.0)


def _repaired(page: Page, removed: list[Removed]) -> Page:
    """The page with OCR damage mended; the raw words are kept as removed ones, with the rule that mended them."""
    lines = []
    stamps = [line for line in page.lines if _STAMPED.match(line.text)] if page.confidence is not None else []
    removed += [Removed(line.text, f"stamp: stämpel (sida {page.number})") for line in stamps]
    page = replace(page, lines=tuple(line for line in page.lines if line not in stamps))
    for line, marked in zip(page.lines, bullets([line.text for line in page.lines]), strict=True):
        mended, repairs = repair(marked)
        removed += [
            Removed(item.raw, f"ocr_repair: {item.rule}: läst som '{item.mended}' (sida {page.number})")
            for item in repairs
        ]
        lines.append(line._replace(text=mended))
    return replace(page, lines=tuple(lines))


def _empty(capture: Capture, file: _File, source_kind: SourceKind | None) -> Document:
    address = _address(file.subject)
    return build_document(
        capture, (), title="" if _NO_TITLE.match(file.title) else file.title, media_type=_MEDIA_TYPE, extractor="pdf",
        source_kind=source_kind or kind_of(capture.url, "", address), derived_from=address,
        status="needs_ocr" if file.blind else "empty",
    )  # fmt: skip


def _address(subject: str) -> str | None:
    return subject if re.match(r"https?://\S+$", subject) else None


def _documents(
    capture: Capture, file: _File, found: Sequence[Piece], source_kind: SourceKind | None
) -> Iterator[Document]:
    """The paper's parts as documents; a matter has the kind and the date of its paper unless it has its own.

    What a file says of itself goes before ``source_kind``: an inspectorate's decision on a
    municipality's site is the inspectorate's.
    """
    confidences = {page.number: page.confidence for page in file.pages if page.confidence is not None}
    split = parts(found, _counters(file.pages))
    parent = document_id(capture.url, capture.sha256)
    kind = source_kind or kind_of(capture.url, "\n".join(piece.text for piece in found[:40]), _address(file.subject))
    front = _letter_dates(split[0])
    for part in split:
        kept, source = _without_source(part.pieces)
        if not kept:
            continue
        own = replace(part, pieces=tuple(kept))
        inside = part.decision.source_kind if part.decision else "auditor" if is_audit(kept) else kind
        sure = [confidences[page] for page in {piece.page for piece in kept} if page in confidences]
        dates = _letter_dates(own) or (front if part.number and not part.decision else [])
        yield build_document(
            capture, _with_title(own), title=_title(own, file), source_kind=inside, dates=dates,
            part=part.number or None, parent=parent if part.number else None, media_type=_MEDIA_TYPE,
            extractor="pdf+ocr" if sure else "pdf",
            derived_from=source if part.number else _address(file.subject) or source,
            ocr_confidence=sum(sure) / len(sure) if sure else None,
        )  # fmt: skip


def _with_title(part: Part) -> list[Piece]:
    """The pieces; the line of a matter that names it becomes its title."""
    own = list(part.pieces)
    if not part.number or not part.title or any(piece.kind == "title" for piece in own):
        return own
    at = next((i for i, piece in enumerate(own[:12]) if part.title in piece.text and len(piece.text) < 250), None)
    return [piece._replace(kind="title", level=1) if i == at else piece for i, piece in enumerate(own)]


def _title(part: Part, file: _File) -> str | None:
    """The matter's own title, the title on the page, else that of the document information or the first heading."""
    if part.number and part.title:
        return part.title
    if any(piece.kind == "title" for piece in part.pieces):
        return None
    if not _NO_TITLE.match(file.title):
        return file.title
    headings = [piece.text for piece in part.pieces if piece.kind == "heading" and not is_kind_word(piece.text)]
    return headings[0] if headings else next((p.text for p in part.pieces if len(p.text) < 150), None)


def _without_source(own: Sequence[Piece]) -> tuple[list[Piece], str | None]:
    """The pieces without the line that names the page retold, and that address."""
    kept, source = [], None
    for piece in own:
        match = _SOURCE.match(one_line(piece.text))
        if match:
            source = source or match[1].replace(" ", "")
        else:
            kept.append(piece)
    return kept, source


def _letter_dates(part: Part) -> list[DateMention]:
    """The date of the letterhead: when a decision was made, or another paper dated."""
    if part.decision and part.decision.date:
        return [DateMention("decided", part.decision.date, part.decision.evidence or part.decision.date)]
    for piece in part.pieces[:6]:
        found = [item for item in dating.find(piece.text) if item.exact]
        bare = (
            len(found) == 1 and len(piece.text) - (found[0].end - found[0].start) < 30 and not piece.text.endswith(".")
        )
        if bare and piece.kind in ("paragraph", "table_row") and not dating.deadlines(piece.text):
            return [DateMention("published", found[0].date, piece.text)]
    return []


def _counters(pages: Sequence[Page]) -> Counters:
    """The page numbers and counts ('3(10)') printed at the head or foot of each page that has one."""
    found: dict[int, list[tuple[int, int]]] = {}
    for page in pages:
        for line in page.lines:
            match = _COUNTER.fullmatch(line.text)
            if match and (line.bottom < 0.2 * page.height or line.top > 0.85 * page.height):
                count = int(match[2] or match[3] or match[4])
                found.setdefault(page.number, []).append((int(match[1]), count))
    return found
