"""Made-up archives with a known truth, for the coverage of intervals: documents in clusters, an erring classifier."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipeline.compare.correction import Gold, design_effect

MUNICIPALITIES = 290


@dataclass(frozen=True)
class Archive:
    """Documents with their municipality, whether they have the theme, and whether the classifier marks them."""

    place: np.ndarray
    true: np.ndarray
    marked: np.ndarray

    @property
    def effective(self) -> float:
        """Documents divided by the design effect of the marks over municipalities."""
        own = np.bincount(self.place, self.marked, minlength=MUNICIPALITIES)
        return len(self.place) / design_effect(own, np.bincount(self.place, minlength=MUNICIPALITIES))


def archive(
    rate: float, random: np.random.Generator, *, sensitivity: float = 0.8, specificity: float = 0.97,
    documents: float = 20.0, within: float = 20.0, steady: float = 60.0,
) -> Archive:  # fmt: skip
    """An archive of about 290 x ``documents`` with mean ``rate``.

    The municipalities' rates vary (beta, precision ``within``: intra-cluster correlation 1/21), and
    so do the classifier's errors from place to place (precision ``steady``).
    """
    sizes = random.negative_binomial(1.5, 1.5 / (1.5 + documents), MUNICIPALITIES) + 1
    place = np.repeat(np.arange(MUNICIPALITIES), sizes)
    rates = random.beta(rate * within, (1 - rate) * within, MUNICIPALITIES)
    found = random.beta(sensitivity * steady, (1 - sensitivity) * steady, MUNICIPALITIES)
    clear = random.beta(specificity * steady, (1 - specificity) * steady, MUNICIPALITIES)
    true = random.random(len(place)) < rates[place]
    marked = np.where(true, random.random(len(place)) < found[place], random.random(len(place)) >= clear[place])
    return Archive(place, true, marked)


def _clusters(world: Archive, chosen: np.ndarray) -> tuple[tuple[int, int, int, int], ...]:
    place, true, marked = world.place[chosen], world.true[chosen], world.marked[chosen]
    cells = [true & marked, ~true & marked, true & ~marked, ~true & ~marked]
    counts = np.column_stack([np.bincount(place, cell, minlength=MUNICIPALITIES) for cell in cells]).astype(int)
    return tuple(tuple(int(v) for v in row) for row in counts if row.sum())  # type: ignore[misc]


def _gold(world: Archive, chosen: np.ndarray, strata: bool, own: bool) -> Gold:
    true, marked = world.true[chosen], world.marked[chosen]
    pools = (int(world.marked.sum()), int((~world.marked).sum())) if strata else (None, None)
    return Gold(
        int((true & marked).sum()), int((~true & marked).sum()), int((true & ~marked).sum()),
        int((~true & ~marked).sum()), *pools, _clusters(world, chosen), own,
    )  # fmt: skip


def random_gold(world: Archive, size: int, random: np.random.Generator) -> Gold:
    """A simple random sample of documents, read by people."""
    return _gold(world, random.choice(len(world.true), size, replace=False), strata=False, own=False)


def stratified_gold(world: Archive, size: int, random: np.random.Generator, share: float = 0.25) -> Gold:
    """A sample by stratum of prediction: ``share`` of it (at most all) among the documents the classifier marks."""
    marked, clear = np.flatnonzero(world.marked), np.flatnonzero(~world.marked)
    of_marked = min(int(size * share), len(marked))
    chosen = np.concatenate(
        [random.choice(marked, of_marked, replace=False), random.choice(clear, size - of_marked, replace=False)]
    )
    return _gold(world, chosen, strata=True, own=True)
