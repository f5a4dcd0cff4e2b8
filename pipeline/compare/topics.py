"""Topics outside the codebook: what passages without any theme keep talking about, and whether it grows.

Non-negative matrix factorisation (Lee and Seung 1999) of word weights, by scikit-learn: started
from an SVD, so that the same passages give the same topics.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import cache
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from pipeline.compare.frame import fetch
from pipeline.compare.intervals import Floats
from pipeline.compare.trends import ALPHA, benjamini_hochberg, cochran_armitage
from pipeline.geography import municipalities
from pipeline.language.lemmas import lemma
from pipeline.resources import data_path

MOST, LEAST = 20_000, 60
SEED = 20261121
_WORD = re.compile(r"[a-zåäöéü]{3,}")
_PASSAGES = """
SELECT p.document, p.start, p."end" AS stop, p.text, d.unit, d.year
FROM passages p JOIN cmp_documents d ON d.document = p.document AND d.speaks
WHERE p.kind IN ('sentence', 'list_item') AND length(p.text) BETWEEN 40 AND 600
  AND NOT EXISTS (SELECT 1 FROM findings f WHERE f.document = p.document AND f.passage = p.index)
  AND NOT EXISTS (SELECT 1 FROM events e WHERE e.document = p.document AND e.start < p."end" AND e."end" > p.start)
QUALIFY row_number() OVER (PARTITION BY p.text ORDER BY p.document, p.start) = 1
ORDER BY md5(p.document || p.start) LIMIT $most
"""
_PLACES = "SELECT unit, list(DISTINCT municipality) AS places FROM cmp_places GROUP BY unit"


@cache
def stop_words() -> frozenset[str]:
    """Lemmas that name no topic: ``corpus/compare/stopwords.txt`` and the names of the municipalities."""
    lines = data_path("corpus/compare/stopwords.txt").read_text("utf-8").splitlines()
    words = {word for line in lines if not line.startswith("#") for word in line.split()}
    for row in municipalities():
        for part in _WORD.findall(row.name.lower()):
            words |= {part, part + "s"}
    return frozenset(words | {lemma(word) for word in words})


@cache
def _term(word: str) -> str:
    base = lemma(word)
    return "" if word in stop_words() or base in stop_words() else base


def terms(text: str) -> list[str]:
    """The lemmas of a passage that can name a topic."""
    return [term for word in _WORD.findall(text.lower()) if (term := _term(word))]


def _weights(passages: Sequence[Sequence[str]]) -> tuple[csr_matrix, list[str]]:
    from sklearn.feature_extraction.text import TfidfVectorizer

    least = max(3, len(passages) // 1000)
    model = TfidfVectorizer(
        analyzer=list, min_df=least, max_df=0.1 if len(passages) > 500 else 0.5, max_features=4000, sublinear_tf=True
    )
    return model.fit_transform(passages).tocsr(), list(model.get_feature_names_out())


def factorise(passages: Sequence[Sequence[str]], count: int) -> tuple[Floats, Floats, list[str]]:
    """Topic weights of passages (N, K), of terms (K, V), and the terms, from each passage's terms. Reproducible."""
    import warnings

    from sklearn.decomposition import NMF
    from sklearn.exceptions import ConvergenceWarning

    weights, names = _weights(passages)
    model = NMF(min(count, weights.shape[1]), init="nndsvd", max_iter=150, tol=1e-3, random_state=SEED)
    with warnings.catch_warnings():
        # Topics are leads: that the last digits have not settled concerns nobody.
        warnings.simplefilter("ignore", ConvergenceWarning)
        warnings.simplefilter("ignore", RuntimeWarning)
        return model.fit_transform(weights), model.components_, names


def _dominant(weights: Floats) -> NDArray[np.int64]:
    """The topic of each passage: the one with the greatest weight, if it has at least half of all; else -1."""
    total = weights.sum(axis=1)
    top = weights.argmax(axis=1)
    clear = (total > 0) & (weights.max(axis=1) >= 0.5 * total)
    return np.where(clear, top, -1)


