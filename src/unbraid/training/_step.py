"""One training step: draw rows, gather, forward, and let each player descend its own loss."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from unbraid.core import UsageError, derive, rng
from unbraid.core.checks import sentence
from unbraid.data import GroundTruthDataset, draw_partners, draw_rows
from unbraid.models import Model
from unbraid.objectives import Batch, Losses, Pairing

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


def to_input(
    images: np.ndarray, device: torch.device, standardisation: tuple[np.ndarray, np.ndarray] | None = None
) -> Tensor:
    """uint8 [B, C, H, W] -> float32 in [0, 1], or standardised per channel, channels last on the device."""
    x = torch.from_numpy(images).to(device, non_blocking=True)
    x = x.to(torch.float32, memory_format=torch.channels_last).div_(255.0)
    if standardisation is not None:
        mean, std = (torch.as_tensor(s, dtype=torch.float32, device=device).view(1, -1, 1, 1) for s in standardisation)
        x = (x - mean) / std
    return x


def draw_batch(
    dataset: GroundTruthDataset, size: int, pairing: Pairing, seed: int, step: int, device: torch.device
) -> Batch:
    """The batch of one step; all of its randomness comes from (seed, step, purpose)."""
    rows = draw_rows(dataset, rng(seed, step, "rows"), size)
    partner = None
    if pairing is Pairing.INDEPENDENT:
        partner = draw_rows(dataset, rng(seed, step, "independent rows"), size)
    elif pairing is Pairing.SPARSE:
        partner = draw_partners(dataset, rows, rng(seed, step, "partners"))
    generator = torch.Generator(device).manual_seed(derive(seed, step, "noise"))
    inputs = to_input(dataset.images(rows), device, dataset.standardisation)
    if partner is None:
        return Batch(inputs, generator, dataset.training_rows)
    other = to_input(dataset.images(partner), device, dataset.standardisation)
    return Batch(inputs, generator, dataset.training_rows, other)


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
