"""Total correlation of the aggregate posterior, against Gaussian truth and the direct sum."""

import numpy as np
import pytest
from scipy.stats import multivariate_normal

from unbraid.core import UsageError
from unbraid.metrics import Representation
from unbraid.metrics.total_correlation import joint_log_density, total_correlation


def gaussian_world(correlation: float, rows: int = 20_000) -> Representation:
    """Posterior means and logvars whose aggregate is a normal with unit variances and the given correlation."""
    rng = np.random.default_rng(0)
    noise = 0.2
    cov = np.array([[1 - noise, correlation], [correlation, 1 - noise]])
    mean = rng.multivariate_normal([0, 0], cov, size=rows)
    return Representation.from_arrays(mean, np.zeros((rows, 1), int), logvar=np.full(mean.shape, np.log(noise)))


@pytest.mark.parametrize("correlation", [0.0, 0.4, 0.7])
def test_it_is_that_of_the_gaussian(correlation: float) -> None:
    score = total_correlation(gaussian_world(correlation), np.random.default_rng(1), samples=4000)
    assert score.value == pytest.approx(-0.5 * np.log(1 - correlation**2), abs=0.03)
    truth = 0.5 * np.log((1 - correlation**2) / 0.2**2)  # entropy of q(z) less that of q(z|x)
    assert score.parts["information"] == pytest.approx(truth, abs=0.06)
    assert score.parts["dimension_kl"] == pytest.approx(0.0, abs=0.03)


def test_the_parts_sum_to_the_divergence() -> None:
    rep = gaussian_world(0.5, rows=3000)
    score = total_correlation(rep, np.random.default_rng(1), samples=3000)
    assert rep.logvar is not None
    truth = 0.5 * (rep.code**2 + np.exp(rep.logvar) - rep.logvar - 1).sum(1).mean()
    assert score.parts["kl"] == pytest.approx(truth, abs=0.06)
    summed = score.value + score.parts["information"] + score.parts["dimension_kl"]
    assert summed == pytest.approx(score.parts["kl"])


def test_the_joint_density_is_the_direct_sum() -> None:
    rng = np.random.default_rng(0)
    mean, logvar, z = rng.normal(size=(40, 3)), rng.normal(size=(40, 3)), rng.normal(size=(7, 3))
    direct = [
        np.log(
            np.mean([multivariate_normal(m, np.diag(np.exp(s))).pdf(point) for m, s in zip(mean, logvar, strict=True)])
        )
        for point in z
    ]
    np.testing.assert_allclose(joint_log_density(z, mean, logvar), direct)


def test_what_is_refused() -> None:
    rep = gaussian_world(0.0, rows=150)
    with pytest.raises(UsageError, match="samples must be at least 1"):
        total_correlation(rep, np.random.default_rng(0), samples=0)
    with pytest.raises(UsageError, match="at least 100 rows; got 50"):
        total_correlation(rep.rows(np.arange(50)), np.random.default_rng(0))
