import numpy as np
import pytest
from scipy.stats import entropy

from unbraid.metrics._importance import completeness, devoted, disentanglement, importance_score, largest_share


def by_scipy(importance: np.ndarray) -> float:
    """Weighted mean of 1 - entropy of the rows, by another library, leaving out the rows of zeros."""
    rows = importance[importance.sum(axis=1) > 0]
    per_row = 1 - entropy(rows, base=importance.shape[1], axis=1)
    return float(np.average(per_row, weights=rows.sum(axis=1)))


def test_one_latent_per_factor_is_perfect() -> None:
    assert disentanglement(np.eye(3))[0] == pytest.approx(1)
    assert completeness(np.eye(3))[0] == pytest.approx(1)


def test_equal_importances_score_nothing() -> None:
    assert disentanglement(np.ones((4, 3)))[0] == pytest.approx(0)
    assert completeness(np.ones((4, 3)))[0] == pytest.approx(0)


def test_a_shared_latent_by_hand() -> None:
    # latent 0 serves both factors equally (score 0, weight 1), latent 1 serves factor 1 alone (score 1, weight 1/2)
    matrix = np.array([[0.5, 0.5], [0.0, 0.5]])
    value, per_latent = disentanglement(matrix)
    np.testing.assert_allclose(per_latent, [0, 1], atol=1e-8)
    assert value == pytest.approx(1 / 3)
    value, per_factor = completeness(matrix)  # factor 0 in one latent (weight 1/3), factor 1 in two (weight 2/3)
    np.testing.assert_allclose(per_factor, [1, 0], atol=1e-8)
    assert value == pytest.approx(1 / 3)


def test_agrees_with_scipy_on_random_matrices() -> None:
    rng = np.random.default_rng(0)
    for shape in ((2, 3), (7, 4), (50, 10)):
        matrix = rng.random(shape) ** 4
        matrix[0] = 0
        assert disentanglement(matrix)[0] == pytest.approx(by_scipy(matrix), abs=1e-8)
        assert completeness(matrix)[0] == pytest.approx(by_scipy(matrix.T), abs=1e-8)


def test_idle_latents_leave_disentanglement_and_raise_completeness_through_the_base() -> None:
    matrix = np.array([[0.8, 0.2], [0.2, 0.8]])
    wider = np.vstack([matrix, np.zeros((2, 2))])
    assert disentanglement(wider)[0] == pytest.approx(disentanglement(matrix)[0])
    share = 1 - completeness(matrix)[0]  # entropy in base 2
    assert completeness(wider)[0] == pytest.approx(1 - share / 2)  # the same entropy in base 4


def test_a_matrix_of_zeros_scores_zero_and_a_single_factor_nothing() -> None:
    assert disentanglement(np.zeros((3, 2)))[0] == pytest.approx(0, abs=1e-12)
    assert disentanglement(np.ones((3, 1)))[0] is None
    assert completeness(np.ones((1, 3)))[0] is None
    score = importance_score(np.ones((3, 1)), "")
    assert score.value is None
    assert "two factors" in score.reason
    assert "disentanglement" not in score.parts


def test_latents_devoted_to_a_group_are_kept() -> None:
    matrix = np.array([[0.9, 0.1, 0.0], [0.0, 0.6, 0.3], [0.4, 0.2, 0.2], [0.0, 0.0, 0.0]])
    np.testing.assert_array_equal(devoted(matrix, [1, 2]), [False, True, False, False])  # a tie is not kept
    score = importance_score(matrix, "", columns=[1, 2])
    np.testing.assert_array_equal(score.arrays["kept"], [False, True, False, False])
    assert score.value == pytest.approx(1 - entropy([2, 1], base=2))
    assert "completeness" not in score.parts  # one latent is left: nothing to concentrate


def test_a_group_without_latents_has_no_score() -> None:
    score = importance_score(np.array([[1.0, 0.0], [0.9, 0.1]]), "", columns=[1])
    assert score.value is None
    assert "no latent is more important" in score.reason


def test_the_largest_share_is_0_for_equal_entries_and_1_for_a_single_one() -> None:
    table = np.array([[1.0, 0.0, 2.0], [1.0, 3.0, 2.0], [1.0, 0.0, 0.0]])
    assert largest_share(table, axis=0).tolist() == pytest.approx([0, 1, (1 / 2 - 1 / 3) / (2 / 3)])
    assert largest_share(table.T, axis=1).tolist() == largest_share(table, axis=0).tolist()
