"""Do the intervals hold what they promise? By simulation, seed in the file.

Run: ``OMP_NUM_THREADS=1 python tests/benchmarks/bench_coverage.py [rounds]`` (1,000 by default, some minutes).

Corrected rates: the share of rounds in which the nominal 95 % interval holds the true rate of a
theme in the country, for rates .30, .10 and .02 and gold samples of 150 and 600 documents;
documents are clustered in municipalities, and so are the classifier's errors. Ranks: how often the
interval holds the true rank; and how many municipalities are coloured where all are equal.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parent))
from simulation import MUNICIPALITIES, Archive, archive, random_gold, stratified_gold

from pipeline.compare.correction import Gold, lang_reiczigel, prediction_powered, stratified, transported
from pipeline.compare.intervals import wilson
from pipeline.compare.ranks import pooled, ranking

SEED = 20261121
METHODS = ("naive Wilson", "prediction-powered", "stratified gold", "transported gold", "Lang-Reiczigel")


def _prediction_powered(world: Archive, size: int, random: np.random.Generator) -> tuple[float, float]:
    chosen = random.choice(len(world.true), size, replace=False)
    return prediction_powered(world.marked, world.true[chosen], world.marked[chosen])[1:]


def _round(rate: float, size: int, random: np.random.Generator) -> list[tuple[float, float]]:
    """The intervals of all methods in one made-up archive (a second one gives the transported gold sample)."""
    world = archive(rate, random)
    marked, total, effective = float(world.marked.sum()), float(len(world.marked)), world.effective
    share = marked / total
    own = stratified_gold(world, size, random)
    other = random_gold(archive(rate, random), size, random)
    plain = Gold(other.tp, other.fp, other.fn, other.tn)
    found = lang_reiczigel([share * effective], [effective], plain)
    low, high = wilson(share * effective, effective)
    return [
        (float(low), float(high)),
        _prediction_powered(world, size, random),
        stratified(total, effective, own, random, 2000)[1:],
        transported(marked, total, effective, other, random, 2000)[1:],
        (float(found[1][0]), float(found[2][0])),
    ]


def corrected(rate: float, size: int, rounds: int, random: np.random.Generator) -> list[tuple[float, float]]:
    """Coverage and mean width of each method's interval."""
    bounds = np.asarray([_round(rate, size, random) for _ in range(rounds)])
    held = ((bounds[:, :, 0] <= rate) & (rate <= bounds[:, :, 1])).mean(axis=0)
    return list(zip(held.tolist(), (bounds[:, :, 1] - bounds[:, :, 0]).mean(axis=0).tolist(), strict=True))


def ranks(rate: float, precision: float, documents: float, random: np.random.Generator) -> tuple[float, float, float]:
    """Coverage of rank intervals and of pooled intervals, and the share coloured; ``precision`` inf: all are equal."""
    groups = random.integers(0, 9, MUNICIPALITIES)
    size = random.negative_binomial(1.5, 1.5 / (1.5 + documents), MUNICIPALITIES).astype(float)
    if np.isinf(precision):
        true = np.full((MUNICIPALITIES, 13), rate)
    else:
        means = 1 / (1 + np.exp(-(np.log(rate / (1 - rate)) + random.normal(0, 0.3, (9, 13)))))
        true = random.beta(means[groups] * precision, (1 - means[groups]) * precision)
    having = random.binomial(size[:, None].astype(int), true).astype(float)
    found = ranking(having, size, groups)
    _, low, high = pooled(having, np.repeat(size[:, None], 13, axis=1), groups)
    shown = size >= 5
    order = true[shown].argsort(axis=0).argsort(axis=0) + 1
    held = ((found.low[shown] <= order) & (order <= found.high[shown])).mean()
    inside = ((low <= true) & (true <= high))[size > 0].mean()
    return float(held), float(inside), float(np.isin(found.colour[shown], ("green", "red")).mean())


def main() -> None:
    """Print the tables."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    random, start = np.random.default_rng(SEED), time.process_time()
    print(f"Corrected rates of the country: coverage of nominal 95 % (mean width); {rounds} rounds, seed {SEED}")
    print(f"{'rate':>5}{'gold':>6}" + "".join(f"{name:>22}" for name in METHODS))
    for rate in (0.30, 0.10, 0.02):
        for size in (150, 600):
            cells = corrected(rate, size, rounds, random)
            print(f"{rate:5.2f}{size:6d}" + "".join(f"{held:14.3f} ({width:.3f})" for held, width in cells), flush=True)
    print("\nRanks of 290 municipalities, 13 themes: coverage of the rank interval and of the pooled rate; coloured")
    turns = max(rounds // 100, 2)
    for rate, precision, documents in [
        (0.3, 20, 20), (0.1, 20, 20), (0.1, 5, 50), (0.02, 30, 40), (0.3, 60, 20), (0.2, np.inf, 30), (0.02, np.inf, 30)
    ]:  # fmt: skip
        held, inside, coloured = np.mean([ranks(rate, precision, documents, random) for _ in range(turns)], axis=0)
        world = f"rate {rate}, precision {precision:g}, {documents} documents"
        null = np.isinf(precision)
        print(
            f"{world:42} rank {'-' if null else f'{held:.3f}':>6}  pooled {inside:.3f}  coloured {coloured:.4f}",
            flush=True,
        )
    print(f"{time.process_time() - start:.0f} s of CPU")


if __name__ == "__main__":
    main()
