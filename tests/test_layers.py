"""The house has layers: imports point down, and packages on one level never import each other."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

PIPELINE = Path(__file__).parents[1] / "pipeline"
LAYERS = {
    "errors": 0, "records": 1, "resources": 1, "checks": 1,
    "sources": 2, "codebook": 2, "geography": 2, "wording": 2, "archive": 2, "tables": 2, "language": 2,
    "acquire": 3, "extract": 3, "classify": 3, "compare": 3, "publish": 3,
    "workflow": 4,
    "cli": 5, "__main__": 6,
}  # fmt: skip
STDLIB_ONLY = ("records", "errors", "resources")
NETWORK = {"requests", "urllib3", "socket", "http", "urllib.request"}


def _unit(path: Path) -> str:
    return path.relative_to(PIPELINE).parts[0].removesuffix(".py")


def _imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


FILES = [
    path for path in sorted(PIPELINE.rglob("*.py")) if "_data" not in path.parts and path != PIPELINE / "__init__.py"
]


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(PIPELINE)))
def test_imports_point_down(path: Path) -> None:
    """A module imports only modules of lower levels, or of its own package."""
    unit = _unit(path)
    for name in _imports(path):
        parts = name.split(".")
        if parts[0] != "pipeline" or len(parts) < 2 or parts[1].startswith("__version"):
            continue
        other = parts[1]
        if other in LAYERS and other != unit:
            below = LAYERS[other] < LAYERS[unit]
            assert below, f"{unit} (level {LAYERS[unit]}) imports {other} (level {LAYERS[other]})"


def test_every_module_has_a_level() -> None:
    """A new module must be placed on a level before it is used."""
    assert {_unit(path) for path in FILES} <= set(LAYERS)


@pytest.mark.parametrize("name", STDLIB_ONLY)
def test_nouns_need_the_standard_library_only(name: str) -> None:
    """Records and errors import nothing from third parties."""
    import sys

    roots = {imported.split(".")[0] for imported in _imports(PIPELINE / f"{name}.py")}
    assert roots <= set(sys.stdlib_module_names) | {"pipeline"}


def test_only_acquire_opens_connections() -> None:
    """No package but acquire imports a network library (tillsyn serve runs Datasette as a process of its own)."""
    guilty = {
        str(p.relative_to(PIPELINE)) for p in FILES if _unit(p) not in ("acquire", "cli") and _imports(p) & NETWORK
    }
    assert not guilty
