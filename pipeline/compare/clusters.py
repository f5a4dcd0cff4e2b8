"""Municipalities with similar profiles: which themes their problems are about, not how many documents they have."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.compare.intervals import Floats

LEAST_DOCUMENTS, LEAST_MUNICIPALITIES = 5, 12
SEED = 20261121
ROUNDS = 10


def profiles(pooled: Floats, documents: Floats) -> tuple[NDArray[np.int64], Floats]:
    """Positions of the municipalities with a base, and their profiles: centred log ratios of pooled rates (M', T)."""
    known = np.flatnonzero((documents >= LEAST_DOCUMENTS) & ~np.isnan(pooled).any(axis=1))
    logs = np.log(np.clip(pooled[known], 1e-4, 1))
    return known, logs - logs.mean(axis=1, keepdims=True)


def _labels(data: Floats, count: int, starts: int = 5) -> NDArray[np.int64]:
    import warnings

    from sklearn.cluster import KMeans
    from sklearn.exceptions import ConvergenceWarning

    with warnings.catch_warnings():
        # A sample with fewer distinct profiles than clusters: the labels are still right.
        warnings.simplefilter("ignore", ConvergenceWarning)
        return np.asarray(KMeans(count, n_init=starts, random_state=SEED).fit_predict(data), dtype=np.int64)


def choose(data: Floats) -> tuple[NDArray[np.int64], Floats]:
    """Labels and silhouettes of the number of clusters (2-8) with the greatest mean silhouette (Rousseeuw 1987)."""
    from sklearn.metrics import silhouette_samples

    distinct = len(np.unique(data.round(6), axis=0))
    best: tuple[float, NDArray[np.int64], Floats] | None = None
    for count in range(2, min(8, len(data) // 4, distinct - 1) + 1):
        labels = _labels(data, count)
        if len(np.unique(labels)) < 2:
            continue
        widths = silhouette_samples(data, labels)
        if best is None or widths.mean() > best[0] + 1e-9:
            best = (float(widths.mean()), labels, widths)
    return (best[1], best[2]) if best else (np.zeros(len(data), dtype=np.int64), np.zeros(len(data)))


def stability(data: Floats, labels: NDArray[np.int64]) -> float:
    """Mean adjusted Rand index between the clusters and those of ``ROUNDS`` bootstrap samples (Hennig 2007)."""
    from sklearn.metrics import adjusted_rand_score

    random = np.random.default_rng(SEED)
    scores = []
    for _ in range(ROUNDS):
        sample = np.unique(random.integers(0, len(data), len(data)))
        scores.append(adjusted_rand_score(labels[sample], _labels(data[sample], len(np.unique(labels)), 3)))
    return float(np.mean(scores))


def _plane(data: Floats) -> Floats:
    """The first two principal coordinates, with a fixed sign."""
    centred = data - data.mean(axis=0)
    left, size, right = np.linalg.svd(centred, full_matrices=False)
    sign = np.sign(right[np.arange(len(right)), np.abs(right).argmax(axis=1)])
    coordinates = left * size * sign
    return np.asarray(
        coordinates[:, :2] if coordinates.shape[1] > 1 else np.column_stack([coordinates, coordinates * 0])
    )


def _leading(centre: Floats, overall: Floats, themes: Sequence[str]) -> list[str]:
    """The (at most three) themes that stand out most in a cluster beside all municipalities."""
    above = centre - overall
    return [themes[i] for i in np.argsort(-above, kind="stable")[:3] if above[i] > 0]


def cluster_rows(
    pooled: Floats, documents: Floats, places: Sequence[tuple[str, str]], themes: Sequence[str], titles: dict[str, str]
) -> list[dict[str, Any]]:
    """Rows of the table ``clusters`` from pooled problem rates (M, T); none where too few have a base.

    ``titles`` gives the label of each theme. Clusters are numbered from the largest.
    """
    known, data = profiles(pooled, documents)
    if len(known) < LEAST_MUNICIPALITIES or np.allclose(data, data[0]):
        return []
    labels, widths = choose(data)
    steady, plane = stability(data, labels), _plane(data)
    order = np.argsort(-np.bincount(labels), kind="stable")
    rows = []
    for number, label in enumerate(order, 1):
        members = np.flatnonzero(labels == label)
        centre = data[members].mean(axis=0)
        leading = _leading(centre, data.mean(axis=0), themes)
        nearest = members[((data[members] - centre) ** 2).sum(axis=1).argmin()]
        name = ", ".join(titles.get(theme, theme) for theme in leading) or "Som riket"
        rows += [
            {
                "municipality": places[known[i]][0], "name": places[known[i]][1], "cluster": number, "label": name,
                "themes": leading, "x": float(plane[i, 0]), "y": float(plane[i, 1]), "silhouette": float(widths[i]),
                "medoid": bool(i == nearest), "stability": steady,
            }
            for i in members
        ]  # fmt: skip
    return rows
