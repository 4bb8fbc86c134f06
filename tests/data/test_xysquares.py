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


def test_half_the_size_is_drawn_with_squares_of_4_pixels_half_as_far_apart() -> None:
    small = load_dataset("xysquares", squares=2, spacing=6, size=32)
    assert (small.image_shape, small.space.sizes) == ((2, 32, 32), (10, 10, 10, 10))
    assert small.space.factors[0].values == (0, 3, 6, 9, 12, 15, 18, 21, 24, 27)
    image = small.images(small.space.index(np.array([[2, 9, 0, 1]])))[0]
    by_hand = np.zeros((2, 32, 32), np.uint8)
    by_hand[0, 27:31, 6:10] = 255  # y 27, x 6
    by_hand[1, 3:7, 0:4] = 255
    assert np.array_equal(image, by_hand)


@pytest.mark.parametrize("spacing", [8, 4, 2])
def test_drawing_small_and_averaging_are_the_same_where_places_are_whole_pixels(spacing: int) -> None:
    drawn, averaged = (load_dataset("xysquares", spacing=spacing, **{key: 32}) for key in ("size", "resolution"))
    index = np.random.default_rng(0).integers(len(drawn), size=50)
    assert np.array_equal(drawn.images(index), averaged.images(index))


def test_averaging_at_spacing_6_makes_64_percent_of_lit_pixels_grey_and_drawing_none() -> None:
    index = np.random.default_rng(0).integers(10**6, size=50)
    averaged, drawn = (
        load_dataset("xysquares", spacing=6, **{key: 32}).images(index) for key in ("resolution", "size")
    )
    assert ((averaged > 0) & (averaged < 255)).sum() / (averaged > 0).sum() == pytest.approx(0.64)
    assert set(np.unique(drawn)) == {0, 255}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"size": 32, "spacing": 7}, "at 32 x 32 places are spacing / 2 .* no half pixels; got spacing 7; use an even"),
        ({"size": 16, "spacing": 6}, "spacing / 4 pixels apart.*got spacing 6; use a multiple of 4, or size=64"),
        ({"size": 48}, "size must be one of 64, 32, 16 pixels; got 48"),
    ],
)
def test_sizes_without_whole_pixels_are_refused(options: dict[str, int], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        load_dataset("xysquares", **options)
