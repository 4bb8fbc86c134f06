"""Dimension-wise KL, its variance, active latents."""

import numpy as np
import pytest

from tests.metrics.codes import noise
from unbraid.core import UsageError
from unbraid.metrics import Representation
from unbraid.metrics.active_latents import active_latents
from unbraid.metrics.dimension_wise_kl import dimension_wise_kl
from unbraid.metrics.kl_variance import kl_variance


def posterior(code: np.ndarray, logvar: np.ndarray | None) -> Representation:
    return Representation.from_arrays(code, np.zeros(len(code), int), logvar=logvar)


def test_the_prior_has_none_and_a_shifted_gaussian_by_hand() -> None:
    rep = posterior(np.tile([0.0, 2.0, 0.0], (4, 1)), np.tile([0.0, 0.0, np.log(4.0)], (4, 1)))
    expected = [0.0, 2.0, 0.5 * (4 - np.log(4) - 1)]
    assert dimension_wise_kl(rep).arrays["kl"] == pytest.approx(expected)
    assert dimension_wise_kl(rep).parts == pytest.approx(dict(zip(("z0", "z1", "z2"), expected, strict=True)))
    assert dimension_wise_kl(rep).value == pytest.approx(sum(expected))
    assert kl_variance(rep).value == pytest.approx(np.var(expected))
    assert active_latents(rep, by="kl").value == 2


def test_a_short_last_batch_weighs_as_much() -> None:
    rep = posterior(np.array([[0.0], [0.0], [2.0]]), np.zeros((3, 1)))
    assert dimension_wise_kl(rep).value == pytest.approx(2 / 3)
    assert dimension_wise_kl(rep, batch=2).value == pytest.approx(1)


def test_active_latents_are_those_whose_mean_varies() -> None:
    code = noise(1000, 3) * [1, 0.2, 0.05]
    assert active_latents(posterior(code, None)).value == 2
    assert active_latents(posterior(code, None), threshold=0.5).arrays["active"].tolist() == [1, 0, 0]


def test_missing_log_variances_and_wrong_options_are_refused() -> None:
    rep = posterior(noise(10, 2), None)
    with pytest.raises(
        UsageError, match="dimension_wise_kl needs the posterior's log-variances; got none; give logvar"
    ):
        dimension_wise_kl(rep)
    with pytest.raises(UsageError, match="batch must not be negative"):
        dimension_wise_kl(posterior(noise(10, 2), noise(10, 2)), batch=-1)
    with pytest.raises(UsageError, match="kl_variance needs at least 2 latents"):
        kl_variance(posterior(noise(10, 1), noise(10, 1)))
    with pytest.raises(UsageError, match="by must be one of: variance, kl; got 'range'"):
        active_latents(rep, by="range")
    with pytest.raises(UsageError, match="threshold must not be negative"):
        active_latents(rep, threshold=-1.0)
    with pytest.raises(UsageError, match="at least 2 rows"):
        active_latents(rep.rows(np.arange(1)))
