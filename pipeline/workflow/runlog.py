"""What happened in a run: on stderr for people, as JSON lines in the workspace for programs."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape

from pipeline.errors import WorkspaceError
from pipeline.records import Problem
from pipeline.wording import said

_SHOWN = 20


@dataclass(slots=True)
class RunLog:
    """Collects what a run did, skipped and failed; every entry is written at once."""

    path: Path | None
    console: Console
    problems: list[Problem] = field(default_factory=list)

    def write(self, kind: str, **facts: Any) -> None:
        """Add one JSON object to the log file. Raises WorkspaceError when it cannot be written."""
        if self.path is None:
            return
        entry = {"time": datetime.now(UTC).isoformat(timespec="seconds"), "kind": kind, **facts}
        try:
            with self.path.open("a", encoding="utf-8") as stream:
                stream.write(json.dumps(entry, ensure_ascii=False) + "\n")
        except OSError as error:
            raise WorkspaceError(f"{self.path}: the run log cannot be written ({error.strerror}).") from error

    def say(self, sentence: str) -> None:
        """One line of talk on stderr."""
        self.console.print(escape(said(sentence)), highlight=False, soft_wrap=True)

    def add(self, problems: Iterable[Problem]) -> None:
        """Keep problems for the summary and write each to the log."""
        for problem in problems:
            self.problems.append(problem)
            self.write("problem", stage=problem.stage, where=problem.where, what=problem.what)

    def summary(self) -> None:
        """Say at the end what was skipped or failed: counted by stage, the first ones by name."""
        if not self.problems:
            return
        counts = Counter(problem.stage for problem in self.problems)
        total = ", ".join(f"{stage} {n}" for stage, n in sorted(counts.items()))
        self.say(f"Överhoppat eller misslyckat: {len(self.problems)} ({total}).")
        for problem in self.problems[:_SHOWN]:
            self.say(f"– {said(sentence(problem))}")
        if len(self.problems) > _SHOWN:
            self.say(f"… och {len(self.problems) - _SHOWN} till; alla står i {self.path}.")


def sentence(problem: Problem) -> str:
    """The problem as one line: what and where."""
    return problem.what if problem.where in problem.what else f"{problem.where}: {problem.what}"


def counted(problems: Sequence[Problem]) -> dict[str, int]:
    """Number of problems by stage."""
    return dict(sorted(Counter(problem.stage for problem in problems).items()))
