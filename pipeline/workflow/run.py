"""The stages joined: archive -> tables -> comparison -> report."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future, as_completed
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from pipeline.errors import TillsynError, WorkspaceError
from pipeline.records import Problem
from pipeline.tables import is_done, read_problems
from pipeline.workflow.executors import executor
from pipeline.workflow.ingest import ingest, ingest_sample
from pipeline.workflow.runlog import RunLog, counted
from pipeline.workflow.segment import FAULT, Outcome, Task, analyse_segment, analyser
from pipeline.workflow.settings import Settings, model_path, version
from pipeline.workflow.templates import learn_templates, template_file
from pipeline.workflow.workspace import Workspace


@dataclass(frozen=True, slots=True)
class RunSummary:
    """What a run did. ``failed`` counts segments and pages that met a fault of ours."""

    version: str
    captures: int = 0
    documents: int = 0
    passages: int = 0
    findings: int = 0
    events: int = 0
    segments: int = 0
    already_done: int = 0
    failed: int = 0
    skipped: dict[str, int] = field(default_factory=dict)
    report: str | None = None


def progress(console: Console) -> Progress:
    """A progress bar on stderr that vanishes when done; silent where stderr is no terminal."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    return Progress(*columns, console=console, transient=True, disable=not console.is_terminal)


def _outcome(future: Future[Outcome], task: Task, log: RunLog) -> Outcome | None:
    try:
        outcome = future.result()
    except (TillsynError, OSError, MemoryError) as error:
        log.add([Problem("analyse", task.segment.name, f"{task.segment}: could not be analysed: {error}")])
        return None
    log.write("segment", **(asdict(outcome) | {"problems": len(outcome.problems)}))
    return outcome


def _analyse_all(tasks: Sequence[Task], settings: Settings, log: RunLog) -> list[Outcome | None]:
    outcomes: list[Outcome | None] = []
    with executor(settings, len(tasks)) as pool, progress(log.console) as bar:
        row = bar.add_task("Läser arkivet", total=len(tasks))
        futures = {pool.submit(analyse_segment, task): task for task in tasks}
        for future in as_completed(futures):
            outcomes.append(_outcome(future, futures[future], log))
            bar.advance(row)
    return outcomes


def analyse(workspace: Workspace, settings: Settings, log: RunLog) -> RunSummary:
    """Analyse every segment that this version has not done yet.

    Raises WorkspaceError when the archive is empty, ModelError when there is no model.
    """
    segments = workspace.segments()
    if not segments:
        raise WorkspaceError(f"{workspace.archive}: the archive is empty; crawl, or give pages with --from.")
    analyser(model_path(settings))  # a model that cannot be used ends the run here, not at every page
    root = tables_root(workspace, settings)
    pending = [path for path in segments if not is_done(root, path.name)]
    learn_templates(workspace, segments, pending)
    outcomes = _analyse_all(
        [Task(path, root, template_file(workspace, path.name), settings) for path in pending], settings, log
    )
    done = [outcome for outcome in outcomes if outcome]
    log.add(read_problems(root))
    return RunSummary(
        version=root.name,
        captures=sum(o.captures for o in done),
        documents=sum(o.documents for o in done),
        passages=sum(o.passages for o in done),
        findings=sum(o.findings for o in done),
        events=sum(o.events for o in done),
        segments=len(done),
        already_done=len(segments) - len(pending),
        failed=len(outcomes) - len(done) + sum(problem.stage == FAULT for problem in log.problems),
        skipped=counted(log.problems),
    )


def tables_root(workspace: Workspace, settings: Settings) -> Path:
    """Folder of the tables of this workspace and version; the sample has one of its own, so that it never mixes."""
    return workspace.tables(version(settings) + ("-sample" if workspace.holds_sample else ""))


def run(
    workspace: Workspace,
    paths: Sequence[Path],
    settings: Settings,
    log: RunLog,
    municipalities: Sequence[str] = (),
) -> RunSummary:
    """All stages. Without ``paths`` the archive that is there, or else the embedded sample.

    ``municipalities`` (codes) limits comparison and report to them. Raises the TillsynErrors of the stages.
    """
    from pipeline.workflow.comparison import compare_workspace
    from pipeline.workflow.reporting import report_workspace

    if paths:
        log.add(ingest(paths, workspace))
    elif not workspace.segments() or workspace.holds_sample:
        ingest_sample(workspace)
    log.write("run", version=tables_root(workspace, settings).name, segments=len(workspace.segments()))
    summary = analyse(workspace, settings, log)
    compare_workspace(workspace, settings, municipalities)
    report = report_workspace(workspace, settings)
    log.write("end", **asdict(summary))
    return replace(summary, report=str(report))
