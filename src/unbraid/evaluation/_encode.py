"""Encoding: images to codes, once; everything else is a function of what comes out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import torch

from unbraid.core import Progress, require, shown
from unbraid.core.checked import checked
from unbraid.data import load_dataset
from unbraid.evaluation._encoder import encoder_of
from unbraid.evaluation._onnx_encoder import OnnxEncoder
from unbraid.metrics import Representation
from unbraid.models import Model
from unbraid.training import Run, device_named, to_input

BATCH, DEVICE_BATCH = 256, 4096  # images at once on a CPU, where more were not faster, and elsewhere


@checked
def encode(
    encoder: Any,
    dataset: Any = None,
    index: np.ndarray | None = None,
    *,
    device: torch.device | str | None = None,
    progress: Progress | bool | None = True,
) -> Representation:
    """Codes of rows `index` [N] of a dataset, of every row when None.

    >>> encode(lambda images: images.mean(dim=(2, 3)), "toy").code.shape
    (72, 1)

    Args:
        encoder: a `Run`, or its folder; a model, put into evaluation mode; or any function of images [B, C, H, W],
            float in [0, 1] (standardised where the dataset says so), that returns codes [B, D] or (mean, logvar); or an
            `OnnxEncoder`, which is given images in [0, 1] in any case.
        dataset: where images and factors come from: what `load_dataset` takes; of a run, its own when None.
        index: row numbers; a complete representation needs all of them, in order.
        device: when None, the device of an opened run; else as found.
        progress: True shows a bar; a function is called with ("encoding", rows done, rows in all) after each batch.

    Returns:
        a Representation of N rows: code and logvar [N, D] float32, all layers side by side.

    Raises:
        UsageError: an encoder that returns another number of rows, other than numbers, or NaN; one that is no run and
            has no dataset.
    """
    encoder = Run(encoder, device) if isinstance(encoder, (Path, str)) else encoder
    if isinstance(encoder, Run):
        device = encoder.device if device is None else device
        dataset = encoder.dataset if dataset is None else dataset
        encoder = encoder.model
    require(dataset is not None, "an encoder encodes a dataset", do='give one: encode(encoder, "dsprites")')
    device, dataset = device_named(device), load_dataset(dataset)
    standardisation = None if isinstance(encoder, OnnxEncoder) else dataset.standardisation
    index = np.arange(len(dataset)) if index is None else np.asarray(index, dtype=np.int64)
    means, logvars = [], []
    # the encoder first: weights that are moved in inference mode could not be trained any more
    size = BATCH if device.type == "cpu" else DEVICE_BATCH
    with encoder_of(encoder, device) as encoded, torch.inference_mode(), shown(progress, "encoding") as show:
        for start in range(0, len(index), size):
            rows = index[start : start + size]
            mean, logvar = encoded(to_input(dataset.images(rows), device, standardisation))
            means.append(mean)
            if logvar is not None:
                logvars.append(logvar)
            if show is not None:
                show("encoding", min(start + size, len(index)), len(index))
    return Representation.from_arrays(
        np.concatenate(means),
        dataset.factors(index),
        logvar=np.concatenate(logvars) if logvars else None,
        space=dataset.space,
        layers=encoder.widths if isinstance(encoder, Model) else None,
    )
