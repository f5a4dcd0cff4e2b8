"""Rates corrected for the classifier's errors, with the uncertainty of the error figures carried through.

Three estimators, chosen between by simulation (tests/benchmarks/bench_coverage.py):

* ``stratified``: gold documents drawn from this archive by stratum of prediction (double
  sampling, Tenenbein 1970): rate = q * PPV + (1 - q) * FOR. Narrowest; used where the error
  figures say that the gold documents were drawn from the archive itself;
* ``transported``: sensitivity and specificity from gold documents of elsewhere, Rogan and Gladen
  (1978) with all three binomials drawn from their Jeffreys posteriors; used for the country;
* ``lang_reiczigel``: the same in closed form (Lang and Reiczigel 2014), for the thousands of
  cells of the long table.

Prediction-powered intervals (``prediction_powered``) are there to be compared with: they are
normal and fail for rare themes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pipeline.compare.intervals import Bounds, Floats, quantile
from pipeline.errors import CorpusError, ModelError
from pipeline.resources import data_path

DRAWS = 4000
LEAST = 0.05
_FILES = ("models/error_rates.json", "models/metrics.json")


@dataclass(frozen=True, slots=True)
class Gold:
    """Documents that people and the classifier read: counts of agreement and error for one theme and polarity.

    ``pool_positive`` and ``pool_negative``: how many documents the classifier marked and did not
    mark in the pool the gold was drawn from by stratum; None for a sample without strata.
    ``clusters``: (K, 4) counts tp, fp, fn, tn per municipality or host. ``own``: the pool is the archive.
    """

    tp: int
    fp: int
    fn: int
    tn: int
    pool_positive: int | None = None
    pool_negative: int | None = None
    clusters: tuple[tuple[int, int, int, int], ...] = ()
    own: bool = False

    @property
    def usable(self) -> bool:
        """Whether both errors can be estimated at all, and the classifier is better than a coin."""
        if not (self.tp + self.fn and self.fp + self.tn):
            return False
        return self.tp / (self.tp + self.fn) + self.tn / (self.tn + self.fp) - 1 > LEAST


def design_effect(own: ArrayLike, total: ArrayLike) -> float:
    """Kish's design effect of a proportion over clusters, at least 1; ``own`` of ``total`` per cluster."""
    x, n = np.asarray(own, dtype=np.float64), np.asarray(total, dtype=np.float64)
    x, n = x[n > 0], n[n > 0]
    if len(n) < 2 or not 0 < x.sum() < n.sum():
        return 1.0
    rate = x.sum() / n.sum()
    variance = ((x - rate * n) ** 2).sum() * len(n) / (len(n) - 1) / n.sum() ** 2
    return float(max(variance / (rate * (1 - rate) / n.sum()), 1.0))


def _effects(gold: Gold) -> tuple[float, float, float, float]:
    """Design effects of PPV, FOR, sensitivity and specificity over the gold's clusters (1 where not given)."""
    if not gold.clusters:
        return 1.0, 1.0, 1.0, 1.0
    tp, fp, fn, tn = np.asarray(gold.clusters, dtype=np.float64).T
    return (
        design_effect(tp, tp + fp), design_effect(fn, fn + tn), design_effect(tp, tp + fn), design_effect(tn, tn + fp)
    )  # fmt: skip


def _beta(own: float, other: float, effect: float, draws: int, random: np.random.Generator) -> Floats:
    return np.asarray(random.beta(own / effect + 0.5, other / effect + 0.5, draws))


def rogan_gladen(rate: ArrayLike, sensitivity: ArrayLike, specificity: ArrayLike) -> Floats:
    """True rate behind an apparent one, (p + sp - 1) / (se + sp - 1), kept within 0 and 1.

    Source: Rogan and Gladen (1978), American Journal of Epidemiology 107:71-76.
    """
    p, se, sp = (np.asarray(value, dtype=np.float64) for value in (rate, sensitivity, specificity))
    return np.clip((p + sp - 1) / np.maximum(se + sp - 1, LEAST), 0, 1)


def errors(gold: Gold, draws: int, random: np.random.Generator) -> tuple[Floats, Floats]:
    """Draws of sensitivity and specificity; a gold sample by stratum is weighted back to its pool."""
    ppv, false_omission, sensitivity, specificity = _effects(gold)
    if gold.pool_positive is None or gold.pool_negative is None:
        return (
            _beta(gold.tp, gold.fn, sensitivity, draws, random),
            _beta(gold.tn, gold.fp, specificity, draws, random),
        )
    marked = gold.pool_positive / (gold.pool_positive + gold.pool_negative)
    right = marked * _beta(gold.tp, gold.fp, ppv, draws, random)
    missed = (1 - marked) * _beta(gold.fn, gold.tn, false_omission, draws, random)
    return right / (right + missed), (1 - marked - missed) / (1 - right - missed)


