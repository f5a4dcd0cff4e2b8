"""A built wheel, installed alone in an empty environment, runs the main job: corpus and model travel inside it."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def wheel(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout."""
    out = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", out, root]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    (file,) = out.glob("tillsyn-*.whl")
    return file


def test_corpus_and_model_travel_inside(wheel: Path) -> None:
    """Codebook, municipalities, sources, sample and model are in the wheel, tests are not; it stays under 40 MB."""
    names = zipfile.ZipFile(wheel).namelist()
    for needed in ("corpus/codebook.toml", "corpus/municipalities.csv", "corpus/sample/sample.warc.gz"):
        assert f"pipeline/_data/{needed}" in names
    assert any(name.startswith("pipeline/_data/models/tillsyn_sv/") for name in names)
    assert any(name.startswith("pipeline/_data/corpus/sources/") for name in names)
    assert not any(name.startswith("tests/") for name in names)
    assert wheel.stat().st_size < 40_000_000


@pytest.mark.slow
def test_the_wheel_alone_runs_the_main_job(wheel: Path, root: Path, tmp_path: Path) -> None:
    """In an empty environment and an empty folder, the installed command makes the report."""
    subprocess.run([sys.executable, "-m", "venv", tmp_path / "venv"], check=True)
    bin_folder = tmp_path / "venv" / "bin"
    install = [bin_folder / "python", "-m", "pip", "install", "-q", "-c", root / "constraints.txt", wheel]
    done = subprocess.run(install, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
    job = [bin_folder / "tillsyn", "run", "--workspace", "w"]
    ran = subprocess.run(job, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr[-2000:]
    assert (tmp_path / ran.stdout.strip().splitlines()[-1]).is_file()
