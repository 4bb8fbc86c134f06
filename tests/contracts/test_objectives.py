"""What every objective owes: finite losses on every likelihood, gradients for its players alone, repeatable draws."""

from typing import Any

import pytest
import torch

from tests.objectives._loop import IMAGE, model_of, objective_of
from unbraid.core import Spec, complete, names
from unbraid.models import Model
from unbraid.objectives import Batch, Losses, Objective, Pairing

NAMES = names("objectives")
PARTNERED = (Pairing.INDEPENDENT, Pairing.SPARSE)


def pair(name: str, **options: Any) -> tuple[Model, Objective]:
    torch.manual_seed(0)
    model = model_of(name).double()
    objective = objective_of(name, model.widths, **options)
    for player in objective.players().values():
        player.module.double()
    return model, objective


def batch_of(objective: Objective, seed: int = 1) -> Batch:
    generator = torch.Generator().manual_seed(seed)
    images, partner = torch.rand(2, 8, *IMAGE, generator=generator, dtype=torch.float64)
    return Batch(images, generator, 72, partner if objective.pairing in PARTNERED else None)


def losses_of(name: str, step: int = 3, **options: Any) -> Losses:
    model, objective = pair(name, **options)
    losses = objective.forward(model, batch_of(objective), step)
    return Losses({player: loss.detach() for player, loss in losses.of.items()}, losses.terms)


@pytest.mark.parametrize("name", NAMES)
def test_losses_are_finite_scalars_one_for_each_player(name: str) -> None:
    model, objective = pair(name)
    objective.check(model)
    losses = objective.forward(model, batch_of(objective), 0)
    assert set(losses.of) == {"model", *objective.players()}
    assert all(loss.shape == () and torch.isfinite(loss) and loss.requires_grad for loss in losses.of.values())
    assert {"reconstruction", "kl"} <= set(losses.terms)
    assert all(term.shape == () and torch.isfinite(term) and not term.requires_grad for term in losses.terms.values())


@pytest.mark.parametrize("likelihood", names("likelihoods"))
@pytest.mark.parametrize("name", [name for name in NAMES if name != "layerwise"])
def test_every_likelihood_serves(name: str, likelihood: str) -> None:
    torch.manual_seed(0)
    model = model_of(name, likelihood=likelihood, hidden=8)
    objective = objective_of(name, model.widths)
    batch = batch_of(objective)
    partner = None if batch.partner is None else batch.partner.float()
    losses = objective.forward(model, Batch(batch.images.float(), batch.generator, batch.rows, partner), 0)
    assert torch.isfinite(losses.of["model"])


@pytest.mark.parametrize("name", NAMES)
def test_each_loss_moves_exactly_its_own_player(name: str) -> None:
    model, objective = pair(name)
    losses = objective.forward(model, batch_of(objective), 3)
    modules = {"model": model, **{key: player.module for key, player in objective.players().items()}}
    for loser, loss in losses.of.items():
        for owner, module in modules.items():
            gradients = torch.autograd.grad(loss, list(module.parameters()), retain_graph=True, allow_unused=True)
            moved = [gradient is not None and bool(gradient.abs().sum() > 0) for gradient in gradients]
            assert all(moved) if owner == loser else not any(moved), f"the loss of {loser} and parameters of {owner}"


@pytest.mark.parametrize("name", NAMES)
def test_all_noise_comes_from_the_batch(name: str) -> None:
    first = losses_of(name).of
    torch.rand(7)  # the global stream does not matter
    again = losses_of(name).of
    assert all(torch.equal(first[player], again[player]) for player in first)


@pytest.mark.parametrize("name", NAMES)
def test_a_batch_without_partner_is_refused_where_one_is_needed(name: str) -> None:
    model, objective = pair(name)
    batch = batch_of(objective)
    if objective.pairing is not Pairing.NONE:
        with pytest.raises(ValueError, match=f"needs a partner for each image \\({objective.pairing.value} pairing\\)"):
            objective.forward(model, Batch(batch.images, batch.generator, batch.rows), 0)


@pytest.mark.parametrize("name", [name for name in NAMES if name not in ("vae", "layerwise")])
def test_mean_reduction_is_the_sum_over_pixels_after_conversion(name: str) -> None:
    """With every weight w replaced by w D / P the mean loss times P is the summed one."""
    model, objective = pair(name)
    latents, pixels = sum(model.widths), 256
    converted = {key: weight.final * latents / pixels for key, weight in objective.latent_weights().items()}
    if name == "capacity_vae":
        converted["capacity"] = 5.0  # nats in both reductions
    summed = losses_of(name).of["model"]
    mean = losses_of(name, reduction="mean", **converted).of["model"]
    assert float(mean * pixels) == pytest.approx(float(summed), rel=1e-9)


@pytest.mark.parametrize("name", [name for name in NAMES if name != "layerwise"])
def test_a_capacity_of_zero_is_no_capacity(name: str) -> None:
    options: dict[str, Any] = {"capacity": 0.0}
    if name == "capacity_vae":
        with_zero, without = losses_of(name, **options), losses_of("beta_vae", beta=1.0)
    else:
        with_zero, without = losses_of(name, **options), losses_of(name)
    assert float(with_zero.of["model"]) == pytest.approx(float(without.of["model"]), rel=1e-12)


@pytest.mark.parametrize("name", [name for name in NAMES if name != "layerwise"])
def test_a_capacity_replaces_the_kl_in_any_objective(name: str) -> None:
    """|KL - C| - KL = C - 2 KL where C is above the KL; each unit of C then adds the weight of the KL."""
    low, high = (float(losses_of(name, capacity=c).of["model"]) for c in (50.0, 60.0))
    weight = 1.5 if name == "beta_vae" else 1.0
    assert high - low == pytest.approx(10.0 * weight, rel=1e-9)


@pytest.mark.parametrize("name", NAMES)
def test_the_log_line_names_every_weight_in_both_conventions(name: str) -> None:
    model, objective = pair(name)
    line = objective.conventions(model)
    assert all(f"{weight} " in line for weight in objective.latent_weights())
    assert "(sum) = " in line
    assert line.endswith("256 pixels and channels")


@pytest.mark.parametrize("name", NAMES)
def test_a_configuration_can_be_completed(name: str) -> None:
    assert "reduction" in complete("objectives", Spec(name)).options
