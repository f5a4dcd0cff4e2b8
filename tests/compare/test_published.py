"""Published worked examples, reproduced to the printed digits; each names its source."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.compare import closure, correction, funnel, pooling
from pipeline.compare.intervals import byar, jeffreys, newcombe, wilson


@pytest.mark.parametrize(
    ("x", "n", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_as_in_newcombe(x: int, n: int, low: float, high: float) -> None:
    """Newcombe (1998), Statistics in Medicine 17:857-872, table I, method 3 (score, no continuity correction)."""
    found = wilson(x, n)
    assert (round(float(found[0]), 4), round(float(found[1]), 4)) == (low, high)


def test_difference_as_in_newcombe() -> None:
    """Newcombe (1998), Statistics in Medicine 17:873-890, table II, method 10: 56/70 - 48/80 is .0524 to .3339."""
    low, high = newcombe(56, 70, 48, 80)
    assert (round(float(low), 4), round(float(high), 4)) == (0.0524, 0.3339)


def test_byar_as_in_openepi() -> None:
    """OpenEpi's documentation of the SMR (2006): 4 observed, 3.3 expected gives 1.212, by Byar .326 to 3.103."""
    low, high = byar(4, 3.3)
    assert (round(4 / 3.3, 3), round(float(low), 3), round(float(high), 3)) == (1.212, 0.326, 3.103)


def test_byar_against_the_printed_exact_table() -> None:
    """Calabrese, Biological Effects of Low Level Exposures (1992), table 7.5: 30 cases, 20.24 to 42.83, exact.

    And its example: divided by 15.21 expected, 1.33 to 2.82. Byar's method must agree to these digits.
    """
    low, high = byar(30, 1)
    assert (round(float(low), 2), round(float(high), 2)) == (20.24, 42.83)
    low, high = byar(30, 15.21)
    assert (round(float(low), 2), round(float(high), 2)) == (1.33, 2.82)


@pytest.mark.parametrize(
    ("n", "limits"),
    [
        (10, (56.154344, 100.0, 42.032590, 100.0)),
        (50, (69.691035, 91.593861, 63.375595, 97.909301)),
        (113, (73.357676, 87.927219, 69.156708, 92.128188)),
        (1008, (78.203374, 83.081521, 76.796814, 84.488082)),
        (110000, (80.408963, 80.875933, 80.274317, 81.010578)),
    ],
)
def test_funnel_limits_as_published(n: int, limits: tuple[float, ...]) -> None:
    """Funnel limits in per cent around 80.642448, published by the English Department of Health and Social Care.

    Source: PHStatsMethods (DHSC 2024), testdata_funnel_prop_outputs.csv, after the Fingertips technical guidance.
    """
    found = [*funnel.normal_limits(0.80642448, [n], 0.95), *funnel.normal_limits(0.80642448, [n], 0.998)]
    assert [float(value[0]) * 100 for value in found] == pytest.approx(limits, abs=2e-6)


HITS = (18, 17, 16, 15, 14, 14, 13, 12, 11, 11, 10, 10, 10, 10, 10, 9, 8, 7)


def test_shrinking_factor_as_in_efron_and_morris() -> None:
    """Efron and Morris (1977), Scientific American 236(5):119-127: 18 batters, 45 at bats, mean .265, c = .212."""
    averages = np.asarray(HITS) / 45
    mean = float(averages.mean())
    shrunk, factor = pooling.james_stein(averages, mean * (1 - mean) / 45)
    assert (round(mean, 3), round(factor, 3)) == (0.265, 0.212)
    assert [round(float(shrunk[i]), 3) for i in (0, 16, 17)] == [0.294, 0.247, 0.242], "Clemente, Munson, Alvis"
    assert shrunk == pytest.approx(0.212 * averages + 0.788 * 0.265, abs=0.0005)


def test_empirical_bayes_as_in_robinson() -> None:
    """Robinson (2015), Understanding empirical Bayes estimation: prior Beta(78.7, 224.9), 4/10 and 300/1000 hits.

    Printed: 4 of 10 becomes 0.264, 300 of 1000 becomes 0.29.
    """
    found = pooling.shrink([4, 300], [10, 1000], 78.7, 224.9)
    assert (round(float(found[0]), 3), round(float(found[1]), 2)) == (0.264, 0.29)


def test_true_prevalence_as_in_epir() -> None:
    """epiR, epi.prev: 23 of 150 cows, sensitivity .96, specificity .89 gives 5.1 per 100; 6 of 151 gives 0 per 100."""
    assert round(float(correction.rogan_gladen(23 / 150, 0.96, 0.89)) * 100, 1) == 5.1
    assert float(correction.rogan_gladen(6 / 151, 0.964, 0.927)) == 0.0


def test_kaplan_meier_as_in_freireich() -> None:
    """Freireich et al. (1963), in Cox and Oakes (1984), table 1.1: in remission .857 at 6 and .448 at 23 weeks."""
    weeks = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35]
    relapsed = [True, True, True, False, True, False, True, False, False, True, True] + [False] * 3 + [True] * 2
    relapsed += [False] * 5
    times, still, _, _ = closure.kaplan_meier(weeks, relapsed)
    printed = {6: 0.857, 7: 0.807, 10: 0.753, 13: 0.690, 16: 0.627, 22: 0.538, 23: 0.448}
    assert {int(t): round(float(s), 3) for t, s in zip(times, still, strict=True)} == printed


def test_exact_funnel_limits_are_binomial_quantiles() -> None:
    """Spiegelhalter (2005), appendix A.1.1: the limit interpolates between the counts around the binomial quantile."""
    from scipy.stats import binom

    for n, target, chance in [(20, 0.1, 0.975), (100, 0.3, 0.025), (400, 0.02, 0.999), (57, 0.5, 0.001)]:
        r = binom.ppf(chance, n, target)
        above, below = binom.cdf(r, n, target), binom.cdf(r - 1, n, target)
        wanted = (r - (above - chance) / (above - below)) / n
        assert float(funnel.exact_limit(target, [n], chance)[0]) == pytest.approx(max(wanted, 0), abs=1e-9)


def test_overdispersion_formula() -> None:
    """Spiegelhalter (2005b): z beyond the 10 % quantiles are drawn in, and tau^2 is DerSimonian and Laird's."""
    z = funnel.winsorise(np.arange(11.0), 0.1)
    assert z.min() == 1 and z.max() == 9
    x, n = np.asarray([10, 30, 50, 70, 90, 20, 60, 40, 80, 50.0]), np.full(10, 100.0)
    phi, tau2 = funnel.overdispersion(x, n, 0.5)
    weight = 100 / 0.25
    assert tau2 == pytest.approx((10 * phi - 9) / (10 * weight - weight))


def test_jeffreys_as_in_brown_cai_dasgupta() -> None:
    """Brown, Cai and DasGupta (2001), Statistical Science 16:101-133, table 5: n = 10, x = 1 gives .011 to .381."""
    low, high = jeffreys([0, 1, 5], [10, 10, 10])
    assert [round(float(v), 3) for v in low] == [0.0, 0.011, 0.224]
    assert [round(float(v), 3) for v in high] == [0.217, 0.381, 0.776]
