"""Verbs of the stage 'compare'."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    import pyarrow as pa

    from pipeline.compare import Selection
    from pipeline.workflow.workspace import Workspace


def _county(text: str) -> str:
    """Code of the county that a user means by its code or name."""
    from pipeline.errors import UsageError
    from pipeline.geography import municipalities

    names = {row.county_name.casefold().removesuffix(" län"): row.county_code for row in municipalities()}
    wanted = text.strip().casefold().removesuffix(" län")
    for name, code in names.items():
        if wanted in (code, name, name.removesuffix("s")):
            return code
    raise UsageError(f"--county {text}: there is no such county; give its name or two digits, as 20 or Dalarna.")


def _chosen(option: str, value: str | None, allowed: tuple[str, ...]) -> str | None:
    """``value`` when it is one of ``allowed``; None for 'alla' and where nothing is given."""
    from difflib import get_close_matches

    from pipeline.errors import UsageError

    if value is None or value in allowed:
        return value
    close = get_close_matches(value, allowed, 1)
    hint = f"; did you mean {close[0]}?" if close else "."
    raise UsageError(f"{option} {value}: must be one of {', '.join(allowed)}{hint}")


def _selection(
    names: list[str], county: str | None, group: str | None, theme: str | None, period: str | None,
    source: str | None, attribution: str | None, polarity: str | None,
) -> Selection:  # fmt: skip
    from pipeline.codebook import load_codebook
    from pipeline.compare import Selection
    from pipeline.geography import find, municipalities
    from pipeline.records import ATTRIBUTIONS, POLARITIES, SOURCE_KINDS

    groups = tuple(sorted({row.skr_group for row in municipalities()}))
    themes = (*(row.id for row in load_codebook().themes), "all")
    return Selection(
        municipalities=tuple(find(name).code for name in names),
        county=_county(county) if county else None,
        group=_chosen("--group", group, groups),
        theme=_chosen("--theme", theme, themes),
        period=period,
        polarity=_chosen("--polarity", polarity, (*POLARITIES, "all")),
        source=_chosen("--source", source, SOURCE_KINDS),
        attribution=_chosen("--attribution", attribution, ATTRIBUTIONS),
    )


def _tables(place: Workspace, model: Path | None, selection: Selection) -> dict[str, pa.Table]:
    """All tables of a workspace; they are written where nothing is filtered out."""
    from pipeline.compare import Selection, compare, write
    from pipeline.errors import WorkspaceError
    from pipeline.tables import connect
    from pipeline.workflow.run import tables_root
    from pipeline.workflow.settings import Settings

    root = tables_root(place, Settings(model=model))
    if not (root / "documents").is_dir():
        raise WorkspaceError(f"{place.folder}: nothing is analysed here by this version; run 'tillsyn analyse' first.")
    with connect(root) as connection:
        tables = compare(connection, selection)
    if selection == Selection():
        write(tables, place.comparison)
    return tables


def _kolada(
    place: Workspace, tables: dict[str, pa.Table], kpis: list[str], api: str | None, offline: bool
) -> list[dict[str, Any]]:
    """Join the rates with key figures, write the table ``kolada``, and tell how they go together."""
    from pipeline.acquire.kolada import API, Kolada
    from pipeline.compare import write
    from pipeline.compare.beside import associations, set_beside

    codes = sorted(set(tables["comparison"].column("municipality").to_pylist()))
    client = Kolada(place.folder / "kolada", api=api or API, offline=offline)
    joined = set_beside(tables["comparison"], client.figures(kpis, codes))
    tables["kolada"] = joined
    write({"kolada": joined}, place.comparison)
    return associations(joined)


def _kolada_text(joined: pa.Table, together: list[dict[str, Any]]) -> str:
    lines = [
        f"{row['name']}  {row['theme']}  {row['documents_with']} av {row['documents']}  {row['title']} "
        f"({row['kpi']}, {row['period']}): {row['value']:g}"
        for row in joined.to_pylist()
        if row["theme"] != "all" and row["documents_with"]
    ]
    lines += ["Källa: Kolada"]
    lines += [
        f"{row['title']} och {row['theme']}: rangkorrelation {row['rho']:.2f} ({row['low']:.2f}–{row['high']:.2f}) "
        f"över {row['municipalities']} kommuner. {row['source']}."
        for row in together
        if row["rho"] is not None
    ]
    return "\n".join(lines)


def compare(
    workspace: Annotated[Path, typer.Option("--workspace", help="Arbetsmappen.")] = Path("workspace"),
    municipality: Annotated[list[str] | None, typer.Option(help="Kommun, namn eller kod (flera går bra).")] = None,
    county: Annotated[str | None, typer.Option(help="Län, namn eller två siffror.")] = None,
    group: Annotated[str | None, typer.Option(help="SKR:s kommungrupp 2023, A1 till C9.")] = None,
    theme: Annotated[str | None, typer.Option(help="Tema i kodboken, eller all.")] = None,
    period: Annotated[str | None, typer.Option(help="all, 2019, 2019-H1 eller unknown (förval: all).")] = None,
    source: Annotated[str | None, typer.Option(help="Räkna bara dokument av detta slag av källa.")] = None,
    attribution: Annotated[str | None, typer.Option(help="Räkna bara fynd som denna röst står för.")] = None,
    polarity: Annotated[str | None, typer.Option(help="problem, remedy, ok, neutral, all (förval: problem).")] = None,
    kolada: Annotated[
        list[str] | None, typer.Option(help="Nyckeltal i Kolada att ställa bredvid, t.ex. N00941.")
    ] = None,
    kolada_api: Annotated[str | None, typer.Option(hidden=True)] = None,
    offline: Annotated[bool, typer.Option("--offline", help="Använd bara sparade svar från Kolada.")] = False,
    model: Annotated[Path | None, typer.Option("--model", help="Mapp med en annan tränad modell.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Skriv urvalet som JSON på standard ut.")] = False,
) -> None:
    """Jämför kommuner: andelar med osäkerhet, rang, färg och täckning; utan filter skrivs alla tabeller."""
    from dataclasses import replace

    from pipeline.codebook import load_codebook
    from pipeline.compare.listing import as_data, as_text, rows_to_show
    from pipeline.compare.showing import show
    from pipeline.wording import chosen
    from pipeline.workflow.workspace import open_workspace

    selection = _selection(municipality or [], county, group, theme, period, source, attribution, polarity)
    place = open_workspace(workspace, create=False)
    tables = _tables(place, model, selection)
    together = _kolada(place, tables, kolada, kolada_api, offline) if kolada else []
    wanted = replace(selection, period=period or "all", polarity=polarity or "problem")
    shown = rows_to_show(show(tables["comparison"], wanted), wanted, found_only=not theme)
    if as_json:
        data = as_data(tables, shown)
        if kolada:
            data |= {"kolada": tables["kolada"].to_pylist(), "kolada_associations": together}
        sys.stdout.write(json.dumps(data, ensure_ascii=False) + "\n")
        return
    sys.stdout.write(as_text(tables, shown, load_codebook(), chosen()) + "\n")
    if kolada:
        sys.stdout.write("\n" + _kolada_text(tables["kolada"], together) + "\n")


def register(app: typer.Typer) -> None:
    """Add this module's verbs to ``app``."""
    app.command("compare")(compare)
