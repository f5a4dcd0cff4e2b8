"""The 290 municipalities of Sweden: codes, names, counties, SKR groups and population."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pipeline.errors import CorpusError
from pipeline.resources import data_path

_COLUMNS = (
    "code", "name", "official_name", "county_code", "county_name",
    "skr_group", "skr_group_name", "population", "population_year", "website",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Municipality:
    """One of the 290. ``population`` is of 31 December ``population_year``; ``skr_group`` is SKR's division of 2023."""

    code: str
    name: str
    official_name: str
    county_code: str
    county_name: str
    skr_group: str
    skr_group_name: str
    population: int
    population_year: int
    website: str


def _municipality(file: Path, line: int, row: dict[str, str]) -> Municipality:
    if set(row) != set(_COLUMNS) or None in row.values():
        raise CorpusError(f"{file}: line {line}: the columns must be {', '.join(_COLUMNS)}.")
    if not (len(row["code"]) == 4 and row["code"].isdigit()):
        raise CorpusError(f"{file}: line {line}: code: '{row['code']}' is not four digits; keep leading zeros.")
    for key in ("population", "population_year"):
        if not row[key].isdigit():
            raise CorpusError(f"{file}: line {line}: {key}: '{row[key]}' is not a whole number.")
    numbers = {"population": int(row["population"]), "population_year": int(row["population_year"])}
    return Municipality(**{**row, **numbers})  # type: ignore[arg-type]


@cache
def municipalities(path: Path | None = None) -> tuple[Municipality, ...]:
    """All municipalities in order of code, from ``path`` or from ``corpus/municipalities.csv``.

    Raises CorpusError naming file, line and column of a mistake.
    """
    file = path or data_path("corpus/municipalities.csv")
    try:
        with file.open(encoding="utf-8", newline="") as stream:
            rows = [_municipality(file, i, row) for i, row in enumerate(csv.DictReader(stream), 2)]
    except (OSError, UnicodeDecodeError) as error:
        raise CorpusError(f"{file}: cannot be read as CSV in UTF-8: {error}.") from error
    codes = [row.code for row in rows]
    if twice := {code for code in codes if codes.count(code) > 1}:
        raise CorpusError(f"{file}: code: {', '.join(sorted(twice))} stands twice.")
    return tuple(sorted(rows, key=lambda row: row.code))


@cache
def by_code() -> dict[str, Municipality]:
    """The municipalities of the package by their code."""
    return {row.code: row for row in municipalities()}


def find(text: str) -> Municipality:
    """The municipality that a user means by a code or a name ('2083', 'Hedemora', 'Hedemora kommun').

    Raises CorpusError when there is none, with the nearest names.
    """
    from difflib import get_close_matches

    wanted = text.strip().casefold()
    for row in municipalities():
        if wanted in (row.code, row.name.casefold(), row.official_name.casefold()):
            return row
    names = {row.name.casefold(): row.name for row in municipalities()}
    close = [names[name] for name in get_close_matches(wanted.removesuffix(" kommun"), names, 3)]
    hint = f"; did you mean {', '.join(close)}?" if close else "."
    raise CorpusError(f"There is no municipality '{text}'{hint}")
