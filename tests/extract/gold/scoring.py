"""How well an extraction meets the gold: recall of content, leakage of what is not content."""

from __future__ import annotations

import re
from dataclasses import dataclass

from gold.look import GoldPage

_WORD = re.compile(r"\w+")


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


def _contains(haystack: str, text: str) -> bool:
    return f" {' '.join(_words(text))} " in haystack


@dataclass(frozen=True)
class Score:
    """Characters: of the content, found of it, of the output, and not of the content in it."""

    content: int
    found: int
    output: int
    leaked: int
    lost: tuple[str, ...] = ()
    leaks: tuple[str, ...] = ()


def score(page: GoldPage, text: str) -> Score:
    """Score the text of a page: block by block (recall) and line by line (leakage)."""
    output = f" {' '.join(_words(text))} "
    gold = f" {' '.join(word for block in page.content.texts for word in _words(block))} "
    lost = tuple(block for block in page.content.texts[1:] if not _contains(output, block))
    lines = [row for row in text.split("\n") if _words(row)]
    leaks = tuple(row for row in lines if not _contains(gold, row))
    size = sum(len(block) for block in page.content.texts[1:])
    return Score(size, size - sum(map(len, lost)), sum(map(len, lines)), sum(map(len, leaks)), lost, leaks)
