"""The loss on rows that training does not draw from."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import torch

from unbraid.core import derive, rng
from unbraid.data import GroundTruthDataset
from unbraid.models import Model
from unbraid.objectives import Batch, Objective, Pairing
from unbraid.training._inputs import to_input

MOST_ROWS = 512  # of the rows that are held out: enough to see where the two losses part


def validation_loss(
    model: Model,
    objective: Objective,
    dataset: GroundTruthDataset,
    size: int,
    seed: int,
    step: int,
    since: int,
    device: torch.device,
) -> float | None:
    """Mean loss of the model on rows that it is not trained on, in evaluation mode; None where there are none.

    Objectives that learn from weak pairs have none: pairs are drawn from the rows of training.

    Args:
        model: put into evaluation mode meanwhile.
        objective: of the phase.
        dataset: whose rows from `first_scored_row` on are held out.
        size: images at once.
        seed: of the run; the noise of a step comes from (seed, step, purpose).
        step: of the run.
        since: steps since the phase began.
        device: where the model stands.
    """
    rows = np.arange(dataset.first_scored_row, len(dataset))[:MOST_ROWS]
    if dataset.trained is None or not len(rows) or objective.pairing is Pairing.SPARSE:
        return None
    generator = torch.Generator(device).manual_seed(derive(seed, step, "validation noise"))
    others = rng(seed, step, "validation partners").permutation(rows)
    total, training = 0.0, model.training
    model.eval()
    with torch.no_grad():
        for start in range(0, len(rows), size):
            part = slice(start, start + size)
            batch = Batch(_input(dataset, rows[part], device), generator, dataset.training_rows)
            if objective.pairing is Pairing.INDEPENDENT:
                batch = replace(batch, partner=_input(dataset, others[part], device))
            total += float(objective.forward(model, batch, since).of["model"]) * len(rows[part])
    model.train(training)
    return total / len(rows)


def _input(dataset: GroundTruthDataset, rows: np.ndarray, device: torch.device) -> torch.Tensor:
    return to_input(dataset.images(rows), device, dataset.standardisation)
