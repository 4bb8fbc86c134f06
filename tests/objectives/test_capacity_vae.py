"""The capacity objective: where the absolute value stands, the ramp, a constant capacity."""

import pytest
import torch

from tests.objectives._given import GivenModel, given, given_batch, no_images
from unbraid.objectives.capacity_vae import CapacityVAE


def straddling() -> GivenModel:
    """Two images of KL 2 and 8: mean 5."""
    mean = torch.tensor([[2.0], [4.0]], dtype=torch.float64)
    return given(mean, torch.zeros(2, 1, dtype=torch.float64), error=1.0)


def loss(step: int = 0, **options: object) -> float:
    return float(CapacityVAE(**options).forward(straddling(), given_batch(no_images(2)), step).of["model"])


def test_the_absolute_value_is_taken_of_the_batch_mean() -> None:
    assert loss(gamma=10.0, capacity=5.0) == pytest.approx(1.0)  # each image alone is 3 nats away
    assert loss(gamma=10.0, capacity=6.0) == pytest.approx(11.0)
    assert loss(gamma=10.0, capacity=4.0) == pytest.approx(11.0)


def test_the_capacity_grows_from_the_first_step() -> None:
    ramp = {"start": 0.0, "stop": 25.0, "steps": 100}
    assert [loss(step, gamma=1.0, capacity=ramp) for step in (0, 20, 100, 1000)] == pytest.approx(
        [6.0, 1.0, 21.0, 21.0]
    )


def test_the_default_is_that_of_burgess() -> None:
    capacity = CapacityVAE().weighting.capacity
    assert capacity is not None
    assert (capacity(0), capacity(50_000), capacity.final) == (0.0, 12.5, 25.0)
