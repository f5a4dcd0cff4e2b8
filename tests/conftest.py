"""What all tests share: the folder of shared material, and which outside tools are there."""

from __future__ import annotations

import shutil
import subprocess
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
