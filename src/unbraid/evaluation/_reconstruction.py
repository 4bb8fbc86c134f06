"""How well a model reconstructs, image head by image head."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from unbraid.core import rng
from unbraid.data import GroundTruthDataset
from unbraid.metrics import Representation
from unbraid.models import Model
from unbraid.training import to_input

ROWS = 2000  # their mean is known to a few percent; a pocket model decodes them in seconds
BATCH = 256


def reconstruction_errors(
    model: Model, dataset: GroundTruthDataset, rep: Representation, index: np.ndarray, device: torch.device, seed: int
) -> dict[str, np.ndarray]:
    """Mean error per image of each head, decoded from posterior means, as `reconstruction/<head>` [1].

    In the units of the model's likelihood, summed over pixels: nats, or squared error where it has no variance.

    Args:
        model: in evaluation mode, on `device`.
        dataset: where the images come from.
        rep: the codes of rows `index`.
        index: row numbers [N].
        device: of the model.
        seed: of the choice of at most 2,000 rows.
    """
    chosen = rng(seed, 0, "reconstruction rows").permutation(len(index))[:ROWS]
    total: Tensor | None = None
    with torch.inference_mode():
        for start in range(0, len(chosen), BATCH):
            rows = chosen[start : start + BATCH]
            x = to_input(dataset.images(index[rows]), device, dataset.standardisation)
            heads = model.generate(torch.from_numpy(rep.code[rows]).to(device))
            errors = torch.stack([head.error(x).sum() for head in heads])
            total = errors if total is None else total + errors
    assert total is not None
    means = (total / len(chosen)).double().cpu().numpy()
    return {f"reconstruction/{head}": mean[None] for head, mean in enumerate(means)}
