"""The hyperprior's divergences against densities of SciPy and draws of Sigma."""

import numpy as np
import pytest
import torch
from scipy import stats

from tests.golden.objectives_pairs import reference_constant
from unbraid.objectives._wishart import (
    expected_log_determinant,
    kl_code,
    kl_covariance,
    log_student_t,
    prior_scale,
)

LATENTS, NU, PSI = 3, 9.0, 5.0
Z2 = torch.tensor([[0.4, -1.1, 0.7]], dtype=torch.float64)
MEAN = torch.tensor([[0.3, -0.9, 0.5]], dtype=torch.float64)
COVARIANCE = torch.tensor([[[0.5, 0.1, 0.0], [0.1, 0.4, -0.1], [0.0, -0.1, 0.6]]], dtype=torch.float64)


def sigmas(count: int = 4000) -> tuple[np.ndarray, np.ndarray]:
    """Draws of Sigma from q(Sigma | z2), and its scale matrix."""
    scale = PSI * np.eye(LATENTS) + np.outer(Z2[0], Z2[0])
    return stats.invwishart(df=NU + 1, scale=scale).rvs(count, random_state=0), scale


def test_prior_scale_makes_the_expected_covariance_the_identity() -> None:
    assert prior_scale(3, 9.0) == 5.0
    mean = stats.invwishart(df=9, scale=5.0 * np.eye(3)).mean()
    np.testing.assert_allclose(mean, np.eye(3))
    assert prior_scale(10, 5.0) == 1.0


def test_expectations_agree_with_draws() -> None:
    drawn, _ = sigmas()
    expected = float(expected_log_determinant(Z2, PSI, NU)[0])
    assert expected == pytest.approx(float(np.linalg.slogdet(drawn)[1].mean()), abs=0.06)  # standard error 0.015
    prior = torch.distributions.MultivariateNormal(torch.zeros(3, dtype=torch.float64), torch.from_numpy(drawn))
    posterior = torch.distributions.MultivariateNormal(MEAN[0], COVARIANCE[0])
    sampled = torch.distributions.kl_divergence(posterior.expand([len(drawn)]), prior).mean()
    analytic = kl_code(Z2, MEAN, COVARIANCE, torch.logdet(COVARIANCE), PSI, NU)[0]
    assert float(analytic) == pytest.approx(float(sampled), abs=0.06)


def test_divergence_of_the_covariance_agrees_with_densities() -> None:
    drawn, scale = sigmas(1500)
    log_q = stats.invwishart(df=NU + 1, scale=scale)
    log_p = stats.invwishart(df=NU, scale=PSI * np.eye(LATENTS))
    sampled = np.mean([log_q.logpdf(sigma) - log_p.logpdf(sigma) for sigma in drawn])
    assert float(kl_covariance(Z2, PSI, NU)[0]) == pytest.approx(float(sampled), abs=0.06)


def test_student_t_agrees_with_scipy() -> None:
    freedom = NU - LATENTS + 1
    expected = stats.multivariate_t(loc=np.zeros(3), shape=PSI / freedom * np.eye(3), df=freedom).logpdf(Z2[0])
    assert float(log_student_t(Z2, PSI, NU)[0]) == pytest.approx(float(expected), rel=1e-12)


def test_a_strong_hyperprior_tends_to_the_isotropic_prior() -> None:
    """nu to infinity at E[Sigma] = I: KL_z is the usual KL and KL_Sigma vanishes; so does the collapsed form's gap."""
    nu = 1e7
    psi = prior_scale(LATENTS, nu)
    normal = torch.distributions.MultivariateNormal(
        torch.zeros(3, dtype=torch.float64), torch.eye(3, dtype=torch.float64)
    )
    posterior = torch.distributions.MultivariateNormal(MEAN[0], COVARIANCE[0])
    usual = float(torch.distributions.kl_divergence(posterior, normal))
    assert float(kl_code(Z2, MEAN, COVARIANCE, torch.logdet(COVARIANCE), psi, nu)) == pytest.approx(usual, abs=1e-4)
    assert float(kl_covariance(Z2, psi, nu)) == pytest.approx(0.0, abs=1e-4)
    assert float(log_student_t(Z2, psi, nu)) == pytest.approx(float(normal.log_prob(Z2[0])), abs=1e-4)


def test_the_published_constant_is_large_and_does_not_depend_on_data() -> None:
    assert reference_constant(10, 189.0, 200.0) == pytest.approx(6278.1114866)
