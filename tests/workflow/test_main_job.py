"""The main job on the embedded sample, end to end."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.cli import spread
from pipeline.tables import connect

Run = tuple[Path, subprocess.CompletedProcess[str]]
Command = Callable[..., subprocess.CompletedProcess[str]]


def _tables(workspace: Path) -> Path:
    (root,) = (workspace / "tables").iterdir()
    return root


def test_the_run_ends_with_the_path_of_the_report(sample_run: Run) -> None:
    """The last line on stdout is the path of the report, and the report is there."""
    workspace, done = sample_run
    assert Path(done.stdout.strip().splitlines()[-1]) == workspace / "report" / "index.html"
    assert (workspace / "report" / "index.html").is_file()


def test_the_sample_covers_more_than_two_hundred_municipalities(sample_run: Run) -> None:
    """Some 500 documents about more than 200 municipalities go through, with findings and events."""
    connection = connect(_tables(sample_run[0]))
    documents, findings, events = (
        connection.execute(f"SELECT count(*) FROM {t}").fetchone()[0] for t in ("documents", "findings", "events")
    )
    places = connection.execute("SELECT count(DISTINCT code) FROM concerns").fetchone()[0]
    assert documents >= 500
    assert places > 200
    assert findings > 2000
    assert events > 200


def test_every_retold_document_names_the_page_it_retells(sample_run: Run, root: Path) -> None:
    """Each retold document of the sample is read, with the public URL that its page names as its source."""
    facts = json.loads((root / "corpus" / "sample" / "documents.json").read_text("utf-8"))
    wanted = {(url, row["source"]) for url, rows in facts.items() for row in rows}
    connection = connect(_tables(sample_run[0]))
    found = connection.execute("SELECT url, derived_from FROM documents WHERE status = 'ok'").fetchall()
    assert len(wanted) >= 500
    assert wanted - set(found) == set()


def test_every_quote_is_proved_from_the_archive(sample_run: Run, command: Command) -> None:
    """'tillsyn verify' extracts the whole archive again and finds every quote where it is said to stand."""
    done = command("verify", "--workspace", sample_run[0], "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["faults"] == 0


def test_a_second_run_does_nothing_twice(sample_run: Run, command: Command) -> None:
    """Analysing again finds the segment done and reads no page."""
    done = command("analyse", "--workspace", sample_run[0], "--json")
    summary = json.loads(done.stdout)
    assert (summary["captures"], summary["already_done"]) == (0, 1)


def test_verify_finds_a_changed_archive(sample_run: Run, command: Command, tmp_path: Path) -> None:
    """A byte changed in a stored quote is found and named: verify ends with exit code 1."""
    import shutil

    import pyarrow.parquet as pq

    copy = tmp_path / "w"
    shutil.copytree(sample_run[0], copy, ignore=shutil.ignore_patterns("report"))
    (part,) = (_tables(copy) / "findings").glob("*.parquet")
    table = pq.read_table(part)
    quotes = table.column("quote").to_pylist()
    quotes[0] = quotes[0] + "!"
    index = table.schema.get_field_index("quote")
    pq.write_table(table.set_column(index, "quote", [quotes]), part)
    done = command("verify", "--workspace", copy)
    assert done.returncode == 1
    assert "does not stand there" in done.stderr


def test_the_sample_never_mixes_with_real_pages(sample_run: Run, command: Command, tmp_path: Path) -> None:
    """A page brought into a workspace that holds the sample is analysed without it."""
    import shutil

    copy = tmp_path / "w"
    (copy / "archive").mkdir(parents=True)
    for file in (sample_run[0] / "archive").iterdir():
        shutil.copy(file, copy / "archive")
    page = tmp_path / "sida.txt"
    page.write_text(
        "Kritik mot Hedemora kommun\n\nIVO kritiserar Hedemora kommun för att rutiner saknas i socialtjänsten.\n"
    )
    done = command("run", "--workspace", copy, "--from", page, "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["documents"] == 1


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        (["run", "--from", "a", "b", "--json"], ["run", "--from", "a", "--from", "b", "--json"]),
        (["run", "--from", "a", "--workspace", "w"], ["run", "--from", "a", "--workspace", "w"]),
        (["run", "--municipality", "Mora", "Sala"], ["run", "--municipality", "Mora", "--municipality", "Sala"]),
        (["search", "från a b"], ["search", "från a b"]),
    ],
)
def test_an_option_takes_several_values(given: list[str], wanted: list[str]) -> None:
    """'--from a b' is read as '--from a --from b'; everything else stays as it is."""
    assert spread(given) == wanted
