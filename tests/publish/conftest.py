"""Sites made once for all tests of publishing."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType

import pytest

from pipeline.publish import site


def _load() -> ModuleType:
    spec = importlib.util.spec_from_file_location("synthetic", Path(__file__).parent / "synthetic.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def synthetic() -> ModuleType:
    """The generator of workspaces (tests/publish/synthetic.py)."""
    return _load()


@pytest.fixture(scope="session")
def make_site(tmp_path_factory: pytest.TempPathFactory, synthetic: ModuleType) -> Callable[..., Path]:
    """Build a site from invented documents: ``make_site(documents=…, hostile=…, url=…, language=…)``."""

    def make(documents: int = 40, hostile: str = "", url: str = "", language: str = "sv", places: int = 6) -> Path:
        folder = tmp_path_factory.mktemp("site")
        made = synthetic.analyses(documents, 4, places=places, hostile=hostile)
        if url:
            made = [
                replace(a, document=replace(a.document, url=url.format(n=n), derived_from=url.format(n=-n)))
                for n, a in enumerate(made)
            ]
        workspace, root = synthetic.store(folder, made)
        page = site.build(workspace, root, language=language, generated=datetime(2026, 11, 21, 22, tzinfo=UTC))
        return Path(page.parent)

    return make


HOSTILE = (
    "\"'><script>alert(1)</script><script src=//evil.example></script><img src=x onerror=alert(2)>"
    "<svg onload=alert(3)>{{7*7}}\u202egnp.exe\u2066"
)


@pytest.fixture(scope="session")
def hostile_site(make_site: Callable[..., Path]) -> Path:
    """The report of documents whose titles, sentences and addresses attack whoever shows them."""
    return make_site(hostile=HOSTILE, documents=30, url="javascript:alert(document.domain)//{n}")


@pytest.fixture(scope="session")
def english_site(make_site: Callable[..., Path]) -> Path:
    """A small report with English at the top."""
    return make_site(documents=30, language="en")


@pytest.fixture(scope="session")
def small_site(make_site: Callable[..., Path]) -> Path:
    """The report of a small workspace: 120 invented documents about 12 municipalities."""
    return make_site(documents=120, places=12)
