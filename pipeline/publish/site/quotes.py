"""The sentences behind the numbers: findings of a municipality or a theme, by document, ready to show."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter

from pipeline.publish.site import display
from pipeline.publish.site.data import Row, Store

_COLUMNS = """
f.document, f.passage, f.start, f."end", f.quote, f.theme, f.polarity, f.attribution, f.score, f.cues, f.heading,
f.previous, f.passage_kind, d.title, d.url, d.derived_from, d.source_kind, d.date, d.captured
"""
BATCH = 2000
_POLARITY_ORDER = {"problem": 0, "remedy": 1, "ok": 2, "neutral": 3}


@dataclass(frozen=True, slots=True)
class Quote:
    """A marked sentence: its pieces (cues marked), sense, voice, certainty and place in its document."""

    pieces: tuple[display.Piece, ...]
    polarity: str
    attribution: str
    score: float
    anchor: str
    heading: str
    previous: str
    repeated: int = 0


@dataclass(frozen=True, slots=True)
class Citing:
    """A document with the sentences it gives on one theme."""

    document: str
    title: str
    kind: str
    date: str | None
    live: str | None
    host: str
    quotes: tuple[Quote, ...]

    @property
    def size(self) -> int:
        """How many sentences."""
        return len(self.quotes)

    @property
    def telling(self) -> tuple[Quote, ...]:
        """The sentences that take a stand: problem, remedy, ok."""
        return tuple(quote for quote in self.quotes if quote.polarity != "neutral")

    @property
    def neutral(self) -> tuple[Quote, ...]:
        """The sentences that only mention the theme."""
        return tuple(quote for quote in self.quotes if quote.polarity == "neutral")

    @property
    def weight(self) -> int:
        """Order on a page: documents with a problem first, then those with a remedy or praise, then the rest."""
        return min((_POLARITY_ORDER.get(quote.polarity, 9) for quote in self.quotes), default=9)


def place_rows(store: Store) -> Iterator[tuple[str, list[Row]]]:
    """All findings of the documents counted for each municipality: (code, rows, newest document first).

    Read from one query in batches, so that not all quotes are in memory at once.
    """
    cursor = store.connection.cursor()
    cursor.execute(
        f"SELECT u.code, u.unit, {_COLUMNS} FROM u JOIN f ON f.document = u.document JOIN d ON d.id = f.document "
        "ORDER BY u.code, d.date DESC NULLS LAST, f.document, f.start, f.theme"
    )
    columns = [column[0] for column in cursor.description or ()]
    batches = iter(lambda: cursor.fetchmany(BATCH), [])
    rows = (dict(zip(columns, row, strict=True)) for batch in batches for row in batch)
    for code, found in groupby(rows, key=itemgetter("code")):
        yield code, list(found)


def theme_rows(store: Store, theme: str, most: int) -> list[Row]:
    """The surest problem sentences of a theme, one per municipality."""
    return store.rows(
        f"SELECT * FROM (SELECT u.code, u.unit, {_COLUMNS}, "
        "row_number() OVER (PARTITION BY u.code ORDER BY f.score DESC, f.document, f.start) AS place "
        "FROM u JOIN f ON f.document = u.document JOIN d ON d.id = f.document "
        "WHERE f.theme = ? AND f.polarity = 'problem' AND f.passage_kind IN ('sentence', 'list_item', 'quote') "
        "AND length(f.quote) BETWEEN 40 AND 320) WHERE place = 1 "
        "QUALIFY row_number() OVER (PARTITION BY unit ORDER BY code) = 1 ORDER BY score DESC, document LIMIT ?",
        theme,
        most,
    )


def quote(row: Row, repeated: int = 0) -> Quote:
    """A finding with its context, ready to show."""
    text = display.clean(row["quote"])
    previous = display.clean(row["previous"]) if row["passage_kind"] == "sentence" else ""
    return Quote(
        display.pieces(text, 0, len(text), display.cue_spans(text, row["cues"] or ())),
        row["polarity"],
        row["attribution"],
        row["score"],
        f"m{row['start']}",
        display.clean(row["heading"]),
        previous if len(previous) <= 220 else "",
        repeated,
    )


def citing(rows: Sequence[Row], repeats: dict[tuple[str, str], int] | None = None) -> Citing:
    """The rows of one document as one citing."""
    first = rows[0]
    live = display.safe_url(first["derived_from"]) or display.safe_url(first["url"])
    said = {row["quote"] for row in rows}
    rows = [row | {"previous": None} if row["previous"] in said else row for row in rows]
    quotes = sorted(rows, key=lambda r: (_POLARITY_ORDER.get(r["polarity"], 9), r["start"]))
    return Citing(
        first["document"],
        display.clean(first["title"]),
        first["source_kind"],
        first["date"],
        live,
        display.host(live),
        tuple(quote(row, (repeats or {}).get((row["unit"], row["quote"]), 1) - 1) for row in quotes),
    )


def by_theme(rows: Iterable[Row], themes: Sequence[str]) -> dict[str, list[Citing]]:
    """Citings per theme; a sentence that stands in several merged documents is shown once, with how often."""
    kept: dict[str, dict[str, list[Row]]] = {theme: defaultdict(list) for theme in themes}
    repeats: dict[str, dict[tuple[str, str], int]] = {theme: defaultdict(int) for theme in themes}
    for row in rows:
        if row["theme"] not in kept:
            continue
        key = (row["unit"], row["quote"])
        repeats[row["theme"]][key] += 1
        if repeats[row["theme"]][key] == 1:
            kept[row["theme"]][row["document"]].append(row)
    made = {
        theme: sorted((citing(found, repeats[theme]) for found in documents.values()), key=lambda c: c.weight)
        for theme, documents in kept.items()
    }
    return {theme: found for theme, found in made.items() if found}
