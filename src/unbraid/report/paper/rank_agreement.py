"""Whether scores rank the runs of a study alike."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.figure import Figure

from unbraid.core import require
from unbraid.figures.rank_agreement import rank_agreement as draw
from unbraid.report.paper._scores import Scores
from unbraid.report.study._figures import LEAST_RUNS, agreement_table

__all__ = ["rank_agreement"]


def rank_agreement(scores: Scores, *, metrics: Sequence[str] | None = None) -> Figure:
    """Spearman rank correlation of each pair of scores over runs.

    Args:
        scores: of a study, or of runs; four or more.
        metrics: names of scores; all scores of codes when null.
    """
    table = agreement_table(scores.alone, scores.chosen("rank_agreement", metrics))
    came = f"{scores.alone['run'].nunique()} runs of {scores.what}"
    rule = f"rank_agreement needs two scores that differ between runs, and {LEAST_RUNS} runs"
    require(table is not None, rule, came, "add runs, or score more")
    assert table is not None
    return draw(table.to_numpy(float), [str(name) for name in table.columns])
