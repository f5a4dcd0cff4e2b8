"""Themes at work: robust against encoding and place, kept with their cues, and served as rows and as spaCy spans."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path

import pytest

from pipeline.classify.analyser import Analyser
from pipeline.classify.annotations import read_annotations
from pipeline.classify.evaluation import judged
from pipeline.classify.jsonl import classify_file
from pipeline.classify.reader import Reader, Reading
from pipeline.errors import InputError, WorkspaceError
from pipeline.records import Passage

TEXT = "I Hedemora kommun saknas rutiner för egenkontroll, säger ”Anna” – och personalen slutar."


@pytest.fixture(scope="module")
def reader() -> Reader:
    """The model that comes with the package."""
    return Analyser.load().reader


def read(reader: Reader, text: str, heading: str | None = None) -> Reading:
    """What ``reader`` makes of one passage."""
    return reader.read([Passage("d", 0, 0, len(text), text, "sentence", heading)])[0]


@pytest.mark.parametrize(
    "changed",
    [
        unicodedata.normalize("NFD", TEXT),
        TEXT.replace("egenkontroll", "egen\u00adkontroll"),
        TEXT.replace("”", '"'),
        TEXT.replace("”", "\x94").replace("–", "\x96"),
        TEXT.replace("Hedemora", "Upplands Väsby"),
        TEXT.replace("Hedemora", "Vara"),
        TEXT.replace("Hedemora", "Malmö"),
    ],
    ids=["nfd", "soft hyphen", "plain quotes", "cp1252", "two-word name", "name that is a verb", "city"],
)
def test_findings_do_not_depend_on_encoding_or_place(reader: Reader, changed: str) -> None:
    """The same passage in another encoding, or about another municipality, gives the same findings."""
    wanted, got = read(reader, TEXT), read(reader, changed)
    assert [(x.theme, x.polarity, x.score) for x in got.labels] == [
        (x.theme, x.polarity, x.score) for x in wanted.labels
    ]
    assert got.attribution == wanted.attribution
    assert wanted.labels


def test_an_upper_case_heading_is_the_same_heading(reader: Reader) -> None:
    """Case of passage and heading makes no difference to the themes."""
    plain, upper = (
        read(reader, "Rutiner saknas", "Brister i arbetet"),
        read(reader, "RUTINER SAKNAS", "BRISTER I ARBETET"),
    )
    assert [(x.theme, x.polarity) for x in plain.labels] == [(x.theme, x.polarity) for x in upper.labels]


def test_a_finding_keeps_its_cues(reader: Reader) -> None:
    """The words that carried theme and polarity stand with the label."""
    labels = {label.theme: label for label in read(reader, "Rutinerna för egenkontroll saknas.").labels}
    assert "rutinerna" in labels["routines"].cues and "saknas" in labels["routines"].cues


@pytest.mark.parametrize(
    "text",
    ["Hoppa till innehållet", "Kontaktcenter har öppet 8-16.", "Sidan uppdaterad 2019-10-04", "", "!?", "12 345"],
)
def test_what_says_nothing_has_no_theme(reader: Reader, text: str) -> None:
    """Service lines, dates and empty passages have no theme."""
    assert read(reader, text).labels == ()


def test_themes_are_found_in_most_training_passages(reader: Reader) -> None:
    """A model that has lost its weights or its features would not read its own training passages any more."""
    rows = [row for row in read_annotations() if row.source == "kontrast"][:300]
    found = judged(reader, rows)
    hits = sum(len({t for t, _ in x.true} & {t for t, _ in x.given}) for x in found)
    assert hits >= 0.8 * sum(len({t for t, _ in x.true}) for x in found)


def write_rows(path: Path, rows: list[object]) -> Path:
    """``rows`` as JSON Lines in ``path``."""
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
    return path


def test_rows_in_rows_out(reader: Reader, tmp_path: Path) -> None:
    """Every row gets one answer under its own id, in order, in the form that other programs rely on."""
    rows: list[object] = [
        {"id": 7, "text": "Rutiner saknas."},
        {"id": "b", "text": "Välkommen!", "heading": None},
        {"id": "c", "text": "De slutar.", "previous": "Personalen trivs inte.", "heading": "Personalen"},
    ]
    assert classify_file(write_rows(tmp_path / "in.jsonl", rows), tmp_path / "out.jsonl", reader) == 3
    answers = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text("utf-8").splitlines()]
    assert [answer["id"] for answer in answers] == [7, "b", "c"]
    assert answers[0]["labels"][0].keys() == {"theme", "polarity", "score"}
    assert answers[0]["labels"][0]["theme"] == "routines" and 0 < answers[0]["labels"][0]["score"] <= 1
    assert all(answer["attribution"] for answer in answers)


@pytest.mark.parametrize("row", ["nej", '{"text": "utan id"}', '{"id": 1}', '{"id": 1, "text": "x", "heading": 3}'])
def test_a_bad_row_is_named(reader: Reader, tmp_path: Path, row: str) -> None:
    """A row of the wrong form is one sentence with file and line."""
    (tmp_path / "in.jsonl").write_text(f'{{"id": 0, "text": "x"}}\n{row}\n', "utf-8")
    with pytest.raises(InputError, match=r"in\.jsonl: line 2"):
        classify_file(tmp_path / "in.jsonl", tmp_path / "out.jsonl", reader)


def test_an_output_that_cannot_be_written(reader: Reader, tmp_path: Path) -> None:
    """A folder that does not exist is one sentence, not a traceback."""
    source = write_rows(tmp_path / "in.jsonl", [{"id": 1, "text": "x"}])
    with pytest.raises(WorkspaceError, match="cannot be written"):
        classify_file(source, tmp_path / "no" / "out.jsonl", reader)


def test_the_stored_pipeline_opens_in_spacy() -> None:
    """``spacy.load`` finds our factories, and the themes are spans with label and polarity."""
    import spacy

    from pipeline.resources import data_path

    doc = spacy.load(data_path("models/tillsyn_sv"))("Rutinerna saknas. Personalen slutar.")
    spans = [(span.label_, span.kb_id_, span.text) for span in doc.spans["themes"]]
    assert ("routines", "problem", "Rutinerna saknas.") in spans
    assert all(span._.tillsyn_score > 0 and span._.tillsyn_attribution for span in doc.spans["themes"])
