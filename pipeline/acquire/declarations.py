"""Declarations beside what the frontier holds: hosts that a source moved to, and what a changed declaration means.

All of it is in the frontier before the first page is asked for, so that a killed crawl forgets nothing.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator, Sequence
from typing import Any

from pipeline.acquire.admission import Scope, declared, from_robots
from pipeline.acquire.frontier import Frontier
from pipeline.acquire.robots import rules_for
from pipeline.acquire.urls import lane, origin
from pipeline.acquire.work import Candidate
from pipeline.records import Source

_DECLARED = ("start", "sitemap", "feed", "listing")
_PART = 5000
_SLACK = 1.0  # seconds between the answer that moves a source and its being heeded


def heed(frontier: Frontier, sources: Sequence[Source]) -> dict[str, Scope]:
    """The scope of each source, and in the frontier what follows from a declaration that is not what it was.

    When the rules by which links are admitted changed, all pages of the source are to be read anew; when a declared
    place moved to another host in the last crawl, those that were read before that was known.
    """
    return {source.id: _heeded(frontier, source) for source in sources}


def _shut_out(db: sqlite3.Connection, source: Source, scope: Scope) -> None:
    """Put outside what a source has no more by its new rules, unless another source has it. A link brings it back."""
    places = {candidate.url for candidate in declared(source)}
    for number, url, role, rule, depth, hops, start, owner in _held(db, source.id):
        if depth == 0 and rule in _DECLARED:
            kept = (start or url) in places and not (hops and scope.excludes(url))
        else:
            kept = scope.holds(url, role, rule, hops)
        if not kept:
            _take_from(db, number, source.id, owner)


def _held(db: sqlite3.Connection, source: str) -> Iterator[tuple[Any, ...]]:
    """The rows that a source has, part by part: there may be millions."""
    query = (
        "SELECT id, url, role, rule, depth, hops, origin, source FROM held "
        "WHERE member = ? AND state <> 'outside' AND id > ? ORDER BY id LIMIT ?"
    )
    last = 0
    while rows := db.execute(query, (source, last, _PART)).fetchall():
        yield from rows
        last = rows[-1][0]


def _take_from(db: sqlite3.Connection, number: int, source: str, owner: str) -> None:
    """A row is a source's no more: it is only the others', or passes on to one of them, or is outside."""
    if owner != source:
        db.execute("DELETE FROM shares WHERE url = ? AND source = ?", (number, source))
        return
    heir = db.execute(
        "SELECT source FROM shares WHERE url = ? ORDER BY source NOT IN (SELECT source FROM chosen), source", (number,)
    ).fetchone()
    if heir is None:
        db.execute("UPDATE urls SET state = 'outside' WHERE id = ?", (number,))
    else:
        db.execute("DELETE FROM shares WHERE url = ? AND source = ?", (number, heir[0]))
        db.execute("UPDATE urls SET source = ? WHERE id = ?", (heir[0], number))


def listed(frontier: Frontier, source: Source, scope: Scope) -> Iterator[Candidate]:
    """The sitemaps by the robots.txt files that the frontier holds: they are not asked for again while they are new."""
    if not scope.follows:
        return
    urls = [candidate.url for candidate in declared(source)]
    urls += [url for start in urls for url, _ in frontier.steps(start)]
    for site in dict.fromkeys(origin(url) for url in urls):
        stored = frontier.robots(site)
        if stored and 0 < stored[1] < 500:
            yield from from_robots(source, site, rules_for(stored[1], stored[2]).sitemaps)


def _moves(frontier: Frontier, source: Source) -> Iterator[tuple[str, float]]:
    """(host, time) of every redirect by which a declared place is known to move."""
    for candidate in declared(source):
        for url, when in frontier.steps(candidate.url):
            yield lane(url), when


def _rules(source: Source) -> str:
    """A digest of all in a declaration that decides which links are admitted."""
    rules = (
        source.start, source.sitemaps, source.feeds, source.listings, source.include, source.exclude, source.cms,
    )  # fmt: skip
    return hashlib.sha256(repr(rules).encode("utf-8")).hexdigest()


def _heeded(frontier: Frontier, source: Source) -> Scope:
    scope, moves = Scope.of(source), dict(_moves(frontier, source))
    before = set(scope.hosts)
    digest, rules = hashlib.sha256(repr(source).encode("utf-8")).hexdigest(), _rules(source)
    for host in moves:
        scope = scope if scope.covers(host) else scope.widened(host)
    with frontier.transaction() as db:
        row = db.execute("SELECT digest, rules, hosts FROM declarations WHERE source = ?", (source.id,)).fetchone()
        if row is not None:
            before |= set(row[2].split())
            if row[0] != digest:  # somebody saw to the source: its markup of today is the one to compare with
                db.execute("UPDATE yields SET shape = '' WHERE source = ?", (source.id,))
            if row[1] != rules if row[1] else row[0] != digest:
                _shut_out(db, source, scope)
                frontier.read_anew(source.id)
            elif gained := scope.hosts - before:
                frontier.read_anew(source.id, before=max(moves[host] for host in gained) + _SLACK)
        values = (source.id, digest, rules, " ".join(sorted(scope.hosts)))
        db.execute("INSERT OR REPLACE INTO declarations VALUES (?, ?, ?, ?)", values)
    return scope
