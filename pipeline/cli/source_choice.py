"""Which sources a call means: files, built-in ones, and those that a workspace has crawled."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pipeline.records import Source

_KEPT = "sources.toml"
_NOTE = "# What was crawled here, as it was declared at the last crawl of each. Written by 'tillsyn crawl'.\n\n"


def chosen_sources(source: list[str] | None, municipality: list[str] | None, kind: list[str] | None) -> list[Source]:
    """The sources that the options name: files, ids of built-in ones, municipalities, kinds.

    Raises UsageError when they name nothing, CorpusError for a file with mistakes, an id that stands in two
    files (or in a file and among the built-in ones that are named) or an unknown municipality.
    """
    from pipeline.errors import UsageError
    from pipeline.geography import find
    from pipeline.records import SOURCE_KINDS
    from pipeline.sources import builtin_sources, select

    builtin = {entry.id: entry for entry in builtin_sources()}
    found = _named(list(dict.fromkeys(source or [])), builtin)
    for name in kind or []:
        if name not in SOURCE_KINDS:
            raise UsageError(f"--kind {name}: there is no such kind; give one of {', '.join(SOURCE_KINDS)}.")
    codes = [find(name).code for name in municipality or []]
    if codes or kind:
        pool = found or list(builtin.values())
        found = list(select(pool, kinds=kind or (), codes=codes))
        if not found:
            raise UsageError("No source fits --municipality and --kind; see 'tillsyn sources list'.")
    if not found:
        raise UsageError("There is no source to crawl; name one with --source, --municipality or --kind.")
    return found


def _named(names: list[str], builtin: dict[str, Source]) -> list[Source]:
    """The sources of the files and built-in ids of ``--source``, each id from one place alone."""
    from difflib import get_close_matches

    from pipeline.errors import CorpusError, UsageError
    from pipeline.sources import load_sources

    found: dict[str, tuple[Path | None, Source]] = {}
    for name in names:
        file = Path(name)
        if name not in builtin and not name.endswith(".toml") and not file.exists():
            close = get_close_matches(name, builtin, 1)
            hint = f"did you mean '{close[0]}'?" if close else "see 'tillsyn sources list'."
            raise UsageError(f"--source {name}: there is no such file and no built-in source of that name; {hint}")
        place = None if name in builtin and not file.is_file() else file.resolve()
        for entry in load_sources(file) if place else (builtin[name],):
            if found.setdefault(entry.id, (place, entry))[0] != place:
                raise CorpusError(f"{name}: source '{entry.id}' stands in another file too; rename or remove one.")
    return [entry for _, entry in found.values()]


def kept_sources(workspace: Path) -> dict[str, Source]:
    """The declarations that a workspace keeps of what was crawled in it, by id; none before the first crawl.

    Raises CorpusError when ``sources.toml`` of the workspace has been edited into mistakes.
    """
    from pipeline.sources import load_sources

    path = workspace / _KEPT
    return {entry.id: entry for entry in load_sources(path)} if path.exists() else {}


def keep_sources(workspace: Path, kept: dict[str, Source], crawled: Iterable[Source]) -> None:
    """Write ``kept`` and what was crawled now to the workspace. Raises WorkspaceError when it cannot be written."""
    from pipeline.errors import WorkspaceError
    from pipeline.sources import to_toml

    path = workspace / _KEPT
    entries = {**kept, **{entry.id: entry for entry in crawled}}
    part = path.with_suffix(".part")
    try:
        part.write_text(_NOTE + "\n".join(to_toml(entry) for entry in entries.values()), "utf-8")
        part.replace(path)
    except OSError as error:
        raise WorkspaceError(f"{path}: cannot be written ({error.strerror}).") from error


def shown_sources(name: str | None, source: list[str] | None, workspace: Path | None) -> list[Source]:
    """The sources to show: those of ``--source`` and of the workspace, or the built-in ones; of them ``name`` alone.

    ``name`` is an id, or a municipality's name or code. Raises UsageError when nothing is named, CorpusError for a
    file with mistakes and when none of the sources has that name.
    """
    from pipeline.errors import CorpusError, UsageError
    from pipeline.geography import find
    from pipeline.sources import builtin_sources, select

    if not name and not source and not workspace:
        raise UsageError("Name a source or a municipality to show, or give --source or --workspace.")
    pool = chosen_sources(source, None, None) if source else []
    if workspace:
        pool += [entry for entry in _crawled(workspace) if entry.id not in {other.id for other in pool}]
    if not source and not workspace:
        pool = list(builtin_sources())
    if not name:
        return pool
    found = select(pool, ids=[name]) or select(pool, codes=[find(name).code])
    if not found:
        raise CorpusError(f"'{name}' is none of these sources; see 'tillsyn sources list'.")
    return list(found)


def _crawled(workspace: Path) -> list[Source]:
    from pipeline.errors import WorkspaceError

    if not (kept := kept_sources(workspace)):
        raise WorkspaceError(f"{workspace}: keeps no declaration of a source; crawl into it first, or give --source.")
    return list(kept.values())
