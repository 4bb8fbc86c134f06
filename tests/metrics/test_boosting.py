"""Boosting against scikit-learn's, and trees worked out by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sklearn.ensemble import GradientBoostingClassifier, GradientBoostingRegressor

from unbraid.metrics._boosting import boost, cross_entropy, squared_error
from unbraid.metrics._exact_trees import Sorted

ROWS = 160
CODE = np.random.default_rng(0).standard_normal((2 * ROWS, 4)).astype(np.float32)
NUMBER = CODE[:, 0] - 2.0 * CODE[:, 1] ** 2 + 0.3 * CODE[:, 2]


def classes(count: int) -> np.ndarray:
    edges = np.quantile(NUMBER, np.arange(1, count) / count)
    return np.searchsorted(edges, NUMBER)


@pytest.mark.parametrize("count", [3, 5, 0])
def test_it_predicts_what_scikit_learn_predicts(count: int) -> None:
    wanted = classes(count) if count else NUMBER
    kind: Any = GradientBoostingClassifier if count else GradientBoostingRegressor
    theirs = kind(random_state=0).fit(CODE[:ROWS], wanted[:ROWS])
    loss = cross_entropy(wanted[:ROWS]) if count else squared_error(wanted[:ROWS])
    ours = boost(CODE[:ROWS], loss, CODE[ROWS:], seed=0)
    raw = theirs.decision_function if count else theirs.predict
    np.testing.assert_allclose(ours.train, raw(CODE[:ROWS]).reshape(ROWS, -1), atol=1e-9)
    assert np.mean(np.isclose(ours.test, raw(CODE[ROWS:]).reshape(ROWS, -1), atol=1e-6)) > 0.7  # ties are drawn
    np.testing.assert_allclose(ours.importance, theirs.feature_importances_, atol=0.02)


def test_two_classes_have_one_output_and_the_same_predictions_but_for_ties() -> None:
    """Two classes of a size leave few different residuals, so that later trees have equally good splits."""
    wanted = classes(2)[:ROWS]
    theirs = GradientBoostingClassifier(random_state=0).fit(CODE[:ROWS], wanted)
    ours = boost(CODE[:ROWS], cross_entropy(wanted), CODE[ROWS:], seed=0)
    assert ours.train.shape == (ROWS, 1)
    assert np.corrcoef(ours.train[:, 0], theirs.decision_function(CODE[:ROWS]))[0, 1] > 0.995
    np.testing.assert_allclose(ours.importance, theirs.feature_importances_, atol=0.03)


def test_a_tree_splits_where_the_target_steps() -> None:
    code = np.array([[3.0, 0], [1, 0], [2, 0], [4, 0]], dtype=np.float32)
    tree = Sorted(code).grown(np.array([1.0, 0, 0, 1]), np.random.default_rng(0))
    assert tree.latent.tolist() == [0, -1, -1, -1, -1, -1, -1]
    assert tree.threshold[0] == 2.5
    assert tree.leaf.tolist() == [2, 1, 1, 2]
    assert tree.importance.tolist() == [0.25, 0]  # the variance of the target, all of it
    assert tree.leaf_of(np.array([[2.4, 2.6], [9, 9]])).tolist() == [1, 2]


def test_equal_and_nearly_equal_values_are_not_told_apart() -> None:
    close = np.array([[0.0], [5e-8], [1.0], [1.0]], dtype=np.float32)
    tree = Sorted(close).grown(np.array([0.0, 4, 1, 3]), np.random.default_rng(0))
    assert tree.latent.tolist() == [0, -1, -1, -1, -1, -1, -1]
    assert tree.leaf.tolist() == [1, 1, 2, 2]
    constant = Sorted(np.ones((4, 2), dtype=np.float32)).grown(np.arange(4.0), np.random.default_rng(0))
    assert constant.latent.max() == -1
    assert not constant.importance.any()


def test_equally_good_latents_are_drawn_from() -> None:
    twins = Sorted(np.repeat(np.arange(6.0)[:, None], 2, axis=1))
    chosen = {twins.grown(np.array([0.0, 0, 0, 1, 1, 1]), np.random.default_rng(seed)).latent[0] for seed in range(12)}
    assert chosen == {0, 1}
