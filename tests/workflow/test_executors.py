"""One code path for this machine and for a cluster: the same segments give the same tables."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from rich.console import Console

from pipeline.errors import UsageError
from pipeline.workflow.ingest import ingest
from pipeline.workflow.run import analyse, tables_root
from pipeline.workflow.runlog import RunLog
from pipeline.workflow.settings import Settings
from pipeline.workflow.workspace import Workspace, open_workspace

PAGES = {
    "ett": "Kritik mot Norrdala kommun\n\nIVO kritiserar Norrdala kommun. Rutiner saknas i hemtjänsten.\n",
    "tva": "Kritik mot Lillåkers kommun\n\nIVO kritiserar Lillåker. Ledningen är otydlig och chefer har slutat.\n",
    "tre": "Krav på Björkvattnet\n\nArbetsmiljöverket kräver att kommunen minskar arbetsbelastningen.\n",
}


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """A workspace with three segments of one page each."""
    place = open_workspace(tmp_path / "w")
    for name, text in PAGES.items():
        (tmp_path / f"{name}.txt").write_text(text, "utf-8")
        ingest([tmp_path / f"{name}.txt"], place)
    return place


@pytest.fixture(scope="module")
def scheduler() -> Iterator[str]:
    """The address of a real Dask scheduler with one worker process on the loopback interface."""
    distributed = pytest.importorskip("distributed", reason="the extra 'cluster' is not installed")
    with distributed.LocalCluster(
        n_workers=1, threads_per_worker=1, processes=True, dashboard_address=None, host="127.0.0.1"
    ) as cluster:
        yield cluster.scheduler_address


def _findings(workspace: Workspace, settings: Settings) -> list[tuple[object, ...]]:
    log = RunLog(workspace.log, Console(stderr=True, quiet=True))
    summary = analyse(workspace, settings, log)
    assert (summary.segments, summary.failed) == (3, 0)
    parts = tables_root(workspace, settings) / "findings" / "*.parquet"
    rows = duckdb.sql(f"SELECT document, start, theme, polarity, score FROM '{parts}' ORDER BY ALL").fetchall()
    for part in tables_root(workspace, settings).rglob("*.parquet"):
        part.unlink()
    return rows


def test_a_cluster_gives_the_same_tables_as_this_machine(workspace: Workspace, scheduler: str) -> None:
    """One process, two processes and a Dask cluster give the same findings to the last digit."""
    alone = _findings(workspace, Settings(workers=1))
    assert alone
    assert _findings(workspace, Settings(workers=2)) == alone
    assert _findings(workspace, Settings(cluster=scheduler)) == alone


def test_a_cluster_that_does_not_answer_is_said(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """An address where nothing listens gives one sentence with the address."""
    pytest.importorskip("distributed")
    monkeypatch.setattr("pipeline.workflow.executors.PATIENCE", 1)
    with pytest.raises(UsageError, match=r"tcp://127\.0\.0\.1:9: no Dask scheduler answers there"):
        _findings(workspace, Settings(cluster="tcp://127.0.0.1:9"))


def test_a_killed_run_resumes_where_it_was(workspace: Workspace) -> None:
    """Segments whose parts are there are not done again; the missing one is."""
    settings = Settings(workers=1)
    log = RunLog(workspace.log, Console(stderr=True, quiet=True))
    assert analyse(workspace, settings, log).segments == 3
    (part, *_) = sorted((tables_root(workspace, settings) / "documents").glob("*.parquet"))
    part.unlink()
    again = analyse(workspace, settings, RunLog(workspace.log, Console(stderr=True, quiet=True)))
    assert (again.segments, again.already_done) == (1, 2)
