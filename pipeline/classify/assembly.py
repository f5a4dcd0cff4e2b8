"""The spaCy pipeline: our components on ``blank("sv")``, stored as a directory that ``spacy.load`` opens.

``doc.spans["themes"]`` holds one span per theme and passage: ``label_`` the theme, ``kb_id_`` the polarity,
``span._.tillsyn_score``, ``span._.tillsyn_attribution`` and ``span._.tillsyn_cues`` the rest; displaCy draws them.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import spacy
from spacy.language import Language
from spacy.tokens import Doc, Span

from pipeline.classify.reader import Reader, Reading
from pipeline.classify.storage import COMPONENT, load_reader, save_reader
from pipeline.errors import ModelError, WorkspaceError
from pipeline.records import Passage

NAME = "tillsyn"
_BEFORE = ("tillsyn_sentences", "tillsyn_lemmas")
_AFTER = ("tillsyn_places", "tillsyn_events")
_EXTENSIONS: dict[str, Any] = {"tillsyn_score": 0.0, "tillsyn_attribution": "", "tillsyn_cues": ()}


def _passages(doc: Doc) -> Iterator[tuple[Span, Passage]]:
    previous: str | None = None
    spans = doc.sents if doc.has_annotation("SENT_START") else iter([doc[:]])
    for index, span in enumerate(spans):
        yield span, Passage("", index, span.start_char, span.end_char, span.text, "sentence", None, previous)
        previous = span.text


def _marked(span: Span, reading: Reading) -> Iterator[Span]:
    for label in reading.labels:
        marked = Span(span.doc, span.start, span.end, label=label.theme, kb_id=label.polarity)
        marked._.tillsyn_score = label.score
        marked._.tillsyn_attribution = reading.attribution
        marked._.tillsyn_cues = label.cues
        yield marked


class ReaderComponent:
    """Sets ``doc.spans["themes"]`` by the stored ``Reader``."""

    def __init__(self, reader: Reader | None = None) -> None:
        for name, default in _EXTENSIONS.items():
            if not Span.has_extension(name):
                Span.set_extension(name, default=default)
        self.reader = reader

    def __call__(self, doc: Doc) -> Doc:
        """Read every sentence of ``doc``. Raises ModelError where no model was loaded."""
        if self.reader is None:
            raise ModelError("The component tillsyn_reader holds no model; load a stored pipeline (spacy.load).")
        spans, passages = [], []
        for span, passage in _passages(doc):
            spans.append(span)
            passages.append(passage)
        readings = self.reader.read(passages)
        doc.spans["themes"] = [
            marked for span, reading in zip(spans, readings, strict=True) for marked in _marked(span, reading)
        ]
        return doc

    def to_disk(self, path: Path, *, exclude: Any = ()) -> None:
        """Store the model below ``path``."""
        if self.reader is not None:
            save_reader(self.reader, Path(path))

    def from_disk(self, path: Path, *, exclude: Any = ()) -> ReaderComponent:
        """Load the model from ``path``. Raises ModelError where it is missing or damaged."""
        self.reader = load_reader(Path(path))
        return self


@Language.factory(COMPONENT)
def create_reader(nlp: Language, name: str) -> ReaderComponent:
    """The factory behind ``nlp.add_pipe("tillsyn_reader")``; empty until ``from_disk``."""
    return ReaderComponent()


def assemble(reader: Reader) -> Language:
    """``blank("sv")`` with sentences, lemmas, our reader, places and events, as far as they are registered."""
    nlp = spacy.blank("sv")
    nlp.meta.update({
        "name": NAME, "version": "0.1.0", "license": "EUPL-1.2", "description": f"Tillsyn ({reader.version})",
    })  # fmt: skip
    for name in _BEFORE:
        if Language.has_factory(name):
            nlp.add_pipe(name)
    component = nlp.add_pipe(COMPONENT)
    component.reader = reader  # type: ignore[attr-defined]
    for name in _AFTER:
        if Language.has_factory(name):
            nlp.add_pipe(name)
    return nlp


def save_pipeline(reader: Reader, out: Path) -> None:
    """Write the pipeline directory to ``out``, whole or not at all. Raises WorkspaceError where that fails."""
    unfinished = out.with_name(f"{out.name}.part")
    try:
        shutil.rmtree(unfinished, ignore_errors=True)
        assemble(reader).to_disk(unfinished)
        shutil.rmtree(out, ignore_errors=True)
        unfinished.rename(out)
    except OSError as error:
        raise WorkspaceError(f"{out}: the model cannot be written there: {error.strerror}.") from error
