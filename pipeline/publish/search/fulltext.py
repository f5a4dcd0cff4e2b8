"""Searching ``tillsyn.db``: the question as an FTS5 expression and filters, the hits with facets and highlights."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import WorkspaceError
from pipeline.publish.search.query import Atom, Field, Query, parse
from pipeline.publish.search.words import base, terms, words

_COLUMNS = (
    'p.id, p.document, p.start, p."end", p.text, p.kind, p.heading, p.date, p.source_kind, p.municipalities, '
    "d.title, d.url, d.source_url"
)
_FACETS: Mapping[str, str] = {
    "municipality": "SELECT m.name, count(DISTINCT h.id) FROM hits h JOIN passages p ON p.id = h.id "
    "JOIN document_municipalities x ON x.document = p.document JOIN municipalities m ON m.code = x.municipality",
    "theme": "SELECT f.theme, count(DISTINCT h.id) FROM hits h JOIN findings f ON f.passage = h.id",
    "polarity": "SELECT f.polarity, count(DISTINCT h.id) FROM hits h JOIN findings f ON f.passage = h.id",
    "attribution": "SELECT f.attribution, count(DISTINCT h.id) FROM hits h JOIN findings f ON f.passage = h.id",
    "source_kind": "SELECT p.source_kind, count(*) FROM hits h JOIN passages p ON p.id = h.id",
    "year": "SELECT substr(p.date, 1, 4), count(*) FROM hits h JOIN passages p ON p.id = h.id WHERE p.date IS NOT NULL",
}
_OF_FINDING: tuple[Field, ...] = ("theme", "polarity", "attribution")


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found. ``highlights`` are half-open ranges of ``text``; ``start`` and ``end`` of the document."""

    id: int
    document: str
    start: int
    end: int
    text: str
    kind: str
    heading: str | None
    date: str | None
    source_kind: str
    municipalities: tuple[str, ...]
    title: str
    url: str
    source_url: str
    highlights: tuple[tuple[int, int], ...]
    findings: tuple[Mapping[str, str], ...]


@dataclass(frozen=True, slots=True)
class Result:
    """How many passages were found, the first of them, and how they spread (facet -> value -> count)."""

    total: int
    hits: tuple[Hit, ...]
    facets: Mapping[str, Mapping[str, int]]


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def expression(atom: Atom) -> str:
    """An atom in the language of FTS5."""
    if atom.is_phrase:
        return f"form : {_quoted(' '.join(atom.words))}"
    word = atom.words[0]
    if atom.prefix:
        return f"({{form term}} : {_quoted(word)} *)"
    return f"(form : {_quoted(word)} OR term : {_quoted(base(word))})"


def _any(atoms: Iterable[Atom]) -> str:
    return "(" + " OR ".join(expression(atom) for atom in atoms) + ")"


def _among(values: Sequence[str]) -> str:
    return f"IN ({', '.join('?' * len(values))})"


def _filters(filters: Mapping[Field, tuple[str, ...]], wanted: bool) -> tuple[list[str], list[str]]:
    """SQL conditions and their values: those of findings together for what is wanted, one by one for what is not."""
    conditions, values = [], []
    negation = "" if wanted else "NOT "
    for name, column in (("source_kind", "p.source_kind"), ("year", "coalesce(substr(p.date, 1, 4), '')")):
        if found := filters.get(name):  # type: ignore[call-overload]
            conditions.append(f"{negation}{column} {_among(found)}")
            values += found
    if found := filters.get("municipality"):
        inside = f"SELECT document FROM document_municipalities WHERE municipality {_among(found)}"
        conditions.append(f"{negation}p.document IN ({inside})")
        values += found
    of_finding = [(name, filters[name]) for name in _OF_FINDING if filters.get(name)]
    if of_finding:
        held = (" AND " if wanted else " OR ").join(f"{name} {_among(found)}" for name, found in of_finding)
        conditions.append(f"{negation}p.id IN (SELECT passage FROM findings WHERE passage IS NOT NULL AND ({held}))")
        values += [value for _, found in of_finding for value in found]
    return conditions, values


