"""The total correlation of the codes of a whole dataset, by the posteriors of its images."""

import numpy as np
import pytest
import torch

from unbraid.objectives import aggregate_total_correlation


def reference(mean: np.ndarray, logvar: np.ndarray, **options: int) -> tuple[float, float]:
    return aggregate_total_correlation(torch.from_numpy(mean), torch.from_numpy(logvar), **options)


@pytest.mark.parametrize("correlation", [0.0, 0.5, 0.9])
def test_the_reference_is_the_closed_form_for_correlated_gaussians(correlation: float) -> None:
    """Codes of Gaussian means under Gaussian noise are Gaussian."""
    matrix = np.full((3, 3), correlation) + (1.2 - correlation) * np.eye(3)
    stream, noise = np.random.default_rng(0), 0.25
    mean = stream.multivariate_normal(np.zeros(3), matrix, 4_000)
    whole = matrix + noise * np.eye(3)
    expected = (np.log(np.diag(whole)).sum() - np.linalg.slogdet(whole)[1]) / 2
    value, error = reference(mean, np.full_like(mean, np.log(noise)), draws=1_000)
    assert value == pytest.approx(expected, abs=3 * error + 0.02)
    assert error < 0.05


def test_the_reference_sees_dependence_that_no_correlation_shows() -> None:
    """Means on a circle: the latents are uncorrelated, and each tells the other but for its sign."""
    angle = np.linspace(0, 2 * np.pi, 720, endpoint=False)
    mean = np.stack([np.cos(angle), np.sin(angle), np.zeros(720)], axis=1)
    logvar = np.full_like(mean, 2 * np.log(0.05))
    value, error = reference(mean, logvar)
    grid = np.stack(np.meshgrid(*2 * [np.linspace(-1.3, 1.3, 500)], indexing="ij"))  # the integral, on a grid
    one = np.exp(-np.square((grid[0, :, :1] - mean[:, 0]) / 0.05) / 2)  # [500, 720]
    joint = one @ np.exp(-np.square((grid[1, 0, :, None] - mean[:, 1]) / 0.05) / 2).T
    joint /= joint.sum()
    apart = np.outer(joint.sum(axis=1), joint.sum(axis=0))
    expected = (joint[joint > 0] * np.log(joint[joint > 0] / apart[joint > 0])).sum()
    assert value == pytest.approx(expected, abs=3 * error)
    assert 1 < expected < 2  # a Gaussian copula has 0 of it


def test_latents_that_no_image_moves_add_nothing_to_the_reference() -> None:
    mean = np.zeros((300, 4))
    assert reference(mean, mean)[0] == pytest.approx(0, abs=1e-5)
    assert reference(mean[:, :1], mean[:, :1])[0] == pytest.approx(0, abs=1e-5)


def test_some_of_the_images_are_weighted_as_some() -> None:
    """Images that are all told apart: a code is one of so many, and not one of those that were taken."""
    mean = np.random.default_rng(0).standard_normal((4_000, 4))
    logvar = np.full_like(mean, 2 * np.log(0.1))
    whole, error = reference(mean, logvar)
    some, spread = mean[:400], logvar[:400]
    assert reference(some, spread, rows=4_000)[0] == pytest.approx(whole, abs=3 * error)
    assert reference(some, spread)[0] > whole + 1


def test_all_of_the_images_are_all_of_them() -> None:
    mean = np.random.default_rng(0).standard_normal((50, 3))
    assert reference(mean, mean, rows=50) == pytest.approx(reference(mean, mean), abs=1e-5)
