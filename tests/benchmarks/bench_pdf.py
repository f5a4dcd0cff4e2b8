"""Speed of reading PDF text: pages per CPU second of tillsyn beside pdfplumber and bare pypdfium2, on the same files.

``python tests/benchmarks/bench_pdf.py`` prints a table; exit 1 when tillsyn is less than
20 times as fast as pdfplumber. The files are the PDFs of the embedded sample and a
committee paper of 60 pages made here.
"""

from __future__ import annotations

import io
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pdfplumber
import pypdfium2

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tests" / "extract"))

from pdf_files import committee_paper  # noqa: E402

from pipeline.archive import read_captures  # noqa: E402
from pipeline.errors import InputError  # noqa: E402
from pipeline.extract import pdf  # noqa: E402

LEAST = 20.0


def _files() -> list[bytes]:
    found = [
        c.body
        for c in read_captures(ROOT / "corpus/sample/sample.warc.gz")
        if c.media_type == "application/pdf" and pypdfium2.PdfDocument(c.body)[0].get_textpage().count_chars()
    ]
    return [*found, committee_paper(60)]


def _tillsyn(body: bytes) -> str:
    try:
        return pdf.text(body)
    except InputError as error:
        return str(error)


def _pdfplumber(body: bytes) -> str:
    with pdfplumber.open(io.BytesIO(body)) as file:
        return "\n".join(page.extract_text() or "" for page in file.pages)


def _bare(body: bytes) -> str:
    return "\n".join(page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(body))


def _seconds(work: Callable[[bytes], str], files: list[bytes]) -> float:
    """CPU seconds for all files, after a first round that loads what is loaded once."""
    work(files[0])
    start = time.process_time()
    for body in files:
        work(body)
    return time.process_time() - start


def main() -> int:
    """Print the table; 1 when tillsyn is too slow."""
    files = _files()
    pages = sum(len(pypdfium2.PdfDocument(body)) for body in files)
    works = (("tillsyn", _tillsyn, 3), ("pypdfium2 alone", _bare, 3), ("pdfplumber", _pdfplumber, 1))
    rows = {name: min(_seconds(work, files) for _ in range(rounds)) for name, work, rounds in works}
    print(f"{len(files)} files, {pages} pages")
    for name, seconds in rows.items():
        print(f"{name:16} {1000 * seconds / pages:8.2f} ms/page {pages / seconds:8.0f} pages/s")
    ratio = rows["pdfplumber"] / rows["tillsyn"]
    print(f"tillsyn is {ratio:.1f} times as fast as pdfplumber (at least {LEAST:.0f} wanted)")
    return 0 if ratio >= LEAST else 1


if __name__ == "__main__":
    raise SystemExit(main())
