"""Events: marked texts that anybody can add to, and what each event carries."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.classify import event_cues
from pipeline.classify.annotated_documents import read
from pipeline.classify.authorities import find
from pipeline.classify.criticised import criticised
from pipeline.classify.event_cues import cues
from pipeline.classify.event_merging import merged
from pipeline.classify.events import events
from pipeline.classify.places import concerns
from pipeline.codebook import load_codebook
from pipeline.errors import CorpusError
from pipeline.language.passages import passages
from pipeline.records import Document, Event, Finding
from pipeline.resources import data_path

Make = Callable[..., Document]
LINES = Path(__file__).with_name("events.txt").read_text("utf-8").splitlines()
CASES = [tuple(line.split("\t")) for line in LINES if line.strip() and not line.startswith("#")]


def _events(document: Document) -> tuple[Event, ...]:
    return events(document, passages(document), concerns(document))


@pytest.mark.parametrize(("marks", "text"), CASES)
def test_marked_texts(make_document: Make, marks: str, text: str) -> None:
    """Each marked text tells of the kinds of event it is marked with, at the dates given, and of no others."""
    found = _events(make_document(text, published="2020-03-15"))
    wanted = set() if marks == "-" else set(marks.split(","))
    dated = {mark.split("=")[0] for mark in wanted if "=" in mark}
    assert {f"{e.kind}={e.date}" if e.kind in dated else e.kind for e in found} == wanted


def test_an_order_with_a_fine_carries_all_it_says(make_document: Make) -> None:
    """Authority, amount, deadline and case number stand in the event, and the quote is the sentence."""
    text = (
        "Inspektionen för vård och omsorg (IVO) förelägger nämnden i Arboga, dnr 8.7.1-6361/2015-1, "
        "att vid vite om 1 000 000 kronor senast den 4 maj 2015 stärka bemanningen."
    )
    (event,) = _events(make_document(text, published="2015-02-18"))
    assert (event.kind, event.authority, event.amount) == ("injunction_with_fine", "IVO", 1_000_000)
    assert (event.deadline, event.case_number, event.date) == ("2015-05-04", "8.7.1-6361/2015-1", None)
    assert (event.quote, event.municipalities) == (text, ("1984",))


def test_reports_are_counted(make_document: Make) -> None:
    """'fyra lex Sarah-anmälningar' is one event with the count four."""
    (event,) = _events(make_document("I januari gjorde nämnden fyra nya lex Sarah-anmälningar till IVO."))
    assert (event.count, event.authority) == (4, "IVO")


def test_who_is_spoken_of_acts_where_none_is_named(make_document: Make) -> None:
    """'Myndigheten' is the inspectorate named before, under its one name."""
    found = _events(make_document("Arbetsmiljöverket kom i maj.|Myndigheten begär ett yttrande från kommunen."))
    assert [(e.kind, e.authority) for e in found] == [("statement_requested", "Arbetsmiljöverket")]


def test_a_date_belongs_to_the_event_beside_it(make_document: Make) -> None:
    """Of two events in one sentence each has its own date."""
    text = "IVO kritiserade nämnden den 3 maj 2018 för att inget hänt sedan tidigare inspektioner 2015 och 2016."
    found = {(e.kind, e.date) for e in _events(make_document(text))}
    assert found == {("criticism", "2018-05-03"), ("inspection", "2015"), ("inspection", "2016")}


def test_what_is_going_on_is_marked(make_document: Make) -> None:
    """A review that is under way is ongoing."""
    (event,) = _events(make_document("Hemtjänsten granskas just nu av IVO."))
    assert event.ongoing


def test_one_event_told_twice_is_one_event(make_document: Make) -> None:
    """A repetition joins the first telling and adds what it knows."""
    found = _events(make_document("IVO riktar kritik mot nämnden.|IVO:s kritik mot nämnden kom den 2 maj 2019."))
    assert [(e.kind, e.date) for e in found] == [("criticism", "2019-05-02")]


def test_different_counts_stay_apart() -> None:
    """Three reports and four reports are not made one event."""
    three, four = (Event("d", "lex_sarah_report", i, i + 1, "x", "IVO", "2020-01", n) for i, n in ((0, 3), (5, 4)))
    assert len(merged([three, four])) == 2
    assert len(merged([three, three])) == 1


def test_quotes_are_what_the_document_says() -> None:
    """In every annotated document every quote equals the text at its offsets."""
    file = data_path("corpus/annotations") / "retold_west_documents.json"
    for annotated in read(file):
        document = annotated.document
        for event in _events(document):
            assert document.text[event.start : event.end] == event.quote


def test_kinds_of_our_annotated_documents() -> None:
    """Over the annotated documents, half of which were used to make the cues, kinds have an F1 of at least .75."""
    right = extra = missed = 0
    for file in sorted(data_path("corpus/annotations").glob("retold_*_documents.json")):
        for annotated in read(file):
            kinds = {event.kind for event in _events(annotated.document)}
            right += len(kinds & annotated.kinds)
            extra += len(kinds - annotated.kinds)
            missed += len(annotated.kinds - kinds)
    assert 2 * right / (2 * right + extra + missed) >= 0.75


def test_every_cue_is_of_a_kind_of_the_codebook() -> None:
    """The cue file and the codebook name the same kinds."""
    kinds = {event.kind for event in load_codebook().events}
    assert {cue.kind for cue in cues()} == kinds


def test_a_cue_with_an_unknown_block_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """A block that no line of blocks.tsv explains is reported by name, not matched as it stands."""
    monkeypatch.setattr(event_cues, "rows", lambda *_: (("criticism", "kritik", "{NOBODY} kritik", ""),))
    with pytest.raises(CorpusError, match="NOBODY"):
        event_cues.cues.__wrapped__()


def test_verket_is_an_authority_only_where_one_is_named(make_document: Make) -> None:
    """'Verket' is the authority that the document names; where none is named it is not said to have inspected."""
    (event,) = _events(make_document("I maj besökte verket skolan.|Arbetsmiljöverket ställer krav."))
    assert (event.kind, event.authority) == ("inspection", "Arbetsmiljöverket")
    assert _events(make_document("I maj besökte verket skolan.")) == ()


def test_a_newspaper_has_the_name_that_the_text_gives_it() -> None:
    """Newspapers are known by their form; the post office and a notice are none."""
    bodies = find("Norrdalabladets granskning, Norrdala Tidning och Norrdala-Kuriren. Posten delade ut ett flygblad.")
    assert [(body.name, body.group) for body in bodies] == [
        ("Norrdalabladet", "press"),
        ("Norrdala Tidning", "press"),
        ("Norrdala-Kuriren", "press"),
    ]


def test_faults_in_a_report_of_statistics_are_no_criticism(make_document: Make) -> None:
    """An authority that mostly counts and guides criticises only where it says so or where it has inspected."""
    text = "Socialstyrelsen konstaterar att det finns brister i rutinerna."
    assert _events(make_document(text)) == ()
    kinds = {event.kind for event in _events(make_document(f"{text}|Det såg inspektörerna vid besöket."))}
    assert kinds == {"criticism", "inspection"}


def test_an_auditors_own_paper_is_a_review(make_document: Make) -> None:
    """In a document of an auditor 'granskning' is enough; elsewhere somebody from outside must be named."""
    text = "Biståndshandläggningen i Norrdala: en granskning"
    assert {event.kind for event in _events(make_document(text, source_kind="auditor"))} == {"external_review"}
    assert _events(make_document(text, source_kind="municipality")) == ()


def test_authorities_have_one_name_each() -> None:
    """Long and short names, genitives and old spellings are one body; a name inside a word is none."""
    names = [
        body.name for body in find("Inspektionen för vård och omsorg, IVO:s beslut, Ivo, Justitieombudsmannen och JO.")
    ]
    assert names == ["IVO", "IVO", "IVO", "JO", "JO"]
    assert find("Divorna i Joslyn") == []


@pytest.mark.parametrize(
    ("text", "party"),
    [
        ("Socialnämnden kritiseras av IVO.", "municipality"),
        ("JO riktar kritik mot IVO, som har brustit.", "inspectorate"),
        ("Bolaget Exempel Omsorg AB får kritik av IVO. Företaget svarar inte på kritiken.", "private_provider"),
        ("Biblioteket har öppet i sommar.", None),
    ],
)
def test_who_is_criticised(make_document: Make, text: str, party: str | None) -> None:
    """The criticised party is kept, and none where nothing is criticised."""
    assert criticised(make_document(text)) == party


@pytest.mark.shared
def test_hedemora_was_ordered_under_a_fine(shared: Path, make_document: Make) -> None:
    """The injunction with fine of 2019-11-25 and the four reports of 2020-01 are among Hedemora's events."""
    file = next((shared / "seeds").glob("004_*.txt"))
    document = make_document("|".join(file.read_text("utf-8").splitlines()), updated="2021-03-01")
    found = {(e.kind, e.authority, e.date, e.count) for e in _events(document)}
    assert ("injunction_with_fine", "IVO", "2019-11-25", None) in found
    assert ("lex_sarah_report", "IVO", "2020-01", 4) in found


