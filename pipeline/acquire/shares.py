"""URLs that belong to several sources: one row, one fetch, and each of the sources has it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from pipeline.acquire.urls import lane
from pipeline.acquire.work import Candidate

_HAND_OVER = """
CREATE TEMP TABLE passed AS
  SELECT urls.id AS id, urls.source AS old, min(shares.source) AS new FROM shares JOIN urls ON urls.id = shares.url
  WHERE shares.source IN (SELECT source FROM chosen) AND urls.source NOT IN (SELECT source FROM chosen)
  GROUP BY urls.id;
INSERT OR IGNORE INTO shares SELECT id, old FROM passed;
DELETE FROM shares WHERE (url, source) IN (SELECT id, new FROM passed);
UPDATE urls SET source = (SELECT new FROM passed WHERE passed.id = urls.id) WHERE id IN (SELECT id FROM passed);
DROP TABLE passed
"""


class Shares:
    """Who has a URL beside the source in its row. That one is always of this crawl where any of them is.

    All methods run inside a transaction of the caller's, on its connection.
    """

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self._lanes: dict[str, str] = {}
        self._any = False

    def begin(self) -> None:
        """Pass rows of sources that are not chosen on to chosen ones that have them too."""
        for statement in _HAND_OVER.split(";"):
            self._db.execute(statement)
        query = "SELECT lane, CASE WHEN min(source) = max(source) THEN min(source) ELSE '' END FROM urls GROUP BY lane"
        self._lanes = dict(self._db.execute(query).fetchall())
        self._any = bool(self._db.execute("SELECT EXISTS (SELECT 1 FROM shares)").fetchone()[0])

    def claim(self, candidates: Iterable[Candidate], run: int) -> None:
        """Note which of the URLs found are another source's already; only hosts of several sources are looked at."""
        for candidate in candidates:
            name = lane(candidate.url)
            if self._lanes.setdefault(name, candidate.source) != candidate.source:
                self._lanes[name] = ""
                self._claim(candidate, run)

    def also(self, ids: Iterable[int]) -> dict[int, tuple[str, ...]]:
        """The other chosen sources of these rows."""
        found: dict[int, tuple[str, ...]] = {}
        if not self._any:
            return found
        query = "SELECT source FROM shares WHERE url = ? AND source IN (SELECT source FROM chosen) ORDER BY source"
        for number in ids:
            if names := tuple(row[0] for row in self._db.execute(query, (number,))):
                found[number] = names
        return found

    def _claim(self, candidate: Candidate, run: int) -> None:
        chosen = "source IN (SELECT source FROM chosen)"
        query = f"SELECT id, source, {chosen}, state, run FROM urls WHERE url = ? AND source <> ?"
        row = self._db.execute(query, (candidate.url, candidate.source)).fetchone()
        if row is None:
            return
        number, owner, present, state, last = row
        other = candidate.source if present else owner
        new = self._db.execute("INSERT OR IGNORE INTO shares VALUES (?, ?)", (number, other)).rowcount > 0
        if not present:
            self._db.execute("DELETE FROM shares WHERE url = ? AND source = ?", (number, candidate.source))
            self._db.execute("UPDATE urls SET source = ? WHERE id = ?", (candidate.source, number))
        self._any = True
        if new and state in ("done", "active", "due") and candidate.follows:
            # Its links were read for the other source only.
            self._db.execute(
                "UPDATE urls SET anew = sha256 IS NOT NULL OR state = 'active', tries = 0, "
                "due = CASE state WHEN 'done' THEN 0 ELSE due END, "
                "state = CASE state WHEN 'done' THEN 'due' ELSE state END WHERE id = ?",
                (number,),
            )
        elif new and state not in ("done", "active", "due") and last < run:
            self._db.execute("UPDATE urls SET state = 'due', due = 0, tries = 0 WHERE id = ?", (number,))
