"""The normalised sum over runs."""

import numpy as np
import pytest

from unbraid.core import UsageError
from unbraid.metrics import normalised_sum

ABDI = np.array(  # Abdi et al. (2019), Table 1: DCI, FactorVAE, SAP, MIG, IRS
    [
        [0.392, 0.458, 0.132, 0.203, 0.646],
        [0.389, 0.449, 0.136, 0.203, 0.577],
        [0.373, 0.501, 0.135, 0.212, 0.517],
        [0.381, 0.523, 0.128, 0.210, 0.514],
        [0.385, 0.587, 0.127, 0.188, 0.358],
        [0.359, 0.584, 0.111, 0.163, 0.340],
    ]
)


def test_it_is_the_papers_column() -> None:
    assert normalised_sum(ABDI) == pytest.approx([4.706, 4.611, 4.599, 4.591, 4.351, 4.023], abs=0.01)


def test_a_missing_score_makes_a_missing_sum_and_touches_no_other_run() -> None:
    sums = normalised_sum(np.array([[1.0, 2.0], [np.nan, 4.0], [0.5, 4.0]]))
    assert np.isnan(sums[1])
    assert sums[[0, 2]].tolist() == [1.5, 1.5]


def test_tables_without_a_scale_are_refused() -> None:
    with pytest.raises(UsageError, match=r"a score above 0 in every column; got none in columns \[1\]"):
        normalised_sum(np.array([[1.0, 0.0], [1.0, np.nan]]))
    with pytest.raises(UsageError, match=r"needs a table \[runs, metrics\]; got shape \(3,\)"):
        normalised_sum(np.ones(3))
