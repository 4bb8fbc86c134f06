"""Settings that are right one by one and mean nothing together, refused before the first step."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import torch
from torch import nn

from unbraid.core import derive, label_of, require
from unbraid.core.spec import Spec
from unbraid.data import GroundTruthDataset
from unbraid.models import Model, has_sigmoid
from unbraid.objectives import Objective, Schedule
from unbraid.training._build import new_objective
from unbraid.training._config import Phase, RunConfig
from unbraid.training._step import learnable


def require_compatible(config: RunConfig, model: Model, dataset: GroundTruthDataset) -> None:
    """Refuse what would train to nothing, in any phase.

    Raises:
        UsageError: images that the likelihood cannot reach, a batch or a model too small for the objective, a schedule
            that never begins, a phase that trains nothing.
    """
    _require_reachable(model, dataset)
    norms = [name for name, module in model.named_modules() if isinstance(module, nn.BatchNorm1d)]
    rule = "batch norm compares the images of a batch, so it needs two of them"
    require(config.batch > 1 or not norms, rule, f"batch 1, and {', '.join(norms[:2])}", "set batch to 2 or more")
    for phase in config.phases:
        require(
            learnable(model, phase.trains),
            "trains must name the beginning of some parameter's name",
            list(phase.trains),
        )
        _require_suited(_objective(config, phase, model, dataset), phase, config, model)


def _objective(config: RunConfig, phase: Phase, model: Model, dataset: GroundTruthDataset) -> Objective:
    """The objective of a phase, made only to be asked."""
    with torch.random.fork_rng([]):
        torch.manual_seed(derive(config.seed, 0, "critics"))
        return new_objective(phase.objective, model, dataset)


def _require_reachable(model: Model, dataset: GroundTruthDataset) -> None:
    """Refuse standardised images, which leave [0, 1], under a likelihood whose mean is a sigmoid."""
    if dataset.standardisation is None:
        return
    flat = [channel for channel, deviation in enumerate(dataset.standardisation[1]) if not deviation > 0]
    rule = f"images that are standardised must vary within each image; those of {dataset.name} are flat"
    require(not flat, rule, f"deviation 0 in channel {flat[:3]}", "leave standardize out")
    if model.likelihood and has_sigmoid(model.likelihood):
        low, high = ((np.array([0.0, 1.0]) - dataset.standardisation[0][0]) / dataset.standardisation[1][0]).round(1)
        name = label_of("likelihoods", Spec.of(model.likelihood))
        require(
            False,
            f"the likelihood {name} is of images in [0, 1]",
            f"standardised ones, from {low:g} to {high:g} in their first channel",
            "set model.likelihood=mse, or leave standardize out of data",
        )


def _require_suited(objective: Objective, phase: Phase, config: RunConfig, model: Model) -> None:
    """Refuse a batch, a number of latents or a number of steps with which an objective says nothing."""
    name, least = phase.objective.name, objective.least_batch
    require(
        config.batch >= least,
        f"{name} compares the images of a batch, so it needs at least {least} of them",
        f"batch {config.batch}",
        f"set batch to {least} or more (64 is usual)",
    )
    require(
        sum(model.widths) >= objective.least_latents,
        f"{name} compares latents, so it needs at least {objective.least_latents} of them",
        f"{sum(model.widths)}",
        "raise model.latents, or take beta_vae",
    )
    weighting = objective.weighting
    silent = weighting is not None and weighting.capacity is not None and weighting.beta.start == 0
    require(
        not (silent and weighting is not None and weighting.beta.stop == 0),
        f"{name}.capacity is what the KL is held to by its weight",
        "weight 0",
        "raise it, or leave capacity out",
    )
    for label, schedule in _schedules(objective):
        changes = schedule.start != schedule.stop
        require(
            not changes or schedule.delay < phase.steps,
            f"{name}.{label} must begin to move within the {phase.steps:,} steps of its phase",
            f"delay {schedule.delay:g}",
            "shorten the delay, or train longer",
        )


def _schedules(objective: Objective) -> Iterator[tuple[str, Schedule]]:
    """What moves during a phase, by name."""
    weights: Mapping[str, Schedule] = objective.latent_weights()
    yield from weights.items()
    if objective.weighting is not None and objective.weighting.capacity is not None:
        yield "capacity", objective.weighting.capacity
