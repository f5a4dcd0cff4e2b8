"""The five real pages of ../shared/seeds come out as a careful person reads them."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.shared
Run = tuple[Path, subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def inspected(shared: Path, command: Callable[..., subprocess.CompletedProcess[str]]) -> dict[str, dict[str, Any]]:
    """Each seed as 'tillsyn inspect --json' gives it, by file name."""
    files = sorted((shared / "seeds").glob("*.txt"))
    done = command("inspect", *files, "--json")
    assert done.returncode == 0, done.stderr
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    return {Path(row["file"]).name: row for row in rows}


def _gold(shared: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (shared / "gold" / "seeds.jsonl").read_text("utf-8").splitlines()]


def _squeezed(text: str) -> str:
    return " ".join(text.split())


def test_titles_municipalities_and_dates_are_right(inspected: dict[str, dict[str, Any]], shared: Path) -> None:
    """Title, municipality, source kind, published and updated of all five are those of the gold file."""
    gold = json.loads((shared / "gold" / "seeds_documents.json").read_text("utf-8"))
    for file, facts in gold.items():
        document = inspected[file]["document"]
        found = {key: document[key] for key in ("title", "source_kind", "published", "updated")}
        assert found == {key: facts[key] for key in found}, file
        assert [m["code"] for m in document["municipalities"]] == [facts["municipality"]], file


def test_no_boilerplate_stays_and_no_content_is_lost(inspected: dict[str, dict[str, Any]], shared: Path) -> None:
    """Every content sentence of the gold file stands in the clean text, and no boilerplate sentence does."""
    for row in _gold(shared):
        text = _squeezed(inspected[row["file"]]["document"]["text"])
        present = _squeezed(row["sentence"]) in text
        assert present != row["boilerplate"], (row["file"], row["sentence"])


def test_the_sentence_that_names_all_three_is_the_evidence(inspected: dict[str, dict[str, Any]], shared: Path) -> None:
    """For Hedemora 2019 one passage carries leadership, routines and work environment as problems."""
    wanted = {"leadership", "routines", "work_environment"}
    gold = next(
        row["sentence"]
        for row in _gold(shared)
        if row["file"].startswith("000") and wanted <= {label["theme"] for label in row["labels"]}
    )
    passages = next(row for name, row in inspected.items() if name.startswith("000"))["passages"]
    found = next(p for p in passages if _squeezed(p["text"]) == _squeezed(gold))
    assert wanted <= {f["theme"] for f in found["findings"] if f["polarity"] == "problem"}


def test_the_injunction_with_fine_is_among_hedemoras_events(inspected: dict[str, dict[str, Any]]) -> None:
    """IVO's injunction with a fine of 2019-11-25 is found, dated, and its words are in the text."""
    row = next(row for name, row in inspected.items() if name.startswith("004"))
    (event,) = [e for e in row["events"] if e["kind"] == "injunction_with_fine" and e["date"] == "2019-11-25"]
    assert event["authority"] == "IVO"
    assert row["document"]["text"][event["start"] : event["end"]] == event["quote"]


def test_the_main_job_on_the_seeds_ends_with_a_report(seeds_run: Run) -> None:
    """'tillsyn run --from' the seeds ends with the path of a report that names the three municipalities."""
    workspace, done = seeds_run
    report = Path(done.stdout.strip().splitlines()[-1])
    assert report == workspace / "report" / "index.html"
    assert report.is_file()
    names = "\n".join(p.read_text("utf-8") for p in report.parent.rglob("*") if p.suffix in (".html", ".js", ".json"))
    for name in ("Hedemora", "Älmhult", "Nordanstig"):
        assert name in names


def test_every_quote_is_proved_from_the_archive(
    seeds_run: Run, command: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    """'tillsyn verify' reads the archive again and finds no fault in any finding."""
    done = command("verify", "--workspace", seeds_run[0], "--json")
    counts = json.loads(done.stdout)
    assert done.returncode == 0
    assert counts["faults"] == 0
    assert counts["documents"] == 5
    assert counts["findings"] > 50
