"""All comparison tables, made in order from one connection."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import duckdb
import numpy as np
import pyarrow as pa

from pipeline.codebook import Codebook, load_codebook
from pipeline.compare import cube as cubes
from pipeline.compare import frame, units
from pipeline.compare.clusters import cluster_rows
from pipeline.compare.comparison import PROBLEM, Estimates, comparison
from pipeline.compare.cooccurrence import cooccurrence_rows
from pipeline.compare.correction import Gold, correct_cells, error_rates
from pipeline.compare.coverage import coverage
from pipeline.compare.cube import POLARITY_AXIS, Cube
from pipeline.compare.event_rates import event_rate_rows
from pipeline.compare.funnel import funnel_rows
from pipeline.compare.intervals import Floats
from pipeline.compare.national import correct_country, national
from pipeline.compare.peers import group_numbers, peers_table
from pipeline.compare.ranks import pooled, ranking
from pipeline.compare.rates import BASE
from pipeline.compare.schemas import SCHEMAS
from pipeline.compare.selection import Selection
from pipeline.compare.shares import share, share_bounds
from pipeline.compare.showing import show
from pipeline.compare.story import story_tables
from pipeline.compare.topics import topic_rows
from pipeline.compare.trends import trend_rows
from pipeline.compare.unit_table import units_table
from pipeline.compare.wording import definitions_table, dictionary_table
from pipeline.geography import by_code

Tables = dict[str, pa.Table]


@dataclass(frozen=True, slots=True)
class World:
    """What the tables are made from: the connection, the counts, and who is who."""

    connection: duckdb.DuckDBPyConnection
    codebook: Codebook
    selection: Selection
    cube: Cube
    rates: Mapping[tuple[str, str], Gold]

    @property
    def places(self) -> list[tuple[str, str]]:
        """Code and name of the municipalities, in the cube's order."""
        return [(code, by_code()[code].name) for code in self.cube.axes.municipalities]

    @property
    def problems(self) -> Floats:
        """Units with a problem, (M, T) in period 'all'."""
        return self.cube.having[:, :, 0, PROBLEM].astype(np.float64)

    @property
    def base(self) -> Floats:
        """Units, (M,) in period 'all'."""
        return self.cube.documents[:, 0].astype(np.float64)


def _pooled(cube: Cube) -> tuple[Floats, Floats, Floats]:
    """Pooled problem rates (M, T, P): period 'all' and the years; NaN elsewhere."""
    periods = list(cube.axes.coarse)
    shape = (len(cube.axes.municipalities), len(cube.axes.themes) * len(periods))
    having = cube.having[:, :, periods, PROBLEM].astype(np.float64).reshape(shape)
    documents = np.repeat(cube.documents[:, None, periods], len(cube.axes.themes), axis=1).astype(np.float64)
    found = pooled(having, documents.reshape(shape), group_numbers(cube.axes.municipalities))
    full = tuple(np.full(cube.having.shape[:3], np.nan) for _ in range(3))
    for target, values in zip(full, found, strict=True):
        target[:, :, periods] = values.reshape(shape[0], -1, len(periods))
    return full  # type: ignore[return-value]


def _estimates(world: World) -> Estimates:
    cube = world.cube
    corrected = correct_cells(cube.having, cube.documents, (cube.axes.themes, POLARITY_AXIS), world.rates)
    found = ranking(world.problems, world.base, group_numbers(cube.axes.municipalities))
    low, high = share_bounds(world.connection, cube)
    return Estimates(
        corrected, _pooled(cube), (found.rank, found.low, found.high), found.ranked, found.colour,
        share(cube), low, high,
    )  # fmt: skip


def _rates(world: World, estimates: Estimates) -> Tables:
    cube = world.cube
    margins = () if world.selection.source or world.selection.attribution else ("source_kind", "attribution")
    counted = [cubes.margin(world.connection, cube, column) for column in margins]
    return {
        "comparison": comparison(cube, estimates, counted, world.selection),
        "national": national(cube, correct_country(cube, world.rates), world.selection),
        "coverage": coverage(world.connection, world.selection.source, units.SALIENCE, BASE),
    }


def _beside(world: World) -> Tables:
    """Peers, funnel and trends."""
    axes, cube = world.cube.axes, world.cube
    years = list(range(1, len(axes.years) + 1))
    trends = trend_rows(
        world.connection, cube.having[:, :, years, PROBLEM].astype(np.float64),
        cube.documents[:, years].astype(np.float64),
        (cube.national_having[:, years, PROBLEM].astype(np.float64), cube.national_documents[years].astype(np.float64)),
        world.places, axes.themes,
    )  # fmt: skip
    return {
        "peers": peers_table(world.problems, world.base, axes.municipalities, axes.themes),
        "funnel": frame.records(funnel_rows(world.problems, world.base, axes.themes, world.places), SCHEMAS["funnel"]),
        "trends": frame.records(trends, SCHEMAS["trends"]),
    }


def _patterns(world: World, estimates: Estimates) -> Tables:
    themes = world.cube.axes.themes[:-1]
    titles = {theme.id: theme.label_sv for theme in world.codebook.themes}
    together = cooccurrence_rows(world.connection, themes, int(world.cube.national_documents[0]))
    clusters = cluster_rows(estimates.pooled[0][:, :-1, 0], world.base, world.places, themes, titles)
    return {
        "cooccurrence": frame.records(together, SCHEMAS["cooccurrence"]),
        "clusters": frame.records(clusters, SCHEMAS["clusters"]),
        "topics": frame.records(topic_rows(world.connection), SCHEMAS["topics"]),
    }


def _story(world: World) -> Tables:
    collected = {code for code, base in zip(world.cube.axes.municipalities, world.base, strict=True) if base}
    tables, events = story_tables(world.connection, world.codebook, dict(world.places))
    rates = event_rate_rows(events, world.codebook, collected)
    return tables | {"event_rates": frame.records(rates, SCHEMAS["event_rates"])}


def compare(
    connection: duckdb.DuckDBPyConnection,
    selection: Selection | None = None,
    *,
    codebook: Codebook | None = None,
    rates: Mapping[tuple[str, str], Gold] | None = None,
) -> Tables:
    """All comparison tables by name, from the views of ``tables.connect``.

    ``rates`` are the classifier's error figures by (theme, polarity); by default those that come
    with the model (``correction.error_rates``), and where there are none the corrected columns
    are null and the table ``definitions`` says so.
    """
    chosen, book = selection or Selection(), codebook or load_codebook()
    units.merge(connection, chosen)
    axes = cubes.axes_of(connection, book)
    cubes.prepare(connection, axes, chosen)
    world = World(connection, book, chosen, cubes.build(connection, axes), error_rates() if rates is None else rates)
    estimates = _estimates(world)
    tables = _rates(world, estimates) | _story(world) | _beside(world) | _patterns(world, estimates)
    tables["units"] = units_table(connection, axes)
    tables["definitions"] = definitions_table(bool(world.rates))
    tables = {name: frame.plain(show(table, chosen)) for name, table in tables.items()}
    return tables | {"dictionary": dictionary_table(tables)}
