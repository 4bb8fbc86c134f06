"""The report of a study from its runs on disk."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path

import pandas as pd
from matplotlib.figure import Figure

from unbraid.core import require, tracked
from unbraid.core.checked import checked
from unbraid.figures import Estimate
from unbraid.figures.comparison import comparison
from unbraid.report.run import run_report
from unbraid.report.study._decisions import decided
from unbraid.report.study._methods import PAGE, methods_of
from unbraid.report.study._notices import notices
from unbraid.report.study._report import study_report
from unbraid.studies import (
    RunStatus,
    Scale,
    StudyLike,
    as_study,
    collect,
    is_trained,
    note_provenance,
    scores_over_training,
    selection,
    status,
)

__all__ = ["write_study_report"]

LABEL_FREE = "udr"


@checked
def write_study_report(
    study: StudyLike,
    *,
    scale: Scale = "pocket",
    root: Path | str = "runs",
    archive: Path | str | None = None,
    pages: bool = False,
) -> Path:
    """Collect a study's finished runs, judge its claims and write `report-<scale>.html` into the study's folder.

    Claims that are seen for the first time after the first run had started are recorded with today's date.

    Args:
        study: a study file, the name of a shipped one, or an opened `Study`.
        scale: paper, pocket or smoke; of a file or name.
        root: the folder that holds the studies' folders.
        archive: folder of kept runs, which count as done.
        pages: also write the page of each finished run that has none, and link it; some seconds each.

    Returns:
        the path of the page.

    Raises:
        UsageError: no finished runs.
    """
    study = as_study(study, scale)
    statuses = status(study, root=root, archive=archive)
    done = any(run.state == "done" for run in statuses)
    require(done, "a report needs finished runs", "none", f"unbraid study run {study.command}")
    folder, others = Path(root) / study.name, [] if archive is None else [Path(archive) / study.name]
    record = note_provenance(study, [run.run for run in statuses], folder, others)
    if pages:
        _write_pages(statuses)
    frame = collect(study, statuses)
    return study_report(
        study,
        frame,
        decided(study, statuses, frame, record),
        folder / f"report-{study.scale}.html",
        notices=notices(study, statuses, record, {run.run.name: run.run.label for run in statuses}),
        training=scores_over_training(statuses) if study.every else None,
        figures=_selection_figures(frame),
        methods=methods_of(statuses, folder),
        places=_places(root, archive),
    )


def _write_pages(statuses: Sequence[RunStatus]) -> None:
    """Write the page of each finished run that has its weights and no page."""
    lacking = [status.folder for status in statuses if status.state == "done" and is_trained(status)]
    for folder in tracked([folder for folder in lacking if not (folder / PAGE).is_file()], "pages of runs"):
        run_report(folder, trust=True)  # the study names the same code


def _places(root: Path | str, archive: Path | str | None) -> str:
    """Where the runs lie, as the command line is told; empty where they lie as usual."""
    given = [("--root", root if Path(root) != Path("runs") else None), ("--archive", archive)]
    return "".join(f" {flag} {shlex.quote(str(Path(path).resolve()))}" for flag, path in given if path is not None)


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
