"""Losses of a trained run in evaluation mode, on fixed rows."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from unbraid.evaluation._fixed_rows import FixedRows
from unbraid.models import Model
from unbraid.objectives import Batch, Objective, Pairing, Pass, forward_pass
from unbraid.training import Run, with_penalty

DRAWS = 1  # of the posterior, for each row


@dataclass(frozen=True)
class HeldOut:
    """Means over the rows, in evaluation mode, one draw of the posterior for each.

    Args:
        loss: the run's own loss; None where it is not taken.
        heads: reconstruction error of each image head, summed over pixels, in the units of its likelihood.
        kl: of each layer, nats.
        share: squared error of the reconstructions from posterior means over that of the rows' mean image, of each
            head; None where all images are equal.
        mean: of the posteriors of all layers [N, D].
        logvar: their log-variances [N, D].
        z: the draws from them [N, D].
    """

    loss: float | None
    heads: np.ndarray
    kl: np.ndarray
    share: np.ndarray | None
    mean: np.ndarray
    logvar: np.ndarray
    z: np.ndarray


def held_out(run: Run, objective: Objective, rows: FixedRows, *, own_loss: bool) -> HeldOut:
    """Losses of the run's model and of its objective at the end of its schedules.

    Dropout is off and batch norm takes its running statistics. Reconstruction and KL are those of the model alone, so
    that they compare between objectives; the loss is what the objective makes of them, partners and penalties included.

    Args:
        run: a trained run.
        objective: of its last phase, with the trained weights of its critics.
        rows: see `fixed_rows`.
        own_loss: whether to take the objective's loss.
    """
    model, sums, codes = run.model.eval(), defaultdict[str, np.ndarray](lambda: np.zeros(())), []
    pairing = objective.pairing if own_loss else Pairing.NONE
    with torch.inference_mode():
        mean_image = _mean_image(run, rows)
        for batch in rows.batches(run.config.batch, pairing, run.device):
            state = batch.generator.get_state()
            if own_loss:
                losses = with_penalty(objective.forward(model, batch, run.config.phases[-1].steps), model)
                sums["loss"] = sums["loss"] + _array(losses.of["model"]) * len(batch.images)
            batch.generator.set_state(state)
            passed = forward_pass(model, batch.images, batch)
            for name, value in _sums(model, passed, batch, mean_image).items():
                sums[name] = sums[name] + _array(value)
            codes.append(tuple(_array(part) for part in (passed.mean, passed.logvar, passed.z)))
    count, blank = len(rows.index), float(sums["blank"])
    mean, logvar, z = (np.concatenate(parts) for parts in zip(*codes, strict=True))
    return HeldOut(
        float(sums["loss"]) / count if own_loss else None,
        sums["heads"] / count,
        sums["kl"] / count,
        sums["squares"] / blank if blank > 0 else None,
        mean,
        logvar,
        z,
    )


def _mean_image(run: Run, rows: FixedRows) -> Tensor:
    """Mean of the images of all rows [C, H, W]: of all constant images the one with the least squared error."""
    batches = rows.batches(run.config.batch, Pairing.NONE, run.device)
    return torch.stack([batch.images.double().sum(0) for batch in batches]).sum(0) / len(rows.index)


def _sums(model: Model, passed: Pass, batch: Batch, mean_image: Tensor) -> dict[str, Tensor]:
    """Sums over a batch: error and squared error of each head, KL of each layer, squared error of the mean image."""
    z = torch.cat([layer.posterior.mean for layer in passed.layers], dim=1)
    squares = [(head.mean - batch.images).double().square().sum() for head in model.generate(z)]
    return {
        "heads": passed.error.double().sum(1),
        "kl": torch.stack([divergence.double().sum() for divergence in passed.divergence]),
        "squares": torch.stack(squares),
        "blank": (batch.images - mean_image).double().square().sum(),
    }


def _array(value: Tensor) -> np.ndarray:
    return np.asarray(value.detach().double().cpu().numpy())
