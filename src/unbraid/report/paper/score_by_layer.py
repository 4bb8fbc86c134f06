"""Best scores of each factor in each layer."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.figure import Figure

from unbraid.core import require_known
from unbraid.figures.score_by_layer import score_by_layer as draw
from unbraid.report.layers._figures import best_of_each
from unbraid.report.layers._runs import LEADS, LayeredRun, factors_of
from unbraid.report.paper._given import needed_of_all

__all__ = ["score_by_layer"]


def score_by_layer(layered: Sequence[LayeredRun], *, group: Sequence[str] = ()) -> Figure:
    """Best disentanglement of each factor (columns) in each layer (rows), a block for each run.

    Args:
        layered: evaluated runs; of several seeds, the lowest is shown.
        group: show these factors alone.
    """
    needed_of_all(layered, "score_by_layer", LEADS, "best_disentanglement")
    factors = factors_of(layered)
    for factor in group:
        require_known(factor, factors, "score_by_layer: a factor of the group")
    shown = [k for k, factor in enumerate(factors) if not group or factor in group]
    tables = {run.name: best[:, shown] for run, best in best_of_each(layered).items()}
    return draw(tables, [factors[k] for k in shown], title="best disentanglement, R²")
