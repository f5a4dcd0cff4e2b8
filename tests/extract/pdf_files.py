"""PDF files made for the tests: decisions, committee papers, columns, footnotes, scans. All words are our own."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pypdfium2
from PIL import Image, ImageDraw, ImageFilter, ImageFont
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

WIDTH, HEIGHT = A4


@dataclass
class Sheet:
    """A page being written from the top; ``line`` breaks and hyphenates as it is told."""

    canvas: Canvas
    x: float = 25 * mm
    y: float = HEIGHT - 50 * mm

    def write(self, words: str, size: float = 11, bold: bool = False, gap: float = 1.3, x: float | None = None) -> None:
        """One line, then down."""
        self.canvas.setFont("Helvetica-Bold" if bold else "Times-Roman", size)
        self.canvas.drawString(self.x if x is None else x, self.y, words)
        self.y -= size * gap

    def paragraph(self, words: str, width: float = 160 * mm, size: float = 11) -> None:
        """Words wrapped at a width, with space after."""
        for line in wrap(words, width, size):
            self.write(line, size)
        self.y -= size * 0.6


def wrap(words: str, width: float, size: float, font: str = "Times-Roman") -> list[str]:
    """Words in lines no wider than ``width`` points."""
    lines, line = [], ""
    for word in words.split():
        trial = f"{line} {word}".strip()
        if line and stringWidth(trial, font, size) > width:
            lines.append(line)
            line = word
        else:
            line = trial
    return [*lines, line] if line else lines


def made(draw: Callable[[Canvas], None], **info: str) -> bytes:
    """The bytes of a PDF drawn by a function."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=A4, invariant=1)
    for key, value in info.items():
        getattr(canvas, f"set{key.title()}")(value)
    draw(canvas)
    canvas.save()
    return buffer.getvalue()


SENTENCES = (
    "Nämnden har inte säkerställt att personalen följer de rutiner som finns för dokumentation.",
    "Vid inspektionen framkom att flera utredningar saknade en bedömning av barnets behov.",
    "Enhetschefen uppgav att bemanningen var låg under sommaren och att vikarier saknade introduktion.",
    "Verksamheten har därefter upprättat en handlingsplan som följs upp varje månad.",
    "Riktlinjerna för avvikelser har uppdaterats och personalen har fått utbildning.",
    "Av intervjuerna framgår att de boende sällan tillfrågas om hur de vill ha sin vardag.",
)


def text_of(length: int, start: int = 0) -> str:
    """Running text of so many sentences."""
    return " ".join(SENTENCES[(start + i) % len(SENTENCES)] for i in range(length))


def letterhead(
    canvas: Canvas, page: int, pages: int, case: str = "8.7.1-12345/2017-6", date: str = "2017-05-04"
) -> None:
    """IVO's letterhead and foot as they stand on every page."""
    canvas.setFont("Helvetica-Bold", 11)
    canvas.drawString(25 * mm, HEIGHT - 18 * mm, "Inspektionen för vård och omsorg")
    canvas.drawString(120 * mm, HEIGHT - 18 * mm, "BESLUT")
    canvas.setFont("Helvetica", 9)
    canvas.drawString(120 * mm, HEIGHT - 24 * mm, date)
    canvas.drawString(150 * mm, HEIGHT - 24 * mm, f"Dnr {case}")
    canvas.drawRightString(WIDTH - 15 * mm, HEIGHT - 18 * mm, f"{page}({pages})")
    canvas.setFont("Helvetica", 7)
    for column, words in enumerate(
        ("Avdelning mitt", "Box 0, 000 00 Orten", "Telefon 010-000 00 00", "registrator@ivo.example")
    ):
        canvas.drawString((25 + 42 * column) * mm, 14 * mm, words)


def decision(pages: int = 2, case: str = "8.7.1-12345/2017-6", date: str = "2017-05-04") -> bytes:
    """A decision over several pages: the same paragraph structure on each, letterhead and foot repeated."""

    def draw(canvas: Canvas) -> None:
        for page in range(1, pages + 1):
            letterhead(canvas, page, pages, case, date)
            sheet = Sheet(canvas)
            if page == 1:
                sheet.write("Tillsyn av socialnämnden i Åstorp", 16, bold=True, gap=1.8)
                for heading in ("Ärendet", "Beslut", "Bakgrund"):
                    sheet.write(heading, 12, bold=True, gap=1.6)
                    sheet.paragraph(f"{heading} på sida {page}. " + text_of(3, page))
            else:
                sheet.write("Skälen för beslutet", 12, bold=True, gap=1.6)
                sheet.paragraph(f"Skälen på sida {page}. " + text_of(6, page))
            canvas.showPage()

    return made(draw, subject="")


