"""The estimators keep their promises: small simulations with a seed, and the properties that must always hold."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.compare import clusters, cooccurrence, correction, funnel, peers, pooling, ranks, topics, trends
from pipeline.compare.beside import spearman
from pipeline.compare.correction import Gold
from pipeline.compare.intervals import byar, jeffreys, wilson
from pipeline.compare.rates import clustered, status
from pipeline.errors import ModelError

sys.path.insert(0, str(Path(__file__).parents[1] / "benchmarks"))
import bench_coverage
from simulation import archive, random_gold, stratified_gold

GOLD = Gold(60, 8, 12, 120)


@given(st.integers(0, 400), st.integers(1, 400))
def test_intervals_hold_their_rate(x: int, n: int) -> None:
    """Wilson's and Jeffreys' bounds lie within 0-1 and around x / n; Byar's around the count."""
    x = min(x, n)
    for low, high in (wilson(x, n), jeffreys(x, n)):
        assert 0 <= low <= x / n <= high <= 1
    low, high = byar(x, 1)
    assert 0 <= low <= x <= high


def test_no_base_no_interval() -> None:
    """Without documents there is no bound; the sign says whether nothing or too little was collected."""
    assert np.isnan(wilson(0, 0)[0]) and np.isnan(byar(0, 0)[1])
    assert status([0, 1, 4, 5]).tolist() == ["-", "..", "..", ""]


def test_clusters_widen_the_interval() -> None:
    """Rates that differ between municipalities give a wider interval than the documents alone would."""
    x, n = np.asarray([[19.0], [1.0], [20.0], [0.0], [18.0], [2.0]]), np.full((6, 1), 20.0)
    low, high = clustered(x, n)
    plain = wilson(60, 120)
    assert high[0] - low[0] > 2 * (plain[1] - plain[0])
    same = clustered(np.full((6, 1), 10.0), n)
    assert float(same[0][0]) == pytest.approx(float(plain[0]))


@pytest.mark.parametrize(("rate", "size"), [(0.30, 150), (0.02, 600)])
def test_corrected_intervals_cover(rate: float, size: int) -> None:
    """In 300 made-up archives the corrected interval holds the true rate in 92-98 %; the naive one hardly ever.

    The benchmark bench_coverage.py measures all six cells with 1,000 archives.
    """
    naive, _, stratified, transported, closed = bench_coverage.corrected(rate, size, 300, np.random.default_rng(5))
    for held, _ in (stratified, transported, closed):
        assert 0.92 <= held <= 0.985
    assert naive[0] < 0.1
    assert stratified[1] < transported[1], "gold of one's own archive says more"


def test_correction_undoes_known_errors() -> None:
    """With error figures of many documents the corrected rate is Rogan and Gladen's and the bounds lie around it."""
    gold = Gold(8_000, 300, 2_000, 9_700)
    rate, low, high = correction.lang_reiczigel([270.0], [1000.0], gold)
    assert float(rate[0]) == pytest.approx((0.27 + 0.97 - 1) / 0.77, abs=1e-3)
    assert low[0] < rate[0] < high[0]
    drawn = correction.transported(270, 1000, 1000, gold, np.random.default_rng(1))
    assert drawn == pytest.approx((float(rate[0]), float(low[0]), float(high[0])), abs=0.01)


def test_strata_are_weighted_back() -> None:
    """A gold sample by stratum gives the same sensitivity and specificity as its pool, not those of the sample."""
    world = archive(0.1, np.random.default_rng(3))
    gold = stratified_gold(world, 3000, np.random.default_rng(4), share=0.5)
    sensitivity, specificity = correction.errors(gold, 2000, np.random.default_rng(5))
    truth = world.marked[world.true].mean(), (~world.marked[~world.true]).mean()
    assert sensitivity.mean() == pytest.approx(truth[0], abs=0.05)
    assert specificity.mean() == pytest.approx(truth[1], abs=0.01)
    random = random_gold(world, 3000, np.random.default_rng(6))
    assert random.pool_positive is None and random.usable


def test_useless_error_figures_are_not_used(tmp_path: Path) -> None:
    """Gold without the theme, or a classifier no better than a coin, corrects nothing; no strata: an error."""
    assert not Gold(0, 3, 0, 100).usable
    assert not Gold(10, 50, 10, 50).usable
    with pytest.raises(ModelError, match="no strata"):
        correction.stratified(100, 100, GOLD, np.random.default_rng(1))


