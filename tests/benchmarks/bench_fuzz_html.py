"""50,000 damaged pages: none may crash, hang over two seconds of CPU, or make the process grow without bound.

Run: ``python tests/benchmarks/bench_fuzz_html.py [COUNT]``. Two processes share the work; the pages are those of
the municipal gold with their menus cut short, damaged by seed, so that a failing seed can be looked at again.
"""

from __future__ import annotations

import re
import resource
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "extract")]
_MENU = re.compile(rb'(<li class="[\w-]+__sub">.*?</li>){4,}', re.DOTALL)
_STATE = re.compile(rb'("\w+\.\d+":\{.*?\}\},?){4,}', re.DOTALL)


def _sources() -> list[tuple[bytes, str]]:
    from gold.pages import pages

    return [(_STATE.sub(b"", _MENU.sub(b"", page.html)), page.url) for page in pages()]


def _share(seeds: range) -> tuple[int, float, int, list[str]]:
    """How many were read, the slowest in CPU seconds, the peak in MB, and what went wrong."""
    from gold.mutate import mutate

    from pipeline.extract.html import main_text

    sources = _sources()
    slowest, wrong = 0.0, []
    for seed in seeds:
        html, url = sources[seed % len(sources)]
        damaged = mutate(html, seed)
        start = time.process_time()
        try:
            main_text(damaged, url).encode("utf-8")
        except Exception as error:
            wrong.append(f"seed {seed}: {type(error).__name__}: {error}"[:200])
        spent = time.process_time() - start
        slowest = max(slowest, spent)
        if spent > 2:
            wrong.append(f"seed {seed}: {spent:.1f} s")
    return len(seeds), slowest, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024, wrong


def main() -> int:
    """Print the count, the slowest page and the peak memory; exit 1 when anything went wrong."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 50_000
    shares = [range(1_000_000 + i, 1_000_000 + count, 20) for i in range(20)]
    done = []
    with ProcessPoolExecutor(2) as pool:
        for share in pool.map(_share, shares):
            done.append(share)
            print(f"{sum(s[0] for s in done)} of {count}", file=sys.stderr, flush=True)
    wrong = [line for share in done for line in share[3]]
    slowest, peak = max(share[1] for share in done), max(share[2] for share in done)
    print(
        f"{sum(share[0] for share in done)} damaged pages, {len(wrong)} faults, slowest {slowest:.2f} s, peak {peak} MB"
    )
    print("\n".join(wrong[:20]))
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
