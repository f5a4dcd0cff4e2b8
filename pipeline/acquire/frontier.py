"""The frontier: every URL known, what is due, what the archive holds of it. SQLite, one writer at a time."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

from pipeline.acquire.schema import prepare
from pipeline.acquire.shares import Shares
from pipeline.acquire.urls import lane
from pipeline.acquire.work import Candidate, Item, Known, State
from pipeline.archive import Place
from pipeline.errors import WorkspaceError

_FRESH = 12 * 3600.0
_CHUNK = 2000
_ALWAYS = ("sitemap", "feed", "listing")
_STEPS = 10  # redirects that are followed from a declared place
_CHOSEN = "source IN (SELECT source FROM chosen)"
_ITEM = (
    "id, url, lane, source, role, rule, priority, depth, off, via, hops, origin, tries, etag, last_modified, sha256, "
    "warc, offset, record_id, archived, fetched, changed, checks, changes, first, anew, fails"
)
_PLACE = "excluded.depth = 0 AND excluded.rule IN ('start', 'sitemap', 'feed', 'listing')"
_DECLARED = f"({_PLACE} AND (depth > 0 OR rule NOT IN ('start', 'sitemap', 'feed', 'listing')))"
_RAISED = "(role = 'page' AND excluded.role <> 'page' AND (excluded.role = 'listing' OR excluded.depth = 0))"
_BACK = "(state = 'outside')"
_LINKED = "(?13 AND state = 'gone' AND run < :run)"
_DATED = "(excluded.lastmod <> lastmod AND state IN ('done', 'gone', 'failed') AND run < :run)"
_BETTER = f"({_DECLARED} OR {_RAISED} OR {_BACK})"
_INSERT = f"""
INSERT INTO urls (url, lane, source, role, rule, via, origin, hops, depth, off, priority, lastmod, due)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, 0)
ON CONFLICT (url) DO UPDATE SET
  priority = max(priority, excluded.priority), off = min(off, excluded.off),
  role = CASE WHEN {_RAISED} OR {_BACK} THEN excluded.role ELSE role END,
  rule = CASE WHEN {_BETTER} THEN excluded.rule ELSE rule END,
  via = CASE WHEN {_BETTER} THEN excluded.via ELSE via END,
  origin = CASE WHEN {_BETTER} THEN excluded.origin ELSE origin END,
  hops = CASE WHEN {_BETTER} THEN excluded.hops ELSE hops END,
  depth = CASE WHEN {_BETTER} THEN excluded.depth ELSE depth END,
  state = CASE WHEN state = 'active' THEN state WHEN {_RAISED} OR {_BACK} OR ({_DECLARED} AND run < :run) THEN 'due'
    WHEN {_LINKED} OR {_DATED} THEN 'due' ELSE state END,
  due = CASE WHEN {_BETTER} OR {_LINKED} OR {_DATED} THEN 0 ELSE due END,
  tries = CASE WHEN {_BETTER} THEN 0 ELSE tries END,
  anew = CASE WHEN {_RAISED} THEN sha256 IS NOT NULL OR state = 'active' ELSE anew END,
  lastmod = coalesce(excluded.lastmod, lastmod)
WHERE (state = 'due' AND excluded.priority > priority) OR {_BETTER} OR {_LINKED}
   OR (excluded.lastmod IS NOT NULL AND excluded.lastmod IS NOT lastmod)
"""
"""A URL that is known already: a better judgement of it counts (declared, a listing, no longer outside the source).

