"""The tables as files: schema, dictionary, definitions, CSV; and the command that makes and shows them."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from worlds import Did, Said, analysis, world

from pipeline.compare import compare, write
from pipeline.compare.correction import Gold
from pipeline.compare.wording import definitions, meanings
from pipeline.errors import WorkspaceError

TABLES = {
    "comparison", "national", "coverage", "event_rates", "peers", "funnel", "trends", "follow_through", "closure",
    "timeline", "conflicts", "cooccurrence", "clusters", "topics", "units", "definitions", "dictionary",
}  # fmt: skip


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> dict[str, pa.Table]:
    """The tables of a small made-up country of 30 municipalities and 8 documents each."""
    from pipeline.geography import municipalities

    documents = [
        analysis(
            f"{place.code}-{i}", place.code,
            (
                Said(f"Rutiner saknas i {place.name}.", "routines" if (n + i) % 3 else "leadership"),
                Said("Chefen har slutat.", "staffing", "problem" if i % 2 else "remedy"),
                Did("IVO riktar kritik.", "criticism", date=f"{2012 + i}-05-06"),
            ),
            date=f"{2012 + i}-06-01",
        )
        for n, place in enumerate(municipalities()[:30]) for i in range(8)
    ]  # fmt: skip
    return compare(
        world(tmp_path_factory.mktemp("world"), *documents), rates={("routines", "problem"): Gold(60, 8, 12, 120)}
    )


def test_all_tables_are_there(tables: dict[str, pa.Table]) -> None:
    """Seventeen tables, none of them without columns, no dictionary-encoded text."""
    assert set(tables) == TABLES
    assert not any(pa.types.is_dictionary(field.type) for table in tables.values() for field in table.schema)


def test_every_column_has_a_meaning(tables: dict[str, pa.Table]) -> None:
    """The data dictionary has a row for every column of every table, in both languages, and no row too many."""
    rows = {(r["table"], r["column"]): r for r in tables["dictionary"].to_pylist()}
    assert set(rows) == {(name, column) for name, table in tables.items() for column in table.column_names}
    assert all(r["meaning_sv"] and r["meaning_en"] for r in rows.values())
    assert {table for table, _ in meanings() if table != "*"} <= TABLES
    named = {(t, c) for t, c in meanings() if t != "*"}
    assert named <= set(rows), "the dictionary tells of a column that does not exist"


def test_definitions_say_what_was_done(tables: dict[str, pa.Table]) -> None:
    """With error figures the definitions speak of correction, without them they say that there is none."""
    keys = set(tables["definitions"].column("key").to_pylist())
    assert "corrected" in keys and "uncorrected" not in keys
    assert {"unit", "rate", "coverage", "suppression", "colour", "caution"} <= set(definitions())


def test_corrected_only_where_there_are_figures(tables: dict[str, pa.Table]) -> None:
    """The theme and polarity with gold have a corrected rate with bounds, the others none."""
    rows = [r for r in tables["comparison"].to_pylist() if r["documents"] >= 5 and r["source_kind"] == "all"]
    for row in (r for r in rows if r["attribution"] == "all"):
        has = row["corrected_rate"] is not None
        assert has == ((row["theme"], row["polarity"]) == ("routines", "problem"))
        assert not has or row["corrected_low"] <= row["corrected_rate"] <= row["corrected_high"]
    (country,) = [
        r for r in tables["national"].to_pylist()
        if (r["theme"], r["polarity"], r["period"]) == ("routines", "problem", "all")
    ]  # fmt: skip
    assert country["corrected_low"] <= country["corrected_rate"] <= country["corrected_high"]


def test_without_figures_nothing_is_corrected(tmp_path: Path) -> None:
    """No error figures: the corrected columns are null and the definitions say so."""
    tables = compare(world(tmp_path, analysis("a", "2083", (Said("Rutiner saknas.", "routines"),))), rates={})
    assert tables["comparison"].column("corrected_rate").null_count == tables["comparison"].num_rows
    assert "uncorrected" in tables["definitions"].column("key").to_pylist()


def test_ranks_only_in_the_base_slice(tables: dict[str, pa.Table]) -> None:
    """Ranks stand beside problem rates of the whole period only; each theme's ranks are 1 to the number ranked."""
    rows = [r for r in tables["comparison"].to_pylist() if r["rank"] is not None]
    assert {(r["period"], r["polarity"], r["source_kind"], r["attribution"]) for r in rows} == {
        ("all", "problem", "all", "all")
    }
    for theme in ("routines", "all"):
        found = sorted(r["rank"] for r in rows if r["theme"] == theme)
        assert found == list(range(1, 31))
    assert all(r["rank_low"] <= r["rank_high"] <= r["ranked"] == 30 for r in rows)


