import math

import numpy as np
import pytest

from unbraid.core import Factor, FactorSpace, UsageError, rng
from unbraid.data import ArrayDataset, load_dataset
from unbraid.data._distances import box_blur, box_blur_mse, distance_named, mse
from unbraid.data._statistics import channel_statistics, factor_distances

GRID = FactorSpace((Factor("left", 2), Factor("right", 3)))


def two_pixels() -> ArrayDataset:
    """Pixel 0 shows factor `left` as 0 or 255, pixel 1 shows `right` as 0, 51 or 102 (0, 0.2, 0.4)."""
    codes = GRID.levels(np.arange(6))
    images = np.stack([codes[:, 0] * 255, codes[:, 1] * 51], axis=1).astype(np.uint8)
    return ArrayDataset("two pixels", images.reshape(6, 1, 1, 2), GRID)


def table_of(dataset: ArrayDataset, rows: np.ndarray) -> ArrayDataset:
    return ArrayDataset("part", dataset.images(rows), dataset.space, dataset.factors(rows))


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


def test_distances_by_hand():
    found = factor_distances(two_pixels(), rng(0), pairs=20_000)
    assert np.unique(found.samples["left"]).tolist() == pytest.approx([0.5])
    assert found.means()["right"] == pytest.approx((0.04 + 0.04 + 0.16) / 3 / 2, rel=0.02)
    left, right = 3 / 5 * 1.0, 4 / 5 * 0.08  # how often two different rows differ, times the mean square
    assert found.means()["random"] == pytest.approx((left + right) / 2, rel=0.02)
    assert list(found.means()) == ["left", "random", "right"]
    assert found.deviations()["left"] == pytest.approx(0, abs=1e-7)


def test_a_table_of_the_whole_grid_gives_the_same_distances():
    grid = two_pixels()
    shuffled = table_of(grid, np.array([3, 0, 5, 1, 4, 2]))
    assert not shuffled.complete
    first, second = (factor_distances(d, rng(0), pairs=20_000) for d in (grid, shuffled))
    assert second.means() == pytest.approx(first.means(), rel=0.02)
    assert second.absent == ()
    assert not second.redrawn


def test_pairs_of_a_table_differ_in_one_factor_only_even_with_repeated_rows():
    rows = np.array([0, 0, 0, 0, 1, 3, 5])
    part = table_of(two_pixels(), rows)
    found = factor_distances(part, rng(0), pairs=2000)
    assert np.unique(found.samples["left"]).tolist() == pytest.approx([0.5])
    np.testing.assert_allclose(np.unique(found.samples["right"].round(6)), [0.02, 0.08])


def test_factors_without_a_pair_are_absent_not_zero():
    diagonal = table_of(two_pixels(), np.array([0, 4]))  # both factors change together
    found = factor_distances(diagonal, rng(0), pairs=10)
    assert found.absent == ("left", "right")
    assert list(found.samples) == ["random"]
    one_level = ArrayDataset("x", np.zeros((2, 1, 4, 4), np.uint8), FactorSpace((Factor("a", 1), Factor("b", 2))))
    assert factor_distances(one_level, rng(0), pairs=10).absent == ("a",)
    assert factor_distances(ArrayDataset("x", np.zeros((1, 1, 4, 4), np.uint8)), rng(0)).samples == {}


def test_a_dataset_that_renders_has_one_factor_redrawn():
    grid = two_pixels()
    diagonal = table_of(grid, np.array([0, 4]))
    diagonal = diagonal.with_info(render=lambda factors: grid.images(GRID.index(factors)))
    found = factor_distances(diagonal, rng(0), pairs=100)
    assert found.redrawn
    assert np.unique(found.samples["left"]).tolist() == pytest.approx([0.5])
    assert np.unique(found.samples["right"]).tolist() == pytest.approx([0.02])


