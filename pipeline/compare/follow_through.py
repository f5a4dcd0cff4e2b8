"""Follow-through: criticised -> remedy announced -> confirmed closed, or criticised again, with the words that say so.

The rules, per municipality and theme (and for 'all', the municipality's events whatever the theme):

* criticised: a problem finding that the inspectorate or an auditor says (the finding's voice, or
  the document's kind); for 'all' an event with a sanction, or an inspection told as criticism;
* remedy announced: a remedy finding, whoever says it;
* closed: an 'ok' finding of the inspectorate or an auditor, or an event that closes the case
  (a case of an authority that answers for the theme);
* criticised again: criticism after a remedy or a closing, or more than ``AGAIN`` days after the
  criticism before. Criticism that a document only looks back on (it tells of remedies for the
  same theme, and an episode is known already) is not new criticism.

An episode begins with criticism and ends with a closing; criticism after that begins a new
episode and is counted as a recurrence. Evidence without a date is kept as episode 0, step 0.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from typing import Any, NamedTuple

import duckdb

from pipeline.compare.dates import ordinal, precision, sorting
from pipeline.compare.timeline import Happening

AGAIN = 90
WORKPLACE = "Arbetsmiljöverket"
_OFFICIAL = "(attribution IN ('inspectorate', 'auditor') OR d.source_kind IN ('inspectorate', 'auditor'))"
_EVIDENCE = f"""
WITH told AS (
    SELECT f.document, f.theme, f.attribution, f.start, f."end" AS stop,
           CASE WHEN polarity = 'problem' AND {_OFFICIAL} THEN 0 WHEN polarity = 'remedy' THEN 1
                WHEN polarity = 'ok' AND {_OFFICIAL} THEN 2 END AS state
    FROM findings f JOIN cmp_documents d ON d.document = f.document AND d.speaks
), states AS (
    SELECT document, theme, state, min_by(attribution, start) AS attribution, min(start) AS start,
           min_by(stop, start) AS stop
    FROM told WHERE state IS NOT NULL GROUP BY document, theme, state
)
SELECT p.municipality, s.theme, $states[s.state + 1], d.date,
       CASE WHEN d.date IS NULL THEN 'unknown' ELSE 'document' END,
       coalesce(d.date, ''), s.attribution, s.document, s.start, s.stop,
       s.state = 0 AND s.told > 1 AS looks_back, NULL AS authority
