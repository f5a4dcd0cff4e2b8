"""Search at 100,000 passages: building database and index, questions to SQLite, questions to the page in Chromium.

Run: python tests/benchmarks/bench_search.py [passages]
"""

from __future__ import annotations

import importlib.util
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pipeline.publish import site
from pipeline.publish.database import write_database
from pipeline.publish.material import Material, open_material
from pipeline.publish.search.fulltext import search
from pipeline.publish.search.index import write_index

QUESTIONS = (
    "brister", "rutin", "nämnd plan", "granskningen OR nämnden", "brist* -plan", "tema:rutiner sinne:problem",
    "kommun:göteborg brister", "år:2019 källa:press", "hittas inte", '"visar brister"',
)  # fmt: skip


def _synthetic() -> Any:
    path = Path(__file__).parents[1] / "publish" / "synthetic.py"
    spec = importlib.util.spec_from_file_location("synthetic", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _timed(what: str, act: Callable[[], Any]) -> Any:
    start = time.perf_counter()
    made = act()
    print(f"{what:<34}{time.perf_counter() - start:8.2f} s")
    return made


def _size(folder: Path) -> str:
    files = [path for path in folder.rglob("*") if path.is_file()]
    return f"{sum(path.stat().st_size for path in files) / 1e6:.1f} MB in {len(files)} files"


def _sqlite(database: Path) -> None:
    print(f"\n{'SQLite: question':<34}{'hits':>9}{'ms':>9}")
    for question in QUESTIONS:
        times = []
        for _ in range(5):
            start = time.perf_counter()
            total = search(database, question).total
            times.append(1000 * (time.perf_counter() - start))
        print(f"{question:<34}{total:>9}{statistics.median(times):>9.1f}")


def _chromium(report: Path) -> None:
    from playwright.sync_api import sync_playwright

    print(f"\n{'Chromium: question':<34}{'said':>9}{'first ms':>9}{'again ms':>9}  (first: chunks loaded too)")
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        page = browser.new_page()
        page.goto((report / "sok.html").as_uri())
        page.wait_for_selector("#search-field")
        for question in QUESTIONS:
            first, again = page.evaluate(ASK, question), page.evaluate(ASK, question)
            said = page.inner_text("#search-say").split(" meningar")[0].removeprefix("Minst ")
            print(f"{question:<34}{said[:9]:>9}{first:>9.0f}{again:>9.0f}")
        browser.close()


ASK = """
async (question) => {
  const box = document.getElementById("search-result");
  delete box.dataset.query;
  const field = document.getElementById("search-field");
  field.value = question;
  const start = performance.now();
  field.form.requestSubmit();
  while (box.dataset.query !== question) await new Promise((done) => setTimeout(done, 1));
  return performance.now() - start;
}
"""


def _material(folder: Path, passages: int) -> Material:
    synthetic = _synthetic()
    workspace, root = synthetic.store(folder, synthetic.analyses(max(1, passages // 21), 5))
    return open_material(workspace, root, generated=datetime(2026, 11, 21, tzinfo=UTC))


def main(passages: int) -> None:
    """Make a workspace of about ``passages`` passages in a temporary folder and measure."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        material = _timed("invent and compare", lambda: _material(folder, passages))
        count = material.connection.execute("SELECT count(*) FROM passages").fetchall()[0][0]
        print(f"passages {count}")
        database = _timed("write tillsyn.db", lambda: write_database(material, folder / "tillsyn.db"))
        index = _timed("write the static index", lambda: write_index(material, folder / "report" / "data" / "search"))
        print(f"tillsyn.db {database.stat().st_size / 1e6:.1f} MB; index {_size(index)}")
        tables = material.workspace / "tables" / material.tables
        _timed("build the site", lambda: site.build(folder, tables, generated=material.generated))
        print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")
        _sqlite(database)
        _chromium(folder / "report")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