def _summary(draws: Floats, point: float) -> tuple[float, float, float]:
    low, high = np.quantile(draws, [0.025, 0.975])
    return float(np.clip(point, low, high)), float(low), float(high)


def transported(
    having: float, documents: float, effective: float, gold: Gold, random: np.random.Generator, draws: int = DRAWS
) -> tuple[float, float, float]:
    """Rate, low and high of the true share, from ``having`` of ``documents`` marked; ``effective`` is n / deff."""
    rate = having / documents
    apparent = random.beta(rate * effective + 0.5, (1 - rate) * effective + 0.5, draws)
    sensitivity, specificity = errors(gold, draws, random)
    true = rogan_gladen(apparent, sensitivity, specificity)
    return _summary(true, float(rogan_gladen(rate, np.mean(sensitivity), np.mean(specificity))))


def _finite(own: int, other: int, pool: int, effect: float, random: np.random.Generator, draws: int) -> Floats:
    """Draws of a stratum's share; the part of the pool that was read is known (finite population correction)."""
    unread = max(1 - (own + other) / max(pool, 1), 0.02)
    return _beta(own / unread, other / unread, effect, draws, random)


def stratified(
    documents: float, effective: float, gold: Gold, random: np.random.Generator, draws: int = DRAWS
) -> tuple[float, float, float]:
    """Rate, low and high where the gold documents were drawn from this archive by stratum of prediction.

    The archive's own share is q * PPV + (1 - q) * FOR; around it lies the spread of an archive of
    ``documents`` in clusters, with the design effect of the marks (``effective`` = n / deff).
    """
    if gold.pool_positive is None or gold.pool_negative is None:
        raise ModelError("The gold documents have no strata; give pool_positive and pool_negative in the error rates.")
    marked = gold.pool_positive / (gold.pool_positive + gold.pool_negative)
    ppv, false_omission = _effects(gold)[:2]
    right = _finite(gold.tp, gold.fp, gold.pool_positive, ppv, random, draws)
    missed = _finite(gold.fn, gold.tn, gold.pool_negative, false_omission, random, draws)
    share = marked * right + (1 - marked) * missed
    size = min(effective, documents)
    spread = random.beta(np.maximum(share * size, 1e-6), np.maximum((1 - share) * size, 1e-6))
    point = marked * gold.tp / max(gold.tp + gold.fp, 1) + (1 - marked) * gold.fn / max(gold.fn + gold.tn, 1)
    return _summary(spread, point)


