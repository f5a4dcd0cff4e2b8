"""Municipalities and events against annotated documents: ``python tests/benchmarks/bench_documents.py FILE... [-v]``."""

from __future__ import annotations

import sys
import time
from collections import Counter
from pathlib import Path

from pipeline.classify import events, places
from pipeline.classify.annotated_documents import read
from pipeline.language.passages import passages

ROOT = Path(__file__).parents[2]
DEFAULT = sorted((ROOT / "corpus/annotations").glob("retold_*_documents.json"))


def f1(tp: int, fp: int, fn: int) -> float:
    """F1 of counts; 1 when there is nothing to find and nothing was found."""
    return 2 * tp / (2 * tp + fp + fn) if tp + fp + fn else 1.0


def measure(files: list[Path], url: bool, verbose: bool) -> None:
    """Print exact sets of municipalities and F1 of event kinds for ``files``."""
    right = total = 0
    tp, fp, fn = Counter(), Counter(), Counter()
    spent = 0.0
    for annotated in (a for file in files for a in read(file, url=url)):
        document = annotated.document
        cut = passages(document)
        start = time.process_time()
        found = places.concerns(document)
        kinds = {e.kind for e in events.events(document, cut, found)}
        spent += time.process_time() - start
        codes = {c.code for c in found}
        total += 1
        right += codes == annotated.codes
        if verbose and codes != annotated.codes:
            print(
                "PLACES",
                document.id,
                document.url,
                sorted(annotated.codes),
                [(c.code, c.name, c.salience) for c in found],
            )
        for kind in kinds | annotated.kinds:
            (tp if kind in kinds and kind in annotated.kinds else fp if kind in kinds else fn)[kind] += 1
        if verbose and kinds != annotated.kinds:
            print(
                "EVENTS",
                document.id,
                "missed",
                sorted(annotated.kinds - kinds),
                "extra",
                sorted(kinds - annotated.kinds),
            )
    print(
        f"{'with address' if url else 'text only'}: {total} documents, exact set of municipalities {right / total:.3f}, "
        f"event kinds F1 {f1(tp.total(), fp.total(), fn.total()):.3f} "
        f"(precision {tp.total() / max(1, tp.total() + fp.total()):.3f}, recall {tp.total() / max(1, tp.total() + fn.total()):.3f}), "
        f"{1000 * spent / total:.2f} ms CPU per document"
    )
    for kind in sorted(tp | fp | fn):
        print(
            f"  {kind:24} F1 {f1(tp[kind], fp[kind], fn[kind]):.2f}  right {tp[kind]:3} extra {fp[kind]:3} missed {fn[kind]:3}"
        )


if __name__ == "__main__":
    chosen = [Path(a) for a in sys.argv[1:] if not a.startswith("-")] or DEFAULT
    for with_address in (True, False):
        measure(chosen, with_address, "-v" in sys.argv and with_address == ("-t" not in sys.argv))