def committee_paper(matters: int = 4, title: str = "Socialnämnden kallas till sammanträde") -> bytes:
    """A summons with an agenda, then one matter a page."""

    def draw(canvas: Canvas) -> None:
        def head(page: int) -> None:
            canvas.setFont("Helvetica", 9)
            canvas.drawString(25 * mm, HEIGHT - 15 * mm, "Lindby kommun")
            canvas.drawString(110 * mm, HEIGHT - 15 * mm, "KALLELSE")
            canvas.drawRightString(WIDTH - 15 * mm, HEIGHT - 15 * mm, f"Sida {page} av {matters + 1}")

        head(1)
        sheet = Sheet(canvas)
        sheet.write(title, 16, bold=True, gap=2)
        for number in range(1, matters + 1):
            sheet.write(f"§ {number} Ärende om uppföljning {number}", 11)
            if sheet.y < 40 * mm:
                sheet.x, sheet.y = 110 * mm, HEIGHT - 60 * mm
        canvas.showPage()
        for number in range(1, matters + 1):
            head(number + 1)
            sheet = Sheet(canvas)
            sheet.write(f"§ {number} Ärende om uppföljning {number}", 13, bold=True, gap=1.8)
            sheet.write("Förslag till beslut", 11, bold=True, gap=1.6)
            sheet.paragraph(f"Nämnden godkänner uppföljning nummer {number}.")
            sheet.write("Beskrivning av ärendet", 11, bold=True, gap=1.6)
            for part in range(4):
                sheet.paragraph(text_of(4, number + part))
            canvas.showPage()

    return made(draw)


def scanned(pdf: bytes, seed: int = 1, dpi: int = 200, skew: float = 0.4, stamp: bool = True) -> bytes:
    """A PDF as an office scanner gives it: grey pictures of its pages, skewed, blurred, noisy, with a stamp."""
    random = np.random.Generator(np.random.PCG64(seed))

    def draw(canvas: Canvas) -> None:
        for page in pypdfium2.PdfDocument(pdf):
            canvas.drawImage(ImageReader(_worn(page, random, dpi, skew, stamp)), 0, 0, WIDTH, HEIGHT)
            canvas.showPage()

    return made(draw)


def _worn(page: pypdfium2.PdfPage, random: np.random.Generator, dpi: int, skew: float, stamp: bool) -> io.BytesIO:
    image = page.render(scale=dpi / 72, grayscale=True).to_pil().convert("L")
    if stamp:
        _stamp(image, random)
    angle = float(random.uniform(-skew, skew))
    image = image.rotate(angle, resample=Image.Resampling.BICUBIC, fillcolor=248)
    pixels = np.asarray(image.filter(ImageFilter.GaussianBlur(0.6)), dtype=np.float32)
    pixels = pixels * 0.9 + 14 + random.normal(0, 8, pixels.shape)
    specks = random.random(pixels.shape)
    pixels[specks < 0.0003] = 30
    pixels[specks > 0.9997] = 255
    data = io.BytesIO()
    Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8)).save(data, "JPEG", quality=55)
    data.seek(0)
    return data


def _stamp(image: Image.Image, random: np.random.Generator) -> None:
    """A registry's stamp: a frame with a few words, slanting, in a free corner."""
    patch = Image.new("L", (420, 150), 255)
    pen = ImageDraw.Draw(patch)
    pen.rectangle((4, 4, 415, 145), outline=90, width=5)
    font = ImageFont.load_default(size=36)
    pen.text((40, 20), "INKOMMET", fill=90, font=font)
    pen.text((40, 80), "Lindby", fill=90, font=font)
    patch = patch.rotate(float(random.uniform(-8, 8)), fillcolor=255, expand=True)
    image.paste(patch, (image.width - 560, int(image.height * 0.72)))


def columns(left: Sequence[str], right: Sequence[str], title: str = "Två spalter om tillsyn") -> bytes:
    """A page with a heading across and two columns below, drawn row by row so that the file's own order is wrong."""

    def draw(canvas: Canvas) -> None:
        sheet = Sheet(canvas)
        sheet.write(title, 18, bold=True, gap=2)
        for number in range(max(len(left), len(right))):
            y = sheet.y - number * 13
            canvas.setFont("Times-Roman", 10)
            for x, lines in ((25 * mm, left), (110 * mm, right)):
                if number < len(lines):
                    canvas.drawString(x, y, lines[number])
        canvas.showPage()

    return made(draw)


