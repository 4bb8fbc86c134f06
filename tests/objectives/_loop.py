"""A few steps of any objective on the toy world, with a control whose targets are other images."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from unbraid.core import Spec, build
from unbraid.data import load_dataset
from unbraid.models import (
    Adjust,
    DiagonalGaussian,
    Layer,
    Likelihood,
    Model,
    likelihood,
    start_small,
    unchanged,
)
from unbraid.objectives import Objective
from unbraid.training._inputs import Inputs
from unbraid.training._step import descend, draw_batch

CPU = torch.device("cpu")
IMAGE = (1, 16, 16)
GENTLE: dict[str, dict[str, Any]] = {  # options for a world of 4 nats: a small critic, little pressure on the code
    "beta_vae": {"beta": 1.5},
    "beta_tcvae": {"beta": 1.5, "estimator": "batch", "form": "kl_plus"},
    "capacity_vae": {"gamma": 1.0, "capacity": 5.0},
    "dip_vae": {"lambda_od": 0.1, "lambda_d": 0.1},
    "factor_vae": {"gamma": 1.0, "critic_width": 32, "critic_layers": 2},
    "info_vae": {"weight": 10.0, "prior_samples": 64},
    "layerwise": {"beta": 1.0, "l2": 0.01},
}


class TwoLayers(Model):
    """Two dense latent layers, the second reading the first, each with its own decoder."""

    def __init__(self, widths: tuple[int, int] = (6, 4), hidden: int = 64) -> None:
        super().__init__()
        self.widths, self.image_shape, self.likelihood = widths, IMAGE, "bernoulli"
        pixels = math.prod(IMAGE)
        self.trunk = nn.Sequential(nn.Flatten(), nn.Linear(pixels, hidden), nn.ReLU(), nn.Linear(hidden, 2 * widths[0]))
        self.latent_encoders = nn.ModuleList([nn.Linear(2 * widths[0], 2 * widths[1])])
        self.decoders = nn.ModuleList(
            nn.Sequential(nn.Linear(w, hidden), nn.ReLU(), nn.Linear(hidden, pixels), nn.Unflatten(1, IMAGE))
            for w in widths
        )

    def infer(self, x: Tensor, noise: Tensor | None = None, adjust: Adjust = unchanged) -> tuple[Layer, ...]:
        assert noise is not None
        moments, layers = self.trunk(x), list[Layer]()
        for number, noise_l in enumerate(noise.split(self.widths, dim=1)):
            moments = self.latent_encoders[number - 1](moments) if number else moments
            posterior = adjust(number, DiagonalGaussian(*moments.chunk(2, dim=1)))
            layers.append(Layer(posterior, posterior.sample(noise_l)))
        return tuple(layers)

    def generate(self, z: Tensor) -> tuple[Likelihood, ...]:
        codes = z.split(self.widths, dim=1)
        return tuple(likelihood(self.likelihood, d(c)) for d, c in zip(self.decoders, codes, strict=True))


def objective_of(name: str, widths: tuple[int, ...] = (4,), **options: Any) -> Objective:
    """An objective by name with gentle options and those given."""
    context = {"widths": widths, "rows": 72, "image_shape": IMAGE}
    made: Objective = build("objectives", Spec(name, {**GENTLE.get(name, {}), **options}), **context)
    return made


def model_of(name: str, **options: Any) -> Model:
    """A small model that suits the objective: dense, or layered where the objective asks for layers."""
    if name == "layerwise":
        return TwoLayers()
    posterior = "full" if name == "hyperprior_vae" else "diagonal"
    flat = {"latents": 4, "hidden": 64, "posterior": posterior}
    made: Model = build("models", Spec("mlp", {**flat, **options}), image_shape=IMAGE)
    return made


@dataclass
class OtherImage(Likelihood):
    """The likelihood of the next image of the batch, which the code says nothing about."""

    head: Likelihood

    def error(self, x: Tensor) -> Tensor:
        return self.head.error(x.roll(1, 0))


class Shuffled(Model):
    """A model that is asked to reconstruct other images than it sees."""

    def __init__(self, model: Model) -> None:
        super().__init__()
        self.model, self.widths, self.image_shape = model, model.widths, model.image_shape
        self.posterior, self.latent_encoders = model.posterior, model.latent_encoders

    def infer(self, x: Tensor, noise: Tensor | None = None, adjust: Adjust = unchanged) -> tuple[Layer, ...]:
        return self.model.infer(x, noise, adjust)

    def generate(self, z: Tensor) -> tuple[Likelihood, ...]:
        return tuple(OtherImage(head) for head in self.model.generate(z))


def gain(name: str, seed: int, steps: int = 150, shuffled: bool = False) -> float:
    """How far training lowers the model's loss, on one batch with fixed noise, in nats per image.

    The first images are the mean image, so that what is gained comes from the codes.
    """
    torch.manual_seed(seed)
    model, dataset = model_of(name), load_dataset("toy")
    mean_image = torch.from_numpy(dataset.images(np.arange(len(dataset)))).float().mean(0) / 255
    start_small(model, torch.logit(mean_image, eps=1e-3))
    model = Shuffled(model) if shuffled else model
    objective = objective_of(name, model.widths)
    modules = {"model": model, **{key: player.module for key, player in objective.players().items()}}
    players = {key: list(module.parameters()) for key, module in modules.items()}
    optimizers = {key: torch.optim.Adam(parameters, lr=5e-3) for key, parameters in players.items()}

    def loss() -> float:
        batch = draw_batch(Inputs(dataset, CPU), 72, objective.pairing, seed + 100, 0)
        return float(objective.forward(model, batch, steps).of["model"].detach())

    first = loss()
    for step in range(steps):
        batch = draw_batch(Inputs(dataset, CPU), 64, objective.pairing, seed, step)
        descend(objective.forward(model, batch, step), players, optimizers)
    return first - loss()
