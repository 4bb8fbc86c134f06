import numpy as np
import pytest

from tests.golden.boxhead import boxhead_errors
from tests.golden.harness import DATA
from unbraid.core import UsageError, choices_of
from unbraid.data import load_dataset
from unbraid.data._scenes.boxhead_factors import VariantName
from unbraid.data._scenes.boxhead_room import EYES, FLOOR, HEAD, SKY, WALL, geometry
from unbraid.data.boxhead import render

WALL_HUE, FLOOR_HUE, BOX_HUE, SIZE, AZIMUTH, EYE, HIDDEN = 0, 1, 2, 3, 4, slice(5, 9), 9
VARIANTS = choices_of(VariantName)


def values(**options: object) -> np.ndarray:
    world = load_dataset("boxhead", **options)
    return world.space.values(world.factors(np.arange(len(world))))


def spread(turns: np.ndarray) -> float:
    """Standard deviation on the circle about zero, in turns."""
    return float(np.sqrt(np.mean(((turns + 0.5) % 1 - 0.5) ** 2)))


def test_renders_as_the_original_mesh_generator_does() -> None:
    errors, off = boxhead_errors(DATA / "datasets" / "boxhead_reference.npz")
    assert errors.mean() < 0.0012  # measured 0.00106; antialiased edges or sharp cubes would give 0.005
    assert off.mean() < 0.013


def test_shade_of_the_main_surfaces() -> None:
    material, shade = geometry(0.0, 1.0)
    pixels = material.reshape(64, 64), shade.reshape(3, 64, 64)
    for what, row, column, expected in (
        (WALL, 20, 5, (0.776, 0.765, 0.737)),
        (HEAD, 50, 24, (0.776, 0.765, 0.737)),
        (FLOOR, 60, 5, (0.587, 0.571, 0.530)),
        (SKY, 2, 30, (1, 1, 1)),
    ):
        assert pixels[0][row, column] == what
        assert pixels[1][:, row, column] == pytest.approx(expected, abs=0.001)


def test_share_of_pixels_per_material() -> None:
    shares = np.mean(
        [np.bincount(geometry(a, s)[0], minlength=8) for a in (-0.5, 0, 0.5) for s in (1, 1.12, 1.25)], axis=0
    )
    assert shares[:4] / 4096 == pytest.approx([0.18, 0.38, 0.28, 0.136], abs=0.015)
    assert shares[4:] == pytest.approx([25] * 4, abs=4)


def test_eyes_stand_where_their_names_say() -> None:
    material = geometry(0.0, 1.0)[0].reshape(64, 64)
    rows, columns = (
        np.array([where.mean() for where in (np.nonzero(material == eye)[k] for eye in EYES)]) for k in (0, 1)
    )
    assert rows[0] == rows[2] > rows[1] == rows[3]  # bottom, top, bottom, top
    assert columns[0] == columns[1] < columns[2] == columns[3]  # left, left, right, right


def test_a_positive_azimuth_shows_more_of_the_right_side() -> None:
    front, turned = (geometry(azimuth, 1.0)[0].reshape(64, 64) for azimuth in (0.0, 0.5))
    eyes = [np.isin(image, EYES).nonzero()[1].mean() - (image == HEAD).nonzero()[1].mean() for image in (front, turned)]
    assert eyes[0] == pytest.approx(0, abs=0.01)
    assert eyes[1] < -4


def test_first_and_last_hue_are_the_same_red() -> None:
    row = np.array([[0, 0.5, 0.3, 1.1, 0.1, 0.2, 0.4, 0.6, 0.8]])
    red = row.copy()
    red[0, 0] = 1
    np.testing.assert_array_equal(render(row), render(red))


@pytest.mark.parametrize("variant", VARIANTS)
def test_images_are_those_of_the_factor_values(variant: str) -> None:
    world = load_dataset("boxhead", variant=variant, rows=6, seed=3)
    np.testing.assert_array_equal(world.images(np.arange(6)), render(world.space.values(world.factors(np.arange(6)))))


