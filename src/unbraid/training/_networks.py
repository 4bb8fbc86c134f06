"""How a model's networks compute: in float32 or bfloat16, as written or compiled. Everything around them is float32."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import torch
from torch import nn


def networks(model: nn.Module) -> list[nn.Module]:
    """The networks that a model is made of: its children, those in lists of modules one by one, each once."""
    parts: dict[nn.Module, None] = {}
    for child in model.children():
        listed = isinstance(child, (nn.ModuleList, nn.ModuleDict))
        parts.update(dict.fromkeys(networks(child) if listed else [child]))
    return list(parts)


def in_bfloat16(model: nn.Module) -> None:
    """Let the networks of a model compute in bfloat16 where that is safe (autocast) and put out float32.

    Weights, their gradients and moments stay float32, and so do posteriors, likelihoods and losses.
    """
    for network in networks(model):
        # partial of the bound method: a deep copy of the model computes with the copy's weights
        network.forward = functools.partial(_narrowed, network.forward)


def compile_networks(model: nn.Module) -> None:
    """Have torch compile the networks of a model before their first call; their weights keep their names."""
    for network in networks(model):
        network.compile()


def _narrowed(forward: Callable[..., Any], *args: Any, **options: Any) -> Any:
    """`forward` under autocast, its outputs as float32."""
    device = next(value.device.type for value in (*args, *options.values()) if isinstance(value, torch.Tensor))
    with torch.autocast(device, dtype=torch.bfloat16):
        return _widened(forward(*args, **options))


def _widened(value: Any) -> Any:
    """Tensors of bfloat16, in tuples or lists too, as float32."""
    if isinstance(value, torch.Tensor):
        return value.float() if value.dtype == torch.bfloat16 else value
    return type(value)(map(_widened, value)) if type(value) in (tuple, list) else value
