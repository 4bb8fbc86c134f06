"""The total correlation that is there, logged now and then beside what a critic says of it."""

from __future__ import annotations

import numpy as np
import torch

from unbraid.core import rng
from unbraid.models import Model
from unbraid.objectives import Objective, aggregate_total_correlation
from unbraid.training._inputs import Inputs

TIMES = 4  # in a phase
MOST_ROWS = 10_000
SEED = 0


def reference_due(since: int, steps: int, log_every: int) -> bool:
    """Whether the row of the log after `since` of a phase's `steps` is the first in, or past, a fourth of it."""
    before = max(0, (since - 1) // log_every * log_every)
    return TIMES * since // steps > TIMES * before // steps


def reference(model: Model, objective: Objective, inputs: Inputs, size: int) -> float | None:
    """Total correlation of the codes by the posteriors of at most 10,000 images, nats; see the function it calls.

    None where no critic estimates one, and where the model has several layers, or posteriors that are no mixture of
    diagonal ones.

    Args:
        model: put into evaluation mode meanwhile.
        objective: of the phase.
        inputs: where images come from.
        size: images at once.
    """
    if "critic" not in objective.players() or model.posterior != "diagonal" or len(model.widths) > 1:
        return None
    count, training = inputs.dataset.training_rows, model.training
    rows = np.arange(count)
    if count > MOST_ROWS:
        rows = np.sort(rng(SEED, 0, "images of the reference").choice(count, MOST_ROWS, replace=False))
    model.eval()
    with torch.no_grad():
        posteriors = [model.infer(inputs(part))[0].posterior for part in np.array_split(rows, -(-len(rows) // size))]
        mean, logvar = (torch.cat([getattr(one, name) for one in posteriors]) for name in ("mean", "logvar"))
    model.train(training)
    return aggregate_total_correlation(mean, logvar, rows=count if len(rows) < count else None)[0]
