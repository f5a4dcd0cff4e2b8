"""The model's figures on the two gold sets, which no choice rests on; ``--write`` puts them where they are read.

Written are models/metrics.json (shown on the methods page), models/error_rates.json (document level counts, which rates
are corrected by) and the table of figures in models/README.md.
"""

from __future__ import annotations

import argparse
import json
import re
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pipeline.classify.analyser import Analyser
from pipeline.classify.annotations import read_labelled
from pipeline.classify.evaluation import evaluate, judged
from pipeline.classify.reader import Reader
from pipeline.classify.scores import Judged
from pipeline.codebook import load_codebook
from pipeline.records import POLARITIES

ROOT = Path(__file__).parents[2]
GOLD = ROOT.parent / "shared" / "gold"
MODELS = ROOT / "models"
SETS = ("seeds", "retold")
COMMAND = "python tests/benchmarks/bench_gold.py --write"
ROWS = {
    "macro F1 over themes": "macro_f1",
    "micro F1": "micro_f1",
    "theme with polarity, micro F1": "theme_polarity_micro_f1",
    "polarity on matched themes": "polarity_accuracy",
    "attribution": "attribution_accuracy",
    "documents' problem themes F1": "document_problem_f1",
}
Cell = tuple[bool, bool]
CELLS: tuple[Cell, ...] = ((True, True), (False, True), (True, False), (False, False))


def groups(name: str) -> dict[str, str]:
    """By document of the set ``name``: its first municipality, else its host, else itself."""
    facts = json.loads((GOLD / f"{name}_documents.json").read_text("utf-8"))
    if isinstance(facts, list):
        facts = {row["doc"]: row for row in facts}
    found = {}
    for document, row in facts.items():
        first = [*row.get("municipalities", ()), row.get("municipality")][0]
        found[document] = first or urlsplit(row.get("url", "")).hostname or document
    return found


def told(rows: list[Judged], theme: str, polarity: str) -> dict[str, Cell]:
    """By document: whether a passage truly is of theme and polarity, and whether one is said to be ('all': any)."""
    result: dict[str, Cell] = {}
    for row in rows:
        true, given = (
            any(theme in (t, "all") and polarity in (p, "all") for t, p in side) for side in (row.true, row.given)
        )
        before = result.get(row.document, (False, False))
        result[row.document] = (before[0] or true, before[1] or given)
    return result


def cell(rows: list[Judged], group: dict[str, str], theme: str, polarity: str) -> dict[str, Any]:
    """Documents right (tp), wrongly marked (fp), missed (fn) and rightly left (tn), all and by municipality or host."""
    clusters: dict[str, Counter[Cell]] = {}
    for document, state in told(rows, theme, polarity).items():
        clusters.setdefault(group[document], Counter())[state] += 1
    by_group = [[counts[state] for state in CELLS] for _, counts in sorted(clusters.items())]
    total = [sum(column) for column in zip(*by_group, strict=True)]
    return {**dict(zip(("tp", "fp", "fn", "tn"), total, strict=True)), "clusters": by_group}


def error_rates(reader: Reader, day: str) -> dict[str, Any]:
    """The document level counts of both sets together, by theme and polarity."""
    rows: list[Judged] = []
    group: dict[str, str] = {}
    for name in SETS:
        rows += judged(reader, read_labelled(GOLD / f"{name}.jsonl"))
        group |= groups(name)
    number = len({row.document for row in rows})
    themes = {
        theme: {polarity: cell(rows, group, theme, polarity) for polarity in (*POLARITIES, "all")}
        for theme in (*load_codebook().theme_ids, "all")
    }
    gold = f"gold/seeds.jsonl and gold/retold.jsonl ({number} documents, none trained on), {day}"
    return {"unit": "document", "gold": gold, "command": COMMAND, "model": reader.version, "themes": themes}


def _told(part: dict[str, Any], key: str) -> str:
    bounds = part.get(f"{key}_interval")
    return f"{part[key]:.3f} ({bounds[0]:.2f}-{bounds[1]:.2f})" if bounds else f"{part[key]:.3f}"


def _theme(name: str, seeds: dict[str, Any], row: dict[str, Any]) -> str:
    precision, recall = ("-" if row[key] is None else f"{row[key]:.2f}" for key in ("precision", "recall"))
    low, high = row["f1_interval"]
    seen = f"{seeds['f1']:.2f}" if seeds["support"] else "-"
    return f"| {name} | {precision} | {recall} | {row['f1']:.2f} ({low:.2f}-{high:.2f}) | {row['support']} | {seen} |"


def table(metrics: dict[str, Any]) -> str:
    """The figures as the model card shows them."""
    seeds, retold = (metrics[name] for name in SETS)
    lines = [
        f"Measured {metrics['date']} with `{metrics['command']}` on two sets used for no choice: five real municipal",
        f"pages (`seeds`, {seeds['passages']} passages) and {retold['documents']} retold real documents (`retold`, "
        f"{retold['passages']} passages); 95 % bootstrap intervals by",
        "document; the baseline is tf-idf (words, bigrams) with one-vs-rest logistic regression trained on the same",
        "annotations in the same run. Passages only, without the kind of source.",
        "", f"Model `{retold['model']}`.", "", "| figure | seeds | retold |", "|---|---|---|",
        *(f"| {name} | {_told(seeds, key)} | {_told(retold, key)} |" for name, key in ROWS.items()),
    ]  # fmt: skip
    plain = [f"{part['baseline']['macro_f1']:.3f}, {part['baseline']['micro_f1']:.3f}" for part in (seeds, retold)]
    lines.append(f"| baseline: macro, micro F1 | {plain[0]} | {plain[1]} |")
    lines += [
        "",
        "| theme | precision | recall | F1 (95 %), retold | passages | F1, seeds |",
        "|---|---|---|---|---|---|",
    ]
    lines += [_theme(name, seeds["themes"][name], row) for name, row in retold["themes"].items()]
    return "\n".join(lines)


def _compact(data: dict[str, Any]) -> str:
    """JSON with the rows of ``clusters`` on one line per cell."""
    text = json.dumps(data, ensure_ascii=False, indent=1)
    return re.sub(r"\[[\s\d,\[\]]+\]", lambda found: re.sub(r"\s+", "", found[0]), text) + "\n"


def write(metrics: dict[str, Any], rates: dict[str, Any], shown: str) -> None:
    """Put the figures into the three files below models/."""
    (MODELS / "metrics.json").write_text(json.dumps(metrics, ensure_ascii=False, indent=1) + "\n", "utf-8")
    (MODELS / "error_rates.json").write_text(_compact(rates), "utf-8")
    card = (MODELS / "README.md").read_text("utf-8")
    block = f"<!-- figures -->\n{shown}\n<!-- /figures -->"
    card = re.sub(r"<!-- figures -->.*<!-- /figures -->", lambda _: block, card, flags=re.S)
    (MODELS / "README.md").write_text(card, "utf-8")


def main() -> None:
    """Print the table of figures, and write the three files where asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="update metrics.json, error_rates.json and README.md")
    asked = parser.parse_args()
    if not GOLD.is_dir():
        print("The gold sets (../shared/gold) are not beside this checkout, so nothing was measured.")
        return
    reader = Analyser.load().reader
    day = datetime.now(UTC).date().isoformat()
    metrics = {"date": day, "command": COMMAND} | {name: evaluate(GOLD / f"{name}.jsonl", reader) for name in SETS}
    shown = table(metrics)
    print(shown)
    if asked.write:
        write(metrics, error_rates(reader, day), shown)


if __name__ == "__main__":
    main()