What is a listing from now on is read as one; what was gone is due when a page that is new or changed links to it.
"""


class Frontier:
    """The state of all crawls of one workspace. Safe to share among threads.

    Raises WorkspaceError when the file cannot be used.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.RLock()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None, cached_statements=256)
            self._db.executescript("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -8000;")
            prepare(self._db)
        except (sqlite3.Error, OSError) as error:
            raise WorkspaceError(f"{path}: cannot be used as the crawl's state ({error}).") from error
        self.run = 0
        self._shares = Shares(self._db)

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._db.close()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All or nothing of what happens inside; other threads wait."""
        with self._lock:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    def begin(self, now: float, sources: Iterable[str], *, recheck: bool = False) -> bool:
        """Begin a run of these sources, or go on with one that did not end (within 12 hours); whether it goes on."""
        names = sorted(set(sources))
        with self.transaction() as db:
            db.execute("DELETE FROM chosen")
            db.executemany("INSERT INTO chosen VALUES (?)", [(name,) for name in names])
            self._shares.begin()
            last = db.execute("SELECT id, started, ended, sources FROM runs ORDER BY id DESC LIMIT 1").fetchone()
            db.execute("UPDATE urls SET state = 'due' WHERE state = 'active'")
            if last and last[2] is None and now - last[1] < _FRESH and last[3] == " ".join(names) and not recheck:
                self.run = last[0]
                return True
            values = (now, " ".join(names))
            self.run = db.execute("INSERT INTO runs (started, sources) VALUES (?, ?)", values).lastrowid or 0
            settled = "state IN ('done', 'failed', 'gone', 'refused', 'skipped')"
            always = ", ".join(f"'{role}'" for role in _ALWAYS)
            everything = "OR 1" if recheck else ""
            db.execute(
                f"UPDATE urls SET state = 'due', tries = 0, due = 0 WHERE {settled} AND role <> 'robots' "
                f"AND (due <= ? OR anew OR role IN ({always}) OR rule = 'start' {everything})",
                (now,),
            )
            db.execute("UPDATE urls SET tries = 0 WHERE state = 'due'")
            return False

    def end(self, now: float, summary: Mapping[str, Any]) -> None:
        """Close the run with its summary."""
        with self.transaction() as db:
            db.execute(
                "UPDATE runs SET ended = ?, summary = ? WHERE id = ?",
                (now, json.dumps(summary, ensure_ascii=False), self.run),
            )

    def add(self, candidates: Iterable[Candidate]) -> set[str]:
        """Put URLs in, a long list part by part; the lanes that may have work now."""
        lanes: set[str] = set()
        rest = iter(candidates)
        while chunk := list(islice(rest, _CHUNK)):
            with self.transaction():
                lanes |= self.insert(chunk)
        return lanes

    def insert(self, candidates: Iterable[Candidate]) -> set[str]:
        """Put URLs in (inside a transaction of the caller's); the lanes that may have work now."""
        candidates = list(candidates)
        rows = [self._row(c) for c in candidates]
        self._db.executemany(_INSERT.replace(":run", str(self.run)), rows)
        self._shares.claim(candidates, self.run)  # when all have a row: two sources may bring the same URL here
        return {row[1] for row in rows}

    @staticmethod
    def _row(c: Candidate) -> tuple[Any, ...]:
        return (
            c.url, lane(c.url), c.source, c.role, c.rule, c.via, c.origin, c.hops, c.depth, c.off, c.priority,
            c.lastmod, c.news,
        )  # fmt: skip

    def lanes(self) -> list[str]:
        """Hosts with URLs to fetch."""
        with self._lock:
            query = f"SELECT DISTINCT lane FROM urls WHERE state = 'due' AND {_CHOSEN}"
            return [row[0] for row in self._db.execute(query)]

    def take(self, name: str, count: int, now: float, tired: Iterable[str] = ()) -> list[Item]:
        """The next URLs of a host, best first, now 'active'. ``tired`` sources give none that is off the subject."""
        tired = tuple(tired)
        hold = f"AND (off = 0 OR source NOT IN ({', '.join('?' * len(tired))}))" if tired else ""
        with self.transaction() as db:
            rows = db.execute(
                f"SELECT {_ITEM} FROM urls WHERE lane = ? AND state = 'due' AND due <= ? AND {_CHOSEN} {hold} "
                "ORDER BY priority DESC, id LIMIT ?",
                (name, now, *tired, count),
            ).fetchall()
            db.executemany("UPDATE urls SET state = 'active' WHERE id = ?", [(row[0],) for row in rows])
            also = self._shares.also(row[0] for row in rows)
        return [_item(row, also.get(row[0], ())) for row in rows]

    def give_back(self, items: Iterable[Item]) -> None:
        """Return URLs that were taken but not fetched."""
        with self.transaction() as db:
            db.executemany("UPDATE urls SET state = 'due' WHERE id = ? AND state = 'active'", [(i.id,) for i in items])

    def next_due(self, name: str) -> float | None:
        """When the next waiting URL of a host is due (seconds since 1970); None when none waits."""
        with self._lock:
            query = f"SELECT min(due) FROM urls WHERE lane = ? AND state = 'due' AND due > 0 AND {_CHOSEN}"
            due: float | None = self._db.execute(query, (name,)).fetchone()[0]
        return due

    def find(self, url: str) -> tuple[Item, str] | None:
        """The row of a URL and its state."""
        with self._lock:
            row = self._db.execute(f"SELECT {_ITEM}, state FROM urls WHERE url = ?", (url,)).fetchone()
            also = self._shares.also([row[0]]) if row else {}
        return (_item(row[:-1], also.get(row[0], ())), row[-1]) if row else None

    def redirect_target(self, url: str) -> str:
        """Where a URL was last seen to redirect to ('' when it did not)."""
        with self._lock:
            row = self._db.execute("SELECT target FROM urls WHERE url = ?", (url,)).fetchone()
        return str(row[0]) if row else ""

    def settle(self, item: Item, state: State, *, due: float, verdict: str, **columns: Any) -> None:
        """Write what became of a URL (inside a transaction of the caller's).

        One that was marked to be read anew since it was taken stays due.
        """
        values = {"run": self.run, "verdict": verdict, **columns}
        names = ", ".join(f"{key} = ?" for key in values)
        marked = "state = CASE WHEN anew > ? THEN 'due' ELSE ? END, due = CASE WHEN anew > ? THEN 0 ELSE ? END"
        with self._lock:
            self._db.execute(
                f"UPDATE urls SET {names}, {marked} WHERE id = ?",
                (*values.values(), item.anew, state, item.anew, due, item.id),
            )
            if state == "done" and item.anew:
                self._db.execute("UPDATE urls SET anew = 0 WHERE id = ?", (item.id,))

    def read_anew(self, source: str, *, before: float | None = None) -> None:
        """Mark what a source has: to be asked for without conditions, at once, and its links to be read.

        ``before`` (seconds since 1970) leaves alone what was fetched after it. Inside a transaction of the caller's.
        """
        late = "" if before is None else "AND fetched <= ?"
        self._db.execute(
            "UPDATE urls SET anew = 1, tries = 0, due = CASE state WHEN 'done' THEN 0 ELSE due END, "
            "state = CASE state WHEN 'done' THEN 'due' ELSE state END "
            "WHERE (source = ? OR id IN (SELECT url FROM shares WHERE source = ?)) AND sha256 IS NOT NULL "
            f"AND rule <> 'document' {late}",
            (source, source) if before is None else (source, source, before),
        )

    def mark_unread(self, ids: Iterable[int]) -> None:
        """Mark rows whose links are still to be read: the next crawl of their sources asks for them."""
        with self.transaction() as db:
            db.executemany("UPDATE urls SET anew = 1 WHERE id = ?", [(number,) for number in ids])

    def forget_beyond(self, warc: str, size: int) -> int:
        """Make due again what is said to stand beyond the end of a segment (after a power failure); how many."""
        with self.transaction() as db:
            return db.execute(
                "UPDATE urls SET state = 'due', due = 0, sha256 = NULL, etag = '', last_modified = '' "
                "WHERE warc = ? AND offset >= ?",
                (warc, size),
            ).rowcount

    def robots(self, origin: str) -> tuple[float, int, bytes, float | None] | None:
        """The stored robots.txt of an origin: time, status, body, and since when it cannot be reached."""
        with self._lock:
            query = "SELECT fetched, status, body, down_since FROM robots WHERE origin = ?"
            row: tuple[float, int, bytes, float | None] | None = self._db.execute(query, (origin,)).fetchone()
        return row

    def keep_robots(self, origin: str, fetched: float, status: int, body: bytes, down_since: float | None) -> None:
        """Store the answer to a request for robots.txt (inside a transaction of the caller's)."""
        row = (origin, fetched, status, body, down_since)
        self._db.execute("INSERT OR REPLACE INTO robots VALUES (?, ?, ?, ?, ?)", row)

    def let_rest(self, name: str, until: float, reason: str) -> None:
        """Note that a host is not to be asked before a time (inside a transaction of the caller's)."""
        self._db.execute("INSERT OR REPLACE INTO resting VALUES (?, ?, ?)", (name, until, reason))

    def resting(self, now: float) -> dict[str, tuple[float, str]]:
        """The hosts with URLs of this run's sources that are not to be asked yet: until when, and why."""
        mine = f"lane IN (SELECT lane FROM urls WHERE {_CHOSEN})"
        query = f"SELECT lane, until, reason FROM resting WHERE until > ? AND {mine}"
        return {name: (until, reason) for name, until, reason in self.rows(query, (now,))}

    def put_off(self, name: str) -> int:
        """Count a resting host's deferred URLs to this run, though it did not ask for them; how many URLs wait."""
        with self.transaction() as db:
            db.execute(
                f"UPDATE urls SET run = ? WHERE lane = ? AND state = 'due' AND verdict = 'deferred' AND {_CHOSEN}",
                (self.run, name),
            )
            query = f"SELECT count(*) FROM urls WHERE lane = ? AND state = 'due' AND {_CHOSEN}"
            return int(db.execute(query, (name,)).fetchone()[0])

    def steps(self, url: str) -> Iterator[tuple[str, float]]:
        """(URL, time) of every redirect that leads on from a URL, ten at most."""
        for _ in range(_STEPS):
            rows = self.rows("SELECT target, fetched FROM urls WHERE url = ? AND target <> ''", (url,))
            if not rows:
                return
            url, when = rows[0]
            yield url, when or 0.0

    def rows(self, query: str, values: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
        """The answer to a question in SQL."""
        with self._lock:
            return self._db.execute(query, values).fetchall()


def _item(row: tuple[Any, ...], also: tuple[str, ...]) -> Item:
    known = None
    if row[15]:
        known = Known(row[13], row[14], row[15], Place(row[16], row[17], row[18], row[15]), row[19])
    times = (row[20] or 0.0, row[21] or 0.0, row[22], row[23], row[24] or 0.0)
    plain: tuple[Any, ...] = (*row[:13], known, *times, bool(row[25]), row[26], also)
    return Item(*plain)
