"""Some rows of a dataset, of which the first are trained on and the others scored."""

import numpy as np
import pytest

from unbraid.core import Spec, UsageError
from unbraid.data import complete_data, draw_partners, draw_rows, load_dataset

HALF = {"name": "xysquares", "squares": 2, "size": 32}
CUBES = {"rows": 4096, "train": 3072, "pairs": True}


@pytest.mark.parametrize("pairs", [False, True])
@pytest.mark.parametrize("spacing", [8, 6, 4, 2])
def test_rows_are_as_many_and_different_at_every_spacing(spacing: int, pairs: bool) -> None:
    world = load_dataset(HALF, spacing=spacing, split={**CUBES, "pairs": pairs})
    assert (len(world), world.training_rows, world.first_scored_row) == (4096, 3072, 3072)
    assert len(np.unique(world.factors(np.arange(4096)), axis=0)) == 4096
    drawn = draw_rows(world, np.random.default_rng(0), 100_000)
    assert set(drawn) == set(range(3072))


def test_rows_keep_their_images_and_the_drawing_is_part_of_the_data() -> None:
    whole, part = load_dataset(HALF), load_dataset(HALF, split={"rows": 100, "train": 50})
    factors = part.factors(np.arange(100))
    assert np.array_equal(part.images(np.arange(100)), whole.images(whole.space.index(factors)))
    again, other = (load_dataset(HALF, split={"rows": 100, "train": 50, "seed": seed}) for seed in (0, 1))
    assert np.array_equal(again.factors(np.arange(100)), factors)
    assert not np.array_equal(other.factors(np.arange(100)), factors)


def test_in_cubes_each_row_has_one_partner_for_each_set_of_factors() -> None:
    world = load_dataset(HALF, spacing=2, split=CUBES)
    cube = world.factors(np.arange(16, 32))
    for row in range(16):
        for other in range(16):
            bits = [bool((row ^ other) >> k & 1) for k in range(4)]
            assert (cube[row] != cube[other]).tolist() == bits


@pytest.mark.parametrize("spacing", [8, 2])
def test_partners_in_cubes_are_trained_rows_that_differ_in_as_many_factors_as_asked(spacing: int) -> None:
    world, stream = load_dataset(HALF, spacing=spacing, split=CUBES), np.random.default_rng(0)
    rows = draw_rows(world, stream, 8000)
    partners = draw_partners(world, rows, stream)
    assert partners.max() < 3072
    changed = (world.factors(rows) != world.factors(partners)).sum(axis=1)
    assert np.bincount(changed, minlength=5)[1:] == pytest.approx([2000] * 4, rel=0.1)
    two = draw_partners(world, rows, stream, changed=2)
    assert set((world.factors(rows) != world.factors(two)).sum(axis=1)) == {2}


def test_without_cubes_no_partner_is_held_out() -> None:
    world, stream = load_dataset("toy", split={"train": 60}), np.random.default_rng(0)
    rows = draw_rows(world, stream, 300)
    partners = draw_partners(world, rows, stream)
    assert partners.max() < 60
    assert (partners != rows).all()


def test_it_stands_after_thinning_and_holding_out_and_before_resizing() -> None:
    every, held_out = {"posX": 16, "posY": 16, "orientation": 20}, {"shape": [0], "part": "train"}
    world = load_dataset(
        "dsprites", cache="never", every=every, held_out=held_out, split={"rows": 60, "train": 40}, resolution=16
    )
    assert (len(world), world.training_rows, world.image_shape) == (60, 40, (1, 16, 16))
    assert (world.factors(np.arange(60))[:, 0] > 0).all()


def test_younger_options_are_in_a_configuration_only_where_they_were_given() -> None:
    assert not {"split", "size"} & set(complete_data(Spec("xysquares", {"resolution": 32})).options)
    given = complete_data(Spec("xysquares", {"size": 32, "split": {"train": 10}})).options
    assert (given["size"], given["split"]) == (32, {"train": 10})
    assert "size" in complete_data(Spec("toy")).options  # its own, and as old as it


@pytest.mark.parametrize(
    ("data", "split", "message"),
    [
        (HALF, {"rows": 5000, "train": 10}, "split.rows must be 2 .. 4096; got 5000"),
        (HALF, {"rows": 50, "train": 50}, "split.train must leave rows of 50 to score; got 50"),
        ({**HALF, "spacing": 2, "squares": 3}, {"train": 10}, "split lists rows, at most .*say how many"),
        (HALF, {"rows": 50, "train": 16, "pairs": True}, "split.rows must be a multiple of 16 where .*cubes; got 50"),
        (HALF, {"rows": 64, "train": 10, "pairs": True}, "split.train must be a multiple of 16 .* got 10"),
        ({**HALF, "held_out": {"x_R": [0]}}, {"rows": 64, "train": 16, "pairs": True}, "needs a complete grid; got"),
        ({**HALF, "spacing": 4}, {"train": 16, "pairs": True, "rows": 38432}, "at most 38416 rows in cubes; got 38432"),
        ({"name": "toy", "correlated": {"factors": ["x", "y"]}}, {"train": 16}, "needs a dataset whose rows are drawn"),
    ],
)
def test_what_cannot_be_split_is_refused(data: dict, split: dict, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        load_dataset(data, split=split)
