"""Codes averaged over positions."""

import numpy as np

from unbraid.metrics._places import means_over_places


def test_means_over_places_are_the_means_of_their_rows() -> None:
    codes = np.array([[1.0, 0.0], [3.0, 0.0], [5.0, 2.0]])
    means = means_over_places(codes, np.array([0, 0, 1]), np.array([1, 1, 0]))
    np.testing.assert_array_equal(means[0], [[np.nan, 2.0], [5.0, np.nan]])
    np.testing.assert_array_equal(means[1], [[np.nan, 0.0], [2.0, np.nan]])
