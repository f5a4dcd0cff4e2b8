"""Retold documents as PDF files: decisions in an inspectorate's layout, committee papers, audit reports, scans."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape

import numpy as np
import pypdfium2
from PIL import Image, ImageFilter
from reportlab import rl_config
from reportlab.lib.enums import TA_JUSTIFY
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Frame, PageBreak, PageTemplate, Paragraph, Spacer
from retold import Part, Retold, number
from sites import Site, swedish_date

rl_config.invariant = 1
rl_config.useA85 = 0
WIDTH, HEIGHT = A4
_VOWELS = "aeiouyåäöAEIOUYÅÄÖ"


@dataclass(frozen=True)
class Item:
    """One matter of a committee paper: a document, or an agenda point of our own words."""

    heading: str
    parts: tuple[Part, ...]
    source: str | None = None


@dataclass(frozen=True)
class Paper:
    """A PDF to be made: what it says and the letterhead around it."""

    title: str
    items: tuple[Item, ...]
    sender: str
    kind: str
    head: tuple[str, ...]
    foot: tuple[str, ...]
    source: str | None
    columns: int = 1
    size: float = 11
    leading: float = 1.3


def paper_of(document: Retold, site: Site) -> Paper:
    """One document as a PDF; its first boilerplate lines become the letterhead, its kind the layout."""
    title = document.title or _first_line(document)
    kind = {"inspectorate": "BESLUT", "other_authority": "BESLUT", "auditor": "REVISIONSRAPPORT"}.get(
        document.source_kind, _municipal_kind(document)
    )
    parts = tuple(part for part in document.parts if part.kind != "boilerplate")
    columns = 2 if document.source_kind == "auditor" and number(document.id, "columns") % 3 == 0 else 1
    item = Item(title, tuple(part for part in parts if part.kind != "title"), document.url)
    size, leading = (9.5, 1.3) if columns == 2 else ((11, 1.3), (12, 1.9), (12, 2.0))[number(document.id, "size") % 3]
    return Paper(
        title, (item,), site.name, kind, _head(document, kind), letter_foot(site), document.url, columns, size, leading
    )


def _first_line(document: Retold) -> str:
    return next(line for part in document.parts for line in part.lines)


def _municipal_kind(document: Retold) -> str:
    words = " ".join(part.text for part in document.parts if part.kind in ("boilerplate", "title"))
    for pattern, kind in (
        ("TJÄNSTESKRIVELSE|[Tt]jänsteskrivelse", "TJÄNSTESKRIVELSE"),
        ("[Kk]alle|KALLE|föredragning", "KALLELSE"),
    ):
        if re.search(pattern, words):
            return kind
    return "SAMMANTRÄDESPROTOKOLL" if re.search("[Pp]rotokoll|PROTOKOLL", words) else "RAPPORT"


def _head(document: Retold, kind: str) -> tuple[str, ...]:
    """Kind, date if known to the day, case number if one stands in the letterhead of the document."""
    words = " ".join(document.boilerplate)
    case = re.search(
        r"\b(?:\d{1,2}(?:\.\d{1,2}){1,2}-\d{2,6}/\d{4}(?:-\d{1,3})?|\d{4}/\d{6}|\d{2}-\d{4}:\d{2,4})\b", words
    )
    lines = [kind]
    if document.published and len(document.published) == 10:
        lines.append(swedish_date(document.published, (0, 2)[number(document.id, "form") % 2]))
    if case:
        lines.append(f"Dnr {case[0]}")
    return tuple(lines)


def letter_foot(site: Site) -> tuple[str, ...]:
    """The address line at the foot of each page, with an address and a number that belong to no one."""
    phone = f"08-465 004 {site.variant('phone', 100):02d}"
    return (
        site.name,
        "Postadress: Box 0, 000 00 ORTEN",
        f"Telefon {phone}",
        f"registrator@{site.host.removeprefix('www.')}",
    )


def render(paper: Paper) -> bytes:
    """The paper as a PDF file, the same bytes every time."""
    buffer = io.BytesIO()
    template = BaseDocTemplate(
        buffer, pagesize=A4, title=paper.title, author=paper.sender, subject=paper.source or "", creator="Tillsyn",
        keywords="återberättat dokument",
    )  # fmt: skip
    top, bottom, gutter = 42 * mm, (120 if paper.columns > 1 else 36 if paper.leading < 2 else 110) * mm, 8 * mm
    width = (WIDTH - 50 * mm - gutter * (paper.columns - 1)) / paper.columns
    frames = [
        Frame(25 * mm + i * (width + gutter), bottom, width, HEIGHT - top - bottom, id=f"f{i}")
        for i in range(paper.columns)
    ]
    template.addPageTemplates(PageTemplate("page", frames))
    template.build(list(_flow(paper)), canvasmaker=_canvas(paper))
    return buffer.getvalue()


def _canvas(paper: Paper) -> Callable[..., Canvas]:
    """A canvas that draws letterhead, page number of all pages and foot when the last page is known."""

    class Lettered(Canvas):
        def __init__(self, *args: Any, **options: Any) -> None:
            super().__init__(*args, **options)
            self._states: list[dict[str, Any]] = []

        def showPage(self) -> None:  # noqa: N802
            self._states.append(dict(self.__dict__))
            self._startPage()

        def save(self) -> None:
            for page, state in enumerate(self._states, 1):
                self.__dict__.update(state)
                _letterhead(self, paper, page, len(self._states))
                super().showPage()
            super().save()

    return Lettered


def _letterhead(canvas: Canvas, paper: Paper, page: int, pages: int) -> None:
    canvas.setFont("Helvetica-Bold", 10)
    canvas.drawString(25 * mm, HEIGHT - 18 * mm, paper.sender)
    canvas.setFont("Helvetica", 9)
    for line, text in enumerate(paper.head):
        canvas.setFont("Helvetica-Bold" if line == 0 else "Helvetica", 11 if line == 0 else 9)
        canvas.drawString(120 * mm, HEIGHT - (18 + 5 * line) * mm, text)
    canvas.setFont("Helvetica", 9)
    canvas.drawRightString(WIDTH - 15 * mm, HEIGHT - 18 * mm, f"{page}({pages})")
    canvas.setFont("Helvetica", 7)
    for column, text in enumerate(paper.foot):
        canvas.drawString((25 + 42 * column) * mm, 15 * mm, text)


def _styles(paper: Paper) -> dict[str, ParagraphStyle]:
    columns, size = paper.columns, paper.size
    body = ParagraphStyle("body", fontName="Times-Roman", fontSize=size, leading=size * paper.leading, spaceAfter=6)
    body.embeddedHyphenation = 1
    if columns > 1:
        body.alignment = TA_JUSTIFY
    bold = {"fontName": "Helvetica-Bold", "embeddedHyphenation": 0, "alignment": 0}
    return {
        "paragraph": body,
        "quote": ParagraphStyle("quote", body, leftIndent=10 * mm if columns == 1 else 4 * mm),
        "list": ParagraphStyle("list", body, leftIndent=6 * mm, bulletIndent=1 * mm, spaceAfter=3),
        "heading": ParagraphStyle(
            "heading", body, fontSize=size + 2, leading=size + 6, spaceBefore=8, keepWithNext=1, **bold
        ),
        "title": ParagraphStyle("title", body, fontSize=size + 6, leading=size + 10, spaceAfter=10, **bold),
        "source": ParagraphStyle("source", body, fontSize=7, leading=9, spaceBefore=8, embeddedHyphenation=0),
    }


def _flow(paper: Paper) -> Iterator[Any]:
    styles = _styles(paper)
    for index, item in enumerate(paper.items):
        if index:
            yield Spacer(1, 6 * mm) if len(item.parts) < 3 else PageBreak()
        yield Paragraph(escape(item.heading), styles["title" if len(paper.items) == 1 or index == 0 else "heading"])
        yield from _parts(item.parts, styles)
        if item.source:
            yield Paragraph(f"Återberättar: {escape(item.source)}", styles["source"])


def _parts(parts: Sequence[Part], styles: dict[str, ParagraphStyle]) -> Iterator[Any]:
    for part in parts:
        if part.kind == "list":
            for line in part.lines:
                yield Paragraph(_soft(line), styles["list"], bulletText="•")
        else:
            text = f"– {part.text}" if part.kind == "quote" else part.text
            yield Paragraph(escape(text) if part.kind == "heading" else _soft(text), styles[part.kind])


def _soft(text: str) -> str:
    """Soft hyphens where long words may be broken: before a consonant that a vowel follows."""
    pattern = rf"(?<=\w{{3}})(?<=[{_VOWELS}\w])(?=[bcdfghjklmnpqrstvwxz][{_VOWELS}]\w\w)"
    return escape(re.sub(r"[^\W\d_]{9,}", lambda word: re.sub(pattern, "\u00ad", word[0]), text))


def scan(pdf: bytes, seed: int, source: str | None) -> bytes:
    """The PDF as a scanner would give it back: images only, slightly skewed and noisy, 200 dpi, no text layer."""
    pages = [_scanned(page, seed + number) for number, page in enumerate(pypdfium2.PdfDocument(pdf))]
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=A4, pageCompression=1)
    for image in pages:
        data = io.BytesIO()
        image.save(data, "JPEG", quality=38, optimize=True)
        data.seek(0)
        canvas.drawImage(ImageReader(data), 0, 0, WIDTH, HEIGHT)
        canvas.showPage()
    canvas.setProducer("Kontorsskanner")
    canvas.setSubject(source or "")
    canvas.save()
    return buffer.getvalue()


def _scanned(page: Any, seed: int) -> Image.Image:
    image = page.render(scale=200 / 72, grayscale=True).to_pil().convert("L")
    random = np.random.Generator(np.random.PCG64(seed))
    image = image.rotate(float(random.uniform(-0.6, 0.6)), resample=Image.Resampling.BICUBIC, fillcolor=250)
    pixels = np.asarray(image.filter(ImageFilter.GaussianBlur(0.5)), dtype=np.float32)
    pixels = np.clip(pixels * 0.92 + 12 + random.normal(0, 6, pixels.shape), 0, 255)
    return Image.fromarray(pixels.astype(np.uint8))
