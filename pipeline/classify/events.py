"""What an authority or the municipality formally did, with the words that say it."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.records import Concern, Document, Event, Passage


def events(document: Document, passages: Sequence[Passage], concerns: Sequence[Concern]) -> tuple[Event, ...]:
    """The events of ``document``."""
    return ()
