"""Traversals of a run, from an image or from the prior."""

from __future__ import annotations

from typing import Literal

import numpy as np
from matplotlib.figure import Figure

from unbraid.core.values import Count, Natural, NonNegative
from unbraid.figures.traversals import traversals as draw
from unbraid.report.paper._given import needed, needed_layer
from unbraid.report.run._data import RunData
from unbraid.report.run._figures import carried_bars
from unbraid.report.run._labels import carried_in

__all__ = ["traversals"]

ARRAYS = {"image": "figures/traversals", "prior": "figures/prior_traversals"}


def traversals(
    run: RunData,
    *,
    layer: Natural = 0,
    start: Literal["image", "prior"] = "image",
    bars: bool = False,
    least_nats: NonNegative = 0.0,
    limit: Count = 10,
    every: Count = 1,
) -> Figure:
    """Images as each latent of a run changes, largest KL first.

    Args:
        run: an evaluated run.
        layer: of a layered model, counted from 0.
        start: the other latents are those of an image (its posterior), or the mean of the prior (five latents).
        bars: also bar charts of what each latent carries of each factor; they need a wide column.
        least_nats: latents below are left out (0.1 in the Tartu thesis).
        limit: latents shown at most.
        every: of the values, every so many-th.
    """
    needed_layer(run, "traversals", layer)
    images = needed(run, "traversals", ARRAYS[start], layer=layer)[:, ::every]
    latents = needed(run, "traversals", "figures/traversal_latents", layer=layer)[: len(images)]
    values = needed(run, "traversals", "figures/traversal_values")[::every]
    kl = np.asarray(needed(run, "traversals", "kl", layer=layer))
    charts = carried_bars(run, layer, carried_in(run, layer)) if bars else {}
    return draw(
        images,
        values,
        latents,
        kl,
        least_nats=least_nats,
        limit=limit,
        bars=charts,
        factors=run.factors if bars else (),
    )
