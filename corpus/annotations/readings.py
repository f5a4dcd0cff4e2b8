"""Who read what in the retold documents, and how far the readers agree: ``python corpus/annotations/readings.py``.

``readings.tsv`` holds what every reader said of a passage; none saw another's labels. Reader 1 wrote the document down
and labelled it; 2 and 3 (first 443 documents) shared a written guide; 4 read all documents by the codebook alone; 5 did
the same with a sample, which shows what such a reading is worth. The labels of the annotations are those of reader 4.
"""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterator, Mapping
from itertools import combinations
from pathlib import Path

from pipeline.classify.agreement import Agreement, agreement_of
from pipeline.classify.scores import Judged

HERE = Path(__file__).parent
SETTLES = "4"
Reading = tuple[tuple[tuple[str, str], ...], str]
"""(theme, polarity) pairs, and the speaker ('-' where the reader saw no content)."""
Passage = tuple[str, int]
"""Document and number of the passage."""


def readings(file: Path = HERE / "readings.tsv") -> dict[str, dict[Passage, Reading]]:
    """What each reader said of each passage."""
    found: dict[str, dict[Passage, Reading]] = {}
    with file.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream, delimiter="\t"):
            pairs = tuple(tuple(pair.split("/")) for pair in row["labels"].split() if pair != "-")
            found.setdefault(row["reader"], {})[row["doc"], int(row["i"])] = (pairs, row["attribution"])  # type: ignore[assignment]
    return found


def agreement(mine: Mapping[Passage, Reading], theirs: Mapping[Passage, Reading]) -> Agreement | None:
    """How far two readers agree over the passages that both have read; None where there are none."""
    common = [(passage[0], mine[passage], theirs[passage]) for passage in sorted(mine.keys() & theirs.keys())]
    rows = [Judged(document, frozenset(a[0]), frozenset(b[0]), a[1], b[1]) for document, a, b in common]
    return agreement_of(rows) if rows else None


def unsettled(folder: Path = HERE) -> Iterator[str]:
    """Passages of retold documents whose labels or speaker are not what the reader said whose reading settles them."""
    settled = readings(folder / "readings.tsv")[SETTLES]
    for file in sorted(folder.glob("retold_*.jsonl")):
        for line in file.read_text("utf-8").splitlines():
            row = json.loads(line)
            if row["boilerplate"]:
                continue
            said = settled.get((row["doc"], row["i"]))
            mine = {(label["theme"], label["polarity"]) for label in row["labels"]}
            if said is None or (mine, row["attribution"]) != (set(said[0]), said[1]):
                yield f"{file.name}: {row['doc']} {row['i']}"


def main() -> None:
    """Print how far every two readers agree."""
    read = readings()
    sys.stdout.write("readers  passages  themes  with polarity  speaker\n")
    for one, other in combinations(sorted(read), 2):
        if (both := agreement(read[one], read[other])) is not None:
            figures = f"{both.micro_f1:6.3f}  {both.theme_polarity_f1:13.3f}  {both.attribution:7.3f}"
            sys.stdout.write(f"{one} and {other}  {both.passages:8}  {figures}\n")


if __name__ == "__main__":
    main()
