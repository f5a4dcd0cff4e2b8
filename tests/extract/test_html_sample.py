"""The pages of the embedded sample, made by another hand than the rules: what is known of them comes out of them."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

from pipeline.archive import read_captures
from pipeline.extract import documents
from pipeline.records import Capture, Document

_WORD = re.compile(r"\w+")


def _words(text: str) -> str:
    return f" {' '.join(_WORD.findall(text.casefold()))} "


@pytest.fixture(scope="module")
def known(root: Path) -> dict[str, list[tuple[str, bool]]]:
    """Sentences of the retold documents by identifier, and whether each is boilerplate."""
    found: dict[str, list[tuple[str, bool]]] = defaultdict(list)
    for file in sorted((root / "corpus" / "annotations").glob("retold_*.jsonl")):
        for row in map(json.loads, file.read_text("utf-8").splitlines()):
            found[row["doc"]].append((row["text"], bool(row.get("boilerplate"))))
    return found


@pytest.fixture(scope="module")
def pages(root: Path, known: dict[str, Any]) -> list[tuple[dict[str, Any], Document]]:
    """The last version of every sample page that retells one annotated document, extracted."""
    placed = json.loads((root / "corpus" / "sample" / "documents.json").read_text("utf-8"))
    last: dict[str, Capture] = {}
    for capture in read_captures(root / "corpus" / "sample" / "sample.warc.gz"):
        if capture.media_type == "text/html" and len(placed.get(capture.url, ())) == 1:
            last[capture.url] = capture
    rows = [(placed[url][0], capture) for url, capture in sorted(last.items())]
    chosen = [(row, capture) for row, capture in rows if row["document"] in known][::2]
    return [(row, documents(capture).documents[0]) for row, capture in chosen]


def test_sentences_are_kept(
    pages: list[tuple[dict[str, Any], Document]], known: dict[str, list[tuple[str, bool]]]
) -> None:
    """At least 99 % of the characters of the known content come out."""
    whole = lost = 0
    for row, document in pages:
        text = _words(document.text)
        for sentence, boilerplate in known[row["document"]]:
            if not boilerplate:
                whole += len(sentence)
                lost += 0 if _words(sentence) in text else len(sentence)
    assert lost <= 0.01 * whole


def test_furniture_does_not_leak(
    pages: list[tuple[dict[str, Any], Document]], known: dict[str, list[tuple[str, bool]]]
) -> None:
    """At most half a per cent of what comes out is neither a known sentence nor the title."""
    whole = leaked = 0
    for row, document in pages:
        expected = " ".join(_words(sentence) for sentence, _ in known[row["document"]]) + _words(
            row["shown_title"] or ""
        )
        expected = f" {' '.join(expected.split())} "
        for block in document.blocks:
            text = document.text[block.start : block.end]
            whole += len(text)
            leaked += 0 if _words(text) in expected else len(text)
    assert leaked <= 0.005 * whole


def test_titles_dates_and_sources(pages: list[tuple[dict[str, Any], Document]]) -> None:
    """Titles at least .98 and dates at least .97 exact; every page names the page that it retells."""
    titles = sum(document.title == (row["shown_title"] or "") for row, document in pages)
    dates = sum(getattr(document, row["date_kind"] or "published") == row["shown_date"] for row, document in pages)
    assert titles >= 0.98 * len(pages)
    assert dates >= 0.97 * len(pages)
    assert all(document.derived_from == row["source"] for row, document in pages)


def test_lists_of_other_pages_are_listings(root: Path) -> None:
    """A page of teasers has the status 'listing', a page with a text of its own has not."""
    placed = json.loads((root / "corpus" / "sample" / "documents.json").read_text("utf-8"))
    captures = [c for c in read_captures(root / "corpus" / "sample" / "sample.warc.gz") if c.media_type == "text/html"]
    lists = [c for c in captures if c.url not in placed and c.url.endswith("/nyheter/")]
    assert len(lists) > 10
    assert {documents(c).documents[0].status for c in lists} == {"listing"}
    assert {documents(c).documents[0].status for c in captures if c.url in placed and len(c.body) % 7 == 0} == {"ok"}
