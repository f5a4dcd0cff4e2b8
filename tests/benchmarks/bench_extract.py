"""Extraction: speed on municipal and on unknown pages beside trafilatura, CPU time in one run.

Run: ``python tests/benchmarks/bench_extract.py``. With ``../shared/bench`` beside the checkout the pages of
the article-extraction-benchmark serve as unknown pages and its F1 is printed by ``bench_extract.py`` there;
without it the unknown pages of the municipal gold do.
"""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "extract")]
BENCH = ROOT.parent / "shared" / "bench"

Page = tuple[bytes, str]


def _ours(page: Page) -> str:
    from pipeline.extract.html import main_text

    return main_text(*page)


def _trafilatura(page: Page) -> str:
    import trafilatura

    return trafilatura.extract(page[0], url=page[1], include_comments=False, include_tables=True) or ""


def _cpu(extract: Callable[[Page], str], pages: list[Page]) -> float:
    """CPU milliseconds per page, the best of three rounds over all pages."""
    extract(pages[0])
    rounds = []
    for _ in range(3):
        start = time.process_time()
        for page in pages:
            extract(page)
        rounds.append(time.process_time() - start)
    return 1000 * min(rounds) / len(pages)


def _municipal() -> list[Page]:
    from gold.pages import pages

    return [(page.html, page.url) for page in pages() if page.look.cms]


def _unknown() -> list[Page]:
    from gold.pages import pages

    folder = BENCH / "article-extraction-benchmark"
    if not folder.is_dir():
        return [(page.html, page.url) for page in pages() if not page.look.cms]
    truth = json.loads((folder / "ground-truth.json").read_text("utf-8"))
    return [(gzip.decompress((folder / "html" / f"{k}.html.gz").read_bytes()), truth[k]["url"]) for k in sorted(truth)]


def main() -> None:
    """Print CPU per page and the ratios that the project promises, and the F1 table where its pages are there."""
    print(f"{'pages':<28} {'tillsyn':>9} {'trafilatura':>12} {'ratio':>7}  promised")
    for name, pages, promise in (
        ("municipal (known CMS)", _municipal(), ">= 5 times faster"),
        ("unknown", _unknown(), "<= 1.15 times slower"),
    ):
        ours, theirs = _cpu(_ours, pages), _cpu(_trafilatura, pages)
        ratio = theirs / ours if "faster" in promise else ours / theirs
        print(f"{name:<28} {ours:6.2f} ms {theirs:9.2f} ms {ratio:7.2f}  {promise}")
    if BENCH.is_dir():
        names = ["pipeline.extract.html:main_text", "trafilatura", "trafilatura_fast", "--sets", "s"]
        command = [sys.executable, str(BENCH / "bench_extract.py"), *names]
        subprocess.run(command, cwd=ROOT, env=os.environ | {"BENCH_ROOT": str(BENCH)}, check=True)


if __name__ == "__main__":
    main()
