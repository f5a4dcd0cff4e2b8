"""The command ``tillsyn``: thin verbs, each in a module of its own that adds itself to ``app``."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from functools import cache
from importlib import import_module
from typing import Any

import typer

from pipeline.errors import TillsynError
from pipeline.wording import chosen, said

app = typer.Typer(
    name="tillsyn",
    help="Läser vad tillsyn, kommuner, revisorer och tidningar skriver, och visar vad som brister om och om igen.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

_INTERRUPTED = "avbrutet; det som är klart ligger kvar och nästa körning fortsätter därifrån."
_VERBS = ("run", "crawl", "extract", "classify", "compare", "publish", "export")
# Options that take one or more values: 'run --from a b' is what people write and shells expand.
_SEVERAL = ("--from", "--municipality")


def spread(arguments: Sequence[str]) -> list[str]:
    """Repeat an option that takes several values before each: ``--from a b`` becomes ``--from a --from b``."""
    spread_out: list[str] = []
    option: str | None = None
    fresh = False
    for argument in arguments:
        if argument.startswith("-"):
            option, fresh = (argument, True) if argument in _SEVERAL else (None, False)
        elif option:
            if not fresh:
                spread_out.append(option)
            fresh = False
        spread_out.append(argument)
    return spread_out


@app.callback()
def _everywhere(
    english: bool = typer.Option(False, "--english", help="Tala engelska (eller sätt TILLSYN_LANGUAGE=en)."),
) -> None:
    if english:
        os.environ["TILLSYN_LANGUAGE"] = "en"


@cache
def commands() -> Any:
    """The whole command line with all its verbs, as a click group."""
    for verb in _VERBS:
        import_module(f"pipeline.cli.{verb}").register(app)
    return typer.main.get_command(app)


def _help_in_english(command: Any) -> None:
    """Say the help of a command, of its options and of its verbs in English."""
    for described in (command, *command.params):
        if getattr(described, "help", None):
            described.help = said(described.help, "en")
    for verb in getattr(command, "commands", {}).values():
        _help_in_english(verb)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line; a TillsynError becomes one sentence on stderr and its exit code."""
    given = spread(sys.argv[1:] if arguments is None else arguments)
    command = commands()
    if "--english" in given or chosen() == "en":
        _help_in_english(command)
    try:
        command(given)
    except TillsynError as error:
        sys.stderr.write(f"tillsyn: {said(str(error))}\n")
        raise SystemExit(error.exit_code) from None
    except KeyboardInterrupt:
        sys.stderr.write(f"tillsyn: {said(_INTERRUPTED)}\n")
        raise SystemExit(130) from None
    except BrokenPipeError:
        # The reader (head, less) has gone: nothing is wrong. Python must not complain again at exit.
        sys.stderr.close()
        raise SystemExit(141) from None