def _years(table: pa.Table, topic: NDArray[np.int64], count: int) -> tuple[Floats, Floats, list[int]]:
    """Passages of each topic (K, Y) and all passages (Y,), by year from the first to the last."""
    years = np.asarray([int(y) if y else 0 for y in table.column("year").to_pylist()])
    dated = years > 0
    if not dated.any():
        return np.zeros((count, 0)), np.zeros(0), []
    span = list(range(int(years[dated].min()), int(years.max()) + 1))
    own = np.zeros((count, len(span)))
    chosen = dated & (topic >= 0)
    np.add.at(own, (topic[chosen], years[chosen] - span[0]), 1)
    return own, np.bincount(years[dated] - span[0], minlength=len(span)).astype(np.float64), span


def _slopes(own: Floats, total: Floats) -> tuple[Floats, Floats]:
    """Log odds a year and q of each topic's share of the passages; NaN with fewer than three years."""
    if (total > 0).sum() < 3:
        return np.full(len(own), np.nan), np.full(len(own), np.nan)
    slope, _, p = cochran_armitage(own, np.broadcast_to(total, own.shape))
    return slope, benjamini_hochberg(np.where(own.sum(axis=1) >= 5, p, np.nan))


def _quotes(table: pa.Table, weights: Floats, members: NDArray[np.int64], topic: int) -> list[dict[str, Any]]:
    """The three clearest passages, each from another document."""
    found: dict[str, dict[str, Any]] = {}
    for i in members[np.argsort(-weights[members, topic], kind="stable")]:
        row = table.slice(int(i), 1).to_pylist()[0]
        found.setdefault(
            row["document"],
            {"document": row["document"], "start": row["start"], "end": row["stop"], "quote": row["text"]},
        )
        if len(found) == 3:
            break
    return list(found.values())


def topic_rows(connection: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """Rows of the table ``topics``, the largest first; none where there are fewer than ``LEAST`` passages."""
    table = fetch(connection, _PASSAGES, most=MOST)
    if table.num_rows < LEAST:
        return []
    passages = [terms(text) for text in table.column("text").to_pylist()]
    if sum(seen >= 3 for seen in Counter(term for words in passages for term in set(words)).values()) < 30:
        return []
    count = int(np.clip(round(np.sqrt(table.num_rows) / 4), 4, 20))
    weights, components, names = factorise(passages, count)
    topic = _dominant(weights)
    own, total, span = _years(table, topic, weights.shape[1])
    slopes, q = _slopes(own, total)
    places = {row["unit"]: row["places"] for row in fetch(connection, _PLACES).to_pylist()}
    rows = [
        _row(k, table, weights, components[k], names, np.flatnonzero(topic == k), places)
        | _change(own[k], total, span, float(slopes[k]), float(q[k]))
        for k in range(weights.shape[1])
        if (topic == k).sum() >= 3
    ]
    rows.sort(key=lambda row: (-row["passages"], row["label"]))
    return [row | {"topic": number} for number, row in enumerate(rows, 1)]


def _row(
    k: int, table: pa.Table, weights: Floats, loadings: Floats, names: Sequence[str], members: NDArray[np.int64],
    places: dict[int, list[str]],
) -> dict[str, Any]:  # fmt: skip
    words = [names[i] for i in np.argsort(-loadings, kind="stable")[:8] if loadings[i] > 0]
    chosen = table.select(["document", "unit"]).take(pa.array(members)).to_pydict()
    return {
        "label": ", ".join(words[:3]), "terms": words, "passages": len(members),
        "documents": len(set(chosen["document"])),
        "municipalities": len({code for unit in chosen["unit"] for code in places.get(unit, ())}),
        "share": len(members) / table.num_rows, "quotes": _quotes(table, weights, members, k),
    }  # fmt: skip


def _change(own: Floats, total: Floats, span: Sequence[int], slope: float, q: float) -> dict[str, Any]:
    seen = np.flatnonzero(own)
    known = not np.isnan(slope)
    return {
        "first": str(span[seen[0]]) if len(seen) else None, "last": str(span[seen[-1]]) if len(seen) else None,
        "slope": slope if known else None, "emerging": bool(known and slope > 0 and q <= ALPHA),
    }  # fmt: skip
