"""Images of rows as a model takes them: gathered on the device where they fit there, else sent to it without a wait."""

from __future__ import annotations

import math

import numpy as np
import torch
from torch import Tensor

from unbraid.core import tracked
from unbraid.data import GroundTruthDataset

SHARE = 0.5  # of the device's free memory that images may take; the rest is for the model and its steps
ROWS_AT_ONCE = 8192


class Inputs:
    """Images of rows of a dataset, as float32 in [0, 1] or standardised per channel, channels last on the device.

    Rows are the same wherever the images lie, and so are the inputs. On a CPU nothing is held.

    Args:
        dataset: where images come from.
        device: where they are wanted.
        hold: whether to hold all images of the dataset on the device, as uint8, where they fit.
    """

    def __init__(self, dataset: GroundTruthDataset, device: torch.device, hold: bool = False) -> None:
        self.dataset, self.device = dataset, device
        self.standardisation = _on(dataset.standardisation, device)
        fits = len(dataset) * math.prod(dataset.image_shape) <= SHARE * free_bytes(device)
        self.held = _held(dataset, device) if hold and fits else None

    def __call__(self, rows: np.ndarray) -> Tensor:
        """Images of rows [B] -> float32 [B, C, H, W]."""
        if self.held is not None:
            x = self.held.index_select(0, sent(torch.from_numpy(rows), self.device))
        else:
            x = sent(torch.from_numpy(self.dataset.images(rows)), self.device)
        return scaled(x, self.standardisation)


def scaled(x: Tensor, standardisation: tuple[Tensor, Tensor] | None) -> Tensor:
    """uint8 [B, C, H, W] -> float32 in [0, 1], or standardised by mean and deviation [1, C, 1, 1]; channels last."""
    x = x.to(torch.float32, memory_format=torch.channels_last).div_(255.0)
    return x if standardisation is None else (x - standardisation[0]) / standardisation[1]


def to_input(
    images: np.ndarray, device: torch.device, standardisation: tuple[np.ndarray, np.ndarray] | None = None
) -> Tensor:
    """uint8 [B, C, H, W] -> float32 in [0, 1], or standardised per channel, channels last on the device."""
    return scaled(sent(torch.from_numpy(images), device), _on(standardisation, device))


def sent(tensor: Tensor, device: torch.device) -> Tensor:
    """The tensor on the device; to CUDA from page-locked memory, so that nobody waits for the copy."""
    if device.type == "cuda":
        tensor = tensor.pin_memory()
    return tensor.to(device, non_blocking=True)


def free_bytes(device: torch.device) -> int:
    """Memory of the device that nobody has taken; 0 for a CPU, where images lie already, and where it is unknown."""
    if device.type == "cuda":
        free: int = torch.cuda.mem_get_info(device)[0]
        return free
    if device.type == "mps":
        return torch.mps.recommended_max_memory() - torch.mps.driver_allocated_memory()
    return 0


def _on(standardisation: tuple[np.ndarray, np.ndarray] | None, device: torch.device) -> tuple[Tensor, Tensor] | None:
    """Mean and deviation of the channels [1, C, 1, 1] on the device."""
    if standardisation is None:
        return None
    mean, std = (torch.as_tensor(s, dtype=torch.float32).view(1, -1, 1, 1).to(device) for s in standardisation)
    return mean, std


def _held(dataset: GroundTruthDataset, device: torch.device) -> Tensor:
    """All images of the dataset on the device, uint8 [N, C, H, W]."""
    images = torch.empty((len(dataset), *dataset.image_shape), dtype=torch.uint8, device=device)
    for start in tracked(range(0, len(dataset), ROWS_AT_ONCE), f"sending {dataset.name} to the device"):
        index = np.arange(start, min(start + ROWS_AT_ONCE, len(dataset)))
        images[start : start + len(index)] = torch.from_numpy(dataset.images(index)).to(device)
    return images
