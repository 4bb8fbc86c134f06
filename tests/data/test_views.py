"""Views of any dataset: thinned, resized, standardised, correlated, with combinations held out."""

import numpy as np
import pytest

from unbraid.core import Spec, UsageError
from unbraid.data import complete_data, draw_rows, load_dataset
from unbraid.data._statistics import channel_statistics
from unbraid.data._views.resized import resized


def test_thinning_keeps_every_nth_level_and_its_value() -> None:
    world, thin = (
        load_dataset("dsprites", cache="never"),
        load_dataset("dsprites", every={"orientation": 20, "posX": 7}, cache="never"),
    )
    assert thin.space.sizes == (3, 6, 2, 5, 32)
    assert thin.space.factors[3].values == world.space.factors[3].values[::7]
    assert thin.space.factors[0] == world.space.factors[0]
    factors = np.array([[2, 3, 1, 4, 9]])
    kept = world.images(world.space.index(factors * [1, 1, 20, 7, 1]))
    assert np.array_equal(thin.images(thin.space.index(factors)), kept)


def test_areas_are_averaged_and_rounded_half_up() -> None:
    image = np.array([[0, 255, 1, 0], [255, 0, 0, 0], [3, 3, 255, 255], [3, 3, 255, 255]], np.uint8)[None, None]
    assert resized(np.kron(image, np.ones((2, 2), np.uint8)), 4).tolist() == image.tolist()
    assert resized(image, 2)[0, 0].tolist() == [[128, 0], [3, 255]]
    assert resized(image[:0], 3).shape == (0, 1, 3, 3)  # no row, and a size that does not divide
    rng = np.random.default_rng(0)
    for block in (2, 4, 8, 32):
        images = rng.integers(0, 256, (3, 2, 64, 64), dtype=np.uint8)
        exact = images.reshape(3, 2, 64 // block, block, 64 // block, block).mean(axis=(3, 5))
        assert np.abs(resized(images, 64 // block) - exact).max() <= 0.5
    constant = np.full((1, 1, 64, 64), 200, np.uint8)
    assert (resized(constant, 48) == 200).all()
    assert resized(constant, 48).shape == (1, 1, 48, 48)


def test_standardising_uses_the_statistics_of_what_is_seen() -> None:
    small = load_dataset("xyobject", every={"x": 8, "y": 8}, resolution=32)
    world = load_dataset("xyobject", every={"x": 8, "y": 8}, resolution=32, standardize=True)
    assert world.standardisation is not None
    for ours, expected in zip(world.standardisation, channel_statistics(small), strict=True):
        assert np.array_equal(ours, expected)
    index = np.arange(20)
    assert np.array_equal(world.images(index), small.images(index))  # images stay bytes; training standardises
    assert load_dataset("toy").standardisation is None


def test_a_correlated_pair_follows_the_formula_and_the_rest_stays_uniform() -> None:
    world = load_dataset("dsprites", cache="never", correlated={"factors": ["posX", "scale"], "sigma": 0.3})
    factors = world.factors(draw_rows(world, np.random.default_rng(0), 100_000))
    a, b = np.meshgrid(np.linspace(0, 1, 32), np.linspace(0, 1, 6), indexing="ij")
    expected = np.exp(-((a - b) ** 2) / (2 * 0.3**2))
    counts = np.histogram2d(factors[:, 3], factors[:, 1], bins=(32, 6), range=((0, 32), (0, 6)))[0]
    assert np.abs(counts / 100_000 - expected / expected.sum()).max() < 1e-3
    for k in (0, 2, 4):
        share = np.bincount(factors[:, k]) / 100_000 * world.space.sizes[k]
        assert np.abs(share - 1).max() < 0.15
    assert world.complete
    assert len(world) == 737_280


def test_slope_and_sigma_set_direction_and_strength() -> None:
    def correlation(**options: float) -> float:
        world = load_dataset("dsprites", cache="never", correlated={"factors": ["posX", "posY"], **options})
        factors = world.factors(draw_rows(world, np.random.default_rng(0), 20_000))
        return float(np.corrcoef(factors[:, 3], factors[:, 4])[0, 1])

    assert correlation(sigma=0.2) > correlation(sigma=0.7) + 0.2 > 0.3
    assert correlation(sigma=0.2, slope=-1.0) == pytest.approx(-correlation(sigma=0.2), abs=0.03)
    assert abs(correlation(sigma=float("inf"))) < 0.03


def test_held_out_parts_share_no_row_and_together_are_the_dataset() -> None:
    held = {"x": [0, 2], "brightness": [1]}
    train, test = (load_dataset("toy", held_out={**held, "part": part}) for part in ("train", "test"))
    whole = load_dataset("toy")
    seen, unseen = (whole.space.index(part.factors(np.arange(len(part)))) for part in (train, test))
    assert sorted([*seen, *unseen]) == list(range(len(whole)))
    assert len(test) == 2 * 6 * 1
    inside = test.factors(np.arange(len(test)))
    assert set(inside[:, 0]) == {0, 2}
    assert set(inside[:, 2]) == {1}
    assert np.array_equal(train.images(np.arange(len(train))), whole.images(seen))
    assert load_dataset("toy", held_out=held).space == whole.space
    assert not train.complete


def test_a_correlated_part_still_draws_only_its_own_rows() -> None:
    world = load_dataset("toy", held_out={"x": [0]}, correlated={"factors": ["x", "y"], "sigma": 0.2})
    factors = world.factors(draw_rows(world, np.random.default_rng(0), 5000))
    assert factors[:, 0].min() == 1
    assert np.corrcoef(factors[:, 0], factors[:, 1])[0, 1] > 0.5


def test_views_combine_and_survive_resizing() -> None:
    world = load_dataset("toy", correlated={"factors": ["x", "y"]}, resolution=8, standardize=True)
    assert world.draw is not None
    assert world.image_shape == (1, 8, 8)
    assert world.standardisation is not None


def test_a_stored_specification_names_every_option_of_entry_and_view() -> None:
    options = complete_data(Spec("dsprites", {"resolution": 32})).options
    assert options["resolution"] == 32
    assert {"source", "cache", "every", "held_out", "correlated", "standardize"} <= set(options)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"every": {"x": 0}}, r"every\.x must be a whole number of at least 1; got 0"),
        ({"every": {"z": 2}}, "factor must be one of: x, y, brightness; got 'z'"),
        ({"resolution": 3}, "resolution must be at least 4 pixels; got 3"),
        ({"held_out": {"x": [6]}}, r"held_out\.x must list levels in 0 \.\. 5; got \[6\]"),
        ({"held_out": {"x": 1}}, r"held_out\.x must list levels in 0 \.\. 5; got 1"),
        ({"held_out": {"x": [0], "part": "both"}}, r"held_out\.part must be one of: train, test"),
        ({"held_out": {"part": "train"}}, "held_out must name at least one factor"),
        ({"held_out": {"x": [0, 1, 2, 3, 4, 5]}}, "must leave rows in its train part"),
        ({"correlated": {"factors": ["x"]}}, "must name two different factors"),
        ({"correlated": {"factors": ["x", "x"]}}, "must name two different factors"),
        ({"correlated": {"factors": ["x", "y"], "sigma": 0}}, r"correlated\.sigma must be positive; got 0"),
        ({"correlated": {"factors": ["x", "y"], "sigm": 1}}, "Did you mean 'sigma'"),
        ({"correlated": {"sigma": 1}}, "option 'factors' must be given"),
        ({"standardise": True}, "Did you mean 'standardize'"),
    ],
)
def test_wrong_options_say_what_is_right(options: dict, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        load_dataset("toy", **options)


def test_views_that_need_a_grid_or_uniform_rows_say_so() -> None:
    with pytest.raises(UsageError, match="every= thins complete grids only; got ellipses"):
        load_dataset("ellipses", order="walk", every={"posX": 2})
    with pytest.raises(UsageError, match="held_out lists rows, at most 50000000; got 34296447249"):
        load_dataset("xysquares", spacing=1, held_out={"x_R": [0]})
