"""When a source is not what it was: too little, nothing, dead, a wall, another markup, silence."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise

from pipeline.acquire.admission import declared
from pipeline.acquire.frontier import Frontier
from pipeline.acquire.schedule import DAY
from pipeline.acquire.summary import Alarm
from pipeline.records import Source

_FAR_LESS = 0.5
_ALIKE = 0.3
_QUIET = 30 * DAY
_TIMES = 5
_KNOWN = 4  # days with news from which on a source's pace is known
_UNKNOWN = 182 * DAY
_OTHERWISE = "its pages are built otherwise than before"
_GOOD = ("fetched", "unchanged")


def _day(seconds: float | None) -> str:
    return datetime.fromtimestamp(seconds, UTC).date().isoformat() if seconds else ""


def _last_good(frontier: Frontier, source: str) -> str:
    query = "SELECT max(time) FROM yields WHERE source = ? AND alarms = '' AND run < ?"
    return _day(frontier.rows(query, (source, frontier.run))[0][0])


@dataclass(frozen=True, slots=True)
class _Counts:
    """What the frontier says of a source: documents held, this run's verdicts, the days on which something changed."""

    known: int
    looked: Mapping[str, int]
    days: tuple[int, ...]


def _counts(frontier: Frontier) -> dict[str, _Counts]:
    """The counts of every source in three passes over the frontier, however many sources there are.

    A document is known when the archive holds it and it was well at the last look.
    """
    known = dict(
        frontier.rows(
            "SELECT member, count(*) FROM held WHERE state = 'done' AND role IN ('page', 'listing') AND target = '' "
            "AND sha256 IS NOT NULL GROUP BY member"
        )
    )
    looked: dict[str, dict[str, int]] = defaultdict(dict)
    query = "SELECT member, verdict, count(*) FROM held WHERE run = ? AND rule <> 'guess' GROUP BY member, verdict"
    for source, verdict, count in frontier.rows(query, (frontier.run,)):
        looked[source][verdict] = count
    days: dict[str, list[int]] = defaultdict(list)
    query = "SELECT DISTINCT member, cast(changed / 86400 AS INTEGER) FROM held WHERE changed > 0 ORDER BY 1, 2"
    for source, day in frontier.rows(query):
        days[source].append(day)
    names = known.keys() | looked.keys() | days.keys()
    return {name: _Counts(known.get(name, 0), looked.get(name, {}), tuple(days.get(name, ()))) for name in names}


_NOTHING = _Counts(0, {}, ())


def _silent(times: Sequence[int], now: float) -> str:
    """Why a source is called silent: nothing new or changed for far longer than it ever took.

    Where fewer than four days with news are known, half a year is long.
    """
    if not times:
        return ""
    gaps = sorted(b - a for a, b in pairwise(times))
    usual = _TIMES * gaps[len(gaps) // 2] if gaps else 0
    longest = max((_QUIET if len(times) >= _KNOWN else _UNKNOWN) / DAY, usual)
    quiet = now // DAY - times[-1]
    return f"nothing new or changed for {quiet:.0f} days" if quiet > longest else ""


def _markup(frontier: Frontier, source: str, shape: set[str]) -> str:
    """Why the markup is called another: its large parts are not those of the last crawl in which they were well.

    Pages that were not fetched anew are as they were last. The alarm stays until the markup is as before or the
    declaration is another (``declarations``), for somebody has looked at the source then.
    """
    query = "SELECT shape, instr(alarms, ?) FROM yields WHERE source = ? AND run < ? AND shape <> '' ORDER BY run DESC"
    rows = frontier.rows(query, (_OTHERWISE, source, frontier.run))
    shape = shape or (set(json.loads(rows[0][0])) if rows else set())
    before = next((set(json.loads(text)) for text, other in rows if not other), set())
    if len(before) < 4 or len(shape) < 1:
        return ""
    alike = len(before & shape) / len(before | shape)
    return f"{_OTHERWISE} (likeness {alike:.2f})" if alike < _ALIKE else ""


def _place(frontier: Frontier, url: str) -> str:
    """Why a declared place gave nothing in this run ('' when it gave something), where it moved to included."""
    query, nothing = "SELECT run, verdict, reason FROM urls WHERE url = ?", [(0, "", "")]
    stations = [(frontier.rows(query, (u,)) or nothing)[0] for u in (url, *(step for step, _ in frontier.steps(url)))]
    _, verdict, reason = stations[-1]
    if verdict in _GOOD and any(run == frontier.run for run, _, _ in stations):
        return ""
    return str(reason) or "was not asked"


def _dead(frontier: Frontier, source: Source) -> str:
    """Why a source is called dead: none of its declared places gave anything in this run."""
    reasons = [_place(frontier, candidate.url) for candidate in declared(source)]
    if not reasons or not all(reasons):
        return ""
    return f"none of its declared places could be fetched ({reasons[0].replace('; ', ', ')})"


def _found(
    frontier: Frontier, source: Source, counts: _Counts, blocked: int, shape: set[str], now: float
) -> Iterable[tuple[str, str]]:
    known = counts.known
    good = sum(counts.looked.get(verdict, 0) for verdict in _GOOD)
    if blocked and blocked >= good:
        yield "blocked", f"{blocked} of {blocked + good} pages are empty, a firewall's or a login's"
    if not known and not good:
        yield "empty", "gave no page at all"
    elif what := _dead(frontier, source):
        yield "dead", what
    elif source.expect and known < _FAR_LESS * source.expect:
        yield "few", f"gave {known} documents where {source.expect} are expected"
    if what := _markup(frontier, source.id, shape):
        yield "markup", what
    if what := _silent(counts.days, now):
        yield "silent", what


def raise_alarms(
    frontier: Frontier,
    sources: Iterable[Source],
    blocked: Mapping[str, int],
    shapes: Mapping[str, set[str]],
    now: float,
) -> tuple[Alarm, ...]:
    """The alarms of this run, stored with what each source gave, for ``tillsyn sources check``."""
    alarms: list[Alarm] = []
    every, rows = _counts(frontier), []
    for source in sources:
        shape, counts = shapes.get(source.id, set()), every.get(source.id, _NOTHING)
        mine = [
            Alarm(source.id, kind, what, _last_good(frontier, source.id))
            for kind, what in _found(frontier, source, counts, blocked.get(source.id, 0), shape, now)
        ]
        looked = counts.looked
        row = (
            frontier.run, source.id, now, looked.get("fetched", 0), looked.get("unchanged", 0), looked.get("failed", 0),
            blocked.get(source.id, 0), None, json.dumps(sorted(shape)) if shape else "",
            "; ".join(a.what for a in mine),
        )  # fmt: skip
        rows.append(row)
        alarms += mine
    with frontier.transaction() as db:
        db.executemany("INSERT OR REPLACE INTO yields VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
    return tuple(alarms)


def stored_alarms(frontier: Frontier, source: str) -> Alarm | None:
    """What the last crawl of a source had to report; None when it was never crawled here."""
    rows = frontier.rows("SELECT time, alarms FROM yields WHERE source = ? ORDER BY run DESC LIMIT 1", (source,))
    if not rows:
        return None
    good = frontier.rows("SELECT max(time) FROM yields WHERE source = ? AND alarms = ''", (source,))[0][0]
    return Alarm(source, "alarm" if rows[0][1] else "ok", rows[0][1], _day(good))


def crawled_sources(frontier: Frontier) -> list[str]:
    """The ids of all sources that were ever crawled here, to the end or not, in alphabetical order."""
    return [row[0] for row in frontier.rows("SELECT source FROM declarations UNION SELECT source FROM yields")]
