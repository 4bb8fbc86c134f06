import numpy as np
import pytest

from tests.golden.boxhead import shapes3d_distances
from tests.golden.harness import DATA
from unbraid.core import UsageError, summary
from unbraid.data import GroundTruthDataset, load_dataset
from unbraid.data._scenes.shapes3d_room import FLOOR, OBJECT, SKY, WALL, WHITE, geometry

CUBE, CYLINDER, BALL, CAPSULE = range(4)
COARSE = {"scale": 3, "orientation": 5}  # keeps 36 of the 480 maps


@pytest.fixture(scope="module")
def world() -> GroundTruthDataset:
    return load_dataset("shapes3d_like", every=COARSE)


def area(scale: float, shape: int, orientation: float = 0.0) -> float:
    """Share of the image that the object covers."""
    return float((geometry(scale, shape, orientation)[OBJECT] > 0).mean())


def test_is_named_as_a_stand_in_wherever_it_appears() -> None:
    assert "stand-in" in summary("data", "shapes3d_like")
    assert "not the original" in summary("data", "shapes3d_like")
    assert "stand-in" in load_dataset("shapes3d_like").source


def test_has_the_grid_of_the_original() -> None:
    whole = load_dataset("shapes3d_like")
    assert len(whole) == 480_000
    assert whole.complete
    assert whole.space.names == ("floor_hue", "wall_hue", "object_hue", "scale", "shape", "orientation")
    assert whole.space.sizes == (10, 10, 10, 8, 4, 15)
    values = whole.space.values(np.array([[1, 2, 9, 7, 3, 14]]))[0]
    np.testing.assert_allclose(values, [0.1, 0.2, 0.9, 1.25, 3, 30])


def test_hues_colour_their_own_part_only(world: GroundTruthDataset) -> None:
    levels = np.array([[0, 3, 6, 2, 0, 1]] * 4)
    levels[1, 0], levels[2, 1], levels[3, 2] = 5, 8, 1
    images = world.images(world.space.index(levels)).astype(np.int64)
    changed = np.abs(images[1:] - images[0]).max(axis=1) > 40  # [3, 64, 64]
    floor, wall, thing = changed
    assert floor[60].all()
    assert wall[20, :12].all()
    assert thing[45, 30:34].all()
    assert not floor[:30].any()
    assert not wall[45:].any()
    assert not (thing & (floor | wall))[30:44, 30:34].any()


def test_sky_is_the_published_colour(world: GroundTruthDataset) -> None:
    images = world.images(np.arange(0, len(world), 997))
    assert np.all(images[:, :, 0, :] == np.array([153, 226, 249])[:, None])


def test_layers_share_each_pixel() -> None:
    layers = geometry(1.0, BALL, 0.3)
    assert layers.min() >= 0
    assert layers[SKY].max() == 1
    assert np.all((layers[[FLOOR, WALL, OBJECT, SKY]] > 0).sum(axis=0) >= 1)
    assert np.all(layers[WHITE][layers[OBJECT] == 0] == 0)


def test_a_larger_object_covers_more() -> None:
    for shape in (CUBE, CYLINDER, BALL, CAPSULE):
        small, large = area(0.75, shape), area(1.25, shape)
        assert large / small == pytest.approx((1.25 / 0.75) ** 2, rel=0.25)


def test_only_the_cube_looks_different_from_its_side() -> None:
    for shape, changes in ((CUBE, True), (CYLINDER, False), (BALL, False), (CAPSULE, False)):
        assert (abs(area(1.0, shape, 0.5) / area(1.0, shape) - 1) > 0.05) == changes


def test_shadow_falls_beside_the_object_and_darkens_the_floor() -> None:
    layers = geometry(1.0, BALL, 0.0).reshape(5, 64, 64)
    row = layers[FLOOR, 56]
    assert row[34:40].min() < 0.5 * row[5:15].mean()


def test_order_of_the_factors_is_that_of_the_original(world: GroundTruthDataset) -> None:
    rng = np.random.default_rng(0)
    levels = world.space.levels(rng.integers(0, len(world), 400))
    images = world.images(world.space.index(levels)) / 255
    apart = []
    for k, size in enumerate(world.space.sizes):
        other = levels.copy()
        other[:, k] = (levels[:, k] + rng.integers(1, size, len(levels))) % size
        apart.append(((world.images(world.space.index(other)) / 255 - images) ** 2).mean())
    floor, wall, thing, scale, shape, turn = apart
    assert min(wall, floor) > 2 * thing
    assert thing > max(scale, shape, turn)


@pytest.mark.slow
def test_whole_grid_has_the_statistics_of_the_original() -> None:
    whole = load_dataset("shapes3d_like")
    rng = np.random.default_rng(0)
    levels = whole.space.levels(rng.integers(0, len(whole), 4000))
    images = whole.images(whole.space.index(levels)).astype(np.float32) / 255
    flat = images.reshape(len(images), 3, -1)
    np.testing.assert_allclose(flat.mean(axis=(0, 2)), [0.503, 0.579, 0.603], rtol=0.04)
    np.testing.assert_allclose(flat.std(axis=2, ddof=1).mean(axis=0), [0.294, 0.344, 0.366], rtol=0.04)
    apart = {}
    for k, (name, size) in enumerate(zip(whole.space.names, whole.space.sizes, strict=True)):
        other = levels.copy()
        other[:, k] = (levels[:, k] + rng.integers(1, size, len(levels))) % size
        theirs = whole.images(whole.space.index(other)).astype(np.float32) / 255
        apart[name] = float(((theirs - images) ** 2).mean())
    assert sorted(apart, key=lambda name: -apart[name]) == [
        "wall_hue", "floor_hue", "object_hue", "shape", "scale", "orientation",
    ]  # fmt: skip


@pytest.mark.slow
def test_published_images_lie_near() -> None:
    with np.load(DATA / "datasets" / "shapes3d_real_figure.npz") as arrays:
        assert shapes3d_distances(arrays["images"].transpose(0, 3, 1, 2)).mean() < 0.004  # measured 0.0032


def test_rows_out_of_range_are_refused() -> None:
    with pytest.raises(UsageError, match="479999"):
        load_dataset("shapes3d_like").images(np.array([480_000]))
