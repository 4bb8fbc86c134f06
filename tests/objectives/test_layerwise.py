"""The layer-wise objective: which layers pay, both readings of L2, the two-phase schedule, what is refused."""

from typing import Any

import pytest
import torch
from torch import nn

from tests.objectives._given import Constant, GivenModel, given_batch, no_images
from tests.objectives._loop import TwoLayers, model_of
from unbraid.models import DiagonalGaussian
from unbraid.models.towers import Towers
from unbraid.objectives import Losses
from unbraid.objectives.layerwise import Layerwise

F64 = torch.float64


def layered(depth: int = 3) -> GivenModel:
    """Layer l has one latent of KL l + 1 (mean sqrt(2 (l + 1))); head l has error 10 (l + 1)."""
    posteriors = [
        DiagonalGaussian(torch.full((2, 1), (2.0 * (n + 1)) ** 0.5, dtype=F64), torch.zeros(2, 1, dtype=F64))
        for n in range(depth)
    ]
    model = GivenModel(posteriors, lambda z: tuple(Constant(10.0 * (n + 1)) for n in range(depth)))
    encoders: list[nn.Module] = []
    for _ in range(depth - 1):
        linear = nn.Linear(2, 2, dtype=F64)
        nn.init.constant_(linear.weight, -2.0)
        nn.init.constant_(linear.bias, 1.0)
        encoders.append(linear)
    model.latent_encoders = nn.ModuleList(encoders)
    return model


def losses(step: int = 0, **options: Any) -> Losses:
    return Layerwise(**options).forward(layered(), given_batch(no_images(2)), step)


def loss(step: int = 0, **options: Any) -> float:
    return float(losses(step, **{"l1": 0.0, "l2": 0.0, **options}).of["model"].detach())


def test_the_first_layer_is_free() -> None:
    assert loss(beta=0.0) == pytest.approx(60.0)
    assert loss(beta=1.5) == loss(beta=[0.0, 1.5]) == pytest.approx(60.0 + 1.5 * (2 + 3))


def test_weights_and_capacities_may_differ_by_layer() -> None:
    assert loss(beta=[1.0, 2.0, 3.0]) == pytest.approx(60.0 + 1 + 4 + 9)
    assert loss(beta=[1.0, 2.0], capacity=[None, 5.0]) == pytest.approx(60.0 + 1 + 2 * 3 + 2 * 2)
    assert loss(beta=1.0, capacity=2.0) == pytest.approx(60.0 + 0 + 1)
    assert loss(beta=0.0, heads=[1.0, 0.5]) == pytest.approx(10 + 10 + 15)


def test_the_two_phase_schedule_of_the_thesis() -> None:
    """Phase 1: no KL on layer 1, capacity of layer 2 grows; phase 2: it is held and the KL of layer 1 added."""
    ramp = {"start": 0.0, "stop": 4.0, "steps": 100}
    first = {"beta": [0.0, 2.0], "capacity": [None, ramp]}
    assert [loss(step, **first) for step in (0, 50, 100)] == pytest.approx([70.0, 62.0, 66.0])
    assert loss(100, beta=[1.0, 2.0], capacity=[None, 4.0]) == pytest.approx(67.0)


def test_both_readings_of_the_weight_penalty() -> None:
    """Two encoders, each with 4 weights of -2 and 2 biases of 1."""
    code, text = losses().terms, losses(l2_form="squared", biases=False).terms
    assert float(code["l1"]) == pytest.approx(2 * (8 + 2))
    assert float(code["l2"]) == pytest.approx(2 * (4 + 2**0.5))
    assert float(text["l1"]) == pytest.approx(2 * 8)
    assert float(text["l2"]) == pytest.approx(2 * 16)
    total = losses(beta=0.0, l1=0.5, l2=0.25).of["model"].detach()
    assert float(total) == pytest.approx(60.0 + 0.5 * 20 + 0.25 * 2 * (4 + 2**0.5))


@pytest.mark.parametrize("form", ["norm", "squared"])
def test_zero_weights_have_a_gradient(form: str) -> None:
    """The norm of a bias that starts at zero must not send NaN into the first update."""
    model = TwoLayers()
    nn.init.zeros_(model.latent_encoders[0].bias)  # type: ignore[union-attr, arg-type]
    made = Layerwise(l2_form=form).forward(model, given_batch(torch.rand(4, 1, 16, 16)), 0)
    gradients = torch.autograd.grad(made.of["model"], list(model.parameters()))
    assert all(torch.isfinite(gradient).all() for gradient in gradients)


def test_the_thesis_network_takes_it() -> None:
    torch.manual_seed(0)
    model = Towers((1, 32, 32), latents=(6, 4, 2), width=0.03)
    objective = Layerwise()
    objective.check(model)
    losses = objective.forward(model, given_batch(torch.rand(4, 1, 32, 32)), 0)
    assert {"kl/0", "kl/2", "reconstruction/2", "l1", "l2"} <= set(losses.terms)
    gradients = torch.autograd.grad(losses.of["model"], list(model.parameters()))
    assert all(torch.isfinite(gradient).all() for gradient in gradients)


def test_a_flat_model_is_refused() -> None:
    with pytest.raises(ValueError, match=r"needs a model of several latent layers; got Flat with one; use towers"):
        Layerwise().check(model_of("vae"))


def test_penalties_need_latent_encoders_and_can_be_left_out() -> None:
    model = layered()
    model.latent_encoders = nn.ModuleList()
    with pytest.raises(
        ValueError, match=r"l1 and l2 need model.latent_encoders.*got 0 in GivenModel; set l1 and l2 to 0"
    ):
        Layerwise().check(model)
    Layerwise(l1=0.0, l2=0.0).check(model)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"l2_form": "square"}, "l2_form must be one of: norm, squared"),
        ({"beta": []}, "beta must hold at least one value"),
        ({"heads": []}, "heads must hold at least one weight"),
        ({"beta": [0.0, "1"]}, "beta must be a number or a schedule"),
    ],
)
def test_what_is_refused(options: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Layerwise(**options)
