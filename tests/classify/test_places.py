"""Municipalities: marked texts that anybody can add to, evidence beside the text, salience and spans."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.classify.annotated_documents import joined, read
from pipeline.classify.places import concerns
from pipeline.classify.places_evidence import hinted_codes, host_code, slug_codes
from pipeline.classify.places_names import mentions
from pipeline.geography import municipalities
from pipeline.records import Document
from pipeline.resources import data_path

Make = Callable[..., Document]
LINES = Path(__file__).with_name("places.txt").read_text("utf-8").splitlines()
CASES = [tuple(line.split("\t")) for line in LINES if line.strip() and not line.startswith("#")]


@pytest.mark.parametrize(("codes", "text"), CASES)
def test_marked_texts(make_document: Make, codes: str, text: str) -> None:
    """Each marked text concerns the municipalities it is marked with, and no others."""
    found = {concern.code for concern in concerns(make_document(text))}
    assert found == (set() if codes == "-" else set(codes.split(",")))


@pytest.mark.parametrize("row", municipalities(), ids=lambda row: row.code)
def test_every_official_name_is_found(make_document: Make, row: object) -> None:
    """All 290 are found by official name and by board, the ambiguous ones too."""
    name, official, code = row.name, row.official_name, row.code  # type: ignore[attr-defined]
    for text in (f"{official} får kritik av IVO.", f"Nu kritiseras socialnämnden i {name} av IVO."):
        assert [concern.code for concern in concerns(make_document(text))] == [code]


def test_a_municipal_host_speaks_for_its_municipality(make_document: Make) -> None:
    """A page that names no place concerns the municipality on whose site it stands."""
    document = make_document("Nämnden antog en ny rutin.", url="https://www.hedemora.se/nyheter/rutin.html")
    assert [(c.code, c.spans) for c in concerns(document)] == [("2083", ())]


def test_a_title_that_is_not_shown_is_evidence(make_document: Make) -> None:
    """A municipality named in the page's title only is found, without a span."""
    document = make_document("Nämnden antog en ny rutin.", title="Ny rutin i Säffle")
    assert [(c.code, c.spans) for c in concerns(document)] == [("1785", ())]


def test_the_page_that_is_retold_counts_before_the_copy(make_document: Make) -> None:
    """Of a retold page the address of the original is the evidence."""
    document = make_document("Nytt.", url="https://a.example/x", derived_from="https://www.vetlanda.se/x")
    assert [c.code for c in concerns(document)] == ["0685"]


def test_addresses_name_municipalities() -> None:
    """Hosts and paths are read without accents; common words are no names there."""
    assert host_code("https://kommun.falkenberg.se/a") == "1382"
    assert slug_codes("https://tidning.example/nyheter/kritik-mot-almhults-kommun") == ("0765",)
    assert slug_codes("https://tidning.example/nyheter/boden-pa-tomten") == ()
    assert slug_codes("https://www.tierpslistan.example/") == ("0360",)
    assert hinted_codes("https://tidning.example/hedemorafallet") == ("2083",)
    assert hinted_codes("https://centernhedemora.example/") == ("2083",)


def test_spans_show_the_names_and_salience_sums_to_one(make_document: Make) -> None:
    """Spans lie on the words that name the municipality; the most salient comes first."""
    document = make_document("Arboga kommun och Köpings kommun får kritik. Arboga kommun svarar.")
    found = concerns(document)
    assert [c.code for c in found] == ["1984", "1983"]
    assert sum(c.salience for c in found) == pytest.approx(1, abs=0.001)
    for concern in found:
        assert all(document.text[start:end].startswith(concern.name) for start, end in concern.spans)


def test_a_change_of_name_changes_the_code_only(make_document: Make) -> None:
    """The same text about another municipality is read the same way."""
    text = "{} kommun får kritik av IVO. Socialnämnden i {} svarar i maj, i likhet med Kiruna."
    for name, code in (("Arboga", "1984"), ("Sala", "1981"), ("Ed", "1438")):
        document = make_document(text.format(name, name))
        assert [c.code for c in concerns(document)] == [code]


@given(st.text(alphabet="MoraSlKivE. -\n,:’0", max_size=60))
def test_mentions_lie_in_the_text(text: str) -> None:
    """Whatever the text, mentions are ordered, disjoint and not empty."""
    at = 0
    for mention in mentions(text):
        assert at <= mention.start < mention.end <= len(text)
        at = mention.end


def test_our_annotated_documents() -> None:
    """Of the annotated documents at least 95 in 100 get exactly their municipalities."""
    files = sorted(data_path("corpus/annotations").glob("retold_*_documents.json"))
    annotated = [document for file in files for document in read(file)]
    right = sum({c.code for c in concerns(a.document)} == a.codes for a in annotated)
    assert right / len(annotated) >= 0.95


@pytest.mark.shared
def test_the_seeds(shared: Path, make_document: Make) -> None:
    """The five seeds concern 2083, 2083, 0765, 2132 and 2083, in text alone."""
    codes = [
        [c.code for c in concerns(make_document("|".join(file.read_text("utf-8").splitlines())))]
        for file in sorted((shared / "seeds").glob("*.txt"))
    ]
    assert codes == [["2083"], ["2083"], ["0765"], ["2132"], ["2083"]]


def test_a_title_weighs_more_than_a_sentence(make_document: Make) -> None:
    """The municipality of the title comes before one named more often below it."""
    pieces = [("title", "Vingåker: ny socialchef"), ("paragraph", "Hon kommer från Flen."), ("paragraph", "I Flen var")]
    text, blocks = joined(pieces)  # type: ignore[arg-type]
    document = make_document("x")
    from dataclasses import replace

    assert concerns(replace(document, text=text, blocks=blocks))[0].code == "0428"


def test_fictional_places_are_no_municipalities() -> None:
    """In five sets of passages about places that do not exist at most a dozen mentions are taken for real."""
    linked = 0
    for name in ("ivo", "kommun", "press", "namnd", "negativ"):
        lines = data_path(f"corpus/annotations/{name}.jsonl").read_text("utf-8").splitlines()
        text = [json.loads(line)["text"].replace("\n", " ") for line in lines]
        linked += len([m for passage in text for m in mentions(passage) if m.sure])
    assert linked <= 12
