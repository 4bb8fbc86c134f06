"""What the commands of `unbraid study` have in common."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, cast

import typer

from unbraid.cli._console import say
from unbraid.core import require

if TYPE_CHECKING:
    import pandas as pd

    from unbraid.studies import PlannedRun, RunStatus, Study
    from unbraid.studies import Scale as ScaleName

View = Literal["summary", "tidy", "agreement", "variance", "improvement", "selection"]


def scale_of(text: str) -> ScaleName:
    """One of the scales, checked where the study is read."""
    return cast("ScaleName", text)


def loaded_study(name: str, scale: str) -> Study:
    """The study at a scale."""
    from unbraid.studies import load_study

    return load_study(name, scale_of(scale))


def statuses_of(study: Study, root: Path, archive: Path | None) -> list[RunStatus]:
    """Where all runs of a study stand."""
    from unbraid.studies import plan, run_statuses

    return run_statuses(study, plan(study, allow_many=True), root, archive)


def part_of(runs: Sequence[PlannedRun], only: str | None, shard: str | None) -> list[PlannedRun]:
    """The runs asked for by --only and --shard."""
    chosen = [run for run in runs if only is None or only in run.title or only in run.name]
    require(chosen or not runs, "--only must match the label of some run", repr(only), "see the plan for labels")
    if shard is None:
        return chosen
    numbers = shard.split("/")
    whole = len(numbers) == 2 and all(number.isdigit() for number in numbers)
    require(whole and 0 <= int(numbers[0]) < int(numbers[1]), "--shard must be i/n with 0 <= i < n", shard)
    return chosen[int(numbers[0]) :: int(numbers[1])]


def close_study(study: Study, runs: Sequence[PlannedRun], root: Path, archive: Path | None) -> None:
    """Write the study's table, fill the archive, and name what failed."""
    from unbraid.cli._tables import write_frame
    from unbraid.studies import archive_runs, collect, plan, run_statuses

    whole = run_statuses(study, plan(study, allow_many=True), root, archive)
    if any(status.state == "done" for status in whole):
        path = root / study.name / f"table-{study.scale}.parquet"
        write_frame(collect(study, whole), path)
        say(f"table:   {path}")
    if archive is not None:
        archive_runs(study, whole, archive)
    chosen = {run.config.id for run in runs}
    if say_failed([status for status in whole if status.run.config.id in chosen]):
        raise typer.Exit(1)


def say_failed(statuses: Sequence[RunStatus]) -> int:
    """Name the runs that failed, and why; how many there are."""
    failed = [status for status in statuses if status.state in ("failed", "foreign")]
    for status in failed:
        say(f"failed: {status.folder}: {status.message}")
    return len(failed)


def view_of(name: str) -> Callable[[pd.DataFrame], pd.DataFrame]:
    """The function from the tidy frame to a table."""
    from unbraid.studies import improvements, rank_correlations, selection, summary_table, variance_table

    views: dict[str, Callable[[Any], Any]] = {
        "summary": summary_table,
        "tidy": lambda frame: frame,
        "agreement": lambda frame: rank_correlations(frame).rename_axis("metric").reset_index(),
        "variance": variance_table,
        "improvement": improvements,
        "selection": selection,
    }
    return views[name]


def cores() -> int:
    """Processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
