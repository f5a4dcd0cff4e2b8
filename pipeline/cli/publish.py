"""Verbs of the stage 'publish': report, figure."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

WorkspaceOption = Annotated[Path, typer.Option("--workspace", help="Arbetsmappen (arkiv, tabeller, rapport).")]
LanguageOption = Annotated[str, typer.Option("--language", help="Rapportens språk: sv eller en.")]
PseudonymiseOption = Annotated[
    bool, typer.Option("--pseudonymise", help="Ersätt namn på personer utan offentlig titel med Person 1, Person 2 …")
]
FIGURE_HELP = (
    "Diagrammets namn: themes, trends, heatmap, map, map:TEMA, ranks:TEMA, funnel:TEMA, trend:TEMA, profile:KOMMUN, "
    "timeline:KOMMUN."
)


def report(
    workspace: WorkspaceOption = Path("workspace"),
    language: LanguageOption = "sv",
    pseudonymise: PseudonymiseOption = False,
) -> None:
    """Skriv rapporten på nytt ur arbetsmappens tabeller och jämförelse."""
    from pipeline.workflow.reporting import report_workspace
    from pipeline.workflow.settings import Settings
    from pipeline.workflow.workspace import open_workspace

    _check(language)
    place = open_workspace(workspace, create=False)
    page = report_workspace(place, Settings(language=language), pseudonymise=pseudonymise)
    sys.stdout.write(f"{page}\n")


def figure(
    name: Annotated[str, typer.Argument(help=FIGURE_HELP)],
    out: Annotated[Path, typer.Option("--out", help="Filen att skriva: .svg eller .png.")],
    workspace: WorkspaceOption = Path("workspace"),
    language: LanguageOption = "sv",
) -> None:
    """Rita ett av rapportens diagram för en presentation, med rubrik och källa."""
    from datetime import UTC, datetime

    from pipeline.publish.figures import draw, write_figure
    from pipeline.workflow.run import tables_root
    from pipeline.workflow.settings import Settings
    from pipeline.workflow.workspace import open_workspace

    _check(language)
    place = open_workspace(workspace, create=False)
    root = tables_root(place, Settings(language=language))
    write_figure(draw(place.folder, root, name, language=language, generated=datetime.now(UTC)), out)
    sys.stdout.write(f"{out}\n")


def _check(language: str) -> None:
    from pipeline.errors import UsageError

    if language not in ("sv", "en"):
        raise UsageError(f"--language {language}: give sv or en.")


def register(app: typer.Typer) -> None:
    """Add this module's verbs to ``app``."""
    app.command()(report)
    app.command()(figure)
