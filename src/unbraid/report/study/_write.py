"""The report of a study from its runs on disk."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd
from matplotlib.figure import Figure

from unbraid.figures import Estimate
from unbraid.figures.comparison import comparison
from unbraid.report.study._report import study_report
from unbraid.studies import RunStatus, Study, collect, judge, scores_over_training, selection

__all__ = ["write_study_report"]

LABEL_FREE = "udr"


def write_study_report(study: Study, statuses: Sequence[RunStatus], folder: Path | str) -> Path:
    """Collect a study's finished runs, judge its claims and write `report-<scale>.html`.

    Args:
        study: the study at its scale.
        statuses: where its runs stand, see `unbraid.studies.run_statuses`.
        folder: where the page goes.

    Returns:
        the path of the page.
    """
    frame = collect(study, statuses)
    return study_report(
        study,
        frame,
        [judge(claim, frame) for claim in study.claims],
        Path(folder) / f"report-{study.scale}.html",
        training=scores_over_training(statuses) if study.every else None,
        figures=_selection_figures(frame),
    )


def _selection_figures(frame: pd.DataFrame) -> dict[str, Figure]:
    """How well the label-free score predicts the supervised ones, where the study has it."""
    if LABEL_FREE not in set(frame["metric"]):
        return {}
    table = selection(frame, LABEL_FREE)
    if not len(table):
        return {}
    estimates = {
        str(metric): Estimate(float(row["correlation"]), float(row["low"]), float(row["high"]))
        for metric, row in table.set_index("metric").iterrows()
    }
    caption = "Choosing runs without labels: rank correlation of UDR with each score over runs"
    return {caption: comparison({"rank correlation with UDR": estimates})}
