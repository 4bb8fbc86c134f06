"""How scores answer codes that are changed in one way at a time."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from matplotlib.figure import Figure

from unbraid.report._stress import read_responses, stress_figure

__all__ = ["stress"]


def stress(responses: Path, *, metrics: Sequence[str] | None = None, stressors: Sequence[str] | None = None) -> Figure:
    """Scores under growing stress, a row for each score and a column for each stressor.

    Args:
        responses: the folder that `unbraid stress --out FOLDER` wrote.
        metrics: names of scores; all that were measured when null.
        stressors: names of stressors; all that were measured when null.
    """
    return stress_figure(read_responses(responses / "stress.csv", metrics, stressors))
