"""Channel statistics in the convention of the papers."""

import math

import numpy as np
import pytest

from tests.data.two_pixels import two_pixels
from unbraid.core import UsageError
from unbraid.data import ArrayDataset, channel_statistics, load_dataset


def test_channel_statistics_by_hand():
    images = np.array([[[[0, 255]]], [[[51, 51]]]], dtype=np.uint8)
    mean, deviation = channel_statistics(ArrayDataset("x", images))
    assert mean.tolist() == pytest.approx([(0.5 + 0.2) / 2])
    assert deviation.tolist() == pytest.approx([math.sqrt(0.5) / 2])  # the second image has none


def test_statistics_follow_their_definition_in_each_channel():
    images = np.random.default_rng(0).integers(0, 256, (50, 3, 5, 4), dtype=np.uint8)
    mean, deviation = channel_statistics(ArrayDataset("x", images))
    unit = images.reshape(50, 3, 20) / 255
    np.testing.assert_allclose(mean, unit.mean(axis=(0, 2)), rtol=1e-14)
    np.testing.assert_allclose(deviation, unit.std(axis=2, ddof=1).mean(axis=0), rtol=1e-13)


def test_rows_are_drawn_once_each_and_the_same_again():
    dataset = two_pixels()
    assert channel_statistics(dataset, rows=6)[0] == channel_statistics(dataset)[0]
    assert channel_statistics(dataset, rows=3)[0] == channel_statistics(dataset, rows=3)[0]


def test_xysquares_has_the_printed_constants_to_every_digit():
    """Michlo et al., table 2: 0.015625 and 0.124034734589209, for any spacing."""
    exact = math.sqrt(1 / 64 * 63 / 64 * 4096 / 4095)
    for spacing in (8, 1):
        mean, deviation = channel_statistics(load_dataset("xysquares", spacing=spacing), rows=500)
        assert mean.tolist() == [0.015625] * 3
        assert deviation == pytest.approx([exact] * 3, rel=1e-15)


def test_mistakes_are_said_in_words():
    with pytest.raises(UsageError, match="rows must be at least 1"):
        channel_statistics(two_pixels(), rows=0)
    with pytest.raises(UsageError, match="at least one image"):
        channel_statistics(ArrayDataset("none", np.zeros((0, 1, 2, 2), np.uint8)))
