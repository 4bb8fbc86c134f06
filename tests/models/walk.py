"""Walk a network: what each layer puts out and how many parameters it has, without spending memory."""

from collections.abc import Callable

import torch
from torch import nn

from unbraid.models import Model

RESHAPES = (nn.Flatten, nn.Unflatten)
SHORT = {
    "Conv2d": "conv",
    "ConvTranspose2d": "up",
    "Linear": "dense",
    "ReLU": "relu",
    "LeakyReLU": "leaky",
    "BatchNorm1d": "norm",
    "BatchNorm2d": "norm",
    "Dropout": "drop",
    "Broadcast": "tile",
    "ZeroPad2d": "pad",
}


def weightless(make: Callable[..., Model], *arguments: object, **options: object) -> Model:
    """A model on the meta device: shapes without numbers."""
    with torch.device("meta"):
        return make(*arguments, **options)


def count(network: nn.Module) -> int:
    """Parameters of a network."""
    return sum(parameter.numel() for parameter in network.parameters())


def walk(network: nn.Module, *shape: int) -> list[str]:
    """`conv 32x31x31` for every layer that an input [1, *shape] passes, in order; reshapes are left out."""
    seen: list[str] = []
    hooks = [
        module.register_forward_hook(lambda m, _, out: seen.append(_line(m, out)))
        for module in network.modules()
        if not list(module.children()) and not isinstance(module, RESHAPES)
    ]
    network.eval()(torch.empty(1, *shape, device="meta"))
    for hook in hooks:
        hook.remove()
    return seen


def hidden(lines: list[str]) -> list[str]:
    """The lines of layers with weights."""
    return [line for line in lines if line.split()[0] in ("conv", "up", "dense")]


def _line(module: nn.Module, out: torch.Tensor) -> str:
    return f"{SHORT[type(module).__name__]} {'x'.join(str(side) for side in out.shape[1:])}"