CASES = (
    ("Inspektionen för vård och omsorg", "8.7.1-6361/2015-1", "2015-02-18", "2015-02-18"),
    ("Inspektionen för vård och omsorg", "8.5-29206/2014-11", "den 4 maj 2015", "2015-05-04"),
    ("Inspektionen för vård och omsorg", "8.1.1-10518/2017-9", "2017-11-01", "2017-11-01"),
    ("Inspektionen för vård och omsorg", "3.5.1-17861/2021-15", "2021-10-20", "2021-10-20"),
    ("Arbetsmiljöverket", "2019/012345", "2019-06-11", "2019-06-11"),
    ("Arbetsmiljöverket", "2017/051188", "11 december 2017", "2017-12-11"),
    ("Statens skolinspektion", "43-2009:3888", "2010-05-19", "2010-05-19"),
    ("Skolinspektionen", "44-2016:11481", "den 1 juli 2017", "2017-07-01"),
    ("Inspektionen för vård och omsorg", "8.4.2-37100/2018-3", "2019-01-31", "2019-01-31"),
    ("Inspektionen för vård och omsorg", "8.7.2-00118/2011-20", "2011-11-11", "2011-11-11"),
    ("Länsstyrelsen i Lindby län", "701-10161/2008", "2008-12-10", "2008-12-10"),
    ("Inspektionen för vård och omsorg", "8.2.1-40777/2013-7", "17 oktober 2014", "2014-10-17"),
)
"""Sender, case number, date as it is written, date in ISO form: the twelve decisions of the OCR set."""
_ORDERS = (
    "förelägger nämnden med stöd av 13 kap. 8 § SoL att senast den {day} september vid vite om {sum} 000 kronor ha säkerställt "
    "att bemanningen motsvarar de boendes behov.",
    "begär med stöd av 13 kap. 5 § socialtjänstlagen (2001:453) att nämnden senast den {day} mars redovisar vilka åtgärder som "
    "vidtagits. Beslutet gäller omedelbart enligt 16 kap. 4 § SoL.",
    "beslutar att avsluta ärendet. Nämnden har visat att de {day} utredningar som granskades nu är dokumenterade enligt 11 kap. "
    "5 § SoL, och att avgiften om {sum} 000 kronor är betald.",
)


def scan_case(number: int) -> bytes:
    """The clean PDF of one decision of the OCR set: each with its own words, print and size."""
    sender, case, written, _ = CASES[number]
    font, bold = (("Times-Roman", "Times-Bold"), ("Helvetica", "Helvetica-Bold"))[number % 2]
    size = (11, 11.5, 12, 10.5)[number % 4]

    def draw(canvas: Canvas) -> None:
        _scan_head(canvas, sender, case, written, bold, font)
        y = HEIGHT - 60 * mm
        body = [
            (bold, size + 4, f"Tillsyn av omsorgsnämnden i Lindby, ärende {number + 1}"),
            (bold, size + 1, "Beslut"),
            (font, size, f"{sender} " + _ORDERS[number % 3].format(day=number + 11, sum=number * 25 + 100)),
            (bold, size + 1, "Skälen för beslutet"),
            (font, size, text_of(5, number)),
            (
                font,
                size,
                f"Av {40 + number} granskade journaler saknade {number + 3} en genomförandeplan. "
                + text_of(4, number + 2),
            ),
        ]
        for face, points, words in body:
            for line in wrap(words, 158 * mm, points, face):
                canvas.setFont(face, points)
                canvas.drawString(25 * mm, y, line)
                y -= points * 1.35
            y -= points * 0.7
        canvas.showPage()

    return made(draw)


def _scan_head(canvas: Canvas, sender: str, case: str, written: str, bold: str, font: str) -> None:
    canvas.setFont(bold, 11)
    canvas.drawString(25 * mm, HEIGHT - 20 * mm, sender)
    canvas.drawString(120 * mm, HEIGHT - 20 * mm, "BESLUT")
    canvas.setFont(font, 10)
    canvas.drawString(120 * mm, HEIGHT - 27 * mm, written)
    canvas.drawString(120 * mm, HEIGHT - 34 * mm, f"Dnr {case}")
    canvas.drawRightString(WIDTH - 15 * mm, HEIGHT - 20 * mm, "1(1)")
    canvas.setFont(font, 7.5)
    canvas.drawString(
        25 * mm, 14 * mm, "Box 0, 000 00 Orten     Telefon 010-000 00 00     registrator@myndighet.example"
    )
