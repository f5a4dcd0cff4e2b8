"""Documents made from a few lines, for the marked texts of this folder."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from pipeline.classify.annotated_documents import joined
from pipeline.records import Document


@pytest.fixture(scope="session")
def make_document() -> Callable[..., Document]:
    """A function from lines (joined by '|') to a Document of paragraphs, with any other field given by name."""

    def make(lines: str, **fields: Any) -> Document:
        text, blocks = joined([("paragraph", line) for line in lines.split("|")])
        given: dict[str, Any] = {
            "id": "d", "url": "", "title": "", "source_kind": "press",
            "captured": datetime(2026, 1, 1, tzinfo=UTC), "sha256": "", **fields,
        }  # fmt: skip
        return Document(text=text, blocks=blocks, **given)

    return make
