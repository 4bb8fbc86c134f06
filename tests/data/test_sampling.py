"""Rows for a batch, and partners that differ in k factors."""

import numpy as np
import pytest

from unbraid.core import Factor, FactorSpace, UsageError
from unbraid.data import ArrayDataset, draw_partners, draw_rows, load_dataset

GRID = {"cache": "never"}


def differing(dataset, rows: np.ndarray, partners: np.ndarray) -> np.ndarray:
    return (dataset.factors(rows) != dataset.factors(partners)).sum(axis=1)


def test_rows_are_uniform_and_those_of_the_dataset_if_it_draws_its_own() -> None:
    toy = load_dataset("toy")
    rows = draw_rows(toy, np.random.default_rng(0), 72_000)
    assert np.abs(np.bincount(rows, minlength=72) / 1000 - 1).max() < 0.15
    toy = toy.with_info(draw=lambda rng, count: np.full(count, 5))
    assert draw_rows(toy, np.random.default_rng(0), 3).tolist() == [5, 5, 5]


def test_the_number_of_changed_factors_is_uniform_and_each_factor_as_likely() -> None:
    world = load_dataset("dsprites", **GRID)
    rng = np.random.default_rng(0)
    rows = draw_rows(world, rng, 20_000)
    partners = draw_partners(world, rows, rng)
    changed = differing(world, rows, partners)
    assert np.bincount(changed, minlength=6)[0] == 0
    assert np.abs(np.bincount(changed)[1:] / 4000 - 1).max() < 0.06
    share = (world.factors(rows) != world.factors(partners)).mean(axis=0)
    assert np.abs(share - 0.6).max() < 0.02  # (1 + .. + 5) / 5 / 5


@pytest.mark.parametrize("changed", [1, 3, 5])
def test_exactly_the_asked_number_changes(changed: int) -> None:
    world = load_dataset("dsprites", **GRID)
    rng = np.random.default_rng(1)
    rows = draw_rows(world, rng, 500)
    assert (differing(world, rows, draw_partners(world, rows, rng, changed=changed)) == changed).all()


def test_a_changed_level_is_uniform_over_the_others() -> None:
    world = load_dataset("toy")
    rows = np.zeros(20_000, np.int64)
    partners = draw_partners(world, rows, np.random.default_rng(0), changed=1)
    x = world.factors(partners)[:, 0]
    counts = np.bincount(x[x > 0], minlength=6)[1:]
    assert np.abs(counts / counts.mean() - 1).max() < 0.1


def test_factors_of_one_level_never_count() -> None:
    world = load_dataset("toy", every={"x": 6})
    rng = np.random.default_rng(0)
    rows = draw_rows(world, rng, 300)
    changed = differing(world, rows, draw_partners(world, rows, rng))
    assert set(changed) == {1, 2}


def test_it_works_on_the_largest_grid() -> None:
    world = load_dataset("xysquares", spacing=1)
    rng = np.random.default_rng(0)
    rows = draw_rows(world, rng, 100)
    assert rows.max() > 2**32
    assert (differing(world, rows, draw_partners(world, rows, rng, changed=2)) == 2).all()


def test_a_table_gives_only_rows_it_holds() -> None:
    world = load_dataset("toy", held_out={"x": [0, 1], "y": [0]})
    rng = np.random.default_rng(0)
    rows = draw_rows(world, rng, 400)
    partners = draw_partners(world, rows, rng)
    assert partners.max() < len(world)
    assert set(differing(world, rows, partners)) == {1, 2, 3}
    assert (differing(world, rows, draw_partners(world, rows, rng, changed=1)) == 1).all()


def test_a_table_with_several_rows_of_one_combination_uses_them_all() -> None:
    images = np.zeros((40, 1, 8, 8), np.uint8)
    table = np.repeat([[0], [1]], 20, axis=0)
    world = ArrayDataset("twins", images, FactorSpace((Factor("kind", 2),)), table)
    partners = draw_partners(world, np.zeros(2000, np.int64), np.random.default_rng(0))
    assert np.bincount(partners, minlength=40)[20:].min() > 50


def test_what_cannot_be_paired_is_told_what_works() -> None:
    rng, images = np.random.default_rng(0), np.zeros((3, 1, 8, 8), np.uint8)
    rows = np.arange(3)
    with pytest.raises(UsageError, match=r"need factors with levels; got photos with 0 factors.*independent pairs"):
        draw_partners(ArrayDataset("photos", images), rows, rng)
    space = FactorSpace((Factor("angle", 0, "continuous"),))
    with pytest.raises(UsageError, match=r"of sizes \(0,\)"):
        draw_partners(ArrayDataset("angles", images, space, np.ones((3, 1))), rows, rng)
    space = FactorSpace((Factor("a", 3), Factor("b", 3)))
    diagonal = ArrayDataset("diagonal", images, space, np.stack([rows, rows], axis=1))
    assert (differing(diagonal, rows, draw_partners(diagonal, rows, rng)) == 2).all()
    with pytest.raises(UsageError, match=r"diagonal has none for 3 of 3 rows in 200 tries\. Use a complete grid"):
        draw_partners(diagonal, rows, rng, changed=1)
    with pytest.raises(UsageError, match=r"changed must lie in 1 \.\. 3.*got 4"):
        draw_partners(load_dataset("toy"), rows, rng, changed=4)
    with pytest.raises(UsageError, match="must hold images to draw from"):
        draw_rows(ArrayDataset("none", images[:0]), rng, 2)
