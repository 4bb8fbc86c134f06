"""Scores, or the terms of the loss, over training."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from matplotlib.figure import Figure

from unbraid.core import require, require_known
from unbraid.core.values import Count, Natural
from unbraid.figures.progression import progression as draw
from unbraid.report.paper._scores import Scores
from unbraid.report.study._figures import bands_over

__all__ = ["progression"]


def progression(
    scores: Scores,
    *,
    of: Literal["scores", "log"] = "scores",
    metrics: Sequence[str] | None = None,
    layer: Natural = 0,
    columns: Count = 3,
) -> Figure:
    """Scores over training with bands over seeds, a line for each method.

    Args:
        scores: of a study, or of runs.
        of: scores, which a study notes on the way where its file says `every`; or the training log, which every run
            has: log/reconstruction, log/kl, log/loss.
        metrics: names of scores; all that were noted when null.
        layer: of a layered model, counted from 0.
        columns: panels side by side at most.
    """
    frame = scores.training if of == "scores" else scores.log
    rows = frame[(frame["part"] == "") & frame["value"].notna()]
    do = "draw the training log by --set of=log, or train a study whose file says every: STEPS"
    noted = len(rows) > 0 and rows["step"].nunique() > 1
    rule = "progression needs scores noted on the way" if of == "scores" else "progression needs training logs"
    require(noted, rule, f"none of {scores.what}", do if of == "scores" else "train the runs for some steps")
    rows = rows[rows["layer"] == layer]
    there = list(dict.fromkeys(rows["metric"].astype(str)))
    require(there, "progression: layer must be one that was noted", layer, "count from 0")
    for metric in metrics or ():
        require_known(metric, there, f"progression: what {scores.what} noted")
    panels = bands_over(rows.assign(line=rows["label"]), "step")
    return draw({name: panels[name] for name in metrics or there}, columns=columns)
