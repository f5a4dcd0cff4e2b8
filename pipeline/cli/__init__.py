"""The command ``tillsyn``: thin verbs, each in a module of its own that adds itself to ``app``."""

from __future__ import annotations

import sys
from importlib import import_module

import typer

from pipeline.errors import TillsynError

app = typer.Typer(
    name="tillsyn",
    help="Läser vad tillsyn, kommuner, revisorer och tidningar skriver, och visar vad som brister om och om igen.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

_VERBS = ("run", "crawl", "extract", "classify", "compare", "publish")


def main() -> None:
    """Run the command line; a TillsynError becomes one sentence on stderr and its exit code."""
    for verb in _VERBS:
        import_module(f"pipeline.cli.{verb}").register(app)
    try:
        app()
    except TillsynError as error:
        sys.stderr.write(f"tillsyn: {error}\n")
        raise SystemExit(error.exit_code) from None