@pytest.mark.parametrize(
    ("variant", "between_eyes", "to_box"),
    [("boxhead_07", 0.083, 0.203), ("boxheadsimple", 0.141, 0.289), ("boxheadsimple2", 0.250, 0.289)],
)
def test_eyes_depend_as_in_the_original(variant: str, between_eyes: float, to_box: float) -> None:
    drawn = values(variant=variant)
    assert spread(drawn[:, 5] - drawn[:, 8]) == pytest.approx(between_eyes, abs=0.003)
    assert spread(drawn[:, 6] - drawn[:, BOX_HUE]) == pytest.approx(to_box, abs=0.003)


@pytest.mark.parametrize(("variant", "sizes", "hues"), [
    ("boxhead_07", 16, 70), ("boxheadsimple", 11, 70), ("boxheadsimple2", 11, 35)])  # fmt: skip
def test_levels_and_their_ends_at_half_weight(variant: str, sizes: int, hues: int) -> None:
    world = load_dataset("boxhead", variant=variant)
    factors = world.factors(np.arange(len(world)))
    assert len(world) == 51_328
    assert world.space.sizes[:9] == (11, 11, 11, sizes, 11, hues, hues, hues, hues)
    for k in range(5):
        share = np.bincount(factors[:, k]) * (world.space.sizes[k] - 1) / len(world)
        assert share[1:-1] == pytest.approx(np.ones(len(share) - 2), abs=0.08)
        assert share[[0, -1]] == pytest.approx([0.5, 0.5], abs=0.06)
    assert all(len(np.unique(factors[:, k])) == hues for k in range(5, 9))


def test_hidden_value_is_not_wrapped_where_it_follows_the_box() -> None:
    hidden = values(variant="boxhead_07")[:, HIDDEN]
    assert -1 <= hidden.min() < -0.5
    assert 1.5 < hidden.max() < 2
    assert np.all(np.abs(hidden * 70 - np.rint(hidden * 70)) < 1e-9)


def test_azimuth_zero_keeps_those_rows_only() -> None:
    every, zero = values(variant="boxheadsimple2"), values(variant="boxheadsimple2", azimuth="zero")
    np.testing.assert_array_equal(zero, every[every[:, AZIMUTH] == 0.0])
    assert len(zero) == pytest.approx(5133, abs=4 * 68)


def test_continuous_draws_follow_the_thesis() -> None:
    world = load_dataset("boxhead", variant="boxheadsimple2", continuous=True, rows=20_000)
    drawn = world.factors(np.arange(len(world)))
    assert world.space.combinations == 0
    assert len(np.unique(drawn[:, WALL_HUE])) == 20_000
    assert spread(drawn[:, 5] - drawn[:, HIDDEN]) == pytest.approx(0.1955, abs=0.003)  # 0.2, wrapped
    assert drawn[:, SIZE].min() >= 1
    assert drawn[:, SIZE].max() <= 1.25
    assert np.abs(drawn[:, AZIMUTH]).max() <= np.pi / 6
    assert world.images(np.array([0])).shape == (1, 3, 64, 64)
    linked = load_dataset("boxhead", continuous=True, rows=20_000).factors(np.arange(20_000))
    assert np.std(linked[:, HIDDEN] - linked[:, BOX_HUE]) == pytest.approx(0.2, abs=0.004)
    assert spread(linked[:, 7] - linked[:, HIDDEN]) == pytest.approx(0.2 / np.sqrt(12), abs=0.002)


def test_same_seed_same_rows() -> None:
    np.testing.assert_array_equal(values(rows=50, seed=4), values(rows=50, seed=4))
    assert not np.array_equal(values(rows=50, seed=4), values(rows=50, seed=5))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"variant": "boxhead_7"}, "Did you mean 'boxhead_07'?"),
        ({"azimuth": "none"}, r"boxhead\.azimuth must be one of: all, zero"),
        ({"rows": 0}, "rows must be a whole number of at least 1; got 0"),
        ({"azimuth": "zero", "continuous": True}, "leave one of the two out"),
        ({"azimuth": "zero", "rows": 1}, "raise rows"),
    ],
)
def test_mistakes_are_named(options: dict[str, object], message: str) -> None:
    with pytest.raises(UsageError, match=message.replace("?", r"\?")):
        load_dataset("boxhead", **options)


def test_rows_out_of_range_are_refused() -> None:
    with pytest.raises(UsageError, match=r"0 \.\. 9"):
        load_dataset("boxhead", rows=10).images(np.array([10]))
