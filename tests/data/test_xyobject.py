"""XYObject and its shaded form."""

import numpy as np
import pytest

from unbraid.data import load_dataset
from unbraid.data._statistics import channel_statistics


def test_sizes_are_the_published_ones() -> None:
    assert load_dataset("xyobject").space.sizes == (25, 25, 5, 24)
    assert load_dataset("xyobject", shaded=True).space.sizes == (25, 25, 5, 4, 6)


def test_statistics_are_the_published_ones() -> None:
    world = load_dataset("xyobject", every={"x": 8, "y": 8})  # no square is cut off, so places do not matter
    mean, deviation = channel_statistics(world)
    assert mean.mean() == pytest.approx(0.0098188, abs=5e-8)
    assert deviation.mean() == pytest.approx(0.0526324, abs=5e-8)


def test_splitting_the_colour_keeps_images_and_order() -> None:
    plain, shaded = load_dataset("xyobject"), load_dataset("xyobject", shaded=True)
    index = np.random.default_rng(0).integers(0, len(plain), 200)
    assert np.array_equal(plain.images(index), shaded.images(index))


def test_a_hand_worked_image() -> None:
    world = load_dataset("xyobject", shaded=True)
    image = world.images(world.space.index(np.array([[3, 10, 2, 3, 1]])))[0]  # side 11, brightest, yellow
    rows, columns = np.nonzero(image[0])
    assert (columns.min(), columns.max(), rows.min(), rows.max()) == (8, 18, 22, 32)
    assert (image[0] == image[1]).all()
    assert image[0].max() == 255
    assert image[2].max() == 0
