"""Pages without a text layer, read by tesseract: in parallel, within a limit, and never the same page twice."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from pathlib import Path
from statistics import median
from uuid import uuid4

import numpy as np
import numpy.typing as npt

from pipeline.errors import InputError
from pipeline.extract.lines import Line, Page

DPI = 300
"""Resolution at which a page without an image of its own is rendered (letters drawn as lines)."""
LANGUAGE = "swe"
TIMEOUT = 120.0
"""Seconds that one page may take."""
_POOR = 0.6
"""Confidence below which a page is read again, as one that may lie on its side or upside down."""
_GAP = 22.0
"""Points between two words from which they stand in different columns or cells."""


@dataclass(frozen=True, slots=True)
class Raster:
    """A page of ``width`` x ``height`` points as ``columns`` x ``rows`` grey pixels (0 black), ``dpi`` to the inch."""

    number: int
    width: float
    height: float
    dpi: float
    columns: int
    rows: int
    pixels: bytes

    @property
    def digest(self) -> str:
        """SHA-256 (hex) of the pixels: the same page in two files is read once."""
        return hashlib.sha256(b"%d " % self.columns + self.pixels).hexdigest()


@dataclass(frozen=True, slots=True)
class Word:
    """One word that tesseract read: its line (block, paragraph, line), its box in pixels, its confidence (0-100)."""

    line: tuple[int, int, int]
    left: int
    top: int
    width: int
    height: int
    confidence: float
    text: str


@cache
def available() -> bool:
    """Whether tesseract with Swedish can be run here."""
    program = shutil.which("tesseract")
    if not program:
        return False
    found = subprocess.run([program, "--list-langs"], capture_output=True, text=True, check=False)
    return LANGUAGE in found.stdout.split()


def default_cache() -> Path:
    """Folder of pages read before: ``TILLSYN_OCR_CACHE``, else the user's cache folder."""
    if named := os.environ.get("TILLSYN_OCR_CACHE"):
        return Path(named)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "tillsyn" / "ocr"


def read_pages(
    rasters: Sequence[Raster], *, cache: Path | None = None, workers: int | None = None
) -> tuple[list[Page], list[str]]:
    """The pages with the lines that tesseract reads, in order, and a sentence for each page that it could not read.

    ``workers`` (default: one per processor) pages are read at a time, each by a process
    with one thread. ``cache`` is the folder of pages read before; it is made when missing,
    and left alone when it cannot be written.
    """
    with ThreadPoolExecutor(workers or min(len(rasters) or 1, os.cpu_count() or 1)) as pool:
        results = list(pool.map(lambda raster: _read(raster, cache), rasters))
    return [item for item in results if isinstance(item, Page)], [item for item in results if isinstance(item, str)]


def _read(raster: Raster, cache: Path | None) -> Page | str:
    try:
        table = _table(raster, cache)
        found = list(words(table))
        if (_confidence(found) < _POOR or _is_lying(found)) and (turns := _quarter_turns(raster)):
            raster = _turned(raster, turns)
            table = _table(raster, cache)
    except InputError as error:
        return str(error)
    return _page(raster, table)


def _table(raster: Raster, folder: Path | None) -> str:
    """Tesseract's table of words for a page, from the cache or by reading it."""
    path = folder and folder / f"{raster.digest[:32]}-{LANGUAGE}.tsv"
    if path and path.is_file():
        return path.read_text("utf-8")
    table = _tesseract(raster, "--psm", "3", "tsv")
    if path:
        _store(path, table)
    return table


def _store(path: Path, table: str) -> None:
    """Write at once or not at all; a cache that cannot be written costs time, nothing else."""
    part = path.with_suffix(f".{uuid4().hex}.part")
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_text(table, "utf-8")
        part.replace(path)
    with suppress(OSError):
        part.unlink(missing_ok=True)


def _is_lying(found: Sequence[Word]) -> bool:
    """Whether most long words stand taller than they are wide."""
    tall = [word.height > word.width for word in found if len(word.text) > 3]
    return 2 * sum(tall) > len(tall)


def _quarter_turns(raster: Raster) -> int:
    """How many quarter turns to the right set the page upright, 0 where tesseract cannot tell."""
    try:
        said = _tesseract(raster, "--psm", "0", language="osd")
    except InputError:
        return 0
    match = re.search(r"Rotate: (\d+)", said)
    return int(match[1]) // 90 if match else 0


