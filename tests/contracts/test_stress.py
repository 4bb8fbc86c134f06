"""The same questions to every stressor: unstressed at its default, stronger in order, the same for the same seed."""

from __future__ import annotations

import numpy as np
import pytest

from unbraid.core import UsageError, context_of, load_entry, names, options_of
from unbraid.metrics import Representation
from unbraid.stress import stressed, stressor, unstressed

FACTORS = 4
ON_GRID = (
    "dead",
    "lost",
    "mixing",
    "multicode",
    "noise",
    "nonlinearity",
    "null",
    "redundancy",
    "rotation",
    "shared",
    "width",
)
ANY_STRENGTH = ("mixing", "rotation", "shared")  # an angle and a weight may be negative
every_stressor = pytest.mark.parametrize("name", names("stress"))


def correlations(rep: Representation) -> np.ndarray:
    """Absolute correlation of each latent with each factor [D, K]; 0 for a constant latent."""
    code, factors = (values - values.mean(axis=0) for values in (rep.code, rep.factors))
    scale = np.linalg.norm(code, axis=0)[:, None] * np.linalg.norm(factors, axis=0)
    return np.abs(np.divide(code.T @ factors, scale, out=np.zeros_like(scale), where=scale > 0))


@every_stressor
def test_it_takes_a_generator_and_its_strength(name: str) -> None:
    entry = load_entry("stress", name)
    assert context_of(entry) == ("rng",)
    assert len(options_of(entry)) == 1
    assert ">>> " in (entry.__doc__ or ""), "give an example, which the doctests run"


@every_stressor
def test_it_declares_rising_strengths_of_which_one_is_no_stress(name: str) -> None:
    declared = stressor(name)
    assert declared.grows
    assert list(declared.strengths) == sorted(set(declared.strengths))
    assert unstressed(name) in declared.strengths


@every_stressor
def test_without_stress_each_factor_has_a_latent_of_its_own(name: str) -> None:
    rep = stressed(name, unstressed(name))
    assert rep.latents == FACTORS
    assert rep.complete == (name in ON_GRID)
    assert correlations(rep) == pytest.approx(np.eye(FACTORS), abs=0.08)


@every_stressor
def test_codes_of_one_seed_are_equal_and_those_of_others_are_not(name: str) -> None:
    strength = stressor(name).strengths[1]
    one, same, other = (stressed(name, strength, seed=seed).code for seed in (0, 0, 1))
    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)


@every_stressor
def test_a_strength_that_makes_no_sense_is_refused(name: str) -> None:
    if name in ANY_STRENGTH:
        pytest.skip("takes any number")
    with pytest.raises(UsageError, match=rf"{name}: \w+ must (be at least|not be negative|lie in).*; got -1"):
        stressed(name, -1)
