"""Importance of factors."""

import numpy as np
import pytest

from unbraid.core import UsageError
from unbraid.figures.factor_importance import factor_importance


def sample() -> tuple[tuple, dict]:
    rng = np.random.default_rng(0)
    return ({"posX": rng.gamma(5, 10, 500), "shape": rng.gamma(2, 10, 500)}, rng.gamma(7, 10, 500)), {}


def test_bars_are_means_with_the_largest_on_top() -> None:
    far, near = np.array([4.0, 6.0]), np.array([1.0, 1.0])
    ax = factor_importance({"near": near, "far": far}, np.array([7.0])).axes[0]
    assert [label.get_text() for label in ax.get_yticklabels()] == ["near", "far"]  # upwards
    assert [bar.get_width() for bar in ax.patches] == [1, 5]
    line = next(line for line in ax.lines if line.get_linestyle() != "None")
    assert set(line.get_xdata()) == {7.0}


def test_a_factor_without_pairs_is_refused() -> None:
    with pytest.raises(UsageError, match="each factor needs pairs"):
        factor_importance({"a": np.array([])})
