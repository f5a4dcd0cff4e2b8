"""Reads ``sentences.txt``: texts with ‖ between sentences."""

from __future__ import annotations

import re
from pathlib import Path

FILE = Path(__file__).with_name("sentences.txt")


def cases() -> list[tuple[str, list[str]]]:
    """(text, its sentences) for every line that is no comment."""
    lines = [line for line in FILE.read_text("utf-8").splitlines() if line.strip() and not line.startswith("#")]
    return [(re.sub(r" ?‖ ?", lambda m: " " if " " in m[0] else "", line), _sentences(line)) for line in lines]


def _sentences(line: str) -> list[str]:
    return [piece.strip() for piece in line.split("‖")]


def boundaries(sentences: list[str]) -> set[int]:
    """Where sentences end, counted in characters that are not white space (the end of the text left out)."""
    at, found = 0, set()
    for sentence in sentences[:-1]:
        at += len("".join(sentence.split()))
        found.add(at)
    return found


def scores(pairs: list[tuple[list[str], list[str]]]) -> tuple[int, int, int]:
    """(right, extra, missed) boundaries of (expected, found) sentences."""
    right = extra = missed = 0
    for expected, found in pairs:
        want, got = boundaries(expected), boundaries(found)
        right, extra, missed = right + len(want & got), extra + len(got - want), missed + len(want - got)
    return right, extra, missed
