"""Scores of latents alone: total correlation, Wasserstein correlation, mutual information, support."""

import numpy as np
import pytest

from tests.metrics.codes import noise, on_grid
from unbraid.core import UsageError
from unbraid.metrics import Representation
from unbraid.metrics.factorised_support import factorised_support
from unbraid.metrics.gaussian_total_correlation import gaussian_total_correlation
from unbraid.metrics.mutual_information_between_latents import mutual_information_between_latents
from unbraid.metrics.wasserstein_correlation import wasserstein_correlation

RHO = 0.8


def coded(code: np.ndarray) -> Representation:
    return Representation.from_arrays(code, np.zeros(len(code), int))


def exactly(covariance: np.ndarray, rows: int = 2000) -> np.ndarray:
    """Codes whose sample covariance is this one."""
    white = noise(rows, len(covariance))
    white -= white.mean(axis=0)
    white = white @ np.linalg.inv(np.linalg.cholesky(np.cov(white, rowvar=False))).T
    return white @ np.linalg.cholesky(covariance).T


def test_total_correlation_of_a_pair_is_closed_form() -> None:
    code = exactly(np.array([[1, RHO], [RHO, 1]])) * [3, 0.01]
    assert gaussian_total_correlation(coded(code)).value == pytest.approx(-0.5 * np.log(1 - RHO**2))
    assert gaussian_total_correlation(coded(exactly(np.eye(3)))).value == pytest.approx(0, abs=1e-12)


def test_total_correlation_leaves_dead_latents_out_or_refuses_them() -> None:
    code = np.concatenate([exactly(np.array([[1, RHO], [RHO, 1]])), np.ones((2000, 1))], axis=1)
    assert gaussian_total_correlation(coded(code)).value == pytest.approx(-0.5 * np.log(1 - RHO**2))
    with pytest.raises(UsageError, match="needs latents that vary; got 1 constant ones"):
        gaussian_total_correlation(coded(code), dead="missing")
    with pytest.raises(UsageError, match="at least 2 latents that vary; got 1"):
        gaussian_total_correlation(coded(code[:, 1:]))
    with pytest.raises(UsageError, match="do not determine each other; got an infinite value; drop copies"):
        gaussian_total_correlation(coded(code[:, [0, 0]]))


def test_wasserstein_correlation_of_a_pair_is_closed_form() -> None:
    code = 2 * exactly(np.array([[1, RHO], [RHO, 1]]))
    expected = 4 * (4 - 2 * (np.sqrt(1 + RHO) + np.sqrt(1 - RHO)))
    scored = wasserstein_correlation(coded(code))
    assert scored.value == pytest.approx(expected)
    assert scored.parts["normalised"] == pytest.approx(expected / 8)
    assert wasserstein_correlation(coded(exactly(np.eye(3)))).value == pytest.approx(0, abs=1e-12)
    with pytest.raises(UsageError, match="needs a latent that varies"):
        wasserstein_correlation(coded(np.zeros((20, 2))))


def test_latents_of_a_grid_share_nothing_and_copies_everything() -> None:
    rep = on_grid(10, 20)
    assert mutual_information_between_latents(rep).value == pytest.approx(0, abs=1e-12)
    copies = mutual_information_between_latents(coded(rep.code[:, [0, 0]]))
    assert copies.value == pytest.approx(np.log(10))
    with pytest.raises(UsageError, match="bins must be at least 2"):
        mutual_information_between_latents(rep, bins=1)


def test_support_of_a_grid_is_a_product_and_of_a_diagonal_by_hand() -> None:
    grid = on_grid(8, 16)
    assert factorised_support(coded(grid.code)).value == pytest.approx(0)
    diagonal = coded(np.repeat(np.linspace(0, 1, 129)[:, None], 2, axis=1))
    # the corner (0, 1) is 2 * (1/2)^2 away from the diagonal's middle
    assert factorised_support(diagonal, batch=129).value == pytest.approx(0.5)


def test_support_of_a_complete_grid_takes_rows_from_all_over_it() -> None:
    still = Representation.from_arrays(on_grid(8, 8, 8).code[:, [0, 2]], on_grid(8, 8, 8).factors)
    assert factorised_support(still.rows(np.arange(64)), batch=64).value == 0  # the first factor has not moved yet
    assert factorised_support(on_grid(8, 8, 8), batch=128, rows=128).arrays["distance"].max() == 1
    assert factorised_support(on_grid(6, 6, 6), batch=216, rows=0).value == 0


@pytest.mark.parametrize(
    ("options", "message"), [({"batch": 1}, "batch must be at least 2"), ({"rows": -1}, "negative")]
)
def test_support_refuses_impossible_batches(options: dict[str, int], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        factorised_support(on_grid(8, 16), **options)


def test_support_of_very_many_latents_is_refused_before_it_is_begun() -> None:
    code = np.random.default_rng(0).standard_normal((1024, 300))
    rule = r"must be at most 5,960 pairs; got 44,850 of 300 latents; give fewer rows, a smaller batch, or fewer latents"
    with pytest.raises(UsageError, match=rule):
        factorised_support(coded(code))
    assert factorised_support(coded(code[:, :30]), batch=16, rows=32).value > 0
