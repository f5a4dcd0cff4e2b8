"""How long the site takes to build and to open: ``python tests/benchmarks/bench_site.py [documents]``.

290 municipalities, 20,000 invented documents, 100,000 findings. Prints build time, memory,
the weight of the first view and when it answers in Chromium with the processor slowed four times.
"""

from __future__ import annotations

import importlib.util
import resource
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

CHROMIUM = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking")
_BUILD = """
import resource, sys, time
from datetime import UTC, datetime
from pathlib import Path
from pipeline.publish import site
begin, busy = time.perf_counter(), time.process_time()
site.build(Path(sys.argv[1]), Path(sys.argv[1]) / "tables" / "test", generated=datetime.now(UTC))
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(f"{time.perf_counter() - begin:.1f} {time.process_time() - busy:.1f} {peak:.0f}")
"""


def _make(folder: Path, documents: int) -> None:
    path = Path(__file__).parents[1] / "publish" / "synthetic.py"
    spec = importlib.util.spec_from_file_location("synthetic", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.store(folder, module.analyses(documents, 5))


def _first_view(page: Path) -> tuple[int, float]:
    """Bytes of the first view as a web server would send them, and milliseconds until the page answers (CPU / 4)."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path="/usr/bin/chromium", args=list(CHROMIUM))
        tab = browser.new_page()
        sent: list[int] = []
        tab.on("response", lambda answer: sent.append(len(answer.body())))
        tab.context.new_cdp_session(tab).send("Emulation.setCPUThrottlingRate", {"rate": 4})
        tab.goto(page.as_uri(), wait_until="load")
        tab.wait_for_selector("html[data-ready]", state="attached")
        ready = tab.evaluate("performance.timing.domContentLoadedEventEnd - performance.timing.navigationStart")
        loaded = tab.evaluate("performance.timing.loadEventEnd - performance.timing.navigationStart")
        browser.close()
    return sum(sent), max(ready, loaded)


def main(documents: int = 20_000) -> None:
    """Make, build, open, print."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        begin = time.perf_counter()
        _make(folder, documents)
        made = time.perf_counter() - begin
        done = subprocess.run([sys.executable, "-c", _BUILD, name], capture_output=True, text=True, check=True)
        wall, busy, peak = done.stdout.splitlines()[-1].split()
        pages = sum(1 for _ in (folder / "report").rglob("*.html"))
        size = sum(p.stat().st_size for p in (folder / "report").rglob("*") if p.is_file()) / 1e6
        sent, ready = _first_view(folder / "report" / "index.html")
    print(f"documents {documents:,}   findings {documents * 5:,}   date {datetime.now(UTC):%Y-%m-%d}")
    print(f"tables and comparison made in {made:.0f} s (not part of the build)")
    print(f"build             {wall:>8} s wall   {busy:>8} s CPU   (< 180 s)")
    print(f"memory            {peak:>8} MB peak                  (< 2,000 MB)")
    print(f"site              {pages:>8,} pages  {size:>8.0f} MB")
    print(f"first view        {sent / 1e6:>8.2f} MB sent                  (< 1.5 MB)")
    print(f"answers after     {ready / 1000:>8.2f} s, processor slowed 4x     (< 2 s)")
    print(f"own memory        {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:>8.0f} MB")


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
