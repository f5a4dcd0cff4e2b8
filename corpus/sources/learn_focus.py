"""Learns which words of titles and addresses lead to findings: ``python corpus/sources/learn_focus.py``.

Writes the section ``[learnt]`` of ``focus.toml`` beside this script from ``corpus/annotations`` and prints how well the
weights rank documents they were not learnt from. A document is on the subject when it has a passage labelled problem
or remedy or a formal event; service pages and documents without labels are off it. A feature is a word found in the
folded title or address, as ``Focus.score`` finds it (so also inside other words); the model is a logistic regression
(L2, both classes of equal weight). Fold 0 of ``splits.json`` is never learnt from; ``STRENGTH`` and ``SEEN`` are chosen
by cross-validation over the other folds, which ``--choose`` repeats. Same data, same bytes.
"""

from __future__ import annotations

import csv
import itertools
import json
import re
import sys
import tomllib
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from spacy.lang.sv.stop_words import STOP_WORDS

from pipeline.acquire.focus import Focus, address, fold

HERE = Path(__file__).resolve().parent
FOCUS = HERE / "focus.toml"
ANNOTATIONS = HERE.parent / "annotations"
MARK = "# ---- Learnt: written by learn_focus.py from corpus/annotations; change that, not these lines. ----\n"
HELD_OUT = 0
STRENGTH = 0.1  # the inverse of the regularisation (scikit-learn's C)
SEEN = 3  # a word is learnt when this many documents have it
SHORTEST = 4  # letters; shorter words turn up inside too many others
LIMIT = 150  # words, the strongest
GREATEST = 5  # the strongest word weighs as much as the strongest written by hand
DRAWS = 2000
WORD = re.compile(r"[^\W\d_]+")
# Parts of addresses that tell the publishing system, and months: they follow where and when our examples come from.
APART = (
    "aspx", "html", "artikel", "article", "arkiv", "committees", "date", "document", "documents", "download", "filter",
    "index", "page", "pressreleases", "programid", "sida", "januari", "februari", "mars", "april", "juni", "juli",
    "augusti", "september", "oktober", "november", "december",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Example:
    """What a crawl sees of a document before it fetches it, and whether it was worth fetching."""

    url: str
    title: str
    positive: bool
    fold: int


def _rows() -> Iterator[dict[str, Any]]:
    for file in sorted(ANNOTATIONS.glob("*.jsonl")):
        yield from map(json.loads, file.read_text("utf-8").splitlines())


def examples() -> list[Example]:
    """One example a document, with its title (or first heading) and, of the retold ones, the real address."""
    folds = json.loads((ANNOTATIONS / "splits.json").read_text("utf-8"))["documents"]
    retold = {
        facts["doc"]: facts
        for file in sorted(ANNOTATIONS.glob("retold_*_documents.json"))
        for facts in json.loads(file.read_text("utf-8"))
    }
    titles: dict[str, dict[str, str]] = {}
    positive: dict[str, bool] = {}
    for row in _rows():
        name = row["doc"]
        titles.setdefault(name, {}).setdefault(row["kind"], row["text"])
        found = any(label["polarity"] in ("problem", "remedy") for label in row["labels"])
        about = found or bool(retold.get(name, {}).get("events"))
        positive[name] = positive.get(name, False) or (about and row["genre"] != "service_page")
    return [
        Example(
            retold.get(name, {}).get("url", ""),
            kinds.get("title") or kinds.get("heading", ""),
            positive[name],
            folds[name],
        )
        for name, kinds in sorted(titles.items())
    ]


def names() -> set[str]:
    """Folded names: of municipalities, and words that mostly have a capital in mid-sentence (places, bodies, media)."""
    capital: Counter[str] = Counter()
    small: Counter[str] = Counter()
    for row in _rows():
        for word in WORD.finditer(row["text"]):
            before = row["text"][: word.start()].rstrip(" ”\"'(–-")
            if word[0].islower():
                small[fold(word[0])] += 1
            elif before and before[-1] not in ".!?:/|,§":
                capital[fold(word[0])] += 1
    found = {word for word, count in capital.items() if count > small[word]}
    with (HERE.parent / "municipalities.csv").open(encoding="utf-8", newline="") as file:
        found.update(word for row in csv.DictReader(file) for word in WORD.findall(fold(row["name"])))
    return found | {f"{name}s" for name in found}


def learn(
    learnt_from: Sequence[Example], banned: Collection[str], strength: float = STRENGTH, least: int = SEEN
) -> dict[str, float]:
    """The strongest words with their weights, one decimal, in alphabetical order."""
    seen = [fold(f"{address(example.url)} {example.title}") for example in learnt_from]
    count = Counter(word for text in seen for word in set(WORD.findall(text)))
    words = sorted(w for w, n in count.items() if n >= least and len(w) >= SHORTEST and w not in banned)
    matrix = np.array([[word in text for word in words] for text in seen], dtype=np.float64)
    model = LogisticRegression(C=strength, solver="liblinear", class_weight="balanced", random_state=0, max_iter=2000)
    model.fit(matrix, [example.positive for example in learnt_from])
    found = {word: round(float(value), 6) for word, value in zip(words, model.coef_[0], strict=True)}
    strongest = sorted(found, key=lambda word: (-abs(found[word]), word))[:LIMIT]
    scale = GREATEST / abs(found[strongest[0]])
    weights = {word: round(scale * found[word], 1) for word in sorted(strongest)}
    return {word: weight for word, weight in weights.items() if weight}


def section(learnt: Mapping[str, float]) -> str:
    """The learnt words as the last section of the file."""
    return "\n".join([MARK + "[learnt]", *(f'"{word}" = {weight}' for word, weight in learnt.items()), ""])


def made(hand: str, learnt: Mapping[str, float]) -> str:
    """The text of ``focus.toml``: what was written by hand, then the learnt words."""
    return f"{hand.partition(MARK)[0].rstrip()}\n\n{section(learnt)}"


def scores(weights: Mapping[str, float], tested: Sequence[Example]) -> np.ndarray:
    """The score of each document's address and title."""
    focus = Focus(weights, 0, 0)
    return np.array([focus.score(example.url, example.title) for example in tested])


def measured(hand: Mapping[str, float], learnt: Mapping[str, float], tested: Sequence[Example]) -> str:
    """A table: AUC with a 95 % interval (documents drawn with return) for the words by hand, the learnt ones, both."""
    truth = np.array([example.positive for example in tested])
    drawn = np.random.default_rng(0).integers(0, len(truth), (DRAWS, len(truth)))
    lines = [f"| fold {HELD_OUT}: {truth.sum()} on the subject, {(~truth).sum()} off it | words | AUC | 95 % |"]
    lines.append("|---|---|---|---|")
    for name, weights in (("by hand", hand), ("learnt", learnt), ("both", {**learnt, **hand})):
        values = scores(weights, tested)
        low, high = np.quantile([roc_auc_score(truth[d], values[d]) for d in drawn], (0.025, 0.975))
        lines.append(f"| {name} | {len(weights)} | {roc_auc_score(truth, values):.3f} | {low:.3f}–{high:.3f} |")
    return "\n".join(lines) + "\n"


def banned() -> set[str]:
    """Words that are never learnt: names, Swedish stop words, and parts of addresses that are no words."""
    return names() | {fold(word) for word in STOP_WORDS} | set(APART)


def chosen(every: Sequence[Example]) -> str:
    """The mean AUC of learnt words over the folds that may be learnt from, for each choice."""
    apart, lines = banned(), ["strength  least  AUC"]
    for strength, least in itertools.product((0.03, STRENGTH, 0.3, 1.0), (SEEN, 5)):
        found = []
        for left_out in sorted({example.fold for example in every} - {HELD_OUT}):
            learnt = learn([e for e in every if e.fold not in (HELD_OUT, left_out)], apart, strength, least)
            tested = [example for example in every if example.fold == left_out]
            found.append(roc_auc_score([example.positive for example in tested], scores(learnt, tested)))
        lines.append(f"{strength:8}  {least:5}  {np.mean(found):.3f}")
    return "\n".join(lines) + "\n"


def main() -> None:
    """Write the learnt section, print the table; with ``--choose`` print what cross-validation says."""
    text = FOCUS.read_text("utf-8")
    every = examples()
    if "--choose" in sys.argv:
        sys.stdout.write(chosen(every))
        return
    learnt = learn([example for example in every if example.fold != HELD_OUT], banned())
    FOCUS.write_text(made(text, learnt), "utf-8")
    hand = {word: float(weight) for word, weight in tomllib.loads(text)["weights"].items()}
    sys.stdout.write(measured(hand, learnt, [example for example in every if example.fold == HELD_OUT]))


if __name__ == "__main__":
    main()
