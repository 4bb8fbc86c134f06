"""The worlds of the speedrun and the recipes that run in them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from torch import nn

from benchmarks._speedrun_criteria import Symmetry
from unbraid.core import remembered
from unbraid.models import Model
from unbraid.models.burgess import burgess
from unbraid.training import preset

WARMUP = 20  # steps: the schedules are short
TRAIN, HELD_OUT = 50_000, 4_096  # rows, drawn at random of the whole world; half of the latter fit the probe


NONE: Mapping[str, Any] = MappingProxyType({})


class Ours(NamedTuple):
    """Our recipe: a preset, the share of the cap that its schedule takes at the peers' speed, and what is changed."""

    preset: str
    share: float
    changes: Mapping[str, Any] = NONE


class World(NamedTuple):
    """Images, the network and the weight of the KL, the same for every recipe.

    Args:
        data: name and options.
        network: of the model.
        beta: 4 at 64x64, and 1 at 32x32, where an image has a quarter of the pixels.
        speed: images that the peers' recipe learns from in a CPU second, about: how long a schedule must be.
        ours: our recipe.
        symmetry: see `readable`.
        unseen: see `readable`.
    """

    data: dict[str, Any]
    network: Any
    beta: float
    speed: int
    ours: Ours
    symmetry: Symmetry = NONE
    unseen: tuple[str, ...] = ()


def _data(name: str, **options: Any) -> dict[str, Any]:
    rows = 46_000 if name == "boxhead" else TRAIN
    return {"name": name, **options, "split": {"rows": rows + HELD_OUT, "train": rows}}


COLOUR = {"batch": 32, "optimizer": {"lr": 3.0e-3}, "start": "small"}
SPRITES: Symmetry = {"orientation": ("shape", (4, 2, 1))}  # square, ellipse, heart
WORLDS = {
    "dSprites 32": World(_data("dsprites", resolution=32), "mlp", 1.0, 7_000, Ours("fast_dense", 0.13), SPRITES),
    "dSprites 64": World(_data("dsprites"), "burgess", 4.0, 500, Ours("fast", 0.1), SPRITES),
    "shapes3d_like 32": World(
        _data("shapes3d_like", resolution=32), "mlp", 1.0, 3_000, Ours("fast_dense", 0.15, COLOUR)
    ),
    "XYObject": World(_data("xyobject"), "burgess", 4.0, 440, Ours("fast", 0.15)),
    "Boxhead 32": World(
        _data("boxhead", resolution=32), "mlp", 1.0, 3_000, Ours("fast_dense", 0.15, COLOUR), unseen=("hidden",)
    ),
}


@remembered
def burgess_from_torch(image_shape: tuple[int, int, int], *, latents: int = 10) -> Model:
    """The Burgess network with the weights that torch begins with, as other libraries leave them."""
    model = burgess(image_shape, latents=latents)
    for module in model.modules():
        if isinstance(module, (nn.Linear, nn.Conv2d, nn.ConvTranspose2d)):
            module.reset_parameters()
    return model


def peers(world: World, cap: float) -> dict[str, Any]:
    """Adam at 1e-3 throughout, batches of 64, and the weights that torch begins with, as in pythae and others."""
    model = "benchmarks._speedrun_worlds:burgess_from_torch" if world.network == "burgess" else world.network
    return {"model": model, "steps": 10_000_000, "batch": 64, "optimizer": {"name": "adam", "lr": 1.0e-3}}


def ours(world: World, cap: float) -> dict[str, Any]:
    """The presets `fast` (convolutions) and `fast_dense`, with a schedule of .1 to .15 of the cap: Adam with a beta2 of
    .99, its rate in a line to 0, small batches, a start at the mean image. In colour the dense network takes batches
    of 32, 3e-3 and small first weights. Boxhead took what shapes3d_like has. All of it was
    chosen by trials with one or two seeds, and the lengths with those of this table in sight."""
    chosen = preset(world.ours.preset)
    settings = {key: value for key, value in chosen.items() if key not in ("data", "objective")}
    settings |= {"model": world.network, "rate": {**chosen["rate"], "warmup": WARMUP}}
    settings |= {**world.ours.changes, "optimizer": chosen["optimizer"] | world.ours.changes.get("optimizer", {})}
    return {**settings, "steps": max(1, int(world.ours.share * cap * world.speed / settings["batch"]))}


Recipe = Callable[[World, float], dict[str, Any]]
RECIPES: dict[str, tuple[Recipe, int]] = {"peers": (peers, 3), "ours": (ours, 5)}  # and how many seeds


def described() -> str:
    """The recipes as a list in Markdown."""
    return "\n".join(
        f"- **{name}**, {seeds} seeds: {' '.join((make.__doc__ or '').split())}"
        for name, (make, seeds) in RECIPES.items()
    )
