"""The house rules that a machine can hold: lint, format, types, sizes, and what must not stand in any file."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MODULES = sorted(p for p in (ROOT / "pipeline").rglob("*.py") if "_data" not in p.parts)


@pytest.mark.parametrize(
    "check",
    [["ruff", "check", "."], ["ruff", "format", "--check", "."], ["mypy"]],
    ids=["ruff check", "ruff format", "mypy --strict"],
)
def test_make_check_is_clean(check: list[str]) -> None:
    """What 'make check' runs finds nothing."""
    done = subprocess.run([sys.executable, "-m", *check], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, (done.stdout + done.stderr)[-3000:]


def _functions(path: Path) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    tree = ast.parse(path.read_text("utf-8"))
    return [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(ROOT)))
def test_modules_and_functions_stay_small(path: Path) -> None:
    """No module over 400 lines, no function over 60: past that it has two jobs."""
    assert path.read_text("utf-8").count("\n") <= 400
    long = [
        f"{f.name}: {(f.end_lineno or 0) - f.lineno + 1}"
        for f in _functions(path)
        if (f.end_lineno or 0) - f.lineno >= 60
    ]
    assert not long


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(ROOT)))
def test_public_names_are_documented(path: Path) -> None:
    """Every module, and every public function and class on its top level, has a docstring."""
    tree = ast.parse(path.read_text("utf-8"))
    assert ast.get_docstring(tree)
    kinds = (ast.FunctionDef, ast.ClassDef)
    bare = [
        n.name for n in tree.body if isinstance(n, kinds) and not n.name.startswith("_") and not ast.get_docstring(n)
    ]
    assert not bare


def test_nothing_is_swallowed() -> None:
    """No handler consists of 'pass' alone."""
    guilty = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in MODULES
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.ExceptHandler) and len(node.body) == 1 and isinstance(node.body[0], ast.Pass)
    ]
    assert not guilty


def test_no_registry_host_and_no_machine_path_is_named() -> None:
    """No committed text file names a package registry's host or a path of the machine it was written on."""
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("not a git checkout")
    host = re.compile(r"(py" r"pi|npm" r"js|debi" r"an|pythonhos" r"ted)\.(org|com)|/wo" r"rk/(main|shared|plan)")
    kinds = {
        ".py",
        ".toml",
        ".md",
        ".txt",
        ".cfg",
        ".yml",
        ".yaml",
        ".json",
        ".sh",
        ".ipynb",
        ".js",
        ".css",
        ".html",
        "",
    }
    guilty = []
    for name in listed.stdout.split("\n"):
        path = ROOT / name
        if name and path.is_file() and path.suffix in kinds and path.stat().st_size < 2_000_000:
            guilty += [name] if host.search(path.read_text("utf-8", "replace")) else []
    assert not guilty
