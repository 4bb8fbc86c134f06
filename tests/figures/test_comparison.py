"""Groups of runs side by side."""

import numpy as np
import pytest

from unbraid.core import UsageError
from unbraid.figures import Estimate
from unbraid.figures.comparison import comparison

ONE = Estimate(0.3, 0.2, 0.4, np.array([0.25, 0.3, 0.35]))


def sample() -> tuple[tuple, dict]:
    return ({"mig": {"β-VAE": ONE, "VAE": Estimate(0.1, None, None, [0.1])}, "sap": {"β-VAE": ONE}},), {}


def test_means_intervals_runs_and_a_dash_for_what_is_missing() -> None:
    axes = comparison(*sample()[0]).axes
    assert [list(line.get_xdata()) for line in axes[0].lines[:3]] == [[0.25, 0.3, 0.35], [0.2, 0.4], [0.3]]
    assert [label.get_text() for label in axes[0].get_yticklabels()] == ["β-VAE", "VAE"]
    assert [text.get_text() for text in axes[1].texts] == ["—"]


def test_runs_with_two_peaks_are_points_and_no_bar() -> None:
    peaks = np.array([0.1, 0.11, 0.5, 0.51])
    lines = comparison({"mig": {"VAE": Estimate(0.3, 0.0, 0.6, peaks, two_peaked=True)}}).axes[0].lines
    assert [list(line.get_xdata()) for line in lines] == [list(peaks)]


def test_nothing_to_compare_is_refused() -> None:
    with pytest.raises(UsageError, match="at least one group"):
        comparison({"mig": {}})
