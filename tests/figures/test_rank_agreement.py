"""Rank agreement of metrics."""

import numpy as np
import pytest

from unbraid.core import UsageError
from unbraid.figures import svg
from unbraid.figures.rank_agreement import rank_agreement


def sample() -> tuple[tuple, dict]:
    return (np.array([[1.0, 0.5, -0.9], [0.5, 1.0, np.nan], [-0.9, np.nan, 1.0]]), ("mig", "sap", "dci")), {}


def test_each_pair_is_written_once() -> None:
    ax = rank_agreement(*sample()[0]).axes[0]
    assert [text.get_text() for text in ax.texts] == ["0.50", "-0.90", "—"]


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(UsageError, match=r"table must be \[2, 2\]"):
        rank_agreement(np.zeros((3, 3)), ("a", "b"))


def test_long_names_leave_room_for_the_table() -> None:
    """Two scores with options: matplotlib gave up on the layout, and warned."""
    metrics = ["mig", "best_disentanglement(group=[eye_bottom_left, eye_top_left])", "sap"]
    figure = rank_agreement(np.eye(3), metrics)
    svg(figure)
    labels = [label.get_text() for label in figure.axes[0].get_yticklabels()]
    assert labels == ["mig", "best_disentanglement(gr…", "sap"]
    assert figure.axes[0].get_position().width > 0.3
