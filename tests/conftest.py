"""What all tests share: the folder of shared material, and which outside tools are there."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared"


@cache
def _has_swedish_ocr() -> bool:
    if not shutil.which("tesseract"):
        return False
    languages = subprocess.run(["tesseract", "--list-langs"], capture_output=True, text=True, check=False)
    return "swe" in languages.stdout.split()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip by name what needs a browser, tesseract or the shared folder where they are absent."""
    absent = {
        "browser": None if shutil.which("chromium") else "Chromium is not installed",
        "ocr": None if _has_swedish_ocr() else "tesseract with Swedish is not installed",
        "shared": None if SHARED.is_dir() else "the folder ../shared is not beside this checkout",
    }
    for item in items:
        for marker, reason in absent.items():
            if reason and item.get_closest_marker(marker):
                item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(scope="session")
def root() -> Path:
    """The checkout."""
    return ROOT


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of shared material (use with the marker 'shared')."""
    return SHARED


def tillsyn(*arguments: str | Path, cwd: Path | None = None, language: str = "en") -> subprocess.CompletedProcess[str]:
    """Run the command as a user does, in a process of its own; stdout and stderr as text."""
    command = [sys.executable, "-m", "pipeline", *map(str, arguments)]
    environment = os.environ | {"COLUMNS": "120", "NO_COLOR": "1", "TILLSYN_LANGUAGE": language}
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=cwd or ROOT, env=environment)


@pytest.fixture(scope="session")
def command() -> Callable[..., subprocess.CompletedProcess[str]]:
    """The command ``tillsyn``: call it with its arguments."""
    return tillsyn


@pytest.fixture(scope="session")
def sample_run(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, subprocess.CompletedProcess[str]]:
    """The main job on the embedded sample, run once for all tests: the workspace and what the command said."""
    workspace = tmp_path_factory.mktemp("sample") / "workspace"
    done = tillsyn("run", "--workspace", workspace)
    assert done.returncode == 0, done.stderr
    return workspace, done


@pytest.fixture(scope="session")
def seeds_run(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, subprocess.CompletedProcess[str]]:
    """The main job on the five real pages of ../shared/seeds (use with the marker 'shared')."""
    workspace = tmp_path_factory.mktemp("seeds") / "workspace"
    done = tillsyn("run", "--workspace", workspace, "--from", SHARED / "seeds")
    assert done.returncode == 0, done.stderr
    return workspace, done
