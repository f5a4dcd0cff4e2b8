"""Municipalities and events against annotated documents: ``python tests/benchmarks/bench_documents.py [FILE...] [-v]``.

``--readings`` takes the kinds of events from ``corpus/events/readings.tsv`` instead of from the documents' writers, and
leaves out documents that nobody read again; ``--fold N`` keeps the documents of that fold.

A FILE lists documents as ``retold_documents.json`` does, or facts by file name as ``seeds_documents.json`` does (the
texts are then read from the folder ``seeds`` beside ``gold``). Without FILE: our own annotations, which the rules were
made with and the reader of themes was trained on. Themes are read as in the product; the time is without them.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pipeline.classify import events, places
from pipeline.classify.analyser import Analyser, known_kind
from pipeline.classify.annotated_documents import AnnotatedDocument, joined, lines, read
from pipeline.classify.annotations import read_annotations
from pipeline.classify.corpus_rows import rows
from pipeline.codebook import load_codebook
from pipeline.language.passages import passages
from pipeline.records import Document, Event

KINDS = load_codebook().events
ROOT = Path(__file__).parents[2]
DEFAULT = sorted((ROOT / "corpus/annotations").glob("retold_*_documents.json"))


def f1(tp: int, fp: int, fn: int) -> float:
    """F1 of counts; 1 when there is nothing to find and nothing was found."""
    return 2 * tp / (2 * tp + fp + fn) if tp + fp + fn else 1.0


def documents(files: list[Path], url: bool) -> list[AnnotatedDocument]:
    """The documents of all ``files``; without their address when ``url`` is False."""
    return [annotated for file in files for annotated in read(file, url=url)]


def reread(found: list[AnnotatedDocument]) -> list[AnnotatedDocument]:
    """The documents that were read again, with the kinds of that reading."""
    said = {
        name: frozenset(kind.split(":")[0] for kind in kinds.split() if kind != "-")
        for name, kinds in rows("corpus/events/readings.tsv", 2)
    }
    return [replace(a, kinds=said[a.document.id]) for a in found if a.document.id in said]


def of_fold(found: list[AnnotatedDocument], fold: int) -> list[AnnotatedDocument]:
    """The documents of one fold of the annotations."""
    folds = {row.passage.document: row.fold for row in read_annotations()}
    return [annotated for annotated in found if folds.get(annotated.document.id) == fold]


def show(kind: str, tp: int, fp: int, fn: int) -> None:
    """One line of the table of kinds."""
    print(f"  {kind:24} F1 {f1(tp, fp, fn):.2f}  right {tp:3} extra {fp:3} missed {fn:3}")


# Finer kinds that some readers of the codebook did not tell from these.
COARSE = {"severe_criticism": "criticism", "inspection_opened": "inspection"}


def coarse(kinds: frozenset[str] | set[str], used: set[str]) -> set[str]:
    """``kinds`` as a reader writes them who uses only the kinds ``used``."""
    return {kind if kind in used else COARSE.get(kind, kind) for kind in kinds} & used


def measure(found: list[AnnotatedDocument], label: str, verbose: bool) -> None:
    """Print the share of exact sets of municipalities and the F1 of event kinds."""
    right, spent = 0, 0.0
    counts: dict[str, Counter[str]] = {"tp": Counter(), "fp": Counter(), "fn": Counter()}
    used = {kind for annotated in found for kind in annotated.kinds}
    alike = Counter[str]()
    analyser = Analyser.load()
    for annotated in found:
        cut = passages(annotated.document)
        themes = analyser.findings(cut, known_kind(annotated.document.source_kind))
        start = time.process_time()
        where = places.concerns(annotated.document)
        kinds = {event.kind for event in events.events(annotated.document, cut, where, themes)}
        spent += time.process_time() - start
        codes = {concern.code for concern in where}
        right += codes == annotated.codes
        counts["tp"].update(kinds & annotated.kinds)
        counts["fp"].update(kinds - annotated.kinds)
        counts["fn"].update(annotated.kinds - kinds)
        theirs = coarse(kinds, used)
        alike.update(
            tp=len(theirs & annotated.kinds), fp=len(theirs - annotated.kinds), fn=len(annotated.kinds - theirs)
        )
        if verbose and codes != annotated.codes:
            print("PLACES", annotated.document.id, "expected", sorted(annotated.codes), "found", sorted(codes))
        if verbose and kinds != annotated.kinds:
            missed, extra = sorted(annotated.kinds - kinds), sorted(kinds - annotated.kinds)
            print("EVENTS", annotated.document.id, "missed", missed, "extra", extra)
    tp, fp, fn = (counts[name].total() for name in ("tp", "fp", "fn"))
    print(f"{label}: {len(found)} documents, exact set of municipalities {right / len(found):.3f}")
    precision, recall = tp / max(1, tp + fp), tp / max(1, tp + fn)
    print(f"  event kinds F1 {f1(tp, fp, fn):.3f} (precision {precision:.3f}, recall {recall:.3f})")
    if len(used) < len(KINDS):
        print(f"  on the {len(used)} kinds that its readers used F1 {f1(alike['tp'], alike['fp'], alike['fn']):.3f}")
    print(f"  {1000 * spent / len(found):.2f} ms CPU per document")
    for kind in sorted(counts["tp"] | counts["fp"] | counts["fn"]):
        show(kind, counts["tp"][kind], counts["fp"][kind], counts["fn"][kind])


def _seed(name: str, facts: dict[str, Any], folder: Path) -> Document:
    text, blocks = joined(lines((folder / name).read_text("utf-8")))
    made = datetime(2026, 1, 1, tzinfo=UTC)
    document = Document(name, "", facts["title"], text, blocks, facts["source_kind"], made, "")
    return replace(document, published=facts["published"], updated=facts["updated"])


def _matches(event: Event, fact: dict[str, Any], *names: str) -> bool:
    return event.kind == fact["kind"] and all(getattr(event, name) == fact.get(name) for name in names)


def measure_facts(file: Path) -> None:
    """Print how many of the listed events are found, with authority, date and count."""
    folder = file.parent.parent / "seeds"
    total, hits, places_right, given = 0, Counter[str](), 0, 0
    analyser = Analyser.load()
    data = json.loads(file.read_text("utf-8"))
    for name, facts in data.items():
        document = _seed(name, facts, folder)
        where = places.concerns(document)
        places_right += [c.code for c in where] == [facts["municipality"]]
        cut = passages(document)
        themes = analyser.findings(cut, known_kind(document.source_kind))
        found = list(events.events(document, cut, where, themes))
        given += len(found)
        for fact in facts["events"]:
            total += 1
            hits["kind"] += any(_matches(e, fact) for e in found)
            hits["kind and date"] += any(_matches(e, fact, "date") for e in found)
            hits["kind, date, authority, count"] += any(_matches(e, fact, "date", "authority", "count") for e in found)
    print(f"{file.name}: municipality right {places_right} of {len(data)}; {total} events listed, {given} found")
    for name, number in hits.items():
        print(f"  {name:30} {number} of {total}")


def main() -> None:
    """Measure the files named on the command line, or our own annotations."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split(":")[0])
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("-v", action="store_true", help="name what is missed and extra")
    parser.add_argument("--readings", action="store_true", help="kinds of events from corpus/events/readings.tsv")
    parser.add_argument("--fold", type=int, help="only documents of this fold of the annotations")
    asked = parser.parse_args()
    chosen = asked.files or DEFAULT
    facts = [file for file in chosen if file.name.startswith("seeds")]
    listed = [file for file in chosen if file not in facts]
    for file in facts:
        measure_facts(file)
    for url, label in ((True, "with address"), (False, "text only")) if listed else ():
        found = documents(listed, url)
        found = reread(found) if asked.readings else found
        found = found if asked.fold is None else of_fold(found, asked.fold)
        measure(found, label, url and asked.v)


if __name__ == "__main__":
    main()
