"""The whole reading of a document: passages, municipalities, findings and events."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from pipeline.classify.events import events
from pipeline.classify.places import concerns, criticised
from pipeline.classify.reader import Reader, Reading
from pipeline.classify.storage import component_folder, load_reader
from pipeline.language.passages import passages
from pipeline.records import Analysis, Document, Finding, Passage


def _findings(passage: Passage, reading: Reading, version: str) -> list[Finding]:
    return [
        Finding(
            passage.document, passage.index, passage.start, passage.end, passage.text,
            label.theme, label.polarity, reading.attribution, label.score, label.cues, version,
        )
        for label in reading.labels
    ]  # fmt: skip


def known_kind(kind: str) -> str | None:
    """The kind of source where it says something: 'other' is what a file gets whose origin nobody knows."""
    return None if kind == "other" else kind


class Analyser:
    """Reads documents with one trained model; safe to use for any number of them."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader

    @classmethod
    def load(cls, path: Path | None = None) -> Analyser:
        """The analyser of the pipeline directory ``path``, or of the model that comes with the package.

        Raises ModelError where the model is missing, damaged or of another version.
        """
        return cls(load_reader(component_folder(path)))

    @property
    def version(self) -> str:
        """The model's version, as it stands in every finding."""
        return self.reader.version

    def findings(self, cut: Sequence[Passage], kind: str | None = None) -> tuple[Finding, ...]:
        """The findings of the passages of one document, in order; ``kind``: its kind of source, where known."""
        readings = self.reader.read(cut, {cut[0].document: kind} if cut and kind else None)
        return tuple(
            finding
            for passage, reading in zip(cut, readings, strict=True)
            for finding in _findings(passage, reading, self.version)
        )

    def analyse(self, document: Document) -> Analysis:
        """Passages, findings and events of ``document``; the document comes back with its municipalities.

        A document whose status is not 'ok' (a listing, another language) gets neither findings nor events.
        """
        cut = passages(document)
        where = concerns(document)
        placed = replace(document, municipalities=where)
        placed = replace(placed, criticised=criticised(placed))
        if document.status != "ok":
            return Analysis(placed, cut)
        found = self.findings(cut, known_kind(document.source_kind))
        return Analysis(placed, cut, found, events(placed, cut, where, found))