def _select(query: Query) -> tuple[str, list[str]]:
    """SQL that gives id and rank (smaller is better) of every passage that answers."""
    conditions, values = [], []
    source, rank = "passages p", "p.id"
    if query.groups:
        source, rank = "passages_fts JOIN passages p ON p.id = passages_fts.rowid", "bm25(passages_fts, 2.0, 1.0)"
        conditions.append("passages_fts MATCH ?")
        values.append(" AND ".join(_any(group) for group in query.groups))
    if query.without:
        conditions.append("p.id NOT IN (SELECT rowid FROM passages_fts WHERE passages_fts MATCH ?)")
        values.append(_any(query.without))
    for filters, wanted in ((query.wanted, True), (query.unwanted, False)):
        more, their = _filters(filters, wanted)
        conditions += more
        values += their
    where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
    return f"SELECT p.id AS id, {rank} AS rank FROM {source}{where}", values


def highlights(text: str, atoms: Sequence[Atom]) -> tuple[tuple[int, int], ...]:
    """Half-open ranges of ``text`` whose words answer to one of the atoms."""
    found = list(words(text))
    spans = set()
    for atom in atoms:
        size = len(atom.words)
        for i in range(len(found) - size + 1):
            if _answers([form for _, _, form in found[i : i + size]], atom):
                spans.add((found[i][0], found[i + size - 1][1]))
    return tuple(sorted(spans))


def _answers(forms: list[str], atom: Atom) -> bool:
    if atom.is_phrase:
        return tuple(forms) == atom.words
    form, word = forms[0], atom.words[0]
    if atom.prefix:
        return form.startswith(word) or any(term.startswith(word) for term in terms(form))
    return form == word or base(word) in terms(form)


def _hit(row: sqlite3.Row, query: Query, findings: Mapping[int, list[Mapping[str, str]]]) -> Hit:
    values = dict(row) | {"municipalities": tuple(json.loads(row["municipalities"] or "[]"))}
    return Hit(**values, highlights=highlights(row["text"], query.atoms), findings=tuple(findings.get(row["id"], ())))


def _findings(database: sqlite3.Connection, ids: Sequence[int]) -> dict[int, list[Mapping[str, str]]]:
    found: dict[int, list[Mapping[str, str]]] = {}
    query = f"SELECT passage, theme, polarity, attribution FROM findings WHERE passage {_among([''] * len(ids))}"
    for row in database.execute(f"{query} ORDER BY theme, polarity", list(ids)):
        found.setdefault(row["passage"], []).append({key: row[key] for key in ("theme", "polarity", "attribution")})
    return found


def _facets(database: sqlite3.Connection) -> dict[str, dict[str, int]]:
    return {
        name: {
            str(value): count for value, count in database.execute(f"{query} GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 20")
        }
        for name, query in _FACETS.items()
    }


def search(path: Path, question: str, *, limit: int = 20, offset: int = 0) -> Result:
    """Search the database at ``path``. An empty question with filters lists what they let through, newest first.

    Raises UsageError for a question that cannot be read, WorkspaceError when there is no database.
    """
    query = parse(question)
    if not path.is_file():
        raise WorkspaceError(f"{path}: there is no database to search; run 'tillsyn report' first.")
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as database:
            database.row_factory = sqlite3.Row
            return _run(database, query, limit, offset)
    except sqlite3.Error as error:
        raise WorkspaceError(f"{path}: the database cannot be searched ({error}).") from error


def _run(database: sqlite3.Connection, query: Query, limit: int, offset: int) -> Result:
    select, values = _select(query)
    database.execute(f"CREATE TEMP TABLE hits AS {select}", values)
    total = database.execute("SELECT count(*) FROM hits").fetchone()[0]
    rows = database.execute(
        f"SELECT {_COLUMNS} FROM hits h JOIN passages p ON p.id = h.id JOIN documents d ON d.id = p.document "
        "ORDER BY h.rank, h.id LIMIT ? OFFSET ?",
        (limit, offset),
    ).fetchall()
    findings = _findings(database, [row["id"] for row in rows])
    return Result(total, tuple(_hit(row, query, findings) for row in rows), _facets(database))
