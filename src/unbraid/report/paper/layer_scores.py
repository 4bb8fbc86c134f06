"""Scores over the layers of layered runs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from matplotlib.figure import Figure

from unbraid.core import require, require_known
from unbraid.report.layers._figures import best_of_each, by_factor, over_layers
from unbraid.report.layers._runs import IMPORTANCE, LEADS, LayeredRun, factors_of, scores_of
from unbraid.report.paper._given import needed_of_all

__all__ = ["layer_scores"]


def layer_scores(
    layered: Sequence[LayeredRun],
    *,
    score: Literal["disentanglement", "completeness", "error", "best"] = "disentanglement",
    model: Literal["joint", "per latent"] = "joint",
    group: Sequence[str] = (),
) -> Figure:
    """A score over the layers of runs, a panel for each β, a line for each dataset; dashed lines are one-layer runs.

    Args:
        layered: evaluated runs; one-layer ones among them are baselines.
        score: disentanglement or completeness of DCI, reconstruction error, or the best disentanglement of each factor
            (then a panel is a factor and a line a β).
        model: whose importance DCI is of: one regression on all latents, or one for each.
        group: score these factors alone.
    """
    if score == "best":
        needed_of_all(layered, "layer_scores", LEADS, "best_disentanglement")
        worlds = ", ".join(dict.fromkeys(run.data for run in layered))
        require(
            ", " not in worlds, "layer_scores: the best scores are those of one dataset", worlds, "draw one for each"
        )
        return by_factor(best_of_each(layered), factors_of(layered))
    name = "reconstruction" if score == "error" else IMPORTANCE[model]
    needed_of_all(layered, "layer_scores", name, "" if score == "error" else name.partition("/")[0])
    frame = scores_of(layered, group)
    for factor in group:
        require_known(factor, factors_of(layered), "layer_scores: a factor of the group")
    enough = len(group) != 1 or score == "error"
    require(enough, "layer_scores: scores of a group need two factors", f"'{''.join(group)}'", "name more of them")
    rows = frame[(frame["score"] == score) & (frame["factors"] == ("group" if group and score != "error" else "all"))]
    rows = rows if score == "error" else rows[rows["model"] == model]
    return over_layers(rows, score, bounded=score != "error")