FROM (SELECT *, count(*) OVER (PARTITION BY document, theme) AS told FROM states) s
JOIN cmp_documents d USING (document)
JOIN (SELECT DISTINCT document, municipality FROM cmp_document_places) p USING (document)
ORDER BY p.municipality, s.theme, d.date, s.document, s.state
"""
_STATES = ("criticised", "remedy_announced", "closed")
_ORDER = {"criticised": 0, "remedy_announced": 1, "closed": 2}


class Evidence(NamedTuple):
    """That a document says a state of a theme. ``sort_date`` is '' for evidence without a date."""

    municipality: str
    theme: str
    state: str
    date: str | None
    date_from: str
    sort_date: str
    attribution: str
    document: str
    start: int
    end: int
    looks_back: bool = False
    authority: str | None = None


@dataclass(slots=True)
class Step:
    """A step of an episode, with the first evidence for it; ``repeated`` counts further documents that say it."""

    episode: int
    step: int
    state: str
    evidence: Evidence
    days: int | None
    repeated: int = 0


class _Story:
    """The steps of one municipality and theme while its evidence is read in order of date."""

    def __init__(self) -> None:
        self.steps: list[Step] = []
        self.episode = 0
        self.open = False
        self.first = ""
        self.vague = False
        self.number = 0

    def read(self, evidence: Evidence) -> None:
        """Take in one piece of dated evidence."""
        last = self.steps[-1] if self.steps else None
        if evidence.state == "criticised":
            self._criticised(evidence, last)
        elif self.open and last is not None:
            if last.state == evidence.state:
                last.repeated += evidence.document != last.evidence.document
            else:
                self._add(evidence.state, evidence)
                self.open = evidence.state != "closed"

    def _criticised(self, evidence: Evidence, last: Step | None) -> None:
        if last is None or (not self.open and not evidence.looks_back):
            again = last is not None
            self.episode, self.open, self.first = self.episode + 1, True, evidence.sort_date
            self.number, self.vague = 0, precision(evidence.date) < 2
            self._add("criticised_again" if again else "criticised", evidence)
        elif evidence.looks_back or (evidence.document, evidence.sort_date) == (
            last.evidence.document,
            last.evidence.sort_date,
        ):
            return
        elif (
            last.state == "remedy_announced" or (ordinal(evidence.sort_date) - ordinal(last.evidence.sort_date)) > AGAIN
        ):
            self._add("criticised_again", evidence)
        else:
            last.repeated += 1

    def _add(self, state: str, evidence: Evidence) -> None:
        self.number += 1
        self.steps.append(Step(self.episode, self.number, state, evidence, self._days(evidence)))

    def _days(self, evidence: Evidence) -> int | None:
        """Days since the episode began; None where either date is of a year only."""
        if self.vague or precision(evidence.date) < 2:
            return None
        return ordinal(evidence.sort_date) - ordinal(self.first)


def _when(evidence: Evidence) -> tuple[str, str, int]:
    return evidence.sort_date, evidence.document, _ORDER[evidence.state]


def tell(evidence: Iterable[Evidence]) -> list[Step]:
    """The steps of one municipality and theme from its evidence in any order; undated evidence first, as step 0."""
    story = _Story()
    undated: list[Evidence] = []
    dated: list[Evidence] = []
    for item in evidence:
        (dated if item.sort_date else undated).append(item)
    dated.sort(key=_when)
    for item in dated:
        story.read(item)
    return [Step(0, 0, item.state, item, None) for item in undated] + story.steps


def finding_evidence(connection: duckdb.DuckDBPyConnection) -> Iterator[Evidence]:
    """Evidence from findings, in order of municipality and theme; one piece a document and state."""
    rows = connection.execute(_EVIDENCE, {"states": list(_STATES)})
    while chunk := rows.fetchmany(50_000):
        for item in map(Evidence._make, chunk):
            yield item if len(item.sort_date) == 10 else item._replace(sort_date=sorting(item.date))


def event_evidence(events: Sequence[Happening]) -> Iterator[Evidence]:
    """Evidence for theme 'all' from the merged events."""
    states = {"criticised": "criticised", "injunction": "criticised", "closed": "closed"}
    for event in events:
        state = states.get(event.step)
        if state:
            mention = event.mentions[0]
            yield Evidence(
                event.municipality, "all", state, event.date, event.date_from, event.sort_date, "inspectorate",
                mention.document, mention.start, mention.end, False, event.authority,
            )  # fmt: skip


def remedy_evidence(connection: duckdb.DuckDBPyConnection) -> Iterator[Evidence]:
    """Evidence for theme 'all' from ``cmp_remedies``."""
    rows = connection.execute("SELECT municipality, told, document, start, stop FROM cmp_remedies").fetchall()
    for place, told, document, start, stop in rows:
        when = sorting(told)
        yield Evidence(
            place, "all", "remedy_announced", told, "document" if when else "unknown", when, "municipality", document,
            start, stop,
        )  # fmt: skip


def follow(connection: duckdb.DuckDBPyConnection, events: Sequence[Happening]) -> list[Step]:
    """All steps of all municipalities and themes; closings of a municipality close each of its open themes."""
    formal: dict[str, list[Evidence]] = defaultdict(list)
    for item in (*event_evidence(events), *remedy_evidence(connection)):
        formal[item.municipality].append(item)
    closings = {place: [e for e in items if e.state == "closed"] for place, items in formal.items()}
    steps: list[Step] = []
    for (place, theme), group in groupby(finding_evidence(connection), key=attrgetter("municipality", "theme")):
        steps += tell(
            [
                *group,
                *(_for_theme(e, theme) for e in closings.get(place, ()) if e.sort_date and covers(e.authority, theme)),
            ]
        )
    for place in sorted(formal):
        steps += tell(formal[place])
    return steps


def covers(authority: str | None, theme: str) -> bool:
    """Whether a case that this authority closes can be about the theme: Arbetsmiljöverket answers for the workplace."""
    workplace = theme == "work_environment"
    return workplace if authority == WORKPLACE else not (workplace and authority == "IVO")


def _for_theme(evidence: Evidence, theme: str) -> Evidence:
    return evidence._replace(theme=theme)


def columns(steps: Sequence[Step]) -> Mapping[str, list[Any]]:
    """Columns of the table ``follow_through`` but the quotes, which are joined from findings and events."""
    return {
        "municipality": [s.evidence.municipality for s in steps], "theme": [s.evidence.theme for s in steps],
        "episode": [s.episode for s in steps], "step": [s.step for s in steps], "state": [s.state for s in steps],
        "date": [s.evidence.date for s in steps], "date_from": [s.evidence.date_from for s in steps],
        "days": [s.days for s in steps], "attribution": [s.evidence.attribution for s in steps],
        "document": [s.evidence.document for s in steps], "start": [s.evidence.start for s in steps],
        "end": [s.evidence.end for s in steps], "repeated": [s.repeated for s in steps],
    }  # fmt: skip
