"""A decoder as a list of plain layers that a page can compute, with its weights as float16."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import singledispatch
from typing import Any

import numpy as np
import torch
from torch import nn

from unbraid.core import UsageError, require
from unbraid.models.spatial_broadcast import Broadcast

__all__ = ["Program", "PageLayer", "layers_of", "program_of"]

IN_EVALUATION_NOTHING = (nn.Dropout, nn.Dropout2d, nn.Identity)


@dataclass(frozen=True)
class PageLayer:
    """One layer as the page computes it: its kind, which is the name of a function there, settings, and weights."""

    kind: str
    settings: dict[str, Any]
    weights: dict[str, np.ndarray]


@dataclass(frozen=True)
class Program:
    """What a page decodes with.

    Args:
        layers: kind and settings of each; weights as [where they start, how many they are].
        weights: of all layers, one after the other, float16.
    """

    layers: list[dict[str, Any]]
    weights: np.ndarray

    def encoded(self) -> str:
        """The weights in base64, little-endian."""
        return base64.b64encode(self.weights.astype("<f2").tobytes()).decode("ascii")


def program_of(layers: Iterable[PageLayer]) -> Program:
    """The layers with their weights in one array."""
    listed, parts, start = [], [np.empty(0, np.float16)], 0
    for layer in layers:
        places = {}
        for name, array in layer.weights.items():
            with np.errstate(over="ignore"):  # what float16 cannot hold shows where its images are compared
                parts.append(array.astype(np.float16).ravel())
            places[name] = [start, array.size]
            start += array.size
        listed.append({"kind": layer.kind, **layer.settings, **places})
    return Program(listed, np.concatenate(parts))


def layers_of(network: nn.Module) -> Iterator[PageLayer]:
    """The layers of a decoder in evaluation mode, in the order of their computation.

    Raises:
        UsageError: a layer that a page cannot compute; it names which.
    """
    if isinstance(network, nn.Sequential):
        for part in network:
            yield from layers_of(part)
    elif not isinstance(network, IN_EVALUATION_NOTHING):
        yield page_layer(network)


@singledispatch
def page_layer(module: nn.Module) -> PageLayer:
    """A layer as the page computes it; images there have their channels last."""
    raise UsageError(f"a page computes the layers of the decoders that come with unbraid; got {type(module).__name__}")


@page_layer.register
def _(module: nn.Linear) -> PageLayer:
    return PageLayer("dense", {}, {"weight": _numbers(module.weight), "bias": _bias(module, module.out_features)})


@page_layer.register
def _(module: nn.Conv2d) -> PageLayer:
    _require_plain(module)
    require(not isinstance(module.padding, str), "a page pads by whole numbers", module.padding)
    weight = _numbers(module.weight).transpose(0, 2, 3, 1)  # [O, h, w, I]
    settings = {"kernel": list(module.kernel_size), "stride": list(module.stride), "padding": list(module.padding)}
    return PageLayer("convolution", settings, {"weight": weight, "bias": _bias(module, module.out_channels)})


@page_layer.register
def _(module: nn.ConvTranspose2d) -> PageLayer:
    _require_plain(module)
    weight = _numbers(module.weight).transpose(2, 3, 1, 0)  # [h, w, O, I]
    settings = {"kernel": list(module.kernel_size), "stride": list(module.stride), "padding": list(module.padding)}
    settings |= {"more": list(module.output_padding)}
    return PageLayer("transposed", settings, {"weight": weight, "bias": _bias(module, module.out_channels)})


@page_layer.register(nn.BatchNorm1d)
@page_layer.register(nn.BatchNorm2d)
def _(module: nn.BatchNorm2d) -> PageLayer:
    rule = "a page normalises by the running statistics"
    require(module.running_mean is not None and module.running_var is not None, rule, "a batch norm without them")
    mean, variance = _numbers(module.running_mean), _numbers(module.running_var)  # type: ignore[arg-type]
    scale = _numbers(module.weight) if module.affine else np.ones_like(mean)
    shift = _numbers(module.bias) if module.affine else np.zeros_like(mean)
    scale = scale / np.sqrt(variance + module.eps)
    return PageLayer("scaled", {}, {"scale": scale, "shift": shift - mean * scale})


@page_layer.register
def _(module: nn.LeakyReLU) -> PageLayer:
    return PageLayer("leaky", {"slope": module.negative_slope}, {})


@page_layer.register
def _(module: nn.ReLU) -> PageLayer:
    return PageLayer("leaky", {"slope": 0.0}, {})


@page_layer.register
def _(module: nn.Sigmoid) -> PageLayer:
    return PageLayer("sigmoid", {}, {})


@page_layer.register
def _(module: nn.Tanh) -> PageLayer:
    return PageLayer("tanh", {}, {})


@page_layer.register
def _(module: nn.Unflatten) -> PageLayer:
    rule = "a page unflattens codes to channels, height and width"
    shape = [int(size) for size in module.unflattened_size]
    require(module.dim == 1 and len(shape) == 3 and min(shape) > 0, rule, module)
    return PageLayer("unflatten", {"shape": shape}, {})


@page_layer.register
def _(module: nn.Flatten) -> PageLayer:
    require(module.start_dim == 1 and module.end_dim == -1, "a page flattens whole images", module)
    return PageLayer("flatten", {}, {})


@page_layer.register
def _(module: nn.ZeroPad2d) -> PageLayer:
    return PageLayer("pad", {"sides": list(module.padding)}, {})  # left, right, top, bottom; negative ones cut


@page_layer.register
def _(module: nn.Upsample) -> PageLayer:
    whole = isinstance(module.scale_factor, (int, float)) and float(module.scale_factor).is_integer()
    require(whole and module.mode == "nearest", "a page enlarges by whole numbers, to the nearest pixel", module)
    return PageLayer("upsample", {"times": int(module.scale_factor)}, {})  # type: ignore[arg-type]


@page_layer.register
def _(module: Broadcast) -> PageLayer:
    height, width = tuple(module.grid.shape)[1:]  # type: ignore[arg-type]
    return PageLayer("broadcast", {"height": int(height), "width": int(width)}, {})


Convolution = nn.Conv2d | nn.ConvTranspose2d


def _require_plain(module: Convolution) -> None:
    """Refuse what the page's convolutions leave out."""
    plain = module.groups == 1 and set(module.dilation) == {1} and module.padding_mode == "zeros"
    require(plain, "a page convolves without groups and dilation, with zeros around", module)


def _numbers(tensor: torch.Tensor) -> np.ndarray:
    return tensor.detach().to("cpu", torch.float64).numpy()


def _bias(module: nn.Linear | Convolution, count: int) -> np.ndarray:
    return np.zeros(count) if module.bias is None else _numbers(module.bias)
