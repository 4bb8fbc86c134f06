"""Entropies and mutual informations against closed forms."""

import numpy as np
import pytest
from sklearn.metrics import mutual_info_score

from tests.metrics.codes import at_random, noise, on_grid
from unbraid.core import UsageError
from unbraid.metrics import Representation
from unbraid.metrics._bins import bin_numbers
from unbraid.metrics._information import (
    entropies,
    histogram_information,
    information_table,
    mutual_information,
    unshared_entropy,
)


def test_a_grid_has_exact_entropies_and_its_factors_share_nothing() -> None:
    table = information_table(*(on_grid(3, 4, 5).factors,) * 2)
    assert np.allclose(table, np.diag(np.log([3, 4, 5])), atol=1e-12)
    assert np.allclose(entropies(on_grid(3, 4, 5).factors), np.log([3, 4, 5]))


def test_tables_agree_with_scikit_learn() -> None:
    levels = at_random(500, 3, 7, 4)
    levels[:, 2] = (levels[:, 0] + levels[:, 1]) % 4
    ours = information_table(levels, levels)
    theirs = [[mutual_info_score(a, b) for b in levels.T] for a in levels.T]
    assert np.allclose(ours, theirs, atol=1e-12)


def test_a_symmetric_channel_by_hand() -> None:
    counts = np.array([[3, 1], [1, 3]])
    flip = 0.25 * np.log(4) + 0.75 * np.log(4 / 3)
    assert mutual_information(counts) == pytest.approx(np.log(2) - flip)


def test_a_gaussian_channel_is_near_its_closed_form() -> None:
    signal, noisy = noise(200_000, 2).T
    rep = Representation.from_arrays(signal + 0.5 * noisy, signal)
    truth = 0.5 * np.log(1 + 1 / 0.25)
    info = histogram_information(rep, "mig", bins=60)
    assert info.table[0, 0] == pytest.approx(truth, abs=0.04)


def test_bins_are_equally_wide_and_the_maximum_falls_into_the_last() -> None:
    values = np.array([[0.0], [0.49], [0.51], [1.0]])
    assert bin_numbers(values, 2)[:, 0].tolist() == [0, 0, 1, 1]


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int64])
def test_a_constant_column_is_one_bin(dtype: type) -> None:
    assert not bin_numbers(np.full((5, 1), 3, dtype), 20).any()


def test_a_range_of_fewer_numbers_than_bins_is_told_apart() -> None:
    values = np.array([[1.0], [np.nextafter(1.0, 2)], [1.0]])
    assert bin_numbers(values, 20)[:, 0].tolist() == [0, 1, 0]


def test_unshared_entropy_is_what_no_other_factor_tells() -> None:
    between = np.array([[1.0, 0.4, 0.1], [0.4, 2.0, 0.0], [0.1, 0.0, 3.0]])
    assert unshared_entropy(between).tolist() == [0.6, 1.6, 2.9]


def test_bins_below_two_are_refused() -> None:
    with pytest.raises(UsageError, match="bins must be at least 2; got 1"):
        histogram_information(on_grid(10, 20), "mig", bins=1)
