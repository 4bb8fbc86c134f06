"""Stressed codes are what they are said to be."""

import sys
from types import ModuleType

import numpy as np
import pytest
from scipy.stats import chi2_contingency

from tests.contracts.test_stress import FACTORS, correlations
from unbraid.core import UsageError
from unbraid.metrics import Representation, score
from unbraid.stress import Stressor, responses, stressed, stressor, unstressed
from unbraid.stress._clean import LEVELS, NOISE, ROWS, standardised
from unbraid.stress.mixing import matrix
from unbraid.stress.nonlinearity import nonlinearity


def test_levels_are_spread_evenly_with_mean_0_and_deviation_1() -> None:
    values = standardised(np.arange(5), 5)
    assert values.mean() == pytest.approx(0)
    assert values.std() == pytest.approx(1)


def test_a_rotation_by_45_degrees_shares_each_factor_between_two_latents() -> None:
    turned = correlations(stressed("rotation", 45))
    assert turned[:2, :2] == pytest.approx(np.full((2, 2), np.sqrt(0.5)), abs=0.02)
    assert turned[:2, 2:] == pytest.approx(np.zeros((2, 2)), abs=0.05)


def test_noise_has_the_stated_deviation() -> None:
    rep = stressed("noise", 2.0)
    left = rep.code - standardised(rep.factors, LEVELS)
    assert left.std() == pytest.approx(2.0, rel=0.03)


def test_a_curve_keeps_the_order_of_every_latent_and_grows_its_tails() -> None:
    plain, bent = (nonlinearity(np.random.default_rng(0), s=strength).code for strength in (0, 4))
    assert np.array_equal(np.argsort(plain, axis=0), np.argsort(bent, axis=0))
    assert bent.std(axis=0) == pytest.approx(np.ones(FACTORS))
    assert np.abs(bent).max() > 1.5 * np.abs(plain).max()


def test_copies_dead_and_idle_latents_are_added() -> None:
    assert (correlations(stressed("redundancy", 3)) > 0.9).sum(axis=0).tolist() == [3] * FACTORS
    dead = stressed("dead", 8)
    assert (np.ptp(dead.code, axis=0) == 0).sum() == 8
    assert dead.logvar is not None
    assert dead.logvar[0].tolist() == [2 * np.log(NOISE)] * FACTORS + [0.0] * 8
    assert np.abs(correlations(stressed("width", 8))[FACTORS:]).max() < 0.1


def test_a_shared_latent_carries_two_factors_of_which_one_has_its_own() -> None:
    shared = correlations(stressed("shared", 1.0))
    assert shared[0, :2] == pytest.approx([np.sqrt(0.5)] * 2, abs=0.02)
    assert shared[1, :2] == pytest.approx([0, 1], abs=0.05)


def test_rows_levels_and_dependence_are_as_asked() -> None:
    assert len(stressed("rows", 500)) == 500
    assert stressed("cardinality", 16).space.sizes == (16,) * FACTORS
    factors = stressed("correlation", 0.6).factors
    chance = 0.6 + 0.4 / LEVELS
    assert np.mean(factors[:, 0] == factors[:, 1]) == pytest.approx(chance, abs=4 * np.sqrt(0.25 / ROWS))
    assert np.mean(factors[:, 1] == factors[:, 2]) == pytest.approx(1 / LEVELS, abs=0.04)


def test_levels_stay_as_far_apart_as_their_noise_however_many() -> None:
    for levels in (2, 32):
        rep = stressed("cardinality", levels)
        step = np.diff(standardised(np.arange(2), levels))[0]
        noise = (rep.code - standardised(rep.factors, levels)).std()
        assert noise / step == pytest.approx(0.2, rel=0.05)


def test_the_truth_falls_where_any_of_the_three_does() -> None:
    assert stressor("rotation").truth == stressor("noise").truth == stressor("redundancy").truth == "falls"
    assert stressor("dead").truth == "stays"


@pytest.mark.parametrize("kind", range(1, 6))
def test_null_codes_are_independent_of_the_factors_and_of_each_other(kind: int) -> None:
    rep = stressed("null", kind)
    assert rep.latents == 2 * FACTORS
    varying = rep.code[:, np.ptp(rep.code, axis=0) > 0]
    assert varying.shape[1] == (1 if kind == 5 else 8)
    groups = [(column > column.mean()).astype(int) for column in varying.T]
    tables = [np.histogram2d(group, levels, bins=(2, LEVELS))[0] for group in groups for levels in rep.factors.T]
    assert min(chi2_contingency(table).pvalue for table in tables) > 0.01 / len(tables)  # Bonferroni's
    among = np.corrcoef(np.atleast_2d(varying.T)) - np.eye(varying.shape[1])
    assert np.abs(among).max() < 0.08


