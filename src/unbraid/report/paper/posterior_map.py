"""Posterior means of a run over the positions of the shape."""

from __future__ import annotations

from matplotlib.figure import Figure

from unbraid.core import require
from unbraid.core.values import Count, Natural
from unbraid.figures.posterior_map import posterior_map as draw
from unbraid.report.paper._given import needed, needed_layer
from unbraid.report.run._data import RunData
from unbraid.report.run._figures import POSITIONS, means_by_position

__all__ = ["posterior_map"]


def posterior_map(run: RunData, *, layer: Natural = 0, limit: Count = 8, columns: Count = 8) -> Figure:
    """Posterior mean of each latent at each position of the shape, largest KL first.

    Args:
        run: an evaluated run of a world with positions.
        layer: of a layered model, counted from 0.
        limit: latents shown at most.
        columns: maps side by side at most.
    """
    needed_layer(run, "posterior_map", layer)
    means = means_by_position(run, layer)
    rule = f"posterior_map needs factors with positions ({' or '.join(' and '.join(pair) for pair in POSITIONS)})"
    came = ", ".join(run.factors) or f"no factors in {run.folder}"
    require(means is not None, rule, came, "draw the matrix of latents and factors instead")
    assert means is not None
    return draw(means, needed(run, "posterior_map", "kl", layer=layer), limit=limit, columns=columns)