def _turned(raster: Raster, turns: int) -> Raster:
    pixels = np.frombuffer(raster.pixels, np.uint8).reshape(raster.rows, raster.columns)
    upright = np.rot90(pixels, -turns)
    rows, columns = upright.shape
    lying = turns % 2 == 1
    width, height = (raster.height, raster.width) if lying else (raster.width, raster.height)
    return Raster(raster.number, width, height, raster.dpi, columns, rows, upright.tobytes())


def without_specks(pixels: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """The grey page, each pixel held between its darkest and lightest neighbour: specks go, strokes stay."""
    padded = np.pad(pixels, 1, mode="edge")
    rows, columns = pixels.shape
    around = [
        padded[down : down + rows, right : right + columns]
        for down in range(3) for right in range(3) if (down, right) != (1, 1)
    ]  # fmt: skip
    lowest, highest = around[0].copy(), around[0].copy()
    for shifted in around[1:]:
        np.minimum(lowest, shifted, out=lowest)
        np.maximum(highest, shifted, out=highest)
    return np.clip(pixels, lowest, highest)


def _tesseract(raster: Raster, *arguments: str, language: str = LANGUAGE) -> str:
    command = ["tesseract", "stdin", "stdout", "-l", language, "--dpi", f"{raster.dpi:.0f}", *arguments]
    image = b"P5 %d %d 255\n" % (raster.columns, raster.rows) + raster.pixels
    environment = os.environ | {"OMP_THREAD_LIMIT": "1"}
    try:
        done = subprocess.run(command, input=image, capture_output=True, timeout=TIMEOUT, env=environment, check=False)
    except subprocess.TimeoutExpired as error:
        raise InputError(f"Page {raster.number}: tesseract took more than {TIMEOUT:.0f} seconds.") from error
    except OSError as error:
        raise InputError(f"Page {raster.number}: tesseract cannot be run ({error}).") from error
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise InputError(f"Page {raster.number}: tesseract failed ({said[-1] if said else done.returncode}).")
    return done.stdout.decode("utf-8", "replace")


def words(table: str) -> Iterator[Word]:
    """The words of tesseract's TSV output, in its reading order."""
    for row in table.splitlines()[1:]:
        cells = row.split("\t", 11)
        if len(cells) == 12 and cells[0] == "5" and cells[11].strip():
            block, paragraph, line = int(cells[2]), int(cells[3]), int(cells[4])
            left, top, width, height = (int(cell) for cell in cells[6:10])
            yield Word((block, paragraph, line), left, top, width, height, float(cells[10]), cells[11].strip())


def _page(raster: Raster, table: str) -> Page:
    found = list(words(table))
    scale = 72 / raster.dpi
    lines = []
    for key, group in groupby(found, key=lambda word: word.line):
        lines += [_line(row, key, raster.number, scale) for row in _runs(list(group), raster.dpi)]
    confidence = _confidence(found)
    return Page(raster.number, raster.width, raster.height, tuple(lines), True, confidence)


def _confidence(found: Sequence[Word]) -> float:
    """Mean confidence (0-1) of words, each weighted by its length; 0 where there are none."""
    weight = sum(len(word.text) for word in found)
    return sum(max(word.confidence, 0.0) * len(word.text) for word in found) / (100 * weight) if weight else 0.0


def _runs(row: Sequence[Word], dpi: float) -> Iterator[list[Word]]:
    """A line of tesseract cut where a gap is wider than a space can be: letterheads, cells."""
    run: list[Word] = []
    for word in row:
        if run and not 0 <= word.left - run[-1].left < run[-1].width + _GAP * dpi / 72 + 1:
            yield run
            run = []
        run.append(word)
    if run:
        yield run


def _reach(word: str) -> float:
    """How tall a word stands in font sizes: from the lowest to the highest of its letters."""
    above = 0.9 if re.search("[ÅÄÖÉ]", word) else 0.7 if re.search(r"[A-Z\dbdfhkltåäöij§|/(]", word) else 0.48
    return above + (0.2 if re.search("[gjpqy,;()Q]", word) else 0.0)


def _line(row: Sequence[Word], key: tuple[int, int, int], page: int, scale: float) -> Line:
    """A line; its font size is judged by the height of each word and the letters in it."""
    size = median(word.height / _reach(word.text) for word in row) * scale
    left, right = min(word.left for word in row), max(word.left + word.width for word in row)
    top, bottom = min(word.top for word in row), max(word.top + word.height for word in row)
    words = " ".join(word.text for word in row)
    box = (left * scale, top * scale, right * scale, bottom * scale)
    return Line(words, page, *box, size, group=key[0] * 1000 + key[1])
