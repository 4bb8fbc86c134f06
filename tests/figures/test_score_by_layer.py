"""Scores of layers and factors."""

import numpy as np
import pytest

from unbraid.core import UsageError
from unbraid.figures.score_by_layer import score_by_layer


def sample() -> tuple[tuple, dict]:
    return ({"β = 0.5": np.eye(3) * 0.9, "β-VAE": np.array([[0.4, np.nan, 0.2]])}, ("wall", "floor", "eye")), {
        "rows": {"β-VAE": ["β-VAE"]}
    }


def test_blocks_share_one_scale_and_missing_is_a_dash() -> None:
    (tables, factors), options = sample()
    axes = score_by_layer(tables, factors, **options).axes
    assert [text.get_text() for text in axes[1].texts] == ["0.40", "—", "0.20"]
    assert {ax.images[0].get_clim() for ax in axes} == {(0.0, 1.0)}
    assert [label.get_text() for label in axes[0].get_yticklabels()] == ["L1", "L2", "L3"]


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(UsageError, match=r"'a' must be \[layers, 2\]"):
        score_by_layer({"a": np.zeros((2, 3))}, ("x", "y"))
    with pytest.raises(UsageError, match="at least one experiment"):
        score_by_layer({}, ("x",))
