"""Two-peaked scores: how often normal ones are called so, and how often two peaks are seen."""

import numpy as np
import pytest

from unbraid.studies import two_peaked
from unbraid.studies._peaks import limit, share_between

SAMPLES = 5_000
ERRORS = 3 * (0.05 * 0.95 / SAMPLES) ** 0.5 + 0.005  # Monte Carlo, of this test and of the limit itself


@pytest.mark.parametrize("count", [4, 5, 6, 7, 9, 10, 15, 16, 20, 40])
def test_one_normal_sample_in_twenty_is_called_two_peaked(count: int) -> None:
    draws = np.random.default_rng(count).normal(3.0, 0.2, (SAMPLES, count))
    assert np.mean(share_between(draws) > limit(count)) == pytest.approx(0.05, abs=ERRORS)
    assert np.mean([two_peaked(values) for values in draws[:500]]) < 0.09


@pytest.mark.parametrize(
    ("count", "apart", "share"),
    [(6, 4, 0.19), (10, 4, 0.38), (20, 4, 0.75), (6, 6, 0.45), (10, 6, 0.84), (20, 6, 0.99)],
)
def test_two_peaks_are_seen_as_often_as_said(count: int, apart: float, share: float) -> None:
    rng = np.random.default_rng(count)
    draws = rng.normal(size=(SAMPLES, count)) + apart * rng.integers(2, size=(SAMPLES, count))
    assert np.mean(share_between(draws) > limit(count)) == pytest.approx(share, abs=0.03)


def test_heavy_tails_are_no_peaks_and_skewed_samples_are_up_to_so_many() -> None:
    rng = np.random.default_rng(1)
    for count in (6, 10, 20):
        assert np.mean(share_between(rng.standard_t(3, (SAMPLES, count))) > limit(count)) < 0.06
        assert np.mean(share_between(np.exp(rng.normal(size=(SAMPLES, count)))) > limit(count)) < 0.19


def test_the_share_by_hand() -> None:
    values = np.array([[3.0, 0.0, 1.0, 4.0]])  # cut into 0, 1 and 3, 4: 9 of 10
    assert share_between(values)[0] == pytest.approx(0.9)


def test_units_order_and_missing_values_do_not_count() -> None:
    values = np.array([0.1, 0.52, 0.12, 0.5, 0.11, 0.51])
    for same in (values, values[::-1], -1e6 * values + 3, [*values, np.nan]):
        assert two_peaked(same)


@pytest.mark.parametrize(
    "values", [[], [0.1], [0.1, 0.9], [0.1, 0.1, 0.9], [0.3] * 8, [0.1 + 0.2, 0.3, 0.3, 0.1 + 0.2]]
)
def test_few_or_equal_values_have_no_two_peaks(values: list[float]) -> None:
    assert not two_peaked(values)
