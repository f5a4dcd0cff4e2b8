"""How long a comparison of a million findings takes, and how much memory, beside one group-by in pandas.

Run: ``OMP_NUM_THREADS=1 python tests/benchmarks/bench_compare.py [findings]``. The issue asks for
under 20 s of CPU and 2 GB for 1,000,000 findings over 290 municipalities and 15 years.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pyarrow as pa

from pipeline.codebook import load_codebook
from pipeline.compare import compare
from pipeline.compare.correction import Gold
from pipeline.geography import municipalities
from pipeline.records import ATTRIBUTIONS, POLARITIES, SOURCE_KINDS
from pipeline.tables import SCHEMAS, connect, part_path, write_table

SEED = 20261121
PER_DOCUMENT = 6
_WORDS = [
    "skolskjuts",
    "badhus",
    "larm",
    "bostad",
    "vägar",
    "bredband",
    "avlopp",
    "bibliotek",
    "idrott",
    "museum",
    "torg",
]


def _full(name: str, size: int, columns: dict[str, object]) -> pa.Table:
    """A table of the schema with these columns, all others null."""
    schema = SCHEMAS[name]
    return pa.table(
        [pa.array(columns[f.name], f.type) if f.name in columns else pa.nulls(size, f.type) for f in schema],
        schema=schema,
    )


def _documents(size: int, random: np.random.Generator) -> tuple[pa.Table, np.ndarray]:
    codes = np.asarray([row.code for row in municipalities()])
    weight = random.gamma(1.5, 1.0, len(codes))
    place = codes[random.choice(len(codes), size, p=weight / weight.sum())]
    dates = np.char.add(random.integers(2010, 2025, size).astype(str), "-")
    dates = np.char.add(dates, np.char.zfill(random.integers(1, 13, size).astype(str), 2))
    dates = np.char.add(np.char.add(dates, "-"), np.char.zfill(random.integers(1, 29, size).astype(str), 2))
    ids = np.char.add("d", np.arange(size).astype(str))
    concerns = pa.StructArray.from_arrays(
        [
            pa.array(place),
            pa.array(place),
            pa.array(np.ones(size)),
            pa.nulls(size, SCHEMAS["documents"].field("municipalities").type.value_type.field("spans").type),
        ],
        fields=list(SCHEMAS["documents"].field("municipalities").type.value_type),
    )
    steps = pa.array(np.arange(size + 1, dtype=np.int32) * 64)
    prints = random.integers(0, 2**63, (size, 64), dtype=np.int64).astype(np.uint64)
    prints[1 : size // 20 : 2] = prints[0 : size // 20 - 1 : 2][: len(prints[1 : size // 20 : 2])]
    columns = {
        "id": ids, "url": np.char.add("https://k.example/", ids), "title": ids, "text": ids, "status": ["ok"] * size,
        "sha256": ids, "source_kind": np.asarray(SOURCE_KINDS)[random.integers(0, len(SOURCE_KINDS), size)],
        "captured": np.full(size, np.datetime64("2025-01-01T00:00:00", "us")), "date": dates, "content_digest": ids,
        "municipalities": pa.ListArray.from_arrays(pa.array(np.arange(size + 1, dtype=np.int32)), concerns),
        "fingerprint": pa.ListArray.from_arrays(steps, pa.array(prints.ravel())),
    }  # fmt: skip
    return _full("documents", size, columns), ids


def _findings(size: int, ids: np.ndarray, random: np.random.Generator) -> pa.Table:
    themes = np.asarray([theme.id for theme in load_codebook().themes])
    start = np.arange(size, dtype=np.int32)
    columns = {
        "document": ids[random.integers(0, len(ids), size)], "passage": start, "start": start, "end": start + 1,
        "quote": ["ett citat av vanlig längd, som står för sig"] * size,
        "theme": themes[np.minimum(random.geometric(0.2, size) - 1, len(themes) - 1)],
        "polarity": np.asarray(POLARITIES)[random.choice(4, size, p=[0.5, 0.3, 0.1, 0.1])],
        "attribution": np.asarray(ATTRIBUTIONS)[random.integers(0, 5, size)], "score": np.full(size, 0.9),
    }  # fmt: skip
    return _full("findings", size, columns)


def _events(size: int, ids: np.ndarray, random: np.random.Generator) -> pa.Table:
    kinds = np.asarray([event.kind for event in load_codebook().events])
    start = np.arange(size, dtype=np.int32) + 10**7
    years = np.char.add(random.integers(2010, 2025, size).astype(str), "-0")
    dates = np.char.add(np.char.add(years, random.integers(1, 10, size).astype(str)), "-17")
    columns = {
        "document": ids[random.integers(0, len(ids), size)], "kind": kinds[random.integers(0, len(kinds), size)],
        "start": start, "end": start + 5, "quote": ["IVO riktar kritik."] * size, "authority": ["IVO"] * size,
        "date": dates, "municipalities": pa.array([[]] * size, pa.list_(pa.string())), "ongoing": [False] * size,
    }  # fmt: skip
    return _full("events", size, columns)


def _passages(size: int, ids: np.ndarray, random: np.random.Generator) -> pa.Table:
    words = np.asarray(_WORDS)[random.integers(0, len(_WORDS), (size, 6))]
    texts = [" ".join(row) + f" löpnummer {i}" for i, row in enumerate(words)]
    start = np.arange(size, dtype=np.int32) + 2 * 10**7
    columns = {
        "document": ids[random.integers(0, len(ids), size)], "index": start, "start": start, "end": start + 60,
        "text": texts, "kind": ["sentence"] * size,
    }  # fmt: skip
    return _full("passages", size, columns)


def world(root: Path, findings: int) -> None:
    """Write the four tables of a made-up archive below ``root``."""
    random = np.random.default_rng(SEED)
    documents, ids = _documents(findings // PER_DOCUMENT, random)
    tables = {
        "documents": documents, "findings": _findings(findings, ids, random),
        "events": _events(findings // 20, ids, random), "passages": _passages(findings // 5, ids, random),
    }  # fmt: skip
    for name, table in tables.items():
        write_table(part_path(root, name, "bench"), table)


def pandas_peer(root: Path) -> tuple[float, int]:
    """CPU seconds and rows of one group-by in pandas: documents with each theme by municipality, year and polarity."""
    import pandas as pd

    start = time.process_time()
    findings = pd.read_parquet(root / "findings", columns=["document", "theme", "polarity"])
    documents = pd.read_parquet(root / "documents", columns=["id", "date", "municipalities"])
    documents["code"] = documents["municipalities"].map(lambda value: value[0]["code"])
    documents["year"] = documents["date"].str[:4]
    joined = findings.drop_duplicates().merge(documents[["id", "code", "year"]], left_on="document", right_on="id")
    counts = joined.groupby(["code", "year", "theme", "polarity"])["document"].nunique()
    return time.process_time() - start, len(counts)


def main() -> None:
    """Print CPU seconds, peak memory and rows."""
    size = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    gold = {
        (theme.id, polarity): Gold(60, 8, 12, 120)
        for theme in load_codebook().themes
        for polarity in ("problem", "all")
    }
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        # In a process of its own, so that the peak of memory is that of the comparison.
        maker = get_context("spawn").Process(target=world, args=(root, size))
        maker.start()
        maker.join()
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        connection = connect(root)
        connection.execute("SET threads = 1")
        start, wall = time.process_time(), time.perf_counter()
        tables = compare(connection, rates=gold)
        spent, wall = time.process_time() - start, time.perf_counter() - wall
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        peer, rows = pandas_peer(root)
    print(f"{'':34}{'CPU s':>8}{'rows':>12}")
    print(f"{'tillsyn compare, all tables':34}{spent:8.1f}{sum(t.num_rows for t in tables.values()):12,}")
    print(f"{'pandas, one group-by':34}{peer:8.1f}{rows:12,}")
    print(
        f"{size:,} findings; {wall:.1f} s of wall time; peak memory {peak / 1024:,.0f} MB ({before / 1024:,.0f} before)"
    )


if __name__ == "__main__":
    main()
