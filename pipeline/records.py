"""The nouns of the house: what flows from one stage to the next.

Frozen dataclasses, standard library only. Conventions that hold everywhere:

* offsets are half-open code-point ranges ``[start, end)`` of ``Document.text``;
* times are timezone-aware UTC;
* dates are ISO 8601 strings of the precision that the source gives, seasons in the
  form of ISO 8601-2 (EDTF): ``2019-11-25``, ``2019-11``, ``2019``; ``2019-21`` is
  spring, ``-22`` summer, ``-23`` autumn and ``-24`` winter of 2019;
* municipality codes are the four digits of Statistics Sweden (SCB).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from pipeline.errors import InvariantError

SourceKind = Literal["municipality", "inspectorate", "other_authority", "auditor", "press", "other"]
Polarity = Literal["problem", "remedy", "ok", "neutral"]
Attribution = Literal["inspectorate", "municipality", "auditor", "press", "other"]
BlockKind = Literal[
    "title", "heading", "paragraph", "list_item", "table_row", "quote", "question", "answer", "footnote"
]
PassageKind = Literal["title", "heading", "sentence", "list_item", "table_row", "quote"]
DateKind = Literal["published", "updated", "decided", "deadline", "reviewed"]
DocumentStatus = Literal["ok", "needs_ocr", "empty", "other_language", "listing"]

SOURCE_KINDS: tuple[SourceKind, ...] = (
    "municipality", "inspectorate", "other_authority", "auditor", "press", "other",
)  # fmt: skip
POLARITIES: tuple[Polarity, ...] = ("problem", "remedy", "ok", "neutral")
ATTRIBUTIONS: tuple[Attribution, ...] = ("inspectorate", "municipality", "auditor", "press", "other")


@dataclass(frozen=True, slots=True)
class Source:
    """A declared place to look: what a crawl may visit and what it should yield.

    ``delay`` is in seconds between requests to one host; ``expect`` the least number
    of documents a healthy crawl yields (0: not stated).
    """

    id: str
    kind: SourceKind
    name: str = ""
    municipality: str | None = None
    start: tuple[str, ...] = ()
    sitemaps: tuple[str, ...] = ()
    feeds: tuple[str, ...] = ()
    listings: tuple[str, ...] = ()
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    delay: float = 1.0
    expect: int = 0
    cms: str | None = None
    terms: str = ""


@dataclass(frozen=True, slots=True)
class Capture:
    """One archived HTTP response (or one local file read as if it were one).

    ``sha256`` is the hex digest of ``body`` (the payload after content decoding is
    not part of it: it is the bytes that the archive holds). ``warc`` and ``offset``
    say where the record stands; both are empty for a local file.
    """

    url: str
    time: datetime
    status: int
    headers: Mapping[str, str]
    body: bytes
    sha256: str
    warc: str = ""
    offset: int = 0
    requested_url: str = ""
    source: str | None = None

    @property
    def media_type(self) -> str:
        """Media type of the Content-Type header, lower case, without parameters ('' if absent)."""
        value = next((v for k, v in self.headers.items() if k.lower() == "content-type"), "")
        return value.split(";")[0].strip().lower()


@dataclass(frozen=True, slots=True)
class Block:
    """A structural part of a document: ``text[start:end]``, without its line breaks.

    ``level`` is 1-6 for headings, the nesting depth (0 = outermost) for list items,
    else 0. ``page`` is the 1-based page of a PDF or scan, None elsewhere.
    """

    kind: BlockKind
    start: int
    end: int
    level: int = 0
    page: int | None = None


@dataclass(frozen=True, slots=True)
class DateMention:
    """A date with the words that give it. Offsets are None where the words were removed as boilerplate."""

    kind: DateKind
    date: str
    evidence: str
    start: int | None = None
    end: int | None = None


@dataclass(frozen=True, slots=True)
class Concern:
    """A municipality that a document concerns. ``salience`` is its share (0-1] of the municipal mentions."""

    code: str
    name: str
    salience: float
    spans: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """Clean text with structure, dates and provenance; one Capture gives one or more.

    ``id`` is made from raw source values only (URL, payload digest, part), never from
    cleaned text. ``text`` is the blocks joined by line breaks. ``derived_from`` is the
    public page that a retold page names (Dublin Core 'source'). ``parent`` and
    ``part`` place an item of a committee paper in its PDF.
    """

    id: str
    url: str
    title: str
    text: str
    blocks: tuple[Block, ...]
    source_kind: SourceKind
    captured: datetime
    sha256: str
    warc: str = ""
    offset: int = 0
    source: str | None = None
    media_type: str = "text/html"
    published: str | None = None
    updated: str | None = None
    decided: str | None = None
    dates: tuple[DateMention, ...] = ()
    municipalities: tuple[Concern, ...] = ()
    criticised: str | None = None
    language: str = "sv"
    status: DocumentStatus = "ok"
    extractor: str = ""
    cms: str | None = None
    derived_from: str | None = None
    parent: str | None = None
    part: int | None = None
    ocr_confidence: float | None = None
    content_digest: str = ""
    fingerprint: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        for block in self.blocks:
            if not 0 <= block.start <= block.end <= len(self.text):
                raise InvariantError(f"{self.url}: block {block} lies outside a text of {len(self.text)} characters.")

    @property
    def date(self) -> str | None:
        """The date the document is counted under: decided, else published, else updated, else None."""
        return self.decided or self.published or self.updated


@dataclass(frozen=True, slots=True)
class Passage:
    """One sentence, heading or list item of a document. ``heading`` is the nearest heading above it."""

    document: str
    index: int
    start: int
    end: int
    text: str
    kind: PassageKind
    heading: str | None = None
    previous: str | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """One theme in one passage, with its sense and who says it.

    ``score`` is the calibrated probability of the theme (0-1); ``cues`` the words that
    carried it; ``model`` the version of the model that said so.
    """

    document: str
    passage: int
    start: int
    end: int
    quote: str
    theme: str
    polarity: Polarity
    attribution: Attribution
    score: float
    cues: tuple[str, ...] = ()
    model: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """What an authority or the municipality formally did, with the words that say it.

    ``amount`` is in SEK; ``deadline`` and ``date`` in the date form of this module.
    ``municipalities`` are the codes of those it concerns.
    """

    document: str
    kind: str
    start: int
    end: int
    quote: str
    authority: str | None = None
    date: str | None = None
    count: int | None = None
    case_number: str | None = None
    deadline: str | None = None
    amount: int | None = None
    municipalities: tuple[str, ...] = ()
    ongoing: bool = False


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that was skipped or failed: counted, shown at the end, written to the run's log."""

    stage: str
    where: str
    what: str


