"""Explicitness."""

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from tests.metrics.codes import at_random, noise, on_grid, rng
from unbraid.core import UsageError
from unbraid.metrics import Representation
from unbraid.metrics.explicitness import _roc_area, explicitness


def test_areas_agree_with_scikit_learn() -> None:
    labels = at_random(300, 4)[:, 0]
    share = np.round(np.abs(noise(300, 4)) + 0.5 * np.eye(4)[labels], 1)  # with ties
    share /= share.sum(axis=1, keepdims=True)
    expected = roc_auc_score(labels, share, multi_class="ovr", average="macro")
    assert _roc_area(share, labels, np.arange(4)) == pytest.approx(expected)


def test_separable_levels_score_one_noise_a_half() -> None:
    factors = at_random(2000, 2, 2)
    assert explicitness(Representation.from_arrays(factors.astype(float), factors), rng()).value == pytest.approx(1)
    assert explicitness(Representation.from_arrays(noise(2000, 2), factors), rng()).value == pytest.approx(
        0.5, abs=0.05
    )


def test_a_rotation_changes_little_and_a_dead_latent_nothing() -> None:
    factors = at_random(2000, 3, 3)
    turned = Representation.from_arrays(factors @ np.array([[1, 1], [1, -1]]), factors)
    plain = Representation.from_arrays(factors.astype(float), factors)
    dead = Representation.from_arrays(np.concatenate([factors, np.full((2000, 1), 0.1)], axis=1), factors)
    assert explicitness(turned, rng()).value == pytest.approx(explicitness(plain, rng()).value, abs=0.01)
    assert explicitness(dead, rng()).value == pytest.approx(explicitness(plain, rng()).value)


def test_a_given_test_set_leaves_no_chance() -> None:
    factors = at_random(400, 3, 3)
    rep = Representation.from_arrays(factors + noise(400, 2), factors)
    assert explicitness(rep, rng(0), test=rep).value == explicitness(rep, rng(1), test=rep).value
    assert explicitness(rep, rng(0), test=rep).value == explicitness(rep, rng(1), test=rep).parts["train"]


def test_impossible_test_sets_are_refused() -> None:
    rep = on_grid(10, 20)
    with pytest.raises(UsageError, match="explicitness needs test rows of more than one level"):
        explicitness(rep, rng(), test=rep.rows(np.arange(5)))
    with pytest.raises(UsageError, match="explicitness needs test rows; got 0"):
        explicitness(rep, rng(), test=rep.rows(np.arange(0)))
    with pytest.raises(UsageError, match="at least 150 rows"):
        explicitness(rep.rows(np.arange(100)), rng())


@pytest.mark.parametrize("scale", [2.0**-600, 2.0**-1000])
def test_codes_whose_squares_no_float_holds_have_the_score_of_larger_ones(scale: float) -> None:
    factors = at_random(400, 3)
    code = noise(400, 2) + factors
    first, second = (explicitness(Representation.from_arrays(code * s, factors), rng()).value for s in (1.0, scale))
    assert first == pytest.approx(second, abs=1e-6)