def test_kinds_of_null_codes_are_what_they_are_called() -> None:
    gaussian, uniform, discrete, mixed, single = (stressed("null", kind).code for kind in range(1, 6))
    assert np.abs(gaussian).max() > 3
    assert np.abs(uniform).max() <= 1
    assert [len(np.unique(column)) for column in discrete.T] == [2, 3, 4, 5, 6, 7, 8, 2]
    assert len(np.unique(mixed[:, 3])) == 2
    assert mixed.std(axis=0).max() / mixed.std(axis=0).min() > 5
    assert (single[:, 1:] == 0).all()


def test_a_lost_factor_stands_nowhere_and_the_others_stay() -> None:
    half = correlations(stressed("lost", 2))
    assert half[:2] == pytest.approx(np.eye(FACTORS)[:2], abs=0.06)
    assert half[2:].max() < 0.06


def test_every_curve_of_a_multicode_reads_its_own_factor_alone() -> None:
    rep = stressed("multicode", 4)
    assert rep.latents == 4 * FACTORS
    for latent, values in enumerate(rep.code.T):
        means = [[values[levels == level].mean() for level in range(LEVELS)] for levels in rep.factors.T]
        reach = np.ptp(means, axis=1)
        assert int(np.argmax(reach)) == latent % FACTORS
        assert np.sort(reach)[-2] < 0.2 < 2 < reach.max()
    steps = [
        np.sign(np.diff([rep.code[rep.factors[:, 0] == k, z].mean() for k in range(LEVELS)])) for z in (0, 4, 8, 12)
    ]
    assert [bool((step > 0).all()) for step in steps] == [True, True, False, False]  # line, tanh; square and sine turn


def test_dense_mixing_is_invertible_and_a_line_reads_it_while_no_latent_is_any_factors_own() -> None:
    for degrees in (15, 60, 100):
        turn = matrix(np.random.default_rng(degrees), degrees)
        assert turn @ turn.T == pytest.approx(np.eye(FACTORS), abs=1e-12)
    assert np.abs(matrix(np.random.default_rng(0), 60)) == pytest.approx(np.full((FACTORS, FACTORS), 0.5))
    drawn = {tuple(np.sign(matrix(np.random.default_rng(seed), 60)).ravel()) for seed in range(20)}
    assert len(drawn) > 3  # random in its signs
    clean, mixed = stressed("mixing", 0), stressed("mixing", 60)
    assert correlations(mixed) == pytest.approx(np.full((FACTORS, FACTORS), 0.5), abs=0.04)
    read = [score(rep, metrics="r2", floor=False)["r2"].value for rep in (clean, mixed)]
    assert read[0] == pytest.approx(read[1], abs=0.005)


def test_overcomplete_codes_keep_the_four_and_blend_all_factors_in_the_others() -> None:
    rep = stressed("overcomplete", 1024)
    assert rep.code.shape == (500, 1024)
    known = correlations(rep)
    assert (np.diag(known[:FACTORS]) > 0.98).all()
    assert rep.code.std(axis=0) == pytest.approx(np.ones(1024), abs=0.15)
    assert (known[FACTORS:].max(axis=1) < 0.95).mean() > 0.9
    assert score(rep, metrics="mcc", floor=False)["mcc"].value > 0.98


def halved(rng: np.random.Generator, *, share: float = 1.0) -> Representation:
    """Somebody else's stressor."""
    rep = stressed("rotation", 0)
    return rep.rows(rng.permutation(len(rep))[: int(share * len(rep))])


def test_somebody_elses_stressor_is_taken_by_its_module(monkeypatch: pytest.MonkeyPatch) -> None:
    module = ModuleType("elsewhere")
    module.halved = halved  # type: ignore[attr-defined]
    monkeypatch.setattr(halved, "__module__", "elsewhere")
    monkeypatch.setitem(sys.modules, "elsewhere", module)
    with pytest.raises(UsageError, match=r"must define STRESSOR = Stressor\(\.\.\.\); it does not"):
        stressed("elsewhere:halved", 0.5)
    module.STRESSOR = Stressor("share of the rows that is left", (0.1, 1.0))  # type: ignore[attr-defined]
    assert stressor("elsewhere:halved").strengths == (0.1, 1.0)
    assert len(stressed("elsewhere:halved", 0.5)) == ROWS // 2
    assert unstressed("elsewhere:halved") == 1.0
    answers = responses("active_latents", "elsewhere:halved", seeds=1)
    assert [(response.strength, response.value) for response in answers] == [(0.1, 4.0), (1.0, 4.0)]


def test_the_same_strength_is_the_same_draws_however_it_is_written() -> None:
    assert np.array_equal(stressed("rotation", 30.0).code, stressed("rotation", 30).code)
    assert stressed("dead", 2.0).latents == FACTORS + 2
    with pytest.raises(UsageError, match=r"dead.count must be a whole number like 0; got 1.5"):
        stressed("dead", 1.5)


def test_a_stressor_without_a_strength_is_refused() -> None:
    with pytest.raises(UsageError, match="must take its strength as its first option, with a number as default"):
        stressed("tests.metrics.outside:half", 1.0)
