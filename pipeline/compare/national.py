"""The country as a whole: the same counts without the municipality, with municipalities as clusters."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyarrow as pa

from pipeline.compare import frame
from pipeline.compare.correction import Gold, stratified, transported
from pipeline.compare.cube import POLARITY_AXIS, Cube
from pipeline.compare.intervals import Floats
from pipeline.compare.rates import BASE, clustered, effective_size, hide, status
from pipeline.compare.selection import Selection

SEED = 20261121


def correct_country(cube: Cube, rates: Mapping[tuple[str, str], Gold]) -> tuple[Floats, Floats, Floats]:
    """Corrected rate, low and high of the country, (T, P, Q); NaN without usable error figures or base.

    By strata where the gold documents are of this archive (period 'all' only), else by drawn
    sensitivity and specificity (see ``correction``). Half-years are left out.
    """
    found = tuple(np.full(cube.national_having.shape, np.nan) for _ in range(3))
    local = np.broadcast_to(cube.documents[:, None, :, None], cube.having.shape).astype(np.float64)
    effective = effective_size(cube.having.astype(np.float64), local)
    random = np.random.default_rng(SEED)
    for (theme, polarity), gold in sorted(rates.items(), key=lambda item: item[0]):
        if not gold.usable or theme not in cube.axes.themes or polarity not in POLARITY_AXIS:
            continue
        t, q = cube.axes.themes.index(theme), POLARITY_AXIS.index(polarity)
        for p in cube.axes.coarse:
            base = float(cube.national_documents[p])
            if base < BASE:
                continue
            size = min(base, max(float(effective[t, p, q]), 1.0))
            if gold.own and gold.pool_positive is not None and p == 0:
                values = stratified(base, size, gold, random)
            else:
                values = transported(float(cube.national_having[t, p, q]), base, size, gold, random)
            for target, value in zip(found, values, strict=True):
                target[t, p, q] = value
    return found  # type: ignore[return-value]


def national(cube: Cube, corrected: tuple[Floats, Floats, Floats], selection: Selection) -> pa.Table:
    """One row per theme, period and polarity; every unit counts once, also without a municipality.

    ``corrected`` holds rate, low and high of shape (T, P, Q), NaN without error figures.
    """
    shape = cube.national_having.shape
    documents = np.broadcast_to(cube.national_documents[None, :, None], shape)
    local = np.broadcast_to(cube.documents[:, None, :, None], cube.having.shape).astype(np.float64)
    low, high = clustered(cube.having.astype(np.float64), local)
    with np.errstate(divide="ignore", invalid="ignore"):
        rate = cube.national_having / documents
    t, p, q = (axis.ravel() for axis in np.indices(shape))
    base = documents.ravel()
    keep = base > 0

    def numbers(values: Floats) -> pa.Array:
        return frame.numbers(hide(values.ravel(), base))

    collected = np.broadcast_to((cube.documents > 0).sum(axis=0)[None, :, None], shape)
    table = pa.table(
        {
            "theme": frame.labels(t, cube.axes.themes),
            "period": frame.labels(p, cube.axes.periods),
            "polarity": frame.labels(q, POLARITY_AXIS),
            "source_kind": frame.constant(selection.source or "all", len(t)),
            "attribution": frame.constant(selection.attribution or "all", len(t)),
            "documents": frame.integers(base),
            "documents_with": frame.integers(cube.national_having.ravel()),
            "findings": frame.integers(cube.national_findings.ravel()),
            "municipalities": frame.integers(collected.ravel()),
            "municipalities_with": frame.integers((cube.having > 0).sum(axis=0).ravel()),
            "rate": numbers(rate),
            "low": numbers(np.minimum(low, rate)),
            "high": numbers(np.maximum(high, rate)),
            "corrected_rate": numbers(corrected[0]),
            "corrected_low": numbers(corrected[1]),
            "corrected_high": numbers(corrected[2]),
            "status": frame.texts(status(base)),
        }
    )
    return table.filter(pa.array(keep))
