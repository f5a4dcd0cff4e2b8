"""Verbs over all stages: run, analyse, inspect, verify, doctor."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.wording import said

if TYPE_CHECKING:
    from pipeline.workflow.run import RunSummary
    from pipeline.workflow.runlog import RunLog
    from pipeline.workflow.settings import Settings
    from pipeline.workflow.workspace import Workspace

WorkspaceOption = Annotated[Path, typer.Option("--workspace", help="Arbetsmappen (arkiv, tabeller, rapport).")]
ModelOption = Annotated[Path | None, typer.Option("--model", help="Mapp med en annan tränad modell.")]
OcrOption = Annotated[bool, typer.Option("--ocr/--no-ocr", help="Läs inskannade sidor med tesseract.")]
WorkersOption = Annotated[int, typer.Option("--workers", min=1, help="Antal processer.")]
ClusterOption = Annotated[str | None, typer.Option("--cluster", help="Adress till en Dask-schemaläggare, tcp://…")]
JsonOption = Annotated[bool, typer.Option("--json", help="Skriv resultatet som JSON på standard ut.")]
LanguageOption = Annotated[str, typer.Option("--language", help="Rapportens språk: sv eller en.")]


def _log(workspace: Workspace | None) -> RunLog:
    from rich.console import Console

    from pipeline.workflow.runlog import RunLog

    return RunLog(workspace.log if workspace else None, Console(stderr=True))


def _settings(model: Path | None, ocr: bool, workers: int, cluster: str | None, language: str = "sv") -> Settings:
    from pipeline.errors import UsageError
    from pipeline.workflow.settings import Settings

    if language not in ("sv", "en"):
        raise UsageError(f"--language {language}: give sv or en.")
    return Settings(model=model, ocr=ocr, workers=workers, cluster=cluster, language=language)


def _end(summary: RunSummary, log: RunLog, as_json: bool) -> None:
    log.summary()
    done = f" ({summary.already_done} segment var redan lästa)" if summary.already_done else ""
    log.say(
        f"Klart: {summary.captures} sidor lästa, {summary.documents} dokument, {summary.passages} textställen, "
        f"{summary.findings} fynd, {summary.events} händelser{done}."
    )
    if as_json:
        sys.stdout.write(json.dumps(asdict(summary), ensure_ascii=False) + "\n")
    elif summary.report:
        sys.stdout.write(f"{summary.report}\n")
    if summary.failed:
        raise typer.Exit(1)
    if not (summary.documents or summary.already_done):
        log.say("Inget dokument kunde läsas.")
        raise typer.Exit(3)


def run(
    workspace: WorkspaceOption = Path("workspace"),
    source: Annotated[list[Path] | None, typer.Option("--from", help="Filer, mappar eller WARC att läsa.")] = None,
    municipality: Annotated[list[str] | None, typer.Option(help="Begränsa till kommun (namn eller kod).")] = None,
    model: ModelOption = None,
    ocr: OcrOption = True,
    workers: WorkersOption = 2,
    cluster: ClusterOption = None,
    language: LanguageOption = "sv",
    as_json: JsonOption = False,
) -> None:
    """Alla steg: läs arkivet (eller --from, eller det inbyggda exemplet), klassificera, jämför, skriv rapporten."""
    from pipeline.geography import find
    from pipeline.workflow.run import run as run_all
    from pipeline.workflow.workspace import open_workspace

    codes = [find(name).code for name in municipality or []]
    place = open_workspace(workspace)
    log = _log(place)
    summary = run_all(place, source or [], _settings(model, ocr, workers, cluster, language), log, codes)
    _end(summary, log, as_json)


def analyse(
    workspace: WorkspaceOption = Path("workspace"),
    model: ModelOption = None,
    ocr: OcrOption = True,
    workers: WorkersOption = 2,
    cluster: ClusterOption = None,
    as_json: JsonOption = False,
) -> None:
    """Läs arkivet i en arbetsmapp: extrahera, dela upp, klassificera, skriv tabellerna."""
    from pipeline.workflow.run import analyse as analyse_all
    from pipeline.workflow.workspace import open_workspace

    place = open_workspace(workspace, create=False)
    log = _log(place)
    _end(analyse_all(place, _settings(model, ocr, workers, cluster), log), log, as_json)


def inspect(
    files: Annotated[list[Path], typer.Argument(help="Filer (html, pdf, txt, docx, odt).")],
    as_json: Annotated[bool, typer.Option("--json", help="Ett JSON-objekt per dokument och rad.")] = False,
    model: ModelOption = None,
    ocr: OcrOption = True,
) -> None:
    """Visa allt som Tillsyn läser ut ur enskilda filer, utan arbetsmapp."""
    from pipeline.cli.inspection import show
    from pipeline.workflow.inspection import inspect as inspect_file

    settings = _settings(model, ocr, 1, None)
    log = _log(None)
    empty = 0
    for file in files:
        rows, problems = inspect_file(file, settings)
        log.add(problems)
        empty += not rows
        for row in rows:
            sys.stdout.write(json.dumps(row, ensure_ascii=False) + "\n" if as_json else show(row))
    log.summary()
    if empty:
        raise typer.Exit(3)


def verify(workspace: WorkspaceOption = Path("workspace"), ocr: OcrOption = True, as_json: JsonOption = False) -> None:
    """Läs arkivet på nytt och bevisa att varje citat står där."""
    from pipeline.workflow.settings import Settings
    from pipeline.workflow.verification import verify as verify_all
    from pipeline.workflow.workspace import open_workspace

    result = verify_all(open_workspace(workspace, create=False), Settings(ocr=ocr))
    for fault in result.faults:
        sys.stderr.write(f"{said(fault.what)}\n")
    counts = {"documents": result.documents, "findings": result.findings, "events": result.events}
    if as_json:
        sys.stdout.write(json.dumps(counts | {"faults": len(result.faults)}) + "\n")
    else:
        outcome = (
            f"{result.documents} dokument, {result.findings} fynd och {result.events} händelser lästa på nytt "
            f"ur arkivet; {len(result.faults)} fel."
        )
        sys.stdout.write(f"{said(outcome)}\n")
    if result.faults:
        raise typer.Exit(1)


def doctor(as_json: JsonOption = False) -> None:
    """Kontrollera installationen: modell, kodbok, källor, OCR, webbläsare."""
    from pipeline.workflow.health import checks

    results = checks()
    if as_json:
        sys.stdout.write(json.dumps([asdict(result) for result in results], ensure_ascii=False) + "\n")
    else:
        for result in results:
            sys.stdout.write(f"{result.state:<8} {result.name}: {result.detail}\n")
    if any(result.state == "fel" for result in results):
        raise typer.Exit(1)


def register(app: typer.Typer) -> None:
    """Add this module's verbs to ``app``."""
    for verb in (run, analyse, inspect, verify, doctor):
        app.command()(verb)
