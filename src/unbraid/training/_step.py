"""One training step: draw rows, gather, forward, and let each player descend its own loss."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import torch
from torch import nn
from torch.optim import Optimizer

from unbraid.core import UsageError, derive, rng
from unbraid.core.checks import sentence
from unbraid.data import draw_partners, draw_rows
from unbraid.models import Model
from unbraid.objectives import Batch, Losses, Pairing
from unbraid.training._inputs import Inputs

DROPOUTS = (nn.Dropout, nn.Dropout1d, nn.Dropout2d, nn.Dropout3d, nn.AlphaDropout, nn.FeatureAlphaDropout)


def device_of_choice() -> torch.device:
    """CUDA, else MPS, else CPU."""
    if torch.cuda.is_available():
        return torch.device("cuda")
    return torch.device("mps" if torch.backends.mps.is_available() else "cpu")


def device_named(given: torch.device | str | None) -> torch.device:
    """The device that a person names; the one of choice when None.

    Raises:
        UsageError: no device of that name here.
    """
    if given is None:
        return device_of_choice()
    try:
        device = torch.device(given)
        torch.empty(1, device=device)
    except (RuntimeError, AssertionError, TypeError, ValueError, NotImplementedError) as error:
        came = " ".join(str(error).split("\n")[0].split())
        raise UsageError(
            sentence("device must be one of this machine", f"{given!r:.100} ({came:.200})", "take cpu")
        ) from error
    return device


def draw_batch(inputs: Inputs, size: int, pairing: Pairing, seed: int, step: int) -> Batch:
    """The batch of one step; all of its randomness comes from (seed, step, purpose)."""
    dataset, device = inputs.dataset, inputs.device
    rows = draw_rows(dataset, rng(seed, step, "rows"), size)
    partner = None
    if pairing is Pairing.INDEPENDENT:
        partner = draw_rows(dataset, rng(seed, step, "independent rows"), size)
    elif pairing is Pairing.SPARSE:
        partner = draw_partners(dataset, rows, rng(seed, step, "partners"))
    generator = torch.Generator(device).manual_seed(derive(seed, step, "noise"))
    other = None if partner is None else inputs(partner)
    return Batch(inputs(rows), generator, dataset.training_rows, other)


def learnable(model: Model, trains: Sequence[str]) -> list[nn.Parameter]:
    """Parameters whose names start with one of `trains`; all of them when it is empty."""
    named = model.named_parameters()
    return [p for name, p in named if not trains or any(name.startswith(prefix) for prefix in trains)]


def descend(losses: Losses, players: Mapping[str, Sequence[nn.Parameter]], optimizers: Mapping[str, Optimizer]) -> None:
    """Each player steps along the gradient of its own loss, all taken at the same weights."""
    several = len(players) > 1
    for optimizer in optimizers.values():
        optimizer.zero_grad(set_to_none=True)
    for name, parameters in players.items():
        # backward into the named inputs, not autograd.grad: only it gives gradients the memory layout of their
        # parameters, which the fused kernels take for granted
        losses.of[name].backward(inputs=list(parameters), retain_graph=several)
    for optimizer in optimizers.values():
        optimizer.step()


def with_penalty(losses: Losses, model: Model) -> Losses:
    """Add the model's own penalty on its weights, where it has one."""
    penalty = model.penalty()
    if penalty is None:
        return losses
    return replace(losses, of={**losses.of, "model": losses.of["model"] + penalty})


def has_dropout(model: nn.Module) -> bool:
    """Whether the model draws noise of its own, which then must be seeded at each step."""
    return any(isinstance(module, DROPOUTS) and module.p > 0 for module in model.modules())
