"""Encoding: images to codes, once; everything else is a function of what comes out."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from unbraid.core import Progress
from unbraid.data import GroundTruthDataset
from unbraid.metrics import Representation
from unbraid.models import Model
from unbraid.training import device_of_choice, to_input

BATCH = 256  # images at once; larger ones were not faster on two cores


def encode(
    model: Model,
    dataset: GroundTruthDataset,
    index: np.ndarray | None = None,
    *,
    device: torch.device | None = None,
    progress: Progress | None = None,
) -> Representation:
    """Posterior means and log-variances of rows `index` [N], of every row when None.

    Args:
        model: any model; it is put into evaluation mode.
        dataset: where images and factors come from.
        index: row numbers; a complete representation needs all of them, in order.
        device: as found when None.
        progress: called with ("encoding", rows done, rows in all) after each batch.

    Returns:
        a Representation of N rows: code and logvar [N, D] float32, all layers side by side.
    """
    device = device or device_of_choice()
    index = np.arange(len(dataset)) if index is None else np.asarray(index, dtype=np.int64)
    model.eval().to(device)
    model.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    means, logvars = [], []
    with torch.inference_mode():
        for start in range(0, len(index), BATCH):
            rows = index[start : start + BATCH]
            layers = model.infer(to_input(dataset.images(rows), device, dataset.standardisation))
            means.append(_side_by_side([layer.posterior.mean for layer in layers]))
            logvars.append(_side_by_side([layer.posterior.logvar for layer in layers]))
            if progress is not None:
                progress("encoding", min(start + BATCH, len(index)), len(index))
    return Representation.from_arrays(
        np.concatenate(means),
        dataset.factors(index),
        logvar=np.concatenate(logvars),
        space=dataset.space,
        layers=model.widths,
    )


def _side_by_side(parts: list[Tensor]) -> np.ndarray:
    return torch.cat(parts, dim=1).float().cpu().numpy()
