"""The notebooks run from top to bottom on the sample, define nothing, and are kept without outputs."""

from __future__ import annotations

import ast
import hashlib
import json
import subprocess
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from pipeline.geography import municipalities

ROOT = Path(__file__).parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
API = "https://api.kolada.se/v3"
KPI, YEARS = "N00941", (2018, 2019, 2020)


def _kept(folder: Path, url: str, values: list[dict[str, object]]) -> None:
    name = hashlib.sha256(url.encode()).hexdigest()[:24]
    (folder / f"{name}.json").write_text(json.dumps({"values": values, "next_url": None}), "utf-8")


@pytest.fixture(scope="module")
def answers(
    tmp_path_factory: pytest.TempPathFactory, sample_run: tuple[Path, subprocess.CompletedProcess[str]]
) -> Path:
    """Kept answers in Kolada's form, with invented values, for the municipalities that the notebook asks for."""
    from datetime import UTC, datetime

    from pipeline.publish.exports.kolada import rows
    from pipeline.publish.material import open_material

    folder = tmp_path_factory.mktemp("kolada")
    root = max((sample_run[0] / "tables").iterdir(), key=lambda path: path.stat().st_mtime)
    found = rows(open_material(sample_run[0], root, generated=datetime.now(UTC)))
    codes = sorted({str(row["municipality"]) for row in found})[:25]
    _kept(folder, f"{API}/kpi/{KPI}", [{"id": KPI, "title": "Påhittat nyckeltal för prövning"}])
    values = [
        {"kpi": KPI, "municipality": code, "period": year, "values": [{"gender": "T", "value": 10.0 + n, "status": ""}]}
        for n, code in enumerate(codes)
        for year in YEARS
    ]
    years = ",".join(map(str, YEARS))
    _kept(folder, f"{API}/data/kpi/{KPI}/municipality/{','.join(codes)}/year/{years}?per_page=5000", values)
    assert set(codes) <= {m.code for m in municipalities()}
    return folder


def test_there_are_four() -> None:
    """Tour, question, methods, Kolada."""
    assert [path.name[:2] for path in NOTEBOOKS] == ["01", "02", "03", "04"]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_kept_clean(path: Path) -> None:
    """A notebook holds no outputs, defines no function or class, and imports the house's own code."""
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert not [cell for cell in code if cell.outputs or cell.execution_count]
    tree = ast.parse("\n".join(cell.source for cell in code))
    assert not [node for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.ClassDef))]
    assert [n for n in ast.walk(tree) if isinstance(n, ast.ImportFrom) and (n.module or "").startswith("pipeline.")]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_runs_on_the_sample(
    path: Path,
    sample_run: tuple[Path, subprocess.CompletedProcess[str]],
    answers: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Every cell runs without network and without an error, and the notebook draws at least one figure."""
    monkeypatch.setenv("TILLSYN_WORKSPACE", str(sample_run[0]))
    monkeypatch.setenv("TILLSYN_KOLADA", str(answers))
    monkeypatch.setenv("TILLSYN_OFFLINE", "1")
    monkeypatch.setenv("MPLBACKEND", "module://matplotlib_inline.backend_inline")
    notebook = nbformat.read(path, as_version=4)
    NotebookClient(notebook, timeout=180, resources={"metadata": {"path": str(tmp_path)}}).execute()
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", ())]
    assert [output for output in outputs if "image/png" in output.get("data", {})]
    assert not [output for output in outputs if output.output_type == "error"]
