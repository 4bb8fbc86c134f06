"""What the latents of a run have to do with the factors, as a heat map."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from unbraid.core import require, require_known
from unbraid.core.values import Count, Natural
from unbraid.figures.matrix import matrix as draw
from unbraid.report.paper._given import needed, needed_layer
from unbraid.report.run._data import RunData
from unbraid.report.run._labels import carried_in

__all__ = ["matrix"]

TITLES = {
    "assignment/strength": "share of each factor's entropy",
    "spearman/correlation": "|Spearman|",
    "best_disentanglement/r2": "R²",
}


def matrix(
    run: RunData, *, table: str = "information", layer: Natural = 0, limit: Count = 12, ring: bool = True
) -> Figure:
    """Latents × factors of a run: mutual information above chance, or any such table that a score keeps.

    Args:
        run: an evaluated run.
        table: information, or METRIC/ARRAY of a score that was evaluated: assignment/strength, dci/importance,
            dci_joint/importance, dci_per_latent/importance, spearman/correlation, best_disentanglement/r2.
        layer: of a layered model, counted from 0.
        limit: latents shown at most, those with the largest numbers.
        ring: mark the best latent of each factor.
    """
    needed_layer(run, "matrix", layer)
    require(run.factors, "matrix needs factors", f"none in {run.folder}", "evaluate it with --labels FILE")
    if table == "information":
        knowledge = carried_in(run, layer)
        assert knowledge is not None
        above = np.maximum(knowledge.information - knowledge.floor, 0)
        return draw(above, run.factors, title="mutual information above chance, nats", limit=limit, ring=ring)
    shown = np.abs(_table(run, table, layer))
    largest = 1.0 if table in TITLES else None
    return draw(shown, run.factors, title=TITLES.get(table, table), largest=largest, limit=limit, ring=ring)


def _table(run: RunData, name: str, layer: int) -> np.ndarray:
    """The table of a score, a column for each factor."""
    metric, slash, _ = name.partition("/")
    there = sorted({key.rpartition("/")[0] for key in run.arrays if np.ndim(run.arrays[key]) == 2})
    if not slash:
        require_known(name, ["information", *there], "a table of latents and factors")
    array = needed(run, "matrix", name, layer=layer, metric=metric)
    shape = (run.layers[layer], len(run.factors))
    rule = f"matrix needs a table of latents and factors {list(shape)}"
    require(array.shape == shape, rule, f"{name} of shape {list(array.shape)}", "see the tables that scores keep")
    return array
