"""Stressed codes are what they are said to be."""

import sys
from types import ModuleType

import numpy as np
import pytest

from tests.contracts.test_stress import FACTORS, correlations
from unbraid.core import UsageError
from unbraid.metrics import Representation
from unbraid.stress import Stressor, responses, stressed, stressor, unstressed
from unbraid.stress._clean import LEVELS, NOISE, ROWS, standardised
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