def test_error_figures_are_read(tmp_path: Path) -> None:
    """From either form of the file; a cell without a count is named; a file without figures gives none."""
    file = tmp_path / "e.json"
    cell = {"tp": 60, "fp": 8, "fn": 12, "tn": 120}
    for data in (
        {"themes": {"routines": {"problem": cell}}},
        {"error_rates": {"themes": {"routines": {"problem": cell}}}},
    ):
        file.write_text(json.dumps(data), "utf-8")
        assert correction.read_error_rates(file) == {("routines", "problem"): GOLD}
    file.write_text(json.dumps({"macro_f1": 0.7}), "utf-8")
    assert correction.read_error_rates(file) == {}
    file.write_text(json.dumps({"themes": {"routines": {"problem": {"tp": "many"}}}}), "utf-8")
    with pytest.raises(ModelError, match=r"routines\.problem"):
        correction.read_error_rates(file)
    file.write_text("{", "utf-8")
    with pytest.raises(ModelError, match="JSON"):
        correction.read_error_rates(file)


def test_rank_intervals_hold_the_true_rank() -> None:
    """In one made-up country of 290 and 13 themes, 92-97.5 % of the rank intervals hold the true rank."""
    held, inside, coloured = bench_coverage.ranks(0.3, 20, 20, np.random.default_rng(8))
    assert 0.92 <= held <= 0.975 and 0.92 <= inside <= 0.98
    assert 0 < coloured < 0.2


def test_a_country_of_equals_is_not_coloured() -> None:
    """Where all municipalities are equal at most 1 % are green or red."""
    _, _, coloured = bench_coverage.ranks(0.2, np.inf, 30, np.random.default_rng(9))
    assert coloured <= 0.01


def test_colours_need_a_separated_interval() -> None:
    """Green and red only with the whole interval in an outer quarter, yellow in the middle half, else plain."""
    low, high = np.asarray([1.0, 1.0, 26.0, 76.0, 75.0]), np.asarray([25.0, 26.0, 75.0, 100.0, 100.0])
    assert ranks.colours(low, high, 100).tolist() == ["green", "", "yellow", "red", ""]


def test_ranking_is_reproducible_and_leaves_out_small_bases() -> None:
    """Two runs agree; a municipality with four documents has no rank; 1 is the smallest rate."""
    having, documents = np.asarray([[0.0], [20.0], [10.0], [4.0]]), np.asarray([20.0, 20.0, 20.0, 4.0])
    one, two = (ranks.ranking(having, documents, np.zeros(4, dtype=np.int64)) for _ in range(2))
    assert one.rank[:3, 0].tolist() == [1, 3, 2] and np.isnan(one.rank[3, 0])
    assert np.array_equal(one.low[:3], two.low[:3]) and one.ranked.tolist() == [3]


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000))
def test_pooling_draws_toward_the_group(seed: int) -> None:
    """A pooled rate lies between the bounds, and a small municipality moves further than a large one with that rate."""
    random = np.random.default_rng(seed)
    n = np.concatenate([[4.0, 400.0], random.integers(5, 60, 30)]).astype(float)[:, None]
    x = random.binomial(n.astype(int), 0.3).astype(float)
    x[0], x[1] = 4, 400
    rate, low, high = ranks.pooled(x, n, np.zeros(32, dtype=np.int64))
    assert ((low <= rate) & (rate <= high)).all()
    assert rate[0, 0] < rate[1, 0] <= 1


def test_moments_find_the_beta_they_were_drawn_from() -> None:
    """Kleinman's moments recover mean and precision from 4,000 municipalities, and infinity where all are equal."""
    random = np.random.default_rng(2)
    n = random.integers(20, 60, 4000)
    mean, precision = pooling.method_of_moments(random.binomial(n, random.beta(3, 7, 4000)), n)
    assert mean == pytest.approx(0.3, abs=0.01) and precision == pytest.approx(10, rel=0.15)
    assert pooling.method_of_moments([3, 6, 9], [10, 20, 30])[1] == float("inf")


def test_trend_finds_a_rise_and_not_noise() -> None:
    """A doubling over ten years is found; equal years are not; nor is one odd year, for it is overdispersion."""
    n = np.full((3, 10), 40.0)
    x = np.asarray([np.linspace(8, 26, 10).round(), np.full(10, 12.0), [12.0] * 4 + [38.0] + [12.0] * 5])
    slope, _, p = trends.cochran_armitage(x, n)
    assert slope[0] > 0 and p[0] < 1e-4 and p[1] == pytest.approx(1) and p[2] > 0.05


