"""Anybody's encoder: a function from images to codes, checked batch by batch."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from unbraid.core import Spec, UsageError, require
from unbraid.models import Model
from unbraid.models._blocks import WEIGHTED

Codes = tuple[np.ndarray, np.ndarray | None]  # mean [B, D], logvar [B, D] where there is one
Encoder = Callable[[Tensor], Codes]


@contextmanager
def encoder_of(given: Any, device: torch.device) -> Iterator[Encoder]:
    """A model, or any function of images, as a function from inputs [B, C, H, W] to checked codes.

    A module is put into evaluation mode and onto `device` meanwhile, and back afterwards.

    Args:
        given: a `Model`, or a function of float images [B, C, H, W] that returns codes [B, D], (mean, logvar), or an
            object that has both.
        device: where the images are.

    Raises:
        UsageError: neither of them; and when called, what is no codes, of another number of rows, or not finite.
    """
    require(callable(given), "an encoder must be a function of images [B, C, H, W]", type(given).__name__)
    name = Spec.of(given).name if isinstance(given, type) else getattr(given, "__name__", type(given).__name__)
    training = given.training if isinstance(given, nn.Module) else False
    if isinstance(given, nn.Module):
        given.eval().to(device)
    if isinstance(given, Model):
        given.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    answer = _of_model(given) if isinstance(given, Model) else given
    inner = _rectifiers(given) if isinstance(given, Model) else []
    try:
        for rectifier in inner:
            rectifier.inplace = True  # no gradient needs what was there: 1.3 times faster on a CPU
        yield lambda x: _checked(answer(x), len(x), name)
    finally:
        for rectifier in inner:
            rectifier.inplace = False
        if training:
            given.train()


def _rectifiers(model: nn.Module) -> list[nn.ReLU | nn.LeakyReLU]:
    """ReLUs that alone see the output of the layer before them: right after it in a sequence, and nowhere else."""
    uses = Counter(part for module in model.modules() for part in module._modules.values())
    pairs = [pair for module in model.modules() if type(module) is nn.Sequential for pair in pairwise(module)]
    return [
        second
        for first, second in pairs
        if isinstance(first, WEIGHTED) and isinstance(second, (nn.ReLU, nn.LeakyReLU))
        if not second.inplace and uses[second] == 1
    ]


def _of_model(model: Model) -> Callable[[Tensor], tuple[Tensor, Tensor]]:
    """Posterior means and log-variances of all layers side by side."""

    def encode(x: Tensor) -> tuple[Tensor, Tensor]:
        posteriors = [layer.posterior for layer in model.infer(x)]
        return torch.cat([p.mean for p in posteriors], dim=1), torch.cat([p.logvar for p in posteriors], dim=1)

    return encode


def _checked(answer: Any, rows: int, name: str) -> Codes:
    """What an encoder returned as arrays [rows, D]."""
    if not isinstance(answer, (Tensor, np.ndarray)) and hasattr(answer, "mean") and hasattr(answer, "logvar"):
        answer = (answer.mean, answer.logvar)
    parts = tuple(answer) if isinstance(answer, (tuple, list)) and len(answer) == 2 else (answer,)
    arrays = [_array(part, name) for part in parts]
    for array in arrays:
        require(
            array.ndim == 2 and len(array) == rows and array.shape == arrays[0].shape,
            f"an encoder must return codes [{rows}, D] for {rows} images, or (mean, logvar) of that shape; "
            f"'{name}' did not",
            " and ".join(str(list(array.shape)) for array in arrays),
            "return one row of codes for each image",
        )
        bad = ~np.isfinite(array).all(axis=1)
        require(
            not bad.any(), f"codes must be finite; '{name}' returned others", f"NaN or infinity in {bad.sum()} rows"
        )
    return arrays[0], arrays[1] if len(arrays) == 2 else None


def _array(part: Any, name: str) -> np.ndarray:
    if isinstance(part, Tensor):
        part = part.detach().float().cpu().numpy()
    array = np.asarray(part) if hasattr(part, "__array__") or isinstance(part, list) else None
    if array is None or array.dtype.kind not in "fiu":
        raise UsageError(
            f"an encoder must return codes [B, D], or (mean, logvar), as tensor or array of numbers; '{name}' returned "
            f"{type(part).__name__}."
        )
    return array.astype(np.float32)
