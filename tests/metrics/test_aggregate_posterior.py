"""MIG, MMIG and AAM from the aggregate posterior, against channels of known information."""

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import norm

from tests.metrics.codes import on_grid, rng
from unbraid.core import UsageError
from unbraid.metrics import Representation
from unbraid.metrics._aggregate_posterior import posterior_information
from unbraid.metrics.aam_posterior import aam_posterior
from unbraid.metrics.mig_posterior import mig_posterior
from unbraid.metrics.mmig_posterior import mmig_posterior

WIDTH = 0.7


def binary_channel() -> Representation:
    """Latent 0 is a sign seen through Gaussian noise; latent 1 knows nothing."""
    factors = np.repeat([0, 1], 2000)
    code = np.stack([2.0 * factors - 1, np.zeros(4000)], axis=1)
    logvar = np.tile([2 * np.log(WIDTH), 0.0], (4000, 1))
    return Representation.from_arrays(code, factors, logvar=logvar)


def truth() -> float:
    """Information of the channel: H(z) - H(z | v), by integration."""

    def surprise(z: float) -> float:
        density = 0.5 * (norm.pdf(z, 1, WIDTH) + norm.pdf(z, -1, WIDTH))
        return -density * np.log(density)

    return quad(surprise, -8, 8)[0] - 0.5 * np.log(2 * np.pi * np.e * WIDTH**2)


@pytest.mark.parametrize("exact", [False, True])
def test_a_binary_channel_has_its_information(exact: bool) -> None:
    scored = mig_posterior(binary_channel(), rng(), exact=exact)
    assert scored.arrays["information"][0, 0] == pytest.approx(truth(), abs=0.02)
    assert scored.arrays["information"][1, 0] == pytest.approx(0, abs=1e-4)
    assert scored.value == pytest.approx(truth() / np.log(2), abs=0.03)


def test_entropy_of_a_dead_latent_is_its_posteriors() -> None:
    info = posterior_information(binary_channel(), rng(), "mig_posterior", "samples", 10_000, False, None)
    assert info.marginal[1] == pytest.approx(0.5 * np.log(2 * np.pi * np.e), abs=0.04)  # 4 standard errors


def test_at_means_it_is_not_a_differential_entropy() -> None:
    info = posterior_information(binary_channel(), rng(), "mig_posterior", "means", 10_000, False, None)
    assert info.marginal[1] == pytest.approx(0.5 * np.log(2 * np.pi), abs=1e-4)


def test_on_a_grid_mmig_is_mig_and_few_samples_come_near() -> None:
    rep = on_grid(5, 6, 7)
    rep = Representation.from_arrays(rep.code, rep.factors, logvar=np.full(rep.code.shape, -3.0), space=rep.space)
    mig = mig_posterior(rep, rng())
    assert mig.value is not None
    assert mig.value > 0.9
    assert mmig_posterior(rep, rng()).value == pytest.approx(mig.value)
    assert aam_posterior(rep, rng()).value > 0.95
    assert mig_posterior(rep, rng(), samples=30).value == pytest.approx(mig.value, abs=0.05)


def test_given_draws_make_it_deterministic() -> None:
    rep = binary_channel()
    draws = rep.code + 0.1
    assert mig_posterior(rep, rng(0), draws=draws).value == mig_posterior(rep, rng(1), draws=draws).value


def test_wrong_options_are_refused() -> None:
    rep = binary_channel()
    with pytest.raises(UsageError, match="mig_posterior: at must be one of: samples, means; got 'mean'"):
        mig_posterior(rep, rng(), at="mean")
    with pytest.raises(UsageError, match="samples must be at least 1"):
        aam_posterior(rep, rng(), samples=0)
    with pytest.raises(UsageError, match="draws must have the shape of code"):
        aam_posterior(rep, rng(), draws=np.zeros((3, 2)))
    with pytest.raises(UsageError, match="mig_posterior needs the posterior's log-variances"):
        mig_posterior(Representation.from_arrays(rep.code, rep.factors), rng())
