"""Verbs for people's other tools: search, export, serve."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from pipeline.publish.search.fulltext import Result

WorkspaceOption = Annotated[Path, typer.Option("--workspace", help="Arbetsmappen (arkiv, tabeller, rapport).")]
PseudonymiseOption = Annotated[
    bool, typer.Option("--pseudonymise", help="Ersätt namn på personer utan offentlig titel med Person 1, Person 2 …")
]
FORMAT_HELP = (
    "all, csv, xlsx, parquet, sqlite, datapackage, kolada, refi-qda, codebook, annotations, bibtex, csl eller dcat."
)
QUERY_HELP = (
    'Ord (alla böjningar och sammansättningar), "ordagrann fras", början*, -utan, ett OR annat, och filter: '
    "kommun:hedemora tema:rutiner sinne:problem röst:inspectorate källa:press år:2019 år:2015-2019."
)


def search(
    query: Annotated[list[str], typer.Argument(help=QUERY_HELP)],
    workspace: WorkspaceOption = Path("workspace"),
    limit: Annotated[int, typer.Option("--limit", min=0, help="Högst så många träffar.")] = 20,
    offset: Annotated[int, typer.Option("--offset", min=0, help="Hoppa över så många träffar.")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="Skriv resultatet som JSON på standard ut.")] = False,
) -> None:
    """Sök i meningarna: 'rutin' hittar också 'rutinerna' och 'dokumentationsrutiner'."""
    import json
    from dataclasses import asdict

    from pipeline.publish.search.fulltext import search as find

    result = find(workspace / "tillsyn.db", " ".join(query), limit=limit, offset=offset)
    if as_json:
        sys.stdout.write(json.dumps(asdict(result), ensure_ascii=False) + "\n")
    else:
        _print(result)


def _print(result: Result) -> None:
    from rich.console import Console
    from rich.text import Text

    out = Console(soft_wrap=True, highlight=False)
    for hit in result.hits:
        text = Text(hit.text)
        for start, end in hit.highlights:
            text.stylize("bold underline", start, end)
        about = ", ".join(part for part in (hit.date, ", ".join(hit.municipalities), hit.title) if part)
        out.print(text)
        out.print(Text(f"  {about}\n  {hit.source_url}\n", style="dim"))
    talk = Console(stderr=True, highlight=False)
    talk.print(f"{result.total} textställen, {len(result.hits)} visade.")
    for name, counts in result.facets.items():
        shown = ", ".join(f"{value} {count}" for value, count in list(counts.items())[:6])
        talk.print(Text(f"  {name}: {shown}", style="dim"))


def export(
    name: Annotated[str, typer.Argument(metavar="FORMAT", help=FORMAT_HELP)],
    workspace: WorkspaceOption = Path("workspace"),
    out: Annotated[Path | None, typer.Option("--out", help="Fil eller mapp att skriva till.")] = None,
    pseudonymise: PseudonymiseOption = False,
) -> None:
    """Skriv data för andra program: kalkylblad, statistik, NVivo och MAXQDA, Zotero, datakataloger."""
    from pipeline.publish.exports.formats import check
    from pipeline.publish.exports.formats import export as write
    from pipeline.workflow.reporting import export_material
    from pipeline.workflow.settings import Settings
    from pipeline.workflow.workspace import open_workspace

    check(name)
    place = open_workspace(workspace, create=False)
    for path in write(export_material(place, Settings(), pseudonymise=pseudonymise), name, out):
        sys.stdout.write(f"{path}\n")


def serve(
    workspace: WorkspaceOption = Path("workspace"),
    host: Annotated[str, typer.Option("--host", help="Adress att lyssna på.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="Port att lyssna på.")] = 8001,
    public: Annotated[bool, typer.Option("--public", help="Tillåt en adress som andra når.")] = False,
) -> None:
    """Visa databasen och rapporten i en webbläsare, på den här datorn och bara för läsning."""
    import os

    from pipeline.publish.serve import command

    arguments = command(workspace, host=host, port=port, public=public)
    # In place of this process, so that stopping it stops the server too.
    os.execv(arguments[0], arguments)  # noqa: S606 - our own interpreter, no shell


def register(app: typer.Typer) -> None:
    """Add this module's verbs to ``app``."""
    # '-utan' in a question is no option of ours.
    app.command(context_settings={"ignore_unknown_options": True})(search)
    app.command()(export)
    app.command()(serve)
