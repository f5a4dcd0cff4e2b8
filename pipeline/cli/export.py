"""Verbs for people's other tools: search, export, serve."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from pipeline.publish.search.fulltext import Result

WorkspaceOption = Annotated[Path, typer.Option("--workspace", help="Arbetsmappen (arkiv, tabeller, rapport).")]
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


def register(app: typer.Typer) -> None:
    """Add this module's verbs to ``app``."""
    # '-utan' in a question is no option of ours.
    app.command(context_settings={"ignore_unknown_options": True})(search)
