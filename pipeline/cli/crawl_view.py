"""What the verbs of the crawl show: progress by host, the end summary, the state of sources."""

from __future__ import annotations

import json
import sys
import threading
import time
from collections import Counter
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from pipeline.errors import WorkspaceError
from pipeline.wording import chosen, said

if TYPE_CHECKING:
    from pipeline.acquire import CrawlSummary
    from pipeline.acquire.detect import Detection
    from pipeline.records import Problem

_ROWS = 15
_WORDS = {
    "fetched": ("Hämtade", "Fetched"), "unchanged": ("Oförändrade", "Unchanged"),
    "redirected": ("Omdirigerade", "Redirected"), "refused": ("Nekade av robots.txt", "Refused by robots.txt"),
    "gone": ("Borttagna", "Gone"), "failed": ("Misslyckade", "Failed"), "skipped": ("Förbigångna", "Skipped"),
    "deferred": ("Uppskjutna", "Deferred"), "waiting": ("Väntar", "Waiting"),
    "received": ("Mottagna byte", "Bytes received"), "archived": ("Arkiverade byte", "Bytes archived"),
}  # fmt: skip
_KINDS = {
    "failed": ("misslyckades", "failed"), "gone": ("borttagen", "gone"), "refused": ("nekad", "refused"),
    "deferred": ("uppskjuten", "deferred"), "skipped": ("förbigången", "skipped"),
}  # fmt: skip

_STATES = {
    "unknown": ("aldrig hämtad här", "never crawled here"),
    "unfinished": ("hämtningen blev inte klar", "the crawl did not end"),
    "ok": ("god", "good"),
    "alarm": ("LARM", "ALARM"),
}


def _word(pair: tuple[str, str]) -> str:
    return pair[1] if chosen() == "en" else pair[0]


