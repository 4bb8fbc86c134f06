"""Where a study stands: which of its runs are done, running, failed or left, wherever they were trained."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from unbraid.core import Mistake
from unbraid.store import MODEL, RunDirectory
from unbraid.studies._plan import Planned
from unbraid.studies._study import Study
from unbraid.studies._work import Job, scored
from unbraid.training import RunConfig

KEPT = ("config.yaml", "status.json", "metrics.parquet", "progression.parquet", "log.csv")


@dataclass(frozen=True)
class Standing:
    """One planned run and where it stands.

    Args:
        run: the planned run.
        folder: its run directory (which may not be there yet), or the archive that holds its results.
        state: done, running, failed or left.
        step: finished steps.
        message: why it failed.
    """

    run: Planned
    folder: Path
    state: str
    step: int
    message: str = ""


def standings(study: Study, runs: Iterable[Planned], root: Path, archive: Path | None = None) -> list[Standing]:
    """Look at every run's folder, at the same run in other studies' folders, and in the archive of kept results."""
    return [_standing(study, run, root, archive) for run in runs]


def _standing(study: Study, run: Planned, root: Path, archive: Path | None) -> Standing:
    own = root / study.name / run.config.folder_name
    places = [own, *sorted(root.glob(f"*/{run.config.folder_name}"))]
    if archive is not None:
        places.append(archive / run.config.folder_name)
    for folder in places:
        if is_done(RunDirectory(folder), run.config):
            return Standing(run, folder, "done", run.config.steps)
    elsewhere = [folder for folder in places if (folder / MODEL).is_file()]
    folder = elsewhere[0] if elsewhere else own
    status = RunDirectory(folder).read_status()
    state = status.get("state", "left")
    shown = state if state in ("running", "failed") else "left"
    return Standing(run, folder, shown, int(status.get("step", 0)), str(status.get("message", "")))


def is_done(run: RunDirectory, config: RunConfig) -> bool:
    """Whether the folder holds this run, trained to its end, with every metric."""
    if not run.has("config.yaml") or run.read_status().get("state") != "done":
        return False
    return same_run(run, config) and scored(run, config)


def same_run(run: RunDirectory, config: RunConfig) -> bool:
    """Whether a folder's configuration is this one; one written by another version that cannot be read is not."""
    try:
        return RunConfig.from_dict(run.read_config()).id == config.id
    except (Mistake, yaml.YAMLError):
        return False


def jobs_of(study: Study, standing: Sequence[Standing], threads: int) -> list[Job]:
    """What workers are given for the runs that are not done."""
    return [
        Job(each.run.config.to_dict(), str(each.folder), study.rows, study.every, threads)
        for each in standing
        if each.state != "done"
    ]


def keep(standing: Iterable[Standing], archive: Path) -> int:
    """Copy configuration, status, log and scores (no weights) of finished runs into an archive; how many were new."""
    new = 0
    for each in standing:
        target = archive / each.run.config.folder_name
        if each.state != "done" or target == each.folder or (target / "metrics.parquet").is_file():
            continue
        for name in KEPT:
            if (each.folder / name).is_file():
                target.mkdir(parents=True, exist_ok=True)
                (target / name).write_bytes((each.folder / name).read_bytes())
        new += 1
    return new
