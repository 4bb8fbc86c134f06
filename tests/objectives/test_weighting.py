"""The weighting: capacity, reductions, the two conventions of beta."""

import pytest
import torch

from tests.objectives._given import given
from unbraid.objectives import Weighting, beta_conventions


def test_capacity_is_the_distance_of_the_batch_mean() -> None:
    weighting = Weighting.of(2.0, {"start": 0, "stop": 10, "steps": 10}, "sum")
    assert float(weighting.kl(torch.tensor(3.0), 0)) == 6.0
    assert float(weighting.kl(torch.tensor(3.0), 5)) == 4.0  # |3 - 5| times 2


def test_reductions_divide_pixels_and_latents() -> None:
    model = given(torch.zeros(1, 4), torch.zeros(1, 4))
    model.image_shape = (3, 2, 2)
    error, latent = torch.tensor(24.0), torch.tensor(8.0)
    assert float(Weighting.of(1.0, None, "sum").loss(model, error, latent)) == 32.0
    assert float(Weighting.of(1.0, None, "mean").loss(model, error, latent)) == 2.0 + 2.0


def test_beta_in_both_conventions() -> None:
    both = beta_conventions(4.0, "sum", latents=10, pixels=4096)
    assert both.mean == pytest.approx(4.0 * 10 / 4096)
    assert beta_conventions(both.mean, "mean", latents=10, pixels=4096).sum == pytest.approx(4.0)
    # Michlo's default of 0.003 at 9 latents and 64 x 64 x 3 pixels
    assert beta_conventions(0.003, "mean", latents=9, pixels=12288).sum == pytest.approx(4.096)


@pytest.mark.parametrize(
    ("beta", "capacity", "reduction", "message"),
    [
        (1.0, None, "total", "reduction must be one of: sum, mean"),
        (-1.0, None, "sum", "beta, the weight of the KL, must not be negative"),
        (1.0, -2.0, "sum", "capacity must not be negative"),
        ("4", None, "sum", "beta must be a number or a schedule"),
        (1.0, "5", "sum", "capacity must be a number or a schedule"),
    ],
)
def test_what_is_refused(beta: float, capacity: float, reduction: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Weighting.of(beta, capacity, reduction)


def test_an_unknown_convention_is_refused() -> None:
    with pytest.raises(ValueError, match="reduction must be one of"):
        beta_conventions(1.0, "median", 10, 4096)