def test_xysquares_costs_the_same_for_every_factor():
    found = factor_distances(load_dataset("xysquares"), rng(0), pairs=3000)
    assert set(np.concatenate([found.samples[name] for name in found.samples if name != "random"]).round(9)) == {
        round(1 / 96, 9)
    }
    assert found.means()["random"] == pytest.approx(0.0308, rel=0.01)
    assert found.deviations()["random"] == pytest.approx(0.0022, rel=0.1)


@pytest.mark.parametrize(
    ("pairs", "tolerance"),
    [(1500, 0.08), pytest.param(50_000, 0.05, marks=pytest.mark.slow)],  # 5 %, and the spread of 1,500 pairs
)
def test_dsprites_has_the_printed_distances(pairs, tolerance):
    """Michlo et al., table 1 (50,000 pairs); the printed x and y differ by 4 % although symmetric."""
    printed = {
        "posX": 0.0559,
        "posY": 0.0584,
        "scale": 0.0250,
        "shape": 0.0214,
        "orientation": 0.0172,
        "random": 0.0754,
    }
    found = factor_distances(load_dataset("dsprites", cache="never"), rng(0), pairs=pairs).means()
    for name, value in printed.items():
        assert found[name] == pytest.approx(value, rel=tolerance), name


def test_box_blur_is_the_mean_over_the_box_with_zeros_outside():
    images = np.random.default_rng(0).random((2, 3, 7, 5))
    padded = np.pad(images, ((0, 0), (0, 0), (2, 2), (2, 2)))
    slow = np.stack([padded[..., i : i + 7, j : j + 5] for i in range(5) for j in range(5)]).mean(axis=0)
    np.testing.assert_allclose(box_blur(images, 2), slow, atol=1e-14)
    np.testing.assert_allclose(
        box_blur(images, 50), np.broadcast_to(images.sum((2, 3), keepdims=True), images.shape) / 101**2
    )
    np.testing.assert_allclose(box_blur(images, 0), images, atol=1e-14)
    np.testing.assert_allclose(box_blur(np.array([[1, 0, 0]], np.uint8), 1), [[1 / 9, 1 / 9, 0]])  # not rounded


def test_box_blur_distance_sees_how_far_things_moved():
    images = np.zeros((3, 1, 64, 64), np.float32)
    for row, left in enumerate((0, 10, 50)):
        images[row, 0, 20:28, left : left + 8] = 1
    a, b = images[[0, 0]], images[[1, 2]]
    near, far = mse(a, b)
    assert near == far
    near, far = box_blur_mse(a, b)
    assert far > 1.5 * near
    np.testing.assert_allclose(box_blur_mse(a, b, weight=0.0), mse(a, b))


def largest(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return np.abs(a - b).max(axis=(1, 2, 3))


def test_any_distance_can_be_used(monkeypatch):
    assert distance_named("mse") is mse
    own = distance_named(f"{__name__}:largest")
    found = factor_distances(two_pixels(), rng(0), pairs=100, distance=own)
    assert np.unique(found.samples["left"]).tolist() == [1.0]


def test_mistakes_are_said_in_words():
    with pytest.raises(UsageError, match=r"distance .* must be one of: mse, box_blur_mse"):
        distance_named("msee")
    with pytest.raises(UsageError, match="one number per pair"):
        factor_distances(two_pixels(), rng(0), pairs=5, distance=lambda a, b: np.float64(1))
    with pytest.raises(UsageError, match="pairs must be at least 1"):
        factor_distances(two_pixels(), rng(0), pairs=0)
    with pytest.raises(UsageError, match="rows must be at least 1"):
        channel_statistics(two_pixels(), rows=0)
    with pytest.raises(UsageError, match="at least one image"):
        channel_statistics(ArrayDataset("none", np.zeros((0, 1, 2, 2), np.uint8)))
    with pytest.raises(UsageError, match="radius must be at least 0"):
        box_blur(np.zeros((1, 1, 2, 2)), -1)
