"""The model and the objective of a run, from its configuration; refused here when they cannot work together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch

from unbraid.core import Spec, UsageError, build, derive, require, rng
from unbraid.core.spec import require_kind
from unbraid.data import GroundTruthDataset
from unbraid.models import Model, output_of, require_complete, start_at_mean, start_small
from unbraid.objectives import Objective, Pairing
from unbraid.training._config import RunConfig
from unbraid.training._inputs import to_input

MEAN_ROWS = 4096  # images averaged for a start at the mean image


def new_model(config: RunConfig, dataset: GroundTruthDataset) -> Model:
    """The model of a run with its first weights, which depend on the seed alone.

    Raises:
        UsageError: no `Model`, one that is not complete, or one that says too little of itself for `config.start`.
    """
    with torch.random.fork_rng([]):
        model = model_of_shape(config, dataset.image_shape)
        if config.start != "paper":
            begin = start_small if config.start == "small" else start_at_mean
            begin(model, output_of(model, mean_image(dataset, config.seed)))
    return model


def model_of_shape(config: RunConfig, image_shape: tuple[int, int, int]) -> Model:
    """The model of a run for images of this shape as its own file starts it; seeds torch's global stream."""
    torch.manual_seed(derive(config.seed, 0, "weights"))
    model: Model = build("models", config.model, image_shape=image_shape)
    require_complete(model)
    return model


def weights_of(config: RunConfig, image_shape: tuple[int, int, int]) -> int:
    """How many weights the model of a run has, counted without allocating any; 0 where it cannot be built so."""
    try:
        with torch.random.fork_rng([]), torch.device("meta"):
            model = build("models", config.model, image_shape=image_shape)
            return sum(weight.numel() for weight in model.parameters())
    except UsageError:
        raise
    except Exception:  # somebody's model that looks at its weights while it makes them
        return 0


def mean_image(dataset: GroundTruthDataset, seed: int) -> torch.Tensor:
    """Mean of some of the images that the model sees [C, H, W]."""
    rows = rng(seed, 0, "mean image").integers(dataset.training_rows, size=MEAN_ROWS)
    return to_input(dataset.images(rows), torch.device("cpu"), dataset.standardisation).mean(0)


def new_objective(spec: Spec, model: Model, dataset: GroundTruthDataset) -> Objective:
    """An objective for this model and dataset, refused before the first step when they cannot work together."""
    context: Mapping[str, Any] = {
        "widths": model.widths,
        "rows": dataset.training_rows,
        "image_shape": dataset.image_shape,
    }
    objective: Objective = build("objectives", spec, **context)
    require_kind(objective, Objective, spec, "an objective")
    objective.check(model)
    if objective.pairing is Pairing.SPARSE:
        require(
            len(dataset.space) > 0,
            f"{spec.name} learns from pairs of images that differ in a few known factors",
            f"dataset '{dataset.name}' without factors",
            "give a dataset with factors, or use an objective without pairs, such as beta_vae",
        )
    return objective
