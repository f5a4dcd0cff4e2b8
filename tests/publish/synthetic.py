"""Workspaces made by the yard for tests and benchmarks of publishing: our own words, no real criticism.

``make(folder, documents=…)`` writes tables and comparison as a run would. The sentences are
invented; municipalities are drawn from the 290, larger ones more often.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from pipeline.codebook import load_codebook
from pipeline.compare import compare, write
from pipeline.geography import Municipality, municipalities
from pipeline.records import (
    Analysis,
    Attribution,
    Block,
    Concern,
    Document,
    Event,
    Finding,
    Passage,
    PassageKind,
    Polarity,
    SourceKind,
)
from pipeline.tables import connect, write_segment

CAPTURED = datetime(2026, 11, 21, 21, 30, tzinfo=UTC)
SAID: dict[Polarity, str] = {
    "problem": "Granskningen visar brister i fråga om {theme} hos {place} inom område {n}.",
    "remedy": "Nämnden i {place} har beslutat om en plan för {theme} inom område {n}.",
    "ok": "Inga brister har hittats i fråga om {theme} hos {place} inom område {n}.",
    "neutral": "Granskningen gällde {theme} hos {place} inom område {n}.",
}
FILLER = "Verksamheten bedrivs på flera platser och beskrivs närmare i bilaga {n}."
VOICES: dict[SourceKind, Attribution] = {
    "municipality": "municipality", "inspectorate": "inspectorate", "other_authority": "inspectorate",
    "auditor": "auditor", "press": "press", "other": "other",
}  # fmt: skip
KINDS: tuple[SourceKind, ...] = ("municipality", "inspectorate", "press", "auditor", "other_authority", "other")
SANCTIONED = ("criticism", "severe_criticism", "injunction", "injunction_with_fine", "closed", "inspection")


def _event(document: str, text: str, code: str, date: str, draw: random.Random, offset: int) -> tuple[str, Event]:
    kind = draw.choice(SANCTIONED)
    label = load_codebook().event(kind).label_sv
    amount = draw.choice((200_000, 500_000, 1_000_000)) if kind == "injunction_with_fine" else None
    quote = f"IVO beslutade om {label.lower()} i ärende 8.5-{draw.randrange(1000, 99999)}/{date[:4]}."
    case = quote.split("ärende ")[1].rstrip(".")
    return quote, Event(
        document, kind, offset, offset + len(quote), quote, authority="IVO", date=date, case_number=case,
        amount=amount, municipalities=(code,),
    )  # fmt: skip


def analysis(number: int, place: Municipality, draw: random.Random, findings: int, hostile: str = "") -> Analysis:
    """One invented document about a municipality, with ``findings`` findings and perhaps one event."""
    named = number % 25 != 24  # now and then a document names no municipality
    kind = draw.choices(KINDS, (4, 4, 3, 1, 1, 0.3))[0]
    date = f"{draw.randrange(2014, 2026)}-{draw.randrange(1, 13):02}-{draw.randrange(1, 29):02}"
    url = f"https://www.{place.code}.example/sida-{number}.html"
    digest = hashlib.sha256(url.encode()).hexdigest()
    name = hashlib.sha256(f"{url}\n{digest}\n".encode()).hexdigest()[:16]
    title = f"Tillsyn av {place.name}, dokument {number}{hostile}"
    lines: list[tuple[str, PassageKind, Finding | None]] = [(title, "title", None)]
    text, found, events, passages = title, [], [], []
    for i in range(findings):
        theme = draw.choices(load_codebook().themes, [1 / (k + 2) for k in range(len(load_codebook().themes))])[0]
        polarity: Polarity = draw.choices(tuple(SAID), (5, 3, 1, 1))[0]
        said = SAID[polarity].format(theme=theme.label_sv.lower(), place=place.name, n=i) + hostile
        start = len(text) + 2
        text += f"\n\n{said}"
        found.append(
            Finding(name, len(lines), start, start + len(said), said, theme.id, polarity, VOICES[kind],
                    round(draw.uniform(0.5, 0.99), 3), ("brister",) if polarity == "problem" else (), "synthetic"),
        )  # fmt: skip
        lines.append((said, "sentence", found[-1]))
        for _ in range(3):
            filler = FILLER.format(n=draw.randrange(99))
            text += f" {filler}"
            lines.append((filler, "sentence", None))
    if draw.random() < 0.4:
        said, event = _event(name, text, place.code, date, draw, len(text) + 2)
        text += f"\n\n{said}"
        lines.append((said, "sentence", None))
        events.append(event)
    at = 0
    blocks: list[Block] = []
    for index, (said, kind_of, _) in enumerate(lines):
        at = text.index(said, at)
        passages.append(Passage(name, index, at, at + len(said), said, kind_of, title if index else None))
        at += len(said)
    at = 0
    for i, paragraph in enumerate(text.split("\n\n")):
        at = text.index(paragraph, at)
        blocks.append(Block("paragraph" if i else "title", at, at + len(paragraph), 0 if i else 1))
        at += len(paragraph)
    document = Document(
        name, url, title, text, tuple(blocks), kind, CAPTURED, digest, "archive/synthetic.warc.gz", number * 1000,
        published=date, municipalities=(Concern(place.code, place.name, 1.0),) if named else (),
        criticised=place.code if named else None,
        derived_from=f"https://www.example.se/{number}?a=1&b=2", content_digest=digest,
    )  # fmt: skip
    return Analysis(document, tuple(passages), tuple(found), tuple(events))


def analyses(documents: int, findings: int, seed: int = 1, places: int = 290, hostile: str = "") -> list[Analysis]:
    """``documents`` documents over the ``places`` largest municipalities, each with ``findings`` findings."""
    draw = random.Random(seed)
    chosen = sorted(municipalities(), key=lambda m: -m.population)[:places]
    weights = [m.population**0.5 for m in chosen]
    return [analysis(n, draw.choices(chosen, weights)[0], draw, findings, hostile) for n in range(documents)]


def store(folder: Path, made: Sequence[Analysis], part: int = 1000) -> tuple[Path, Path]:
    """Write tables and comparison of these analyses; returns the workspace and ``tables/<version>``."""
    root = folder / "tables" / "test"
    for start in range(0, len(made), part):
        write_segment(root, f"synthetic-{start}", made[start : start + part])
    write(compare(connect(root)), folder / "comparison")
    return folder, root


def make(folder: Path, documents: int = 120, findings: int = 5, places: int = 12) -> tuple[Path, Path]:
    """A small workspace: some municipalities with enough documents to be compared, the rest without any."""
    return store(folder, analyses(documents, findings, places=places))