def test_false_alarms_are_adjusted_for() -> None:
    """Benjamini and Hochberg (1995), their 15 p-values: at .05 the first four are kept. NaN stays NaN."""
    p = [
        0.0001,
        0.0004,
        0.0019,
        0.0095,
        0.0201,
        0.0278,
        0.0298,
        0.0344,
        0.0459,
        0.3240,
        0.4262,
        0.5719,
        0.6528,
        0.7590,
        1.0,
    ]
    q = trends.benjamini_hochberg(np.asarray([*p, np.nan]))
    assert (q[:15] <= 0.05).sum() == 4 and np.isnan(q[15])


def test_lift_of_independent_and_of_joined_themes() -> None:
    """Independent themes have lift about 1 with 1 in the interval; themes that go together have more."""
    random = np.random.default_rng(4)
    places, a = random.integers(0, 100, 4000), random.random(4000) < 0.3
    themes = np.column_stack([a, random.random(4000) < 0.3, np.where(random.random(4000) < 0.8, a, False)]).astype(
        float
    )
    _, lift, error = cooccurrence.lifts(themes, places, 4000)
    assert abs(np.log(lift[0, 1])) < 1.96 * error[0, 1] * 1.5
    assert np.log(lift[0, 2]) > 1.96 * error[0, 2] and lift[0, 2] == pytest.approx(1 / 0.3, rel=0.1)


def test_funnel_of_equals_and_of_unequals() -> None:
    """Equal municipalities stay within 95 % limits as often as they should; tau^2 widens where they differ."""
    random = np.random.default_rng(6)
    n = random.integers(10, 80, 290).astype(float)
    names = [(str(i), "") for i in range(290)]
    equal = funnel.funnel_rows(random.binomial(n.astype(int), 0.3)[:, None].astype(float), n, ["t"], names)
    assert sum(row["outside"] != "" for row in equal) / 290 <= 0.07
    unequal = random.binomial(n.astype(int), random.beta(3, 7, 290))[:, None].astype(float)
    rows = funnel.funnel_rows(unequal, n, ["t"], names)
    assert rows[0]["tau2"] > 0 and rows[0]["phi"] > 1
    assert sum(row["outside"] != "" for row in rows) / 290 < 0.15


def test_similar_municipalities_are_alike() -> None:
    """Hedemora's seven are near it in size, mostly of its group, and never itself; peers are the rest of its group."""
    from pipeline.geography import by_code

    near = peers.similar("2083")
    assert len(near) == 7 and "2083" not in near
    sizes = [by_code()[code].population for code in near]
    assert all(0.5 < size / by_code()["2083"].population < 2 for size in sizes)
    kinds = {group.kind: group for group in peers.groups_of("2083")}
    assert kinds["county"].label == "Dalarnas län" and len(kinds["country"].members) == 289


def test_profiles_fall_into_their_clusters() -> None:
    """Two kinds of municipality are told apart, stably, whatever the size; too few give no clusters."""
    random = np.random.default_rng(7)
    rates = np.where(np.arange(40)[:, None] < 20, [0.4, 0.05, 0.1], [0.05, 0.4, 0.1]) * random.uniform(
        0.9, 1.1, (40, 3)
    )
    rows = clusters.cluster_rows(rates, np.full(40, 30.0), [(str(i), "") for i in range(40)], ["a", "b", "c"], {})
    found = {int(r["municipality"]) < 20: r["cluster"] for r in rows}
    assert len(rows) == 40 and found[True] != found[False]
    assert all(found[int(r["municipality"]) < 20] == r["cluster"] for r in rows) and rows[0]["stability"] > 0.95
    assert clusters.cluster_rows(rates[:5], np.full(5, 30.0), [("", "")] * 5, ["a", "b", "c"], {}) == []


def test_topics_are_reproducible_and_named_by_their_words() -> None:
    """Two subjects in passages are found as two topics, the same each time."""
    passages = [["skolskjuts", "buss", "elev"], ["badhus", "renovering", "kommunhus"]] * 40
    one, two = (topics.factorise(passages, 2) for _ in range(2))
    assert np.array_equal(one[0], two[0])
    leading = {one[2][int(row.argmax())] for row in one[1]}
    assert len(leading) == 2 and leading <= {word for words in passages for word in words}


def test_rank_correlation() -> None:
    """Perfect order gives 1, reversed -1, ties share their rank, a constant has none."""
    assert spearman(range(10), [v * v for v in range(10)])[0] == pytest.approx(1)
    assert spearman(range(10), range(10, 0, -1))[0] == pytest.approx(-1)
    low, high = spearman(range(12), [1, 3, 2, 5, 4, 7, 6, 9, 8, 11, 10, 12])[1:]
    assert 0.7 < low < high < 1
    assert np.isnan(spearman([1] * 10, range(10))[0])
