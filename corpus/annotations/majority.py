"""Labels by majority of three readings: ``python corpus/annotations/majority.py`` rewrites those of retold documents.

``readings.tsv`` holds what three readers, who did not see each other's labels, said of every passage of the first 443
retold documents. A theme is kept where two of them give it, in the senses that two of them give it (else in those of
the third, who read by the most detailed guide); the speaker likewise.
"""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

HERE = Path(__file__).parent
FILES = tuple(f"retold_{part}.jsonl" for part in ("east", "north", "south", "west"))
READERS = 3
Reading = tuple[tuple[tuple[str, str], ...], str]
"""(theme, polarity) pairs, and the speaker."""


def readings(file: Path = HERE / "readings.tsv") -> dict[tuple[str, int], list[Reading]]:
    """The readings of each passage (document, number), in the order of the readers."""
    found: dict[tuple[str, int], list[Reading]] = {}
    with file.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream, delimiter="\t"):
            pairs = tuple(tuple(pair.split("/")) for pair in row["labels"].split() if pair != "-")
            found.setdefault((row["doc"], int(row["i"])), []).append((pairs, row["attribution"]))  # type: ignore[arg-type]
    return found


def labels(read: Sequence[Reading]) -> list[tuple[str, str]]:
    """The (theme, polarity) pairs of the majority, in the order in which they were first given."""
    found = []
    given = [{theme: {p for t, p in pairs if t == theme} for theme, _ in pairs} for pairs, _ in read]
    for theme in dict.fromkeys(theme for pairs, _ in read for theme, _ in pairs):
        senses = [mine[theme] for mine in given if theme in mine]
        if len(senses) < 2:
            continue
        agreed = [p for p, count in Counter(p for mine in senses for p in sorted(mine)).items() if count >= 2]
        found += [(theme, polarity) for polarity in sorted(agreed or senses[-1])]
    return found


def speaker(read: Sequence[Reading]) -> str:
    """The speaker that two readers name, else the third reader's."""
    name, count = Counter(who for _, who in read).most_common(1)[0]
    return name if count >= 2 else read[-1][1]


def rewritten(file: Path, read: Mapping[tuple[str, int], Sequence[Reading]]) -> str:
    """The lines of an annotation file with the majority's labels."""
    lines = []
    for line in file.read_text("utf-8").splitlines():
        row = json.loads(line)
        if mine := read.get((row["doc"], row["i"])):
            row["labels"] = [{"theme": theme, "polarity": polarity} for theme, polarity in labels(mine)]
            row["attribution"] = speaker(mine)
        lines.append(json.dumps(row, ensure_ascii=False) + "\n")
    return "".join(lines)


def main() -> None:
    """Rewrite the four files."""
    read = readings()
    for name in FILES:
        (HERE / name).write_text(rewritten(HERE / name, read), "utf-8")


if __name__ == "__main__":
    main()