def lang_reiczigel(having: ArrayLike, documents: ArrayLike, gold: Gold) -> tuple[Floats, Floats, Floats]:
    """Rate, low and high in closed form for arrays of counts; NaN where there are no documents.

    Source: Lang and Reiczigel (2014), Preventive Veterinary Medicine 113:13-22.
    """
    x, n = np.asarray(having, dtype=np.float64), np.asarray(documents, dtype=np.float64)
    z = quantile()
    ill, well, right, wrong = _weighted(gold)
    size, sick, healthy = n + z * z, ill + 2, well + 2
    p, se, sp = (x + z * z / 2) / size, (right + 1) / sick, (well - wrong + 1) / healthy
    youden = se + sp - 1
    true = (p + sp - 1) / youden
    shift = 2 * z * z * (true * se * (1 - se) / sick - (1 - true) * sp * (1 - sp) / healthy)
    noise = p * (1 - p) / size + (1 - true) ** 2 * sp * (1 - sp) / healthy + true**2 * se * (1 - se) / sick
    half = z * np.sqrt(noise) / youden
    low, high = np.clip(true + shift - half, 0, 1), np.clip(true + shift + half, 0, 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        rate = rogan_gladen(x / n, (right + 1e-9) / (ill + 2e-9), 1 - (wrong + 1e-9) / (well + 2e-9))
    empty = n <= 0
    return tuple(np.where(empty, np.nan, value) for value in (np.clip(rate, low, high), low, high))  # type: ignore[return-value]


def _weighted(gold: Gold) -> tuple[float, float, float, float]:
    """Gold documents with and without the theme, those found and those wrongly marked, in effective numbers."""
    right, wrong, missed, clear = float(gold.tp), float(gold.fp), float(gold.fn), float(gold.tn)
    if gold.pool_positive is not None and gold.pool_negative is not None:
        up, down = gold.pool_positive / max(right + wrong, 1), gold.pool_negative / max(missed + clear, 1)
        scale = (right + wrong + missed + clear) / (gold.pool_positive + gold.pool_negative)
        right, wrong, missed, clear = (value * scale for value in (right * up, wrong * up, missed * down, clear * down))
    effects = _effects(gold)
    ill, well = (right + missed) / effects[2], (wrong + clear) / effects[3]
    return ill, well, right / effects[2], wrong / effects[3]


def prediction_powered(marked: ArrayLike, gold_true: ArrayLike, gold_marked: ArrayLike) -> tuple[float, float, float]:
    """Prediction-powered mean with its normal interval, from a simple random gold sample.

    Source: Angelopoulos et al. (2023), Science 382:669-674. Kept for comparison; see the module.
    """
    f, y, g = (np.asarray(value, dtype=np.float64) for value in (marked, gold_true, gold_marked))
    point = float(f.mean() + (y - g).mean())
    half = quantile() * float(np.sqrt(f.var() / len(f) + (y - g).var(ddof=1) / len(y)))
    return point, point - half, point + half


def _cluster(row: Sequence[int]) -> tuple[int, int, int, int]:
    right, wrong, missed, clear = (int(value) for value in row)
    return right, wrong, missed, clear


def _gold(file: Path, theme: str, polarity: str, cell: Mapping[str, Any], own: bool) -> Gold:
    try:
        return Gold(
            int(cell["tp"]), int(cell["fp"]), int(cell["fn"]), int(cell["tn"]),
            cell.get("pool_positive"), cell.get("pool_negative"),
            tuple(_cluster(row) for row in cell.get("clusters", ())), own,
        )  # fmt: skip
    except (KeyError, TypeError, ValueError) as error:
        raise ModelError(
            f"{file}: error_rates.{theme}.{polarity}: must hold whole numbers tp, fp, fn and tn; evaluate again."
        ) from error


def read_error_rates(file: Path) -> dict[tuple[str, str], Gold]:
    """Gold counts by (theme, polarity) from a JSON file: ``{"themes": {theme: {polarity: {tp, fp, fn, tn}}}}``.

    The same may stand under the key ``error_rates``. Empty where the file has neither.
    Raises ModelError for a file that cannot be read as this.
    """
    try:
        data = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise ModelError(f"{file}: cannot be read as JSON ({error}); evaluate the model again.") from error
    data = data.get("error_rates", data) if isinstance(data, dict) else {}
    themes = data.get("themes", {}) if isinstance(data, dict) else {}
    if not isinstance(themes, dict):
        return {}
    own = data.get("drawn_from") == "archive"
    return {
        (theme, polarity): _gold(file, theme, polarity, cell, own)
        for theme, senses in themes.items() if isinstance(senses, dict)
        for polarity, cell in senses.items() if isinstance(cell, dict) and "tp" in cell
    }  # fmt: skip


@cache
def error_rates() -> dict[tuple[str, str], Gold]:
    """The error figures that come with the model: of ``error_rates.json``, else ``metrics.json``, else none."""
    for name in _FILES:
        try:
            found = read_error_rates(data_path(name))
        except CorpusError:
            continue
        if found:
            return found
    return {}


def correct_cells(
    having: NDArray[np.int32],
    documents: NDArray[np.int32],
    axes: tuple[tuple[str, ...], tuple[str, ...]],
    rates: Mapping[tuple[str, str], Gold],
) -> tuple[Floats, Floats, Floats]:
    """Corrected rate, low and high for a cube (M, T, P, Q) of counts over (M, P); NaN without usable error figures."""
    found = tuple(np.full(having.shape, np.nan) for _ in range(3))
    for t, theme in enumerate(axes[0]):
        for q, polarity in enumerate(axes[1]):
            gold = rates.get((theme, polarity))
            if gold and gold.usable:
                for target, values in zip(found, lang_reiczigel(having[:, t, :, q], documents, gold), strict=True):
                    target[:, t, :, q] = values
    return found  # type: ignore[return-value]


__all__ = ["Bounds", "Gold", "correct_cells", "error_rates", "errors", "lang_reiczigel", "prediction_powered",
           "read_error_rates", "rogan_gladen", "stratified", "transported"]  # fmt: skip
