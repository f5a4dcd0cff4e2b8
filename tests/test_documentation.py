"""The README is true: every command in it runs, every verb stands in it, every path it names is there."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")
# Commands that a test cannot repeat: they need the open web, a server that runs on, or are tested as such elsewhere.
NOT_RUN_HERE = ("make ", "tillsyn serve", "tillsyn crawl", "tillsyn sources add", "tillsyn train", "pip install")


def commands(text: str) -> list[str]:
    """The command lines of the README: those that begin with '$ ' in its console blocks."""
    blocks = re.findall(r"```console\n(.*?)```", text, re.S)
    return [line[2:].strip() for block in blocks for line in block.splitlines() if line.startswith("$ ")]


def test_the_readme_shows_commands() -> None:
    """The README holds at least ten commands with '$ ' in console blocks, the two of the house first."""
    found = commands(README)
    assert found[:2] == ["make run", "make test"]
    assert len(found) >= 10


@pytest.mark.parametrize("line", [c for c in commands(README) if not c.startswith(NOT_RUN_HERE)])
def test_every_command_of_the_readme_runs(
    line: str, sample_run: tuple[Path, subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    """The command ends with exit code 0 on the workspace of the sample."""
    if "../shared" in line and not (ROOT.parent / "shared").is_dir():
        pytest.skip("the folder ../shared is not beside this checkout")
    arguments = shlex.split(line)
    assert arguments[0] == "tillsyn", line
    workspace = tmp_path / "ny" if "--from" in arguments else sample_run[0]
    arguments = [
        str(workspace) if a == "workspace" else a.replace("workspace/", f"{workspace}/") for a in arguments[1:]
    ]
    if "--workspace" not in arguments and arguments[0] in ("run", "verify", "compare", "search", "export", "figure"):
        arguments += ["--workspace", str(workspace)]
    arguments = [
        str(tmp_path / a) if previous == "--out" else a
        for previous, a in zip(["", *arguments], arguments, strict=False)
    ]
    done = subprocess.run(
        [sys.executable, "-m", "pipeline", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, (line, done.stderr[-1500:])


def _verbs() -> list[str]:
    from pipeline.cli import commands

    return sorted(commands().commands)


@pytest.mark.parametrize("verb", _verbs())
def test_every_verb_stands_in_the_readme_and_has_help(
    verb: str, command: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    """Each verb of the command line is named in the README, and '--help' explains it."""
    assert f"tillsyn {verb}" in README
    done = command(verb, "--help")
    assert done.returncode == 0
    assert len(done.stdout) > 100


def test_every_path_the_readme_links_is_there() -> None:
    """Links and pictures of the README that point into the repository lead somewhere."""
    targets = re.findall(r"\]\((?!https?:|#)([^)#\s]+)", README) + re.findall(r'src="(?!https?:)([^"]+)"', README)
    assert targets
    assert [t for t in targets if not (ROOT / t).exists()] == []
