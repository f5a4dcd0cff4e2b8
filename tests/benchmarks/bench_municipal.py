"""Municipal gold: content recall, leakage, title, dates and speed beside trafilatura, readability and BeautifulSoup.

Run: ``python tests/benchmarks/bench_municipal.py [--verbose]``. Time is CPU time per page.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "extract")]

from gold.look import GoldPage  # noqa: E402
from gold.pages import pages  # noqa: E402
from gold.scoring import Score, score  # noqa: E402

Extractor = Callable[[GoldPage], str]


def _ours(page: GoldPage) -> str:
    from pipeline.extract.html import main_text

    return main_text(page.html, page.url)


def _trafilatura(page: GoldPage) -> str:
    import trafilatura

    return trafilatura.extract(page.html, url=page.url, include_comments=False, include_tables=True) or ""


def _readability(page: GoldPage) -> str:
    import lxml.html
    from readability import Document

    markup = page.html.decode(page.look.encoding)
    summary = lxml.html.fromstring(Document(markup).summary(html_partial=True))
    return "\n".join(row.strip() for row in summary.itertext() if row.strip())


def _soup(page: GoldPage) -> str:
    from bs4 import BeautifulSoup

    return BeautifulSoup(page.html, "lxml").get_text("\n", strip=True)


EXTRACTORS: dict[str, Extractor] = {
    "tillsyn": _ours, "trafilatura": _trafilatura, "readability": _readability, "BeautifulSoup": _soup,
}  # fmt: skip


def _measure(extract: Extractor, gold: list[GoldPage]) -> tuple[list[Score], float]:
    extract(gold[0])
    scores, spent = [], 0.0
    for page in gold:
        start = time.process_time()
        text = extract(page)
        spent += time.process_time() - start
        scores.append(score(page, text))
    return scores, spent


def _row(name: str, scores: list[Score], spent: float) -> str:
    recall = sum(s.found for s in scores) / sum(s.content for s in scores)
    leakage = sum(s.leaked for s in scores) / max(1, sum(s.output for s in scores))
    return f"{name:<28} {recall:7.4f} {leakage:9.4f} {1000 * spent / len(scores):9.2f} ms"


def _documents(gold: list[GoldPage], verbose: bool) -> tuple[int, int]:
    import hashlib

    from pipeline.extract import documents
    from pipeline.records import Capture

    titles = dates = 0
    for page in gold:
        capture = Capture(
            page.url, datetime(2024, 6, 1, tzinfo=UTC), 200, {"Content-Type": "text/html"}, page.html,
            hashlib.sha256(page.html).hexdigest(),
        )  # fmt: skip
        document = documents(capture).documents[0]
        titles += document.title == page.content.title
        right = (document.published, document.updated) == (page.published, page.updated)
        dates += right
        if verbose and (document.title != page.content.title or not right):
            print(
                "   !",
                page.look.name,
                page.url,
                document.title,
                document.published,
                document.updated,
                "for",
                page.published,
                page.updated,
            )
    return titles, dates


def main() -> None:
    """Print the table, over all looks and over those unseen when the rules were written."""
    verbose = "--verbose" in sys.argv
    every = pages()
    groups = {
        "all": every,
        "seen": [p for p in every if not p.look.unseen],
        "unseen": [p for p in every if p.look.unseen],
    }
    for label, gold in groups.items():
        if not gold:
            continue
        looks, size = len({p.look.name for p in gold}), sum(len(p.html) for p in gold) // len(gold)
        print(f"\n{label}: {len(gold)} pages, {looks} looks, {size} bytes a page")
        print(f"{'extractor':<28} {'recall':>7} {'leakage':>9} {'CPU/page':>9}")
        for name, extract in EXTRACTORS.items():
            scores, spent = _measure(extract, gold)
            print(_row(name, scores, spent))
            if verbose and name == "tillsyn":
                for page, s in zip(gold, scores, strict=True):
                    if s.lost or s.leaks:
                        print(
                            "   -",
                            page.look.name,
                            page.url,
                            "LOST",
                            [t[:60] for t in s.lost],
                            "LEAK",
                            [t[:60] for t in s.leaks],
                        )
        titles, dates = _documents(gold, verbose)
        print(f"title exact {titles / len(gold):.4f}, dates exact {dates / len(gold):.4f}")


if __name__ == "__main__":
    main()
