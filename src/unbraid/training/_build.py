"""The model and the objective of a run, from its configuration; refused here when they cannot work together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch

from unbraid.core import Spec, build, derive, require, rng
from unbraid.data import GroundTruthDataset
from unbraid.models import Model, likelihood, start_at_mean, start_small
from unbraid.objectives import Objective, Pairing
from unbraid.training._config import RunConfig
from unbraid.training._step import to_input

MEAN_ROWS = 4096  # images averaged for a start at the mean image


def new_model(config: RunConfig, dataset: GroundTruthDataset) -> Model:
    """The model of a run with its first weights, which depend on the seed alone."""
    with torch.random.fork_rng([]):
        torch.manual_seed(derive(config.seed, 0, "weights"))
        model: Model = build("models", config.model, image_shape=dataset.image_shape)
        if config.start != "paper":
            begin = {"small": start_small, "mean": start_at_mean}[config.start]
            begin(model, first_output(model, dataset, config.seed))
    return model


def first_output(model: Model, dataset: GroundTruthDataset, seed: int) -> torch.Tensor:
    """The decoder's first output [C, H, W]: the mean image, as a logit where the likelihood has a sigmoid."""
    rows = rng(seed, 0, "mean image").integers(len(dataset), size=MEAN_ROWS)
    mean = to_input(dataset.images(rows), torch.device("cpu"), dataset.standardisation).mean(0)
    has_sigmoid = float(likelihood(str(model.likelihood), torch.zeros(1, 1, 1, 1)).mean) == 0.5
    return torch.logit(mean, eps=1e-3) if has_sigmoid else mean


def new_objective(spec: Spec, model: Model, dataset: GroundTruthDataset) -> Objective:
    """An objective for this model and dataset, refused before the first step when they cannot work together."""
    context: Mapping[str, Any] = {
        "widths": model.widths,
        "rows": len(dataset),
        "image_shape": dataset.image_shape,
    }
    objective: Objective = build("objectives", spec, **context)
    objective.check(model)
    if objective.pairing is Pairing.SPARSE:
        require(
            len(dataset.space) > 0,
            f"{spec.name} learns from pairs of images that differ in a few known factors",
            f"dataset '{dataset.name}' without factors",
            "give a dataset with factors, or use an objective without pairs, such as beta_vae",
        )
    return objective
