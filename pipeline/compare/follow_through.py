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

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from pipeline.compare.dates import precision
from pipeline.compare.evidence import STATES

AGAIN = 90
CRITICISED, REMEDIED, CLOSED, CRITICISED_AGAIN = range(4)
NAMES = (*STATES, "criticised_again")


@dataclass(slots=True)
class Steps:
    """The steps of all stories, column by column: the row of the evidence, episode, step, state, further documents."""

    row: list[int] = field(default_factory=list)
    episode: list[int] = field(default_factory=list)
    step: list[int] = field(default_factory=list)
    state: list[int] = field(default_factory=list)
    repeated: list[int] = field(default_factory=list)

    def add(self, row: int, episode: int, step: int, state: int) -> None:
        """One more step."""
        self.row.append(row)
        self.episode.append(episode)
        self.step.append(step)
        self.state.append(state)
        self.repeated.append(0)


def tell(
    story: Sequence[int], state: Sequence[int], day: Sequence[int], document: Sequence[int], looks_back: Sequence[bool]
) -> Steps:
    """The steps that evidence in order of story and day makes; ``day`` is -1 for undated evidence (see the module)."""
    steps = Steps()
    current, episode, number, is_open, last = -1, 0, 0, False, -1
    last_row = -1
    for row, (told, what, when, where, back) in enumerate(zip(story, state, day, document, looks_back, strict=True)):
        if told != current:
            current, episode, number, is_open, last = told, 0, 0, False, -1
        if when < 0:
            steps.add(row, 0, 0, what)
            continue
        if what == CRITICISED:
            if not is_open:
                if episode and back:
                    continue
                what = CRITICISED_AGAIN if episode else CRITICISED
                episode, number, is_open = episode + 1, 0, True
            elif back or (document[last_row] == where and day[last_row] == when):
                continue
            elif last == REMEDIED or when - day[last_row] > AGAIN:
                what = CRITICISED_AGAIN
            else:
                steps.repeated[-1] += 1
                continue
        elif not is_open:
            continue
        elif last == what:
            steps.repeated[-1] += document[last_row] != where
            continue
        number, last, last_row, is_open = number + 1, what, row, what != CLOSED
        steps.add(row, episode, number, what)
    return steps


def _column(evidence: pa.Table, name: str) -> list[int]:
    return evidence.column(name).to_numpy().tolist()  # type: ignore[no-any-return]


def _days(evidence: pa.Table, episode: NDArray[np.int64], step: NDArray[np.int64]) -> pa.Array:
    """Days since the first step of the episode; null where undated or where either date is of a year only."""
    ordinal = evidence.column("ordinal").to_numpy()
    vague = np.asarray([precision(date) < 2 for date in evidence.column("date").to_pylist()], dtype=bool)
    first = np.maximum.accumulate(np.where(step <= 1, np.arange(len(step)), 0))
    unknown = vague | (vague[first] if len(first) else vague) | (episode == 0)
    return pa.array(np.asarray(ordinal - ordinal[first], dtype=np.int32), pa.int32(), mask=unknown)


def follow(evidence: pa.Table) -> pa.Table:
    """The table ``follow_through`` without the words (attribution, end, quote), with ``day`` (see ``evidence``)."""
    back = evidence.column("looks_back").to_pylist()
    story, state, day, told_in = (_column(evidence, name) for name in ("story", "state", "ordinal", "told_in"))
    steps = tell(story, state, day, told_in, back)
    chosen = evidence.take(pa.array(steps.row, pa.int64()))
    episode, step = np.asarray(steps.episode, dtype=np.int64), np.asarray(steps.step, dtype=np.int64)
    columns = {name: chosen.column(name) for name in ("municipality", "theme", "date", "date_from", "day")}
    columns |= {name: chosen.column(name) for name in ("document", "start")}
    names = np.asarray(NAMES, dtype=object)[np.asarray(steps.state, dtype=np.int64)]
    columns |= {
        "episode": pa.array(episode, pa.int32()), "step": pa.array(step, pa.int32()),
        "state": pa.array(names, pa.string()), "repeated": pa.array(steps.repeated, pa.int32()),
        "days": _days(chosen, episode, step),
    }  # fmt: skip
    return pa.table(columns)