def test_courts_and_auditors_may_criticise(make_document: Make) -> None:
    """A court or the auditors stand as the authority of their criticism."""
    found = _events(make_document("Revisorerna riktar kritik mot nämnden.|Tingsrätten är kritisk till utredningen."))
    assert [(e.kind, e.authority) for e in found if e.kind == "criticism"] == [
        ("criticism", "Revisorerna"),
        ("criticism", "Tingsrätten"),
    ]


def _fault(passage: int, score: float = 0.9) -> Finding:
    return Finding("d", passage, 0, 1, "x", "staffing", "problem", "inspectorate", score)


def test_faults_that_only_the_themes_tell_of_are_criticism(make_document: Make) -> None:
    """Three passages whose themes are an inspectorate's findings are criticism; two, or unsure ones, are not."""
    document = make_document(
        "Så ser IVO på saken.|Nätterna var obemannade.|Dörrarna stod låsta.|Journalerna låg framme."
    )
    cut = passages(document)
    faults = [_fault(passage.index) for passage in cut[-3:]]
    (event,) = events(document, cut, (), faults)
    assert (event.kind, event.quote) == ("criticism", cut[-3].text)
    assert events(document, cut, (), faults[:2]) == ()
    assert events(document, cut, (), [replace(fault, score=0.5) for fault in faults]) == ()


def test_themes_are_no_criticism_in_a_report_on_many_municipalities(make_document: Make) -> None:
    """What is wrong in the whole country is no criticism of anybody where no municipality is named."""
    document = make_document(
        "IVO har besökt tjugo kommuner.|Nätterna var obemannade.|Dörrarna stod låsta.|Journalerna låg framme."
    )
    cut = passages(document)
    found = events(document, cut, (), [_fault(passage.index) for passage in cut[-3:]])
    assert "criticism" not in {event.kind for event in found}


@pytest.mark.parametrize(
    "said", ["IVO ska granska boendet.", "IVO begär ett yttrande från nämnden.", "IVO avslutar ärendet."]
)
def test_themes_are_no_criticism_beside_a_case_that_is_open_or_closed(make_document: Make, said: str) -> None:
    """What the themes tell of is contained in a closed case, and only a complaint where nothing is decided yet."""
    document = make_document(f"{said}|Nätterna var obemannade.|Dörrarna stod låsta.|Journalerna låg framme.")
    cut = passages(document)
    found = events(document, cut, (), [_fault(passage.index) for passage in cut[-3:]])
    assert "criticism" not in {event.kind for event in found}
