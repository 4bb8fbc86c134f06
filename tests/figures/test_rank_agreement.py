"""Rank agreement of metrics."""

import numpy as np
import pytest

from unbraid.core import UsageError
from unbraid.figures.rank_agreement import rank_agreement


def sample() -> tuple[tuple, dict]:
    return (np.array([[1.0, 0.5, -0.9], [0.5, 1.0, np.nan], [-0.9, np.nan, 1.0]]), ("mig", "sap", "dci")), {}


def test_each_pair_is_written_once() -> None:
    ax = rank_agreement(*sample()[0]).axes[0]
    assert [text.get_text() for text in ax.texts] == ["0.50", "-0.90", "—"]


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(UsageError, match=r"table must be \[2, 2\]"):
        rank_agreement(np.zeros((3, 3)), ("a", "b"))
