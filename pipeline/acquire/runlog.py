"""The machine-readable log of a crawl: one JSON object a line in ``workspace/logs/crawl-<run>.jsonl``."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pipeline.acquire.work import Outcome
from pipeline.archive import Place
from pipeline.errors import WorkspaceError

_LONGEST = 1 << 20  # bytes of a line


def _mend(path: Path) -> None:
    """Take away the half line that a killed crawl may have left at the end."""
    if not path.exists():
        return
    with path.open("r+b") as file:
        tail = max(0, file.seek(0, 2) - _LONGEST)
        file.seek(tail)
        file.truncate(tail + file.read().rfind(b"\n") + 1)


class RunLog:
    """Appends events; every line has 'time' (UTC) and 'event'. Raises WorkspaceError when it cannot be opened."""

    def __init__(self, folder: Path, run: int) -> None:
        self.path = folder / f"crawl-{run:05}.jsonl"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            _mend(self.path)
            self._file = self.path.open("a", encoding="utf-8")
        except OSError as error:
            raise WorkspaceError(f"{self.path}: cannot be written ({error.strerror}).") from error

    def write(self, event: str, **fields: Any) -> None:
        """One line."""
        row = {"time": datetime.now(UTC).isoformat(timespec="milliseconds"), "event": event, **fields}
        self._file.write(json.dumps(row, ensure_ascii=False) + "\n")

    def outcome(self, outcome: Outcome, place: Place | None) -> None:
        """What became of a URL."""
        item, answer = outcome.item, outcome.answer
        fields: dict[str, Any] = {
            "url": item.url, "source": item.source, "role": item.role, "rule": item.rule, "verdict": outcome.verdict,
        }  # fmt: skip
        if answer is not None:
            fields |= {"status": answer.status, "bytes": answer.body.size, "seconds": round(answer.seconds, 3)}
        if place is not None:
            fields |= {"warc": place.warc, "offset": place.offset}
        if outcome.reason:
            fields["reason"] = outcome.reason
        if outcome.notes:
            fields["notes"] = list(outcome.notes)
        self.write("fetch", **fields)

    def robots(self, origin: str, status: int, reason: str) -> None:
        """A robots.txt that was asked for (status 0: no answer)."""
        self.write("robots", origin=origin, status=status, reason=reason)

    def flush(self) -> None:
        """Hand what was written to the system."""
        self._file.flush()

    def close(self) -> None:
        """Close the file."""
        self._file.close()
