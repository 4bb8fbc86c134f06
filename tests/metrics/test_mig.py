"""Mutual information gap."""

import numpy as np
import pytest

from tests.metrics.codes import at_random, noise, on_grid
from unbraid.core import UsageError
from unbraid.metrics import Representation
from unbraid.metrics.mig import mig


def test_a_perfect_code_on_a_grid_has_gap_one() -> None:
    scored = mig(on_grid(5, 6, 7))
    assert scored.value == pytest.approx(1)
    assert scored.arrays["information"] == pytest.approx(np.diag(np.log([5, 6, 7])))


def test_two_copies_close_the_gap_of_their_factor() -> None:
    rep = on_grid(10, 20)
    copied = Representation.from_arrays(rep.code[:, [0, 0, 1]], rep.factors)
    assert mig(copied).parts == pytest.approx({"factor 0": 0, "factor 1": 1})


def test_noise_is_at_the_bias_and_rotation_lies_between() -> None:
    factors = at_random(5000, 4, 6)
    assert mig(Representation.from_arrays(noise(5000, 3), factors)).value < 0.01
    turn = np.array([[1, 1], [1, -1]]) / np.sqrt(2)
    turned = mig(Representation.from_arrays(factors @ turn, factors)).value
    assert turned is not None
    assert 0 <= turned < 0.2


def test_binned_factors_merge_levels() -> None:
    rep = on_grid(40, 10)
    assert mig(rep, factor_bins=20).arrays["entropy"] == pytest.approx(np.log([20, 10]))
    assert "factors in 20 bins" in mig(rep, factor_bins=20).variant


def test_one_latent_and_factors_of_one_value_are_refused() -> None:
    rep = on_grid(10, 20)
    with pytest.raises(UsageError, match="mig needs at least 2 latents; got 1"):
        mig(Representation.from_arrays(rep.code[:, :1], rep.factors))
    with pytest.raises(UsageError, match="mig needs at least 1 factors with more than one value; got 0 of 1"):
        mig(Representation.from_arrays(rep.code, np.zeros(200, int)))
    with pytest.raises(UsageError, match="mig needs at least 100 rows; got 50; score more rows"):
        mig(rep.rows(np.arange(50)))
