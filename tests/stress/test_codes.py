"""Stressed codes are what they are said to be."""

import numpy as np
import pytest

from tests.metrics.codes import rng
from unbraid.metrics import Representation
from unbraid.stress._codes import FACTORS, LEVELS, NOISE, ROWS, STRESSORS, standardised

ON_GRID = ("rotation", "noise", "nonlinearity", "redundancy", "shared", "dead", "width")


def stressed(name: str, strength: float) -> Representation:
    return STRESSORS[name].code(strength, rng())


def correlations(rep: Representation) -> np.ndarray:
    """Absolute correlation of each latent with each factor [D, K]; 0 for a constant latent."""
    code, factors = (values - values.mean(axis=0) for values in (rep.code, rep.factors))
    scale = np.linalg.norm(code, axis=0)[:, None] * np.linalg.norm(factors, axis=0)
    return np.abs(np.divide(code.T @ factors, scale, out=np.zeros_like(scale), where=scale > 0))


def test_levels_are_spread_evenly_with_mean_0_and_deviation_1() -> None:
    values = standardised(np.arange(5), 5)
    assert values.mean() == pytest.approx(0)
    assert values.std() == pytest.approx(1)


@pytest.mark.parametrize("name", STRESSORS)
def test_without_stress_each_factor_has_a_latent_of_its_own(name: str) -> None:
    rep = stressed(name, STRESSORS[name].strengths[0])
    assert rep.latents == FACTORS
    assert rep.complete == (name in ON_GRID)
    assert correlations(rep) == pytest.approx(np.eye(FACTORS), abs=0.25 if name == "rows" else 0.08)


@pytest.mark.parametrize("name", STRESSORS)
def test_strengths_grow_and_codes_differ_by_seed_alone(name: str) -> None:
    stressor = STRESSORS[name]
    assert list(stressor.strengths) == sorted(stressor.strengths)
    one, same, other = (stressor.code(stressor.strengths[1], rng(seed)).code for seed in (0, 0, 1))
    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)


def test_a_rotation_by_45_degrees_shares_each_factor_between_two_latents() -> None:
    found = correlations(stressed("rotation", 45))
    assert found[:2, :2] == pytest.approx(np.full((2, 2), np.sqrt(0.5)), abs=0.02)
    assert found[:2, 2:] == pytest.approx(np.zeros((2, 2)), abs=0.05)


def test_noise_has_the_stated_deviation() -> None:
    rep = stressed("noise", 2.0)
    left = rep.code - standardised(rep.factors, LEVELS)
    assert left.std() == pytest.approx(2.0, rel=0.03)


def test_a_curve_keeps_the_order_of_every_latent_and_grows_its_tails() -> None:
    plain, bent = (stressed("nonlinearity", strength).code for strength in (0, 4))
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
    found = correlations(stressed("shared", 1.0))
    assert found[0, :2] == pytest.approx([np.sqrt(0.5)] * 2, abs=0.02)
    assert found[1, :2] == pytest.approx([0, 1], abs=0.05)


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
