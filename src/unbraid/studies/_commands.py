"""A study from Python, with the words of `unbraid study`: run, status, keep; the others have modules of their own."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from unbraid.core import require, require_choice
from unbraid.core.checked import checked
from unbraid.core.progress import bar
from unbraid.core.values import Jobs, Natural, Threads
from unbraid.store import write_parquet
from unbraid.studies._allotment import allotted
from unbraid.studies._archive import archive_runs
from unbraid.studies._collect import collect
from unbraid.studies._decidable import plan, require_declared
from unbraid.studies._local import run_local
from unbraid.studies._options import Engine
from unbraid.studies._plan import PlannedRun, planned_runs
from unbraid.studies._provenance import note_provenance, read_provenance
from unbraid.studies._ray import run_ray
from unbraid.studies._run_progress import study_bar
from unbraid.studies._status import RunStatus, is_trained, jobs_of, run_statuses
from unbraid.studies._study import Scale, Study, StudyLike, as_study
from unbraid.studies._worker import RunJob

ROOT = Path("runs")


@checked
def run(
    study: StudyLike,
    *,
    scale: Scale = "pocket",
    root: Path | str = ROOT,
    archive: Path | str | None = None,
    jobs: Jobs = 1,
    only: str | None = None,
    shard: str | None = None,
    retries: Natural = 1,
    many: bool = False,
    undecidable: bool = False,
    threads: Threads | None = None,
    device: str | None = None,
    gpus: float | None = None,
    on: Engine = "local",
    ray_address: str | None = None,
    progress: bool = True,
) -> list[RunStatus]:
    """Train and evaluate what is left of a study; called again, it goes on after any stop.

    Args:
        study: a study file, the name of a shipped one, or an opened `Study`.
        scale: paper, pocket or smoke; of a file or name.
        root: the folder that holds the studies' folders.
        archive: folder of kept runs, which count as done; what is new is kept there.
        jobs: runs at once.
        only: only runs whose label contains this text.
        shard: i/n takes every n-th run from the i-th, counted from 0, for array jobs.
        retries: how often a failed run is tried again.
        many: allow more than 10,000 runs.
        undecidable: allow fewer seeds than the claims can be decided with; their verdicts are undecided.
        threads: of torch for each run. When None, as OMP_NUM_THREADS says; else each run takes what is measured to be
            fastest, at most the processors over the runs at once; of Ray, one.
        device: where runs compute: cpu, cuda, cuda:1, mps. When None, runs at once take the GPUs here in turn, each its
            own, and the CPU where there are none.
        gpus: per run: 1, a fraction that puts several runs on one GPU, or 0. When None, 1 where this machine has GPUs,
            and 0 with Ray.
        on: processes here, or a Ray cluster (extra: ray).
        ray_address: of the cluster; one is started without.
        progress: show a bar of runs by state.

    Returns:
        where each chosen run stands; the table of the study's finished runs lies in its folder.

    Raises:
        UsageError: no such study, a wrong setting, a plan of too many runs, too few seeds for its claims without
            `undecidable`, seeds that were added after the first run started and not declared, more runs at once than
            GPUs have room for.
        KeyboardInterrupt: Ctrl-C; every run is left resumable.
    """
    require_choice(on, Engine, "on")
    machine = allotted(jobs, threads=threads, device=device, gpus=gpus) if on == "local" else None
    study, root, archive = as_study(study, scale), Path(root), _folder(archive)
    runs = plan(study, many=many, undecidable=undecidable)
    places = [root / study.name, *([] if archive is None else [archive / study.name])]
    require_declared(study, runs, read_provenance(study, places))
    chosen = part_of(runs, only, shard)
    statuses = run_statuses(study, chosen, Path(os.path.realpath(root)), archive)
    left = jobs_of(study, statuses, *((threads or 1,) if machine is None else (machine.threads, machine.most)))
    untrained = any(status.state not in ("done", "foreign") for status in statuses)
    note_provenance(study, runs, places[0], places[1:], start=untrained)
    try:
        with study_bar(study, chosen, root, archive, shown=progress) as on_outcome:
            if machine is None:
                left = [replace(job, device=device or "") for job in left]
                run_ray(left, on_outcome, address=ray_address, gpus=gpus or 0.0, retries=retries)
            else:
                run_local(left, machine.places, on_outcome, retries)
    except KeyboardInterrupt:
        if archive is not None:
            archive_runs(study, run_statuses(study, chosen, root, archive), archive)
        raise
    asked = {planned.config.id for planned in chosen}
    return [status for status in _close(study, root, archive) if status.run.config.id in asked]


@checked
def status(
    study: StudyLike, *, scale: Scale = "pocket", root: Path | str = ROOT, archive: Path | str | None = None
) -> list[RunStatus]:
    """Where each run of a study stands: done, running, failed, left, or foreign where its folder holds another run.

    Args:
        study: a study file, the name of a shipped one, or an opened `Study`.
        scale: paper, pocket or smoke.
        root: the folder that holds the studies' folders.
        archive: folder of kept runs, which count as done.
    """
    study = as_study(study, scale)
    return run_statuses(study, planned_runs(study), Path(root), _folder(archive))


@checked
def keep(
    study: StudyLike,
    archive: Path | str,
    *,
    scale: Scale = "pocket",
    root: Path | str = ROOT,
    measure: bool = False,
    jobs: Jobs = 1,
    progress: bool = True,
) -> int:
    """Keep the finished runs of a study in an archive, without weights; how many are new there.

    Args:
        study: a study file, the name of a shipped one, or an opened `Study`.
        archive: folder of kept runs, one folder a study; one of version 0.1 is converted.
        scale: paper, pocket or smoke.
        root: the folder that holds the studies' folders.
        measure: take first what trained runs lack, as those of earlier versions do: scores, floors, checks. Nothing is
            trained.
        jobs: runs measured at once.
        progress: show a bar of them.
    """
    study = as_study(study, scale)
    if measure:
        _measure(study, Path(os.path.realpath(root)), jobs, progress)
    statuses = status(study, root=root, archive=archive)
    collect(study, statuses)  # what is measured for several runs at once needs their codes, which are not kept
    kept = _folder(archive)
    assert kept is not None
    return archive_runs(study, statuses, kept)


def _measure(study: Study, root: Path, jobs: int, progress: bool) -> None:
    """Take what runs with weights lack."""
    trained = [run for run in status(study, root=root) if is_trained(run)]
    machine = allotted(jobs)
    left = jobs_of(study, trained, machine.threads, machine.most)
    with bar(f"{study.name}: measuring", visible=progress, total=len(left), unit=" runs", leave=True) as line:

        def on_outcome(outcome: str, job: RunJob | None) -> None:
            if job is not None and outcome != "done":
                line.write(f"{Path(job.folder).name}: {outcome}")
            line.update(job is not None and outcome == "done")

        run_local(left, machine.places, on_outcome, retries=0)


def part_of(runs: Sequence[PlannedRun], only: str | None, shard: str | None) -> list[PlannedRun]:
    """The runs whose label contains `only`, and of them those of the shard."""
    chosen = [run for run in runs if only is None or only in run.title or only in run.name]
    require(chosen or not runs, "'only' must match the label of some run", repr(only), "see the plan for labels")
    if shard is None:
        return chosen
    numbers = shard.split("/")
    whole = len(numbers) == 2 and all(number.isascii() and number.isdigit() and len(number) < 10 for number in numbers)
    require(whole and 0 <= int(numbers[0]) < int(numbers[1]), "'shard' must be i/n with 0 <= i < n", shard)
    return chosen[int(numbers[0]) :: int(numbers[1])]


def _close(study: Study, root: Path, archive: Path | None) -> list[RunStatus]:
    """Write the study's table, and fill the archive; where all runs stand."""
    statuses = status(study, root=root, archive=archive)
    if any(status.state == "done" for status in statuses):
        write_parquet(root / study.name / f"table-{study.scale}.parquet", collect(study, statuses))
    if archive is not None:
        archive_runs(study, statuses, archive)
    return statuses


def _folder(path: Path | str | None) -> Path | None:
    """The folder of an archive, which a file is not."""
    require(path is None or not os.path.isfile(path), "archive must be a folder", f"the file {path}", "name another")
    return None if path is None else Path(path)
