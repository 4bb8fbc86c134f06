"""XYSquares, one channel per square, at any spacing."""

import numpy as np
import pytest

from unbraid.core import UsageError
from unbraid.data import load_dataset
from unbraid.data._statistics import channel_statistics

PLACES = {8: 8, 7: 9, 6: 10, 5: 12, 4: 15, 3: 19, 2: 29, 1: 57}
LAST_EDGE = {8: 56, 7: 56, 6: 55, 5: 55, 4: 56, 3: 55, 2: 56, 1: 56}


@pytest.mark.parametrize("spacing", PLACES)
def test_places_and_sizes_at_each_spacing(spacing: int) -> None:
    world = load_dataset("xysquares", spacing=spacing)
    assert world.space.sizes == (PLACES[spacing],) * 6
    assert len(world) == PLACES[spacing] ** 6
    assert world.space.factors[0].values[-1] == LAST_EDGE[spacing]


def test_the_last_image_of_the_finest_grid_has_every_square_in_the_last_corner() -> None:
    world = load_dataset("xysquares", spacing=1)
    image = world.images(np.array([57**6 - 1]))[0]
    assert (image[:, 56:, 56:] == 255).all()
    assert image.sum() == 3 * 64 * 255


def test_each_factor_moves_one_square_along_one_axis() -> None:
    world = load_dataset("xysquares")
    assert world.space.names == ("x_R", "y_R", "x_G", "y_G", "x_B", "y_B")
    levels = np.zeros((6, 6), np.int64)
    levels[np.arange(6), np.arange(6)] = 3
    for k, image in enumerate(world.images(world.space.index(levels))):
        channel, down = divmod(k, 2)
        for c in range(3):
            rows, columns = np.nonzero(image[c])
            moved = 24 if c == channel else 0
            assert (columns.min(), rows.min()) == ((0, moved) if down else (moved, 0))


def test_mean_and_deviation_are_exact_to_15_digits() -> None:
    exact = np.sqrt(1 / 64 * 63 / 64 * 4096 / 4095)
    for spacing in (8, 5, 1):
        mean, deviation = channel_statistics(load_dataset("xysquares", spacing=spacing), rows=500)
        assert np.all(mean == 1 / 64)
        assert np.all(np.abs(deviation / exact - 1) < 1e-15)


def test_every_step_costs_the_same_at_spacing_8_and_overlaps_below() -> None:
    for spacing, cost in ((8, 2 * 64 / (3 * 4096)), (3, 3 / 768), (1, 1 / 768)):
        world = load_dataset("xysquares", spacing=spacing)
        levels = np.zeros((2, 6), np.int64)
        levels[1, 4] = 1
        a, b = world.images(world.space.index(levels)) / 255
        assert np.mean((a - b) ** 2) == pytest.approx(cost, rel=1e-12)


def test_one_square_has_two_factors_and_one_channel() -> None:
    world = load_dataset("xysquares", squares=1)
    assert world.space.names == ("x", "y")
    assert world.image_shape == (1, 64, 64)
    assert len(world) == 64


@pytest.mark.parametrize(("options", "message"), [({"spacing": 9}, "1 .. 8 pixels"), ({"squares": 4}, "1, 2 or 3")])
def test_options_out_of_range_are_refused(options: dict, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        load_dataset("xysquares", **options)
