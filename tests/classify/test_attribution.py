"""Who says it: the document's voice, quotations, and the kind of source where it is known."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from pipeline.classify.analyser import Analyser
from pipeline.records import Block, Document, SourceKind

DECISION = [
    "Beslut efter tillsyn av handläggningen av barnärenden",
    "Inspektionen för vård och omsorg riktar kritik mot socialnämnden.",
    "IVO bedömer att nämnden inte har utrett ärendena inom lagens tidsgräns.",
    "Nämnden ska senast den 3 mars redovisa vilka åtgärder som har vidtagits.",
]
NEWS = [
    "Så arbetar kommunen med kritiken",
    "Vi tar kritiken på allvar och har anställt två enhetschefer.",
    "Kommunen har tagit fram nya rutiner för hur orosanmälningar tas emot.",
    "Nu går vi vidare med vår handlingsplan.",
]
AUDIT = [
    "Granskning av socialnämndens interna kontroll",
    "På uppdrag av kommunens revisorer har vi granskat nämndens interna kontroll.",
    "Vår sammanfattande bedömning är att uppföljningen inte är ändamålsenlig.",
    "Vi rekommenderar nämnden att fastställa rutiner för egenkontroll.",
]


def document(lines: list[str], kind: SourceKind = "other") -> Document:
    """A page of ``lines``: a title and paragraphs."""
    text, blocks = "\n".join(lines), []
    for number, line in enumerate(lines):
        start = sum(len(before) + 1 for before in lines[:number])
        blocks.append(Block("title" if number == 0 else "paragraph", start, start + len(line)))
    return Document("d", "https://a.example/d", lines[0], text, tuple(blocks), kind, datetime.now(UTC), "0")


@pytest.mark.parametrize(("lines", "speaker"), [(DECISION, "inspectorate"), (NEWS, "municipality"), (AUDIT, "auditor")])
def test_the_voice_of_a_document(lines: list[str], speaker: str) -> None:
    """The findings of a decision, a municipal page and an audit are their author's."""
    findings = Analyser.load().analyse(document(lines)).findings
    assert findings
    assert [f.attribution for f in findings].count(speaker) * 2 > len(findings)


def test_the_kind_of_source_counts() -> None:
    """The same lines, with nothing in them that tells, are read as the words of whoever published them."""
    lines = [
        "Rutinerna saknas",
        "Personalen slutar.",
        "Dokumentationen är bristfällig.",
        "Utredningarna tar för lång tid.",
    ]
    load = Analyser.load()
    for kind, speaker in (("municipality", "municipality"), ("inspectorate", "inspectorate"), ("auditor", "auditor")):
        findings = load.analyse(document(lines, kind)).findings  # type: ignore[arg-type]
        assert {f.attribution for f in findings} == {speaker}
