"""Ellipses: the clean grid, the walk, and the original generator's formulas."""

import numpy as np
import pytest

from unbraid.core import UsageError
from unbraid.data import load_dataset


def test_the_grid_has_no_two_equal_orientations() -> None:
    world = load_dataset("ellipses")
    assert world.space.sizes == (16, 16, 6, 40)
    factors = np.array([[8, 8, 5, k] for k in range(40)])
    images = world.images(world.space.index(factors)).reshape(40, -1)
    assert len(np.unique(images, axis=0)) == 40


@pytest.mark.parametrize("size", [28, 64])
def test_areas_and_centres_are_those_of_the_formula(size: int) -> None:
    world = load_dataset("ellipses", size=size)
    factors = world.space.levels(np.random.default_rng(0).integers(0, len(world), 300))
    images = world.images(world.space.index(factors))[:, 0] > 0
    axis = 0.03 * size * (factors[:, 2] + 2)
    areas = images.sum(axis=(1, 2))
    assert areas.sum() == pytest.approx((np.pi * axis * axis / 2).sum(), rel=0.03)
    pixels = np.arange(size) + 0.5
    centre_x = (images.sum(axis=1) * pixels).sum(axis=1) / areas
    centre_y = (images.sum(axis=2) * pixels).sum(axis=1) / areas
    expected = 0.21 * size + 0.58 * size * factors[:, :2] / 15
    assert np.abs(np.stack([centre_x, centre_y], 1) - expected).max() < 0.6


def test_orientation_turns_the_long_axis_counter_clockwise() -> None:
    world = load_dataset("ellipses")
    level, upright, risen = (world.images(world.space.index(np.array([[8, 8, 5, k]])))[0, 0] > 0 for k in (0, 20, 10))
    assert level.any(axis=0).sum() > 1.8 * level.any(axis=1).sum()
    assert upright.any(axis=1).sum() > 1.8 * upright.any(axis=0).sum()
    y, x = np.nonzero(risen)
    assert np.corrcoef(x, y)[0, 1] < -0.4  # y points down: right end up


def test_the_walk_changes_every_factor_a_little_and_turns_back() -> None:
    world = load_dataset("ellipses", order="walk")
    assert len(world) == 30_000
    assert not world.complete
    factors = world.factors(np.arange(len(world)))
    steps = np.abs(np.diff(factors, axis=0))
    assert steps.max(axis=0).tolist() == [2, 2, 1, 1]
    assert (factors.min(axis=0) == 0).all()
    assert (factors.max(axis=0) == np.array(world.space.sizes) - 1).all()
    grid = load_dataset("ellipses")
    assert np.array_equal(world.images(np.arange(50)), grid.images(grid.space.index(factors[:50])))
    other = load_dataset("ellipses", order="walk", seed=1, rows=10)
    assert not np.array_equal(other.factors(np.arange(10)), factors[:10])


def test_legacy_scales_collapse_at_28_pixels() -> None:
    world = load_dataset("ellipses", legacy=True, size=28)
    assert world.space.sizes == (32, 32, 6, 40)
    areas = [int((world.images(world.space.index(np.array([[9, 9, k, 0]]))) > 0).sum()) for k in range(6)]
    assert areas[0] == 0  # a minor semi axis of 0 pixels
    assert areas[1] < areas[2] < areas[3] < areas[4]


def test_legacy_x_is_the_row_its_margin_follows_the_scale_and_both_ends_coincide() -> None:
    world = load_dataset("ellipses", legacy=True)

    def centre(x: int, y: int, scale: int, orientation: int = 0) -> list[float]:
        image = world.images(world.space.index(np.array([[x, y, scale, orientation]])))[0, 0]
        return np.argwhere(image).mean(axis=0).tolist()

    assert centre(31, 0, 0) == [49.0, 3.0]  # int(31/39 * (64 - 6) + 3)
    assert centre(0, 0, 5) == [13.0, 13.0]
    same = [world.images(world.space.index(np.array([[9, 4, 5, k]]))) for k in (0, 39)]
    assert np.array_equal(*same)


@pytest.mark.parametrize(
    ("options", "message"),
    [({"order": "wlak"}, "Did you mean 'walk'"), ({"size": 4}, "at least 8 pixels"), ({"rows": 0}, "at least 1")],
)
def test_options_out_of_range_are_refused(options: dict, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        load_dataset("ellipses", **options)