@dataclass(frozen=True, slots=True)
class Removed:
    """A line that extraction took away, and why (``reason`` names the rule or the template)."""

    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class Extraction:
    """What one Capture gave: documents, the lines taken away, and what could not be read."""

    documents: tuple[Document, ...] = ()
    removed: tuple[Removed, ...] = ()
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Analysis:
    """A document that has been read: with its municipalities, passages, findings and events."""

    document: Document
    passages: tuple[Passage, ...] = ()
    findings: tuple[Finding, ...] = ()
    events: tuple[Event, ...] = ()

    def __post_init__(self) -> None:
        text, url = self.document.text, self.document.url
        quoted = [(f.start, f.end, f.quote) for f in self.findings] + [(e.start, e.end, e.quote) for e in self.events]
        for start, end, quote in quoted:
            if text[start:end] != quote:
                raise InvariantError(f"{url}: the quote at {start}-{end} is not what the document says there.")


@dataclass(frozen=True, slots=True)
class Comparison:
    """Municipality x theme x period: how many documents, how many with it, and how sure that is.

    ``rate`` = ``documents_with`` / ``documents`` (fraction of the municipality's
    documents on a reviewed service in the period); ``low`` and ``high`` bound it at 95 %.
    ``status`` is '' (shown), '..' (base too small) or '-' (nothing collected).
    """

    municipality: str
    theme: str
    period: str
    documents: int
    documents_with: int
    rate: float | None
    low: float | None
    high: float | None
    corrected_rate: float | None = None
    corrected_low: float | None = None
    corrected_high: float | None = None
    rank_low: int | None = None
    rank_high: int | None = None
    peer_group: str = ""
    trend: str = ""
    status: str = ""
    extra: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not 0 <= self.documents_with <= self.documents:
            raise InvariantError(
                f"{self.municipality}/{self.theme}/{self.period}: {self.documents_with} documents with the theme "
                f"out of {self.documents}."
            )
