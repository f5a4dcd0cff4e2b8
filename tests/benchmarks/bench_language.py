"""Sentences and compounds on our hard cases, lemmas and speed: ``python tests/benchmarks/bench_language.py``."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import spacy

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tests" / "language"))

from marked import cases, scores  # noqa: E402

from pipeline.language.compounds import split  # noqa: E402
from pipeline.language.lemmas import lemma  # noqa: E402
from pipeline.language.sentences import sentence_spans  # noqa: E402
from pipeline.language.word_parts import dictionary_files, known_parts, of_list  # noqa: E402
from pipeline.language.wordlists import words  # noqa: E402


def f1(right: int, extra: int, missed: int) -> float:
    """F1 of counts."""
    return 2 * right / max(1, 2 * right + extra + missed)


def sentences() -> None:
    """Boundary F1 of our rules and of spaCy's sentencizer."""
    sentencizer = spacy.blank("sv")
    sentencizer.add_pipe("sentencizer")
    ours = [(want, [text[a:b] for a, b in sentence_spans(text)]) for text, want in cases()]
    theirs = [(want, [sent.text for sent in sentencizer(text).sents]) for text, want in cases()]
    for name, pairs in (("sentence_spans", ours), ("spaCy sentencizer", theirs)):
        counts = scores(pairs)
        print(f"{name:20} boundary F1 {f1(*counts):.3f}  right {counts[0]} extra {counts[1]} missed {counts[2]}")


def compounds() -> None:
    """Exact splits of the listed compounds, with our list alone and with the dictionary."""
    lines = (ROOT / "tests/language/compounds.txt").read_text("utf-8").splitlines()
    listed = [line.split() for line in lines if line.strip() and not line.startswith("#")]
    own = of_list(sorted(words("parts.txt") | words("more_parts.txt")))
    for name, known in (("own list", own), ("with dictionary", known_parts())):
        exact = sum("+".join(split(lemma(word), known)) == wanted for word, wanted in listed)
        note = "" if name == "own list" or dictionary_files() else "  (no dictionary installed: the same)"
        print(f"compounds, {name:16} {exact} of {len(listed)} exact{note}")


def speed() -> None:
    """Sentences per second and words per second, first and cached."""
    files = sorted((ROOT / "corpus/annotations").glob("retold_*.jsonl"))
    texts = [json.loads(line)["text"] for file in files for line in file.read_text("utf-8").splitlines()]
    text = "\n".join(texts)
    start = time.process_time()
    found = len(sentence_spans(text))
    print(f"sentences            {found / (time.process_time() - start):,.0f} a CPU second")
    tokens = text.split()
    for name in ("lemmas, first time", "lemmas, cached"):
        start = time.process_time()
        for token in tokens:
            lemma(token)
        print(f"{name:20} {len(tokens) / (time.process_time() - start):,.0f} words a CPU second")


if __name__ == "__main__":
    sentences()
    compounds()
    speed()
