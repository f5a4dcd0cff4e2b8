"""Plain text: cleaned by the same rules as pages; the seeds come out as a careful person would have them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.extract import documents
from pipeline.extract.plaintext import pieces
from pipeline.records import Capture


def _squeezed(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


@pytest.mark.shared
def test_seeds_keep_their_sentences_and_lose_their_furniture(shared: Path, capture: Callable[..., Capture]) -> None:
    """Every content sentence of the five real pages is kept, no boilerplate sentence is, titles and dates are right."""
    gold = json.loads((shared / "gold" / "seeds_documents.json").read_text("utf-8"))
    sentences = [json.loads(row) for row in (shared / "gold" / "seeds.jsonl").read_text("utf-8").splitlines()]
    for name, expected in gold.items():
        body = (shared / "seeds" / name).read_bytes()
        document = documents(capture(body, url=f"file:///{name}", content_type="text/plain")).documents[0]
        assert (document.title, document.updated, document.published) == (expected["title"], expected["updated"], None)
        assert document.source_kind == "municipality"
        text = _squeezed(document.text)
        for row in (row for row in sentences if row["file"] == name):
            assert (_squeezed(row["sentence"]) in text) is not row["boilerplate"], row


def test_kinds_of_plain_text() -> None:
    """A short line alone is a heading, bullets are items and keep their mark, talking dashes are paragraphs."""
    text = "Rubriken\n\nEtt stycke som slutar här.\n\n– Det är bra, säger hon.\n\n• ett\n• två\n\nslut."
    assert [(p.kind, p.text) for p in pieces(text)] == [
        ("heading", "Rubriken"), ("paragraph", "Ett stycke som slutar här."), ("paragraph", "– Det är bra, säger hon."),
        ("list_item", "• ett"), ("list_item", "• två"), ("paragraph", "slut."),
    ]  # fmt: skip


def test_hard_wrapped_paragraph_is_joined() -> None:
    """Lines cut at a column are one paragraph."""
    rows = [
        "Nämnden har under våren gått igenom samtliga ärenden som",
        "rör barn och unga och funnit att ett flertal av dem inte har",
        "handlagts i tid.",
    ]
    assert [p.text for p in pieces("\n".join(rows))] == [" ".join(rows)]


def test_windows_1252_text(capture: Callable[..., Capture]) -> None:
    """A text file in windows-1252 keeps its letters."""
    document = documents(
        capture("Rubrik\n\nÅtgärder är på gång i nämnden.".encode("cp1252"), content_type="text/plain")
    ).documents[0]
    assert "Åtgärder är på gång" in document.text