def test_half_years_and_years_add_up(tables: dict[str, pa.Table]) -> None:
    """The years' units sum to the whole period's, and a year's half-years to the year's."""
    rows = {
        (r["municipality"], r["theme"], r["period"]): r for r in tables["comparison"].to_pylist()
        if (r["polarity"], r["source_kind"], r["attribution"]) == ("problem", "all", "all")
    }  # fmt: skip
    years = [str(2012 + i) for i in range(8)]
    for column in ("documents", "documents_with", "findings"):
        total = rows["0114", "routines", "all"][column]
        assert sum(rows["0114", "routines", year][column] for year in years) == total
        assert rows["0114", "routines", "2013-H1"][column] == rows["0114", "routines", "2013"][column]


def test_quotes_are_of_the_documents(tables: dict[str, pa.Table]) -> None:
    """Every step and event carries a quote and the place where it stands."""
    for row in tables["follow_through"].to_pylist():
        assert row["quote"] and row["end"] - row["start"] == len(row["quote"])
    for row in tables["timeline"].to_pylist():
        assert row["spans"] and [s["quote"] for s in row["spans"]] == row["quotes"]


def test_files_in_both_forms(tables: dict[str, pa.Table], tmp_path: Path) -> None:
    """Parquet reads back as written; the CSV has the same rows and the header; nothing half-written is left."""
    write(tables, tmp_path / "comparison")
    for name, table in tables.items():
        assert pq.read_table(tmp_path / "comparison" / f"{name}.parquet").equals(table), name
        with (tmp_path / "comparison" / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
            rows = list(csv.reader(stream))
        assert rows[0] == table.column_names and len(rows) == table.num_rows + 1
    assert not [path for path in (tmp_path / "comparison").iterdir() if path.name.startswith(".")]


def test_a_folder_that_cannot_be_written(tables: dict[str, pa.Table], tmp_path: Path) -> None:
    """A file where the folder should be is one clear error."""
    (tmp_path / "comparison").write_text("x")
    with pytest.raises(WorkspaceError, match="cannot be written"):
        write(tables, tmp_path / "comparison")


def test_the_same_tables_twice(tmp_path: Path) -> None:
    """Two comparisons of one workspace are equal to the last bit."""
    documents = [analysis(f"d{i}", "2083", (Said("Rutiner saknas.", "routines"),)) for i in range(8)]
    one, two = (compare(world(tmp_path, *documents)) for _ in range(2))
    assert all(one[name].equals(two[name]) for name in TABLES)


def test_an_empty_workspace(tmp_path: Path) -> None:
    """Nothing analysed: all tables exist, every municipality has '-'."""
    from pipeline.tables import connect

    tables = compare(connect(tmp_path))
    assert set(tables["comparison"].column("status").to_pylist()) == {"-"}
    assert tables["units"].num_rows == tables["timeline"].num_rows == 0


def test_the_command_on_the_sample(
    sample_run: tuple[Path, CompletedProcess[str]], command: Callable[..., CompletedProcess[str]]
) -> None:
    """'tillsyn compare' writes the tables; with filters and --json it prints the rows with definitions and coverage."""
    workspace = sample_run[0]
    done = command("compare", "--workspace", workspace, "--county", "Dalarna", "--theme", "leadership", "--json")
    assert done.returncode == 0, done.stderr
    data = json.loads(done.stdout)
    assert {row["theme"] for row in data["rows"]} == {"leadership"}
    assert all(row["municipality"].startswith("20") for row in data["rows"]) and data["rows"]
    assert data["definitions"]["caution"]["sv"] and {r["municipality"] for r in data["coverage"]} == {
        r["municipality"] for r in data["rows"]
    }
    counted = duckdb.connect().execute(
        f"SELECT sum(counted) FROM read_parquet('{workspace}/comparison/coverage.parquet') WHERE source_kind = 'all'"
    )
    assert counted.fetchone()[0] > 300


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (("--theme", "ledarship"), 2, "did you mean leadership?"),
        (("--source", "radio"), 2, "must be one of"),
        (("--county", "Skåneland"), 2, "there is no such county"),
        (("--municipality", "Hedemorra"), 4, "did you mean"),
        (("--workspace", "nowhere"), 6, "there is no workspace"),
    ],
)
def test_wrong_filters_are_one_sentence(
    arguments: tuple[str, ...], code: int, sentence: str, command: Callable[..., CompletedProcess[str]], tmp_path: Path
) -> None:
    """A filter that does not exist ends with its exit code and one sentence that helps."""
    done = command("compare", *arguments, cwd=tmp_path)
    assert (done.returncode, sentence in done.stderr) == (code, True), done.stderr
    assert done.stderr.count("\n") == 1 and not done.stdout
