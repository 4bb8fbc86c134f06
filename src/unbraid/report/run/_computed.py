"""What a page computes from a program, computed here: to compare with the model before a page says that it decodes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from unbraid.report.run._program import Program

__all__ = ["images_of"]


def images_of(program: Program, z: np.ndarray) -> np.ndarray:
    """Images [N, C, H, W] within 0 .. 1 of codes [N, D], from the program's float16 weights."""
    x = torch.from_numpy(np.asarray(z, dtype=np.float32))
    weights = torch.from_numpy(program.weights.astype(np.float32))
    for layer in program.layers:
        x = KINDS[layer["kind"]](x, _Layer(layer, weights))
    return x.clamp(0.0, 1.0).numpy()


class _Layer:
    """Settings of a layer, and its parts of the weights."""

    def __init__(self, settings: Mapping[str, Any], weights: Tensor) -> None:
        self.settings, self.weights = settings, weights

    def __getitem__(self, name: str) -> Any:
        return self.settings[name]

    def part(self, name: str) -> Tensor:
        start, size = self.settings[name]
        return self.weights[start : start + size]


def _dense(x: Tensor, layer: _Layer) -> Tensor:
    return functional.linear(x, layer.part("weight").view(-1, x.shape[1]), layer.part("bias"))


def _convolution(x: Tensor, layer: _Layer) -> Tensor:
    weight = layer.part("weight").view(-1, *layer["kernel"], x.shape[1]).permute(0, 3, 1, 2)
    return functional.conv2d(x, weight, layer.part("bias"), stride=layer["stride"], padding=layer["padding"])


def _transposed(x: Tensor, layer: _Layer) -> Tensor:
    bias = layer.part("bias")
    weight = layer.part("weight").view(*layer["kernel"], len(bias), x.shape[1]).permute(3, 2, 0, 1)
    return functional.conv_transpose2d(x, weight, bias, layer["stride"], layer["padding"], layer["more"])


def _scaled(x: Tensor, layer: _Layer) -> Tensor:
    shape = (1, -1, *[1] * (x.ndim - 2))
    return x * layer.part("scale").view(shape) + layer.part("shift").view(shape)


def _broadcast(z: Tensor, layer: _Layer) -> Tensor:
    y, x = torch.meshgrid(torch.linspace(-1, 1, layer["height"]), torch.linspace(-1, 1, layer["width"]), indexing="ij")
    places = torch.stack([x, y]).expand(len(z), -1, -1, -1)
    return torch.cat([z[:, :, None, None].expand(-1, -1, *x.shape), places], dim=1)


KINDS = {
    "dense": _dense,
    "convolution": _convolution,
    "transposed": _transposed,
    "scaled": _scaled,
    "broadcast": _broadcast,
    "leaky": lambda x, layer: functional.leaky_relu(x, layer["slope"]),
    "sigmoid": lambda x, layer: torch.sigmoid(x),
    "tanh": lambda x, layer: torch.tanh(x),
    "unflatten": lambda x, layer: x.unflatten(1, layer["shape"]),
    "flatten": lambda x, layer: x.flatten(1),
    "pad": lambda x, layer: functional.pad(x, layer["sides"]),
    "upsample": lambda x, layer: functional.interpolate(x, scale_factor=layer["times"], mode="nearest"),
}
