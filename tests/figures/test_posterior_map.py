"""Posterior means over positions."""

import numpy as np
import pytest

from unbraid.core import UsageError
from unbraid.figures.posterior_map import posterior_map

MEANS = np.stack([np.tile(np.linspace(-2, 2, 8), (8, 1)) * sign for sign in (1, -1, 0)])


def sample() -> tuple[tuple, dict]:
    return (MEANS, np.array([0.5, 2.0, 0.0])), {}


def test_sorted_by_kl_on_one_scale() -> None:
    axes = posterior_map(*sample()[0]).axes
    assert [ax.get_title(loc="left") for ax in axes] == ["z1  2.00 nats", "z0  0.50 nats", "z2  0.00 nats"]
    assert {ax.images[0].get_clim() for ax in axes} == {(-3.0, 3.0)}
    np.testing.assert_array_equal(axes[0].images[0].get_array(), MEANS[1])


def test_one_latent_or_many() -> None:
    assert len(posterior_map(MEANS[:1]).axes) == 1
    assert len(posterior_map(np.zeros((100, 4, 4)), limit=16).axes) == 16


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(UsageError, match=r"must be \[D, Y, X\]"):
        posterior_map(np.zeros((3, 3)))
