"""The toy world: each factor does what its name says."""

import numpy as np

from unbraid.data import load_dataset


def test_each_factor_does_what_its_name_says() -> None:
    toy = load_dataset("toy")
    assert toy.space.names == ("x", "y", "brightness")
    images = toy.images(np.arange(len(toy)))[:, 0]
    for image, (x, y, bright) in zip(images, toy.factors(np.arange(len(toy))), strict=True):
        rows, columns = np.nonzero(image)
        assert image.max() == (255 if bright else 128)
        assert (rows.max() - rows.min(), columns.max() - columns.min()) == (3, 3)
        assert (columns.min(), rows.min()) == (round(x * 12 / 5), round(y * 12 / 5))


def test_size_and_places_can_be_chosen() -> None:
    toy = load_dataset("toy", size=32, places=3)
    assert toy.image_shape == (1, 32, 32)
    assert toy.space.sizes == (3, 3, 2)
    assert np.count_nonzero(toy.images(np.array([0]))) == 64
