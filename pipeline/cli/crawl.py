"""Verbs of the stage 'crawl': crawl, sources list|show|check|add, archive list|show|extract."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pipeline.cli.source_choice import chosen_sources, keep_sources, kept_sources, shown_sources

if TYPE_CHECKING:
    from pipeline.acquire import CrawlSummary

WorkspaceOption = Annotated[Path, typer.Option("--workspace", help="Arbetsmappen (arkiv, tabeller, rapport).")]
JsonOption = Annotated[bool, typer.Option("--json", help="Skriv resultatet som JSON på standard ut.")]
SourceOption = Annotated[list[str] | None, typer.Option("--source", help="Källfil (TOML) eller en inbyggd källas id.")]
MunicipalityOption = Annotated[list[str] | None, typer.Option("--municipality", help="Kommun, namn eller kod.")]
KindOption = Annotated[
    list[str] | None, typer.Option("--kind", help="Slag av källa: municipality, inspectorate, press …")
]
PrivateOption = Annotated[bool, typer.Option("--allow-private", help="Tillåt privata och lokala nätadresser.")]

sources_app = typer.Typer(help="Källor: lista, visa, kontrollera, lägg till.", no_args_is_help=True)
archive_app = typer.Typer(help="Arkivet: lista, visa, packa upp.", no_args_is_help=True)


def crawl(
    workspace: WorkspaceOption = Path("workspace"),
    source: SourceOption = None,
    municipality: MunicipalityOption = None,
    kind: KindOption = None,
    allow_private: PrivateOption = False,
    focus: Annotated[
        bool,
        typer.Option("--focus/--everything", help="Hämta det som rör tillsyn först, eller allt i tur och ordning."),
    ] = True,
    recheck: Annotated[
        bool, typer.Option("--recheck", help="Fråga om allt på nytt, också det som inte är dags.")
    ] = False,
    replay: Annotated[
        list[Path] | None, typer.Option("--replay", help="WARC-filer att svara ur i stället för nätet.")
    ] = None,
    workers: Annotated[int, typer.Option("--workers", min=1, help="Antal värdar som hämtas samtidigt.")] = 16,
    as_json: JsonOption = False,
) -> None:
    """Hämta källornas sidor till arkivet: artigt, fullständigt, och så att det kan avbrytas och återupptas."""
    from pipeline.acquire.crawling import crawl as crawl_all
    from pipeline.cli.crawl_view import Progress, write_summary

    sources = chosen_sources(source, municipality, kind)
    kept = kept_sources(workspace)
    adapter = None
    if replay:
        from pipeline.acquire.replay import ReplayAdapter

        adapter = ReplayAdapter(replay)
    with Progress() as progress:
        summary = crawl_all(
            workspace, sources, focus=focus, allow_private=allow_private, workers=workers, adapter=adapter,
            on_event=progress.event, on_note=progress.note, recheck=recheck,
        )  # fmt: skip
    keep_sources(workspace, kept, sources)
    _finish(summary, as_json, write_summary)


def _finish(summary: CrawlSummary, as_json: bool, write_summary: Any) -> None:
    if as_json:
        sys.stdout.write(json.dumps(summary.as_json(), ensure_ascii=False) + "\n")
    else:
        write_summary(summary)
    if summary.interrupted:
        raise typer.Exit(130)
    if not summary.complete:
        raise typer.Exit(7)


@sources_app.command("list")
def list_sources(
    source: SourceOption = None,
    municipality: MunicipalityOption = None,
    kind: KindOption = None,
    as_json: JsonOption = False,
) -> None:
    """Lista källor: de inbyggda, eller en fils."""
    from dataclasses import asdict

    from pipeline.sources import builtin_sources

    chosen = chosen_sources(source, municipality, kind) if source or municipality or kind else builtin_sources()
    for entry in chosen:
        if as_json:
            sys.stdout.write(json.dumps(asdict(entry), ensure_ascii=False) + "\n")
        else:
            place = (*entry.start, *entry.feeds, *entry.sitemaps, *entry.listings)[0]
            sys.stdout.write(f"{entry.id}\t{entry.kind}\t{entry.municipality or ''}\t{entry.name}\t{place}\n")


@sources_app.command("show")
def show_source(
    name: Annotated[str | None, typer.Argument(help="Källans id, eller kommunens namn eller kod.")] = None,
    source: SourceOption = None,
    workspace: Annotated[
        Path | None, typer.Option("--workspace", help="En arbetsmapp: visa det som har hämtats i den.")
    ] = None,
) -> None:
    """Visa källors deklarationer som TOML: inbyggda, en fils, eller det som har hämtats i en arbetsmapp."""
    from pipeline.sources import to_toml

    sys.stdout.write("\n".join(to_toml(entry) for entry in shown_sources(name, source, workspace)))


@sources_app.command("check")
def check_sources(
    workspace: WorkspaceOption = Path("workspace"), source: SourceOption = None,
    municipality: MunicipalityOption = None,
    kind: KindOption = None, as_json: JsonOption = False,
) -> None:  # fmt: skip
    """Kontrollera källornas deklarationer, och vad den senaste hämtningen i arbetsmappen gav."""
    from pipeline.cli.crawl_view import write_check
    from pipeline.sources import builtin_sources

    named = bool(source or municipality or kind)
    chosen = chosen_sources(source, municipality, kind) if named else list(builtin_sources())
    if write_check(workspace, [entry.id for entry in chosen], as_json, everything=not named):
        raise typer.Exit(7)


@sources_app.command("add")
def add_source(
    url: Annotated[str, typer.Argument(help="Webbplatsens adress.")],
    to: Annotated[
        Path | None, typer.Option("--to", help="Källfil att lägga till i; annars skrivs den på standard ut.")
    ] = None,
    kind: Annotated[str, typer.Option("--kind", help="Slag av källa.")] = "municipality",
    municipality: Annotated[str | None, typer.Option("--municipality", help="Kommun, namn eller kod.")] = None,
    allow_private: PrivateOption = False,
) -> None:
    """Se på en webbplats (system, webbkarta, flöden) och skriv dess deklaration."""
    from pipeline.acquire.detect import detect
    from pipeline.acquire.session import PoliteSession
    from pipeline.cli.crawl_view import append_source
    from pipeline.errors import UsageError
    from pipeline.geography import find
    from pipeline.records import SOURCE_KINDS

    if kind not in SOURCE_KINDS:
        raise UsageError(f"--kind {kind}: there is no such kind; give one of {', '.join(SOURCE_KINDS)}.")
    code = find(municipality).code if municipality else None
    session = PoliteSession(allow_private=allow_private)
    try:
        found = detect(session, url, kind=kind, municipality=code)
    finally:
        session.close()
    append_source(found, to)


def _archives(workspace: Path, files: list[Path] | None) -> list[Path]:
    from pipeline.archive import segments
    from pipeline.errors import InputError

    found = list(files or segments(workspace / "archive"))
    if not found:
        raise InputError(f"{workspace}: the workspace has no archive; crawl first, or name a WARC file with --warc.")
    return found


WarcOption = Annotated[list[Path] | None, typer.Option("--warc", help="WARC-filer i stället för arbetsmappens.")]


@archive_app.command("list")
def list_archive(
    workspace: WorkspaceOption = Path("workspace"), warc: WarcOption = None, as_json: JsonOption = False,
    everything: Annotated[bool, typer.Option("--all", help="Även robots.txt, webbkartor, flöden, felsvar.")] = False,
) -> None:  # fmt: skip
    """Lista det som arkivet håller: tid, status, slag, storlek, adress."""
    from pipeline.cli.archive_view import list_captures

    if list_captures(_archives(workspace, warc), as_json=as_json, everything=everything):
        raise typer.Exit(3)


@archive_app.command("show")
def show_archive(
    url: Annotated[str, typer.Argument(help="Sidans adress.")],
    workspace: WorkspaceOption = Path("workspace"), warc: WarcOption = None,
    headers: Annotated[bool, typer.Option("--headers", help="Visa svarets huvuden i stället för innehållet.")] = False,
) -> None:  # fmt: skip
    """Skriv en sidas senaste arkiverade innehåll, byte för byte, på standard ut."""
    from pipeline.cli.archive_view import show_capture

    show_capture(_archives(workspace, warc), url, headers=headers)


@archive_app.command("extract")
def extract_archive(
    folder: Annotated[Path, typer.Argument(help="Mappen att packa upp i.")],
    workspace: WorkspaceOption = Path("workspace"), warc: WarcOption = None,
) -> None:  # fmt: skip
    """Packa upp arkivets sidor som filer, med en förteckning (captures.jsonl)."""
    from pipeline.cli.archive_view import extract_captures

    if extract_captures(_archives(workspace, warc), folder):
        raise typer.Exit(3)


def register(app: typer.Typer) -> None:
    """Add this module's verbs to ``app``."""
    app.command()(crawl)
    app.add_typer(sources_app, name="sources")
    app.add_typer(archive_app, name="archive")
