"""Where a study stands: which of its runs are done, running, failed or left, wherever they were trained."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from unbraid.core import UsageError, require, require_trusted
from unbraid.evaluation import checks_digest, lacks_baseline
from unbraid.store import CONFIG, MODEL, in_use
from unbraid.studies._kept_runs import CONFIGS, KeptRun, KeptRuns
from unbraid.studies._plan import PlannedRun
from unbraid.studies._provenance import claims_hash
from unbraid.studies._record import RunFolder, RunRecord
from unbraid.studies._study import Study
from unbraid.studies._worker import RunJob, lacks_floors, same_run, score_ids, why_foreign
from unbraid.studies.claims import has_above
from unbraid.training import RunConfig

State = Literal["done", "running", "failed", "left", "foreign"]


@dataclass(frozen=True)
class RunStatus:
    """One planned run and where it stands.

    Args:
        run: the planned run.
        record: its run directory (which may not be there yet), or its place among a study's kept runs.
        state: done, running, failed or left; foreign where the folder holds something else.
        step: finished steps.
        message: why it failed.
    """

    run: PlannedRun
    record: RunRecord
    state: State
    step: int
    message: str = ""

    @property
    def folder(self) -> Path:
        """Where it lies."""
        return self.record.folder


def run_statuses(study: Study, runs: Iterable[PlannedRun], root: Path, archive: Path | None = None) -> list[RunStatus]:
    """Look at every run's folder, at the same run in other studies' folders, and in the archive of kept runs.

    Raises:
        UsageError: the archive is one of version 0.1.
    """
    folders = _own_first(study, root)
    kept = [KeptRuns(folder).records() for folder in _kept_folders(study, archive)]
    return [_run_status(study, run, folders, kept) for run in runs]


def earlier_runs(study: Study, runs: Iterable[PlannedRun], archive: Path) -> list[RunStatus]:
    """The kept runs of a study whose configurations are not among these: to be shown, never counted."""
    planned = {run.name for run in runs}
    records = KeptRuns(archive / study.name).records()
    configs = {name: RunConfig.from_dict(record.config()) for name, record in records.items() if name not in planned}
    done = [(name, config) for name, config in configs.items() if records[name].status().get("state") == "done"]
    return [RunStatus(PlannedRun(config, {}), records[name], "done", config.steps) for name, config in done]


def folder_statuses(folders: Iterable[Path | str], *, trust: bool = False) -> list[RunStatus]:
    """Run folders that no study asked for, as if one had: what they hold counts, whether their training ended or not.

    Raises:
        UsageError: one is no run, or names code from elsewhere without `trust`; two are of one configuration.
    """
    statuses: dict[str, RunStatus] = {}
    for folder in folders:
        record = RunFolder(Path(folder))
        config = record.config()
        require_trusted(config, str(folder), trust)
        run = PlannedRun(RunConfig.from_dict(config), {})
        other = statuses.get(run.config.id)
        require(
            other is None, "runs side by side must differ", f"{folder}, as {other and other.folder}", "leave one out"
        )
        statuses[run.config.id] = RunStatus(run, record, "done", int(record.status().get("step", 0)))
    return list(statuses.values())


def _own_first(study: Study, parent: Path) -> list[Path]:
    """The study's folder, then those of others."""
    others = sorted(path for path in parent.iterdir() if path.is_dir()) if parent.is_dir() else []
    return [parent / study.name, *(path for path in others if path.name != study.name)]


def _kept_folders(study: Study, archive: Path | None) -> list[Path]:
    """The folders of kept runs in an archive."""
    if archive is None:
        return []
    folders = _own_first(study, archive)
    if any((folder / CONFIG).is_file() for folder in folders):
        beside = Path(os.path.realpath(archive)).parent
        raise UsageError(
            f"an archive must hold a folder of kept runs for each study; {archive} holds run folders, as version 0.1 "
            f"kept them. Convert it: unbraid study keep {study.name} --root {beside} --archive NEW."
        )
    return [folder for folder in folders if (folder / CONFIGS).is_file()]


def _run_status(
    study: Study, run: PlannedRun, folders: Sequence[Path], kept: Sequence[dict[str, KeptRun]]
) -> RunStatus:
    """The record that is furthest, of those that are of this run."""
    places = [folder / run.name for folder in folders]
    there = [RunFolder(place) for place in places if (place / CONFIG).is_file()]
    same = [record for record in there if same_run(record, run.config)]
    archived = [records[run.name] for records in kept if run.name in records]
    for record in (*same, *(record for record in archived if same_run(record, run.config))):
        if is_done(record, study, run):
            return RunStatus(run, record, "done", run.config.steps)
    if not same:
        foreign = [record for record in there if record.folder == places[0]]
        message = why_foreign(foreign[0]) if foreign else ""
        return RunStatus(run, RunFolder(places[0]), "foreign" if foreign else "left", 0, message)
    furthest = max(same, key=lambda record: (record.files.has(MODEL), int(record.status().get("step", 0))))
    status = furthest.status()
    message = str(status.get("message", "")) or "; ".join(furthest.damage)
    state: State = "running" if in_use(furthest.folder) else "failed" if status.get("state") == "failed" else "left"
    return RunStatus(run, furthest, state, int(status.get("step", 0)), message)


def damage_of(statuses: Iterable[RunStatus]) -> list[str]:
    """What could not be read of runs, a sentence for each file."""
    return [line for status in statuses for line in status.record.damage]


def is_done(record: RunRecord, study: Study, run: PlannedRun) -> bool:
    """Whether a record is of the run trained to its end, with every score that the study asks for."""
    if record.status().get("state") != "done":
        return False
    scores = record.scores()
    if scores is None or (study.every and record.progress() is None):
        return False
    wanted = score_ids(run.config, study.rows)
    baselines = record.baselines() if study.baselines else None
    if study.baselines and (baselines is None or any(lacks_baseline(baselines, n, wanted) for n in study.baselines)):
        return False
    return wanted <= set(scores.get("score_id", ()))


def jobs_of(study: Study, statuses: Sequence[RunStatus], threads: int = 0, most: int = 0) -> list[RunJob]:
    """What workers are given for runs that are not done, or not checked; a folder of something else is left alone."""
    asks = {"name": study.name, "scale": study.scale, "hash": claims_hash(study)}
    floored = read_above(study)
    shared = (study.rows, study.every, threads, study.baselines, asks, most, floored)
    return [
        RunJob(status.run.config.to_dict(), str(status.folder), *shared)
        for status in statuses
        if status.state not in ("done", "foreign") or _may_be_checked(status, floored)
    ]


def read_above(study: Study) -> tuple[str, ...]:
    """The scores that a study's claims read above chance, which they cannot without a floor."""
    metrics = {metric for claim in study.claims if claim.reads == "above" for metric in claim.metrics}
    return tuple(sorted(metric for metric in metrics if has_above(metric)))


def is_trained(status: RunStatus) -> bool:
    """Whether a run lies in a folder with its weights, which no process holds."""
    record = status.record
    return isinstance(record, RunFolder) and record.files.has(MODEL) and status.state not in ("running", "foreign")


def _may_be_checked(status: RunStatus, floored: tuple[str, ...]) -> bool:
    """Whether a finished run with weights lacks floors or checks, or has checks that another version took."""
    record = status.record
    if status.state != "done" or not is_trained(status):
        return False
    assert isinstance(record, RunFolder)
    table = record.checks()
    stale = table is None or set(table.get("digest", ())) != {checks_digest(record.files)}
    return stale or lacks_floors(record.files, floored)