class Progress:
    """A live table of the busiest hosts on stderr; where that is no terminal, a line every ``every`` seconds."""

    def __init__(self, every: float = 30.0) -> None:
        from rich.console import Console

        self._console = Console(stderr=True)
        self._counts: dict[str, Counter[str]] = {}
        self._shown = 0.0
        self._live: object | None = None
        self._every = every
        self._began = time.monotonic()
        self._ended = threading.Event()
        self._lock = threading.Lock()

    def __enter__(self) -> Progress:
        if self._console.is_terminal:
            from rich.live import Live

            self._live = Live(console=self._console, transient=True, auto_refresh=False)
            self._live.start()
        else:
            threading.Thread(target=self._lines, name="progress", daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        if self._live is not None:
            self._live.stop()  # type: ignore[attr-defined]

    def event(self, host: str, verdict: str) -> None:
        """Count an outcome, and show it four times a second at most."""
        with self._lock:
            self._counts.setdefault(host, Counter())[verdict] += 1
        if self._live is not None and time.monotonic() - self._shown > 0.25:
            self._shown = time.monotonic()
            self._live.update(self._table(), refresh=True)  # type: ignore[attr-defined]

    def note(self, note: Problem) -> None:
        """Say at once what is worth knowing."""
        self._console.print(f"{note.where}: {said(note.what)}", markup=False, highlight=False, soft_wrap=True)

    def _lines(self) -> None:
        while not self._ended.wait(self._every):
            with self._lock:
                total = sum(self._counts.values(), Counter[str]())
                hosts = len(self._counts)
            minutes = (time.monotonic() - self._began) / 60
            sys.stderr.write(said(_line(total, hosts, minutes)) + "\n")
            sys.stderr.flush()

    def _table(self) -> object:
        from rich.table import Table

        table = Table(box=None)
        verdicts = ("fetched", "unchanged", "refused", "failed")
        table.add_column(_word(("Värd", "Host")))
        for verdict in verdicts:
            table.add_column(_word(_WORDS[verdict]), justify="right")
        busiest = sorted(self._counts.items(), key=lambda row: -row[1].total())
        for host, counts in busiest[:_ROWS]:
            table.add_row(host, *(str(counts[verdict]) for verdict in verdicts))
        if len(busiest) > _ROWS:
            total = sum((counts for _, counts in busiest), Counter[str]())
            table.add_row(f"… {len(busiest)}", *(str(total[verdict]) for verdict in verdicts))
        return table


def _line(total: Counter[str], hosts: int, minutes: float) -> str:
    """How far a crawl has come, in a sentence."""
    good, same, refused, bad = (total[verdict] for verdict in ("fetched", "unchanged", "refused", "failed"))
    return f"{minutes:.1f} minutes: {good} fetched, {same} unchanged, {refused} refused, {bad} failed on {hosts} hosts"


def write_summary(summary: CrawlSummary) -> None:
    """The end of a crawl on stdout: counts, every failed URL with its reason, alarms."""
    out = sys.stdout.write
    for key, pair in _WORDS.items():
        out(f"{_word(pair)}: {getattr(summary, key)}\n")
    for failure in summary.failures:
        out(f"{_word(_KINDS[failure.kind])}: {failure.url} ({failure.source}): {said(failure.reason)}\n")
    for note in summary.notes:
        out(f"{_word(('anmärkning', 'note'))}: {note.where}: {said(note.what)}\n")
    for alarm in summary.alarms:
        good = alarm.last_good or _word(("aldrig", "never"))
        since = f"{_word(('senast god', 'last good'))}: {good}"
        out(f"{_word(('LARM', 'ALARM'))}: {alarm.source}: {said(alarm.what)} ({since})\n")
    out(f"{_word(('Logg', 'Log'))}: {summary.log}\n")


def write_check(workspace: Path, sources: list[str], as_json: bool, *, everything: bool) -> bool:
    """The state of sources (ids) by the last crawl in the workspace; whether any has an alarm.

    ``everything``: also of what was crawled in the workspace and is not among ``sources``, such as a file's.
    """
    from pipeline.acquire.alarms import crawled_sources, stored_alarms
    from pipeline.acquire.frontier import Frontier

    path = workspace / "crawl.sqlite"
    frontier = Frontier(path) if path.exists() else None
    others = crawled_sources(frontier) if frontier and everything else []
    bad = False
    for source in dict.fromkeys([*sources, *others]):
        alarm = stored_alarms(frontier, source) if frontier else None
        state = alarm.kind if alarm else "unfinished" if source in others else "unknown"
        bad = bad or state == "alarm"
        row = {"source": source, "state": state, "what": alarm.what if alarm else ""}
        row |= {"last_good": alarm.last_good if alarm else ""}
        if as_json:
            sys.stdout.write(json.dumps(row, ensure_ascii=False) + "\n")
        else:
            what = "; ".join(said(part) for part in row["what"].split("; ")) if row["what"] else ""
            sys.stdout.write(f"{source}\t{_word(_STATES[state])}\t{row['last_good']}\t{what}\n")
    if frontier:
        frontier.close()
    return bad


def append_source(found: Detection, to: Path | None) -> None:
    """Write a new declaration to a file (after those in it) or to stdout; remarks go to stderr.

    Raises CorpusError when the file has mistakes or holds the id already, WorkspaceError when it cannot be written.
    """
    from pipeline.errors import CorpusError
    from pipeline.sources import load_sources, to_toml

    for remark in found.remarks:
        sys.stderr.write(f"{said(remark)}\n")
    text = to_toml(found.source)
    if to is None:
        sys.stdout.write(text)
        return
    if to.exists() and found.source.id in {source.id for source in load_sources(to)}:
        raise CorpusError(f"{to}: source '{found.source.id}' stands in it already; change it there.")
    try:
        with to.open("a", encoding="utf-8") as stream:
            stream.write(("\n" if to.stat().st_size else "") + text)
    except OSError as error:
        raise WorkspaceError(f"{to}: cannot be written ({error.strerror}).") from error
    sys.stderr.write(f"{to}: {found.source.id}\n")
