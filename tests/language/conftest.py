"""The reader of marked sentences, as a fixture: tests are no package."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture(scope="session")
def marked() -> ModuleType:
    """The module ``marked`` beside this file."""
    spec = importlib.util.spec_from_file_location("marked", Path(__file__).with_name("marked.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
