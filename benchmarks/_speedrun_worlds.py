"""The worlds of the speedrun and the recipes that run in them."""

from __future__ import annotations

from collections.abc import Callable
from types import MappingProxyType
from typing import Any, NamedTuple

from torch import nn

from benchmarks._speedrun_criteria import Symmetry
from unbraid.core import remembered
from unbraid.models import Model
from unbraid.models.burgess import burgess
from unbraid.training import preset

SHARE = 0.1  # of the cap, that our schedule takes
TRAIN, HELD_OUT = 50_000, 4_096  # rows, drawn at random of the whole world; half of the latter fit the probe


NONE: Symmetry = MappingProxyType({})


class World(NamedTuple):
    """Images, the network and the weight of the KL, the same for every recipe.

    Args:
        data: name and options.
        network: of the model.
        beta: 4 at 64x64, and 1 at 32x32, where an image has a quarter of the pixels.
        speed: images that the peers' recipe learns from in a CPU second, about: how long a schedule must be.
        symmetry: see `readable`.
        unseen: see `readable`.
    """

    data: dict[str, Any]
    network: Any
    beta: float
    speed: int
    symmetry: Symmetry = NONE
    unseen: tuple[str, ...] = ()


def _data(name: str, **options: Any) -> dict[str, Any]:
    rows = 46_000 if name == "boxhead" else TRAIN
    return {"name": name, **options, "split": {"rows": rows + HELD_OUT, "train": rows}}


SPRITES: Symmetry = {"orientation": ("shape", (4, 2, 1))}  # square, ellipse, heart
WORLDS = {
    "dSprites 32": World(_data("dsprites", resolution=32), "mlp", 1.0, 7_000, SPRITES),
    "dSprites 64": World(_data("dsprites"), "burgess", 4.0, 500, SPRITES),
    "shapes3d_like 32": World(_data("shapes3d_like", resolution=32), "mlp", 1.0, 3_000),
    "XYObject": World(_data("xyobject"), "burgess", 4.0, 440),
    "Boxhead 32": World(_data("boxhead", resolution=32), "mlp", 1.0, 3_000, unseen=("hidden",)),
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
    """The preset `fast`, which falls from its rate to 0 in a line and starts small, over a tenth of the cap. A dense
    network gets batches of 64 in place of 16, for its steps cost as much as its images, and 6e-3 in place of 2e-3."""
    settings = {key: value for key, value in preset("fast").items() if key not in ("data", "model", "objective")}
    if world.network != "burgess":
        settings |= {"batch": 64, "optimizer": {**settings["optimizer"], "lr": 6.0e-3}}
    return {**settings, "model": world.network, "steps": max(1, int(SHARE * cap * world.speed / settings["batch"]))}


Recipe = Callable[[World, float], dict[str, Any]]
RECIPES: dict[str, tuple[Recipe, int]] = {"peers": (peers, 3), "ours": (ours, 5)}  # and how many seeds


def described() -> str:
    """The recipes as a list in Markdown."""
    return "\n".join(
        f"- **{name}**, {seeds} seeds: {' '.join((make.__doc__ or '').split())}"
        for name, (make, seeds) in RECIPES.items()
    )
