"""KL of each latent of a run."""

from __future__ import annotations

from matplotlib.figure import Figure

from unbraid.core.values import Count, Natural
from unbraid.figures.kl_per_latent import kl_per_latent as draw
from unbraid.report._carriers import latent_labels
from unbraid.report.paper._given import needed, needed_layer
from unbraid.report.run._data import RunData
from unbraid.report.run._labels import carried_in, carriers_of

__all__ = ["kl_per_latent"]


def kl_per_latent(run: RunData, *, layer: Natural = 0, limit: Count = 24, named: bool = True) -> Figure:
    """Mean KL of each latent of a run, largest first, labelled with the factors it carries.

    Args:
        run: an evaluated run.
        layer: of a layered model, counted from 0.
        limit: latents shown at most.
        named: label latents with the factors that they carry, where these are known.
    """
    needed_layer(run, "kl_per_latent", layer)
    kl = needed(run, "kl_per_latent", "kl", layer=layer)
    knowledge = carried_in(run, layer) if named else None
    labels = [] if knowledge is None else latent_labels(carriers_of(knowledge, run.factors), len(kl))
    return draw(kl, labels if any(labels) else None, limit=limit)
