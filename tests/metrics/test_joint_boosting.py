import numpy as np
import pytest

from tests.metrics.codes import at_random, noise, rng
from unbraid.metrics._boosting import STAGES, boost, cross_entropy, squared_error
from unbraid.metrics._exact_trees import Sorted
from unbraid.metrics._joint_boosting import boost_together, steps
from unbraid.metrics._joint_trees import Ranked

FACTORS = at_random(300, 2, 3, 4)
CODE = np.concatenate([FACTORS @ np.array([[1.0, 0.4, 0], [0, 1, 0.5], [0.2, 0, 1]]), noise(300, 1)], axis=1)
CODE += 0.4 * noise(300, 4)
TARGETS = np.concatenate([np.eye(4)[FACTORS[:, 2]].T - 0.25, noise(1, 300)]).astype(np.float32)


@pytest.mark.parametrize("code", [CODE, np.round(CODE), np.round(CODE[:, [0, 0, 1]], 1)])
def test_trees_are_those_that_are_grown_one_by_one(code: np.ndarray) -> None:
    together = Ranked(code).grown(TARGETS, rng())
    for target, importance in zip(TARGETS, together.importance.T, strict=True):
        one = Sorted(code).grown(target.astype(np.float64), rng()).importance
        assert importance.sum() == pytest.approx(one.sum(), rel=0.02)  # equally good places: rounding chooses
        if len(np.unique(code)) == code.size:
            np.testing.assert_allclose(importance, one, rtol=1e-3, atol=1e-6)


@pytest.mark.parametrize("code", [CODE, np.round(CODE)])
def test_rows_end_in_the_same_leaf_when_they_come_again(code: np.ndarray) -> None:
    trees = Ranked(code).grown(TARGETS, rng())
    np.testing.assert_array_equal(trees.leaf_of(code.T.astype(np.float32)), trees.leaf)


def test_equal_latents_share_the_importance() -> None:
    importance = Ranked(CODE[:, [0, 1, 0]]).grown(TARGETS, rng()).importance
    np.testing.assert_allclose(importance[0], importance[2])
    assert importance[0].min() > 0


@pytest.mark.parametrize("rows", [2, 63, 64, 65, 300])
def test_any_number_of_rows_is_searched_to_its_end(rows: int) -> None:
    values = np.arange(rows, dtype=np.float64)[:, None]
    for place in {1, rows // 2, rows - 1} - {0}:
        target = np.where(np.arange(rows) < place, 1.0, -1.0).astype(np.float32)[None]
        trees = Ranked(values).grown(target - target.mean(), rng())
        assert trees.threshold[0] == place - 0.5
        assert trees.importance.sum() == pytest.approx(target.var(), rel=1e-5)


def test_a_constant_latent_is_never_asked_and_without_others_nothing_is_split() -> None:
    constant = np.ones((300, 2))
    assert not Ranked(constant).grown(TARGETS, rng()).importance.any()
    importance = Ranked(np.concatenate([constant, CODE], axis=1)).grown(TARGETS, rng()).importance
    assert not importance[:2].any()


def test_steps_grow_and_go_as_far_as_a_hundred() -> None:
    for stages in (10, 40, 99):
        assert steps(stages).sum() == pytest.approx(STAGES)
        assert steps(stages)[0] == 1
        assert (np.diff(steps(stages)) > 0).all()
    np.testing.assert_array_equal(steps(STAGES), np.ones(STAGES))


def test_with_as_many_stages_it_is_boosting() -> None:
    classes = np.unique(FACTORS[:, 1], return_inverse=True)[1]
    losses = [cross_entropy(FACTORS[:, 0]), cross_entropy(classes), squared_error(CODE[:, 2] + 0.1 * noise(1, 300)[0])]
    together = boost_together(CODE, losses, CODE[:50], rng(), STAGES)
    for loss, fitted in zip(losses, together, strict=True):
        one = boost(CODE, loss, CODE[:50], 0)
        np.testing.assert_allclose(fitted.importance, one.importance, atol=0.02)  # ties
        assert np.corrcoef(fitted.train.ravel(), one.train.ravel())[0, 1] > 0.995
        assert np.corrcoef(fitted.test.ravel(), one.test.ravel())[0, 1] > 0.99


def test_many_targets_of_few_rows_are_searched_in_parts() -> None:
    target = noise(4000, 70).astype(np.float32)
    code = noise(70, 1)
    importance = Ranked(code).grown(target, rng()).importance
    np.testing.assert_allclose(importance[:, ::500], Ranked(code).grown(target[::500], rng()).importance, rtol=1e-4)


@pytest.mark.parametrize("rows", [63, 64, 65, 128])
def test_equal_values_are_never_parted(rows: int) -> None:
    values = at_random(rows, 5)
    code = np.concatenate([values, at_random(rows, 3, 4)[:, ::-1]], axis=1).astype(np.float64)
    target = (np.eye(5)[values[:, 0]].T - 0.2).astype(np.float32)
    importance = Ranked(code).grown(target, rng()).importance
    for k in range(5):
        np.testing.assert_allclose(
            importance[:, k], Sorted(code).grown(target[k].astype(float), rng()).importance, atol=1e-6
        )
