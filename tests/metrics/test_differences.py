"""Differences between two codes: clear ones, noise, and why pairs help."""

import numpy as np
import pytest

from tests.metrics.codes import at_random, noise
from unbraid.core import UsageError
from unbraid.metrics import Difference, Representation, differences


def noisy(amount: float, rows_seed: int = 0, noise_seed: int = 0, rows: int = 600) -> Representation:
    factors = at_random(rows, 4, 4, seed=rows_seed)
    return Representation.from_arrays(factors + amount * noise(rows, 2, noise_seed), factors)


def test_a_much_noisier_code_is_clearly_lower_and_the_same_code_is_within_noise() -> None:
    worse = differences(noisy(0.3), noisy(0.8), "mig")["mig"]
    assert worse.clear is True
    assert worse.low < worse.high < 0
    assert worse.method == "paired, 20 halves of the rows"
    same = differences(noisy(0.3), noisy(0.3), "mig")["mig"]
    assert same.clear is False
    assert same.low == same.high == 0.0


def test_other_draws_of_the_same_kind_are_within_noise() -> None:
    assert differences(noisy(0.5), noisy(0.5, noise_seed=1), "mig")["mig"].clear is False
    apart = differences(noisy(0.5), noisy(0.5, rows_seed=5, noise_seed=1), "mig")["mig"]
    assert apart.clear is False
    assert apart.method == "apart, 20 halves of the rows"


def test_codes_of_the_same_rows_are_told_apart_where_separate_rows_are_not() -> None:
    paired = differences(noisy(0.5), noisy(0.53), "mig")["mig"]
    apart = differences(noisy(0.5), noisy(0.53, rows_seed=5, noise_seed=1), "mig")["mig"]
    assert np.subtract(paired.high, paired.low) < 0.5 * np.subtract(apart.high, apart.low)


def test_a_score_that_one_of_them_lacks_has_no_difference() -> None:
    difference = differences(noisy(0.5), noisy(0.5, rows=60), "mig")["mig"]
    assert difference.clear is None
    assert difference.first is not None
    assert difference.second is None
    assert "at least 100 rows" in difference.reason
    assert Difference(0.1, 0.2).clear is None


def test_a_metric_named_twice_is_compared_once_and_its_neighbours_keep_their_own_difference() -> None:
    compared = differences(noisy(0.3), noisy(0.8), ["mig", "mig", {"name": "mig", "bins": 20}, "mcc"], draws=5)
    assert list(compared) == ["mig", "mcc"]
    assert compared["mcc"] == differences(noisy(0.3), noisy(0.8), "mcc", draws=5)["mcc"]


def test_codes_of_other_factors_are_refused() -> None:
    other = Representation.from_arrays(noise(300, 2), at_random(300, 3, 3), names=["a", "b"])
    with pytest.raises(UsageError, match="the same factors"):
        differences(noisy(0.5), other)
