"""Site templates: what recurs on a host goes, with a count; what is a page's own stays."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.errors import InputError
from pipeline.extract import documents, templates
from pipeline.records import Capture

SLOGAN = "Strandby – platsen där havet möter himlen"
PAGE = """<html lang="sv"><head><title>{title}</title></head><body><main><h1>{title}</h1><p>{text}</p><h2>Bakgrund</h2><p>Nummer {n} i ordningen var detta ärende, och det är nu avslutat.</p><p>{slogan}</p></main></body></html>"""
TITLES = [
    "Kritik mot skolan",
    "Ny chef i hemtjänsten",
    "Vite döms ut",
    "Rutiner ses över",
    "Granskning avslutad",
    "Boende stängs",
]


def _captures(capture: Callable[..., Capture]) -> list[Capture]:
    return [
        capture(
            PAGE.format(title=title, text=f"Texten om {title.lower()} är bara denna sidas egen och säger sitt.", n=title, slogan=SLOGAN).encode(),
            url=f"https://www.strandby.example/{i}",
        )
        for i, title in enumerate(TITLES)
    ]  # fmt: skip


def test_recurring_line_goes_with_its_count(capture: Callable[..., Capture]) -> None:
    """A line on every page is template; headings with own text under them and all else stay."""
    found = templates.learn(_captures(capture))
    extraction = documents(_captures(capture)[0], templates.choose(found, "https://www.strandby.example/0"))
    text = extraction.documents[0].text
    assert SLOGAN not in text
    assert "Bakgrund" in text
    assert "säger sitt" in text
    reasons = [removed.reason for removed in extraction.removed if removed.text == SLOGAN]
    assert reasons[0].endswith("på 6 av 6 sidor hos www.strandby.example")


def test_date_lines_are_read_before_the_template_takes_them(capture: Callable[..., Capture]) -> None:
    """A date line that recurs with other numbers is template, but its date is the page's."""
    captures = [
        capture(c.body.replace(SLOGAN.encode(), f"Sidan uppdaterad 2024-05-0{i + 1}".encode()), url=c.url)
        for i, c in enumerate(_captures(capture))
    ]
    found = templates.learn(captures)
    assert documents(captures[3], templates.choose(found, captures[3].url)).documents[0].updated == "2024-05-04"


def test_few_pages_or_versions_of_one_teach_nothing(capture: Callable[..., Capture]) -> None:
    """Three pages are too few, and twenty captures of one page are one page."""
    assert not templates.learn(_captures(capture)[:3])["www.strandby.example"].lines
    assert not templates.learn(_captures(capture)[:1] * 20)["www.strandby.example"].lines


def test_templates_are_stored_and_read_back(tmp_path: Path, capture: Callable[..., Capture]) -> None:
    """JSON gives back what was written, from a file and from its folder."""
    found = templates.learn(_captures(capture))
    templates.dump(found, tmp_path / "segment.json")
    assert templates.load(tmp_path / "segment.json") == found
    assert templates.load(tmp_path) == found
    assert templates.load(tmp_path / "none.json") == {}


def test_damaged_template_file_is_named(tmp_path: Path) -> None:
    """A file that is no template file is an error with its path in it."""
    (tmp_path / "x.json").write_text("[1]")
    with pytest.raises(InputError, match=r"x\.json"):
        templates.load(tmp_path / "x.json")
