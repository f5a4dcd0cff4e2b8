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

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from operator import attrgetter
from typing import Any

import duckdb

from pipeline.compare.dates import precision, sorting
from pipeline.compare.timeline import Happening

AGAIN = 90
WORKPLACE = "Arbetsmiljöverket"
_OFFICIAL = "(attribution IN ('inspectorate', 'auditor') OR d.source_kind IN ('inspectorate', 'auditor'))"
_EVIDENCE = f"""
WITH told AS (
    SELECT f.document, f.theme, d.date, f.polarity, f.attribution, f.start, f."end" AS stop, f.quote,
           CASE WHEN polarity = 'problem' AND {_OFFICIAL} THEN 'criticised'
                WHEN polarity = 'remedy' THEN 'remedy_announced'
                WHEN polarity = 'ok' AND {_OFFICIAL} THEN 'closed' END AS state
    FROM findings f JOIN cmp_documents d ON d.document = f.document AND d.speaks
)
SELECT p.municipality, theme, date, t.document, state, any_value(attribution ORDER BY start) AS attribution,
       min(start) AS start, min_by(stop, start) AS stop
FROM told t JOIN (SELECT DISTINCT document, municipality FROM cmp_document_places) p ON p.document = t.document
WHERE state IS NOT NULL
GROUP BY p.municipality, theme, date, t.document, state
ORDER BY p.municipality, theme, date NULLS FIRST, t.document
"""
_ORDER = {"criticised": 0, "remedy_announced": 1, "closed": 2}


@dataclass(frozen=True, slots=True)
class Evidence:
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


def _day(text: str) -> date:
    return date.fromisoformat(text)


class _Story:
    """The steps of one municipality and theme while its evidence is read in order of date."""

    def __init__(self) -> None:
        self.steps: list[Step] = []
        self.episode = 0
        self.open = False
        self.first = ""
        self.vague = False

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
            self.vague = precision(evidence.date) < 2
            self._add("criticised_again" if again else "criticised", evidence)
        elif evidence.looks_back or (evidence.document, evidence.sort_date) == (
            last.evidence.document,
            last.evidence.sort_date,
        ):
            return
        elif (
            last.state == "remedy_announced" or (_day(evidence.sort_date) - _day(last.evidence.sort_date)).days > AGAIN
        ):
            self._add("criticised_again", evidence)
        else:
            last.repeated += 1

    def _add(self, state: str, evidence: Evidence) -> None:
        number = sum(step.episode == self.episode for step in self.steps) + 1
        self.steps.append(Step(self.episode, number, state, evidence, self._days(evidence)))

    def _days(self, evidence: Evidence) -> int | None:
        """Days since the episode began; None where either date is of a year only."""
        if self.vague or precision(evidence.date) < 2:
            return None
        return (_day(evidence.sort_date) - _day(self.first)).days


def tell(evidence: Iterable[Evidence]) -> list[Step]:
    """The steps of one municipality and theme from its evidence in any order; undated evidence first, as step 0."""
    story = _Story()
    undated: list[Evidence] = []
    dated: list[Evidence] = []
    for item in evidence:
        (dated if item.sort_date else undated).append(item)
    for item in sorted(dated, key=lambda e: (e.sort_date, e.document, _ORDER[e.state])):
        story.read(item)
    return [Step(0, 0, item.state, item, None) for item in undated] + story.steps


def finding_evidence(connection: duckdb.DuckDBPyConnection) -> Iterator[Evidence]:
    """Evidence from findings, in order of municipality and theme; a document's problem and remedy are kept together."""
    rows = connection.execute(_EVIDENCE).fetchall()
    for (place, theme, told, document), group in groupby(rows, key=lambda row: (row[0], row[1], row[2], row[3])):
        states = list(group)
        remedied = any(row[4] != "criticised" for row in states)
        when = sorting(told)
        for row in states:
            yield Evidence(
                place, theme, row[4], told, "document" if told else "unknown", when, row[5], document, row[6], row[7],
                remedied and row[4] == "criticised",
            )  # fmt: skip


def event_evidence(events: Sequence[Happening]) -> dict[str, list[Evidence]]:
    """Evidence for theme 'all' from the merged events and remedies, by municipality."""
    states = {"criticised": "criticised", "injunction": "criticised", "remedy": "remedy_announced", "closed": "closed"}
    found: dict[str, list[Evidence]] = {}
    for event in events:
        state = states.get(event.step)
        if state:
            mention = event.mentions[0]
            found.setdefault(event.municipality, []).append(
                Evidence(
                    event.municipality, "all", state, event.date, event.date_from, event.sort_date,
                    "municipality" if state == "remedy_announced" else "inspectorate",
                    mention.document, mention.start, mention.end, authority=event.authority,
                )
            )  # fmt: skip
    return found


def follow(connection: duckdb.DuckDBPyConnection, events: Sequence[Happening]) -> list[Step]:
    """All steps of all municipalities and themes; closings of a municipality close each of its open themes."""
    formal = event_evidence(events)
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
    return Evidence(
        evidence.municipality, theme, evidence.state, evidence.date, evidence.date_from, evidence.sort_date,
        evidence.attribution, evidence.document, evidence.start, evidence.end,
    )  # fmt: skip


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
