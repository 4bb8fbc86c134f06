import numpy as np
import pytest

from tests.metrics.codes import at_random, noise, on_grid
from unbraid.metrics import Representation
from unbraid.metrics._interventions import Interventions, pieces

GRID = on_grid(3, 4, 5)
ROWS = Representation.from_arrays(noise(4000, 2), at_random(4000, 3, 4, 5))


@pytest.mark.parametrize("rep", [GRID, ROWS], ids=["grid", "rows"])
def test_rows_have_the_level_asked_for_and_are_free_otherwise(rep: Representation) -> None:
    rows, draw = Interventions.of(rep), np.random.default_rng(0)
    assert (rows.levels == ()) == rep.complete
    for k in range(3):
        level = draw.integers(rows.sizes[k], size=(1, 500))
        levels = rep.factors[rows.at(k, level, (40, 500), draw)]
        np.testing.assert_array_equal(levels[..., k], np.broadcast_to(level, (40, 500)))
        for other in {0, 1, 2} - {k}:
            share = np.bincount(levels[..., other].ravel()) / levels[..., other].size
            np.testing.assert_allclose(share, 1 / rows.sizes[other], atol=0.03)


def test_levels_are_as_frequent_as_among_the_rows() -> None:
    factors = np.array([0] * 100 + [1] * 300)
    rows = Interventions.of(Representation.from_arrays(noise(400, 1), factors))
    assert np.mean(rows.level(0, (4000,), np.random.default_rng(0))) == pytest.approx(0.75, abs=0.03)
    share = np.bincount(Interventions.of(GRID).level(2, (5000,), np.random.default_rng(0))) / 5000
    np.testing.assert_allclose(share, 0.2, atol=0.03)


def test_sampled_rows_keep_what_goes_with_the_level() -> None:
    """Where factor 1 always equals factor 0, holding the one holds the other: no rows without it exist."""
    factors = np.repeat(at_random(1000, 3), 2, axis=1)
    rows = Interventions.of(Representation.from_arrays(noise(1000, 2), factors))
    levels = factors[rows.at(0, np.array([2]), (50,), np.random.default_rng(0))]
    assert np.all(levels == 2)


def test_continuous_factors_are_cut_into_bins() -> None:
    values = np.random.default_rng(0).random((500, 1))
    rows = Interventions.of(Representation.from_arrays(values, values), bins=4)
    drawn = rows.at(0, np.array(3), (20,), np.random.default_rng(0))
    assert np.all(values[drawn] > 0.74)


def test_pieces_cover_everything_once() -> None:
    covered = np.concatenate([np.arange(1000)[part] for part in pieces(1000, 64, 10)])
    np.testing.assert_array_equal(covered, np.arange(1000))
    assert pieces(3, 10**9, 1) == [slice(0, 1), slice(1, 2), slice(2, 3)]
