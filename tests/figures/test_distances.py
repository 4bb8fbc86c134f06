"""Cumulative distances along factors."""

import numpy as np
import pytest

from unbraid.core import UsageError
from unbraid.figures.distances import distances


def sample() -> tuple[tuple, dict]:
    rng = np.random.default_rng(0)
    return ({"posX": rng.gamma(5, 10, 500), "shape": rng.gamma(2, 10, 500)}, rng.gamma(7, 10, 500)), {}


def test_lines_are_cumulative_and_sorted_by_their_mean() -> None:
    ax = distances({"near": np.array([0.0, 1.0, 2.0]), "far": np.array([5.0, 6.0, 7.0])}).axes[0]
    assert [line.get_label() for line in ax.lines] == ["far", "near"]
    np.testing.assert_allclose(ax.lines[1].get_xdata(), [0, 1, 2])
    np.testing.assert_allclose(ax.lines[1].get_ydata(), [0, 0.5, 1])


def test_a_factor_without_pairs_is_refused() -> None:
    with pytest.raises(UsageError, match="each factor needs pairs"):
        distances({"a": np.array([])})
