"""One run of a study: train, evaluate, and note what happened. This is all that a worker does, wherever it stands."""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from unbraid.core import UsageError
from unbraid.data import GroundTruthDataset, in_memory, load_dataset
from unbraid.evaluation import (
    checks,
    chosen_rows,
    encode,
    evaluate,
    note_missing,
    read_scores,
    score_baselines,
    score_id,
    score_layers,
)
from unbraid.metrics import specs_of
from unbraid.store import CONFIG, METRICS, MODEL, STATUS, NewerVersionError, RunDirectory, RunInUseError, sole_writer
from unbraid.studies._progress import PROGRESS, ROWS, add_progress, has_progress, read_progress
from unbraid.studies._record import RunFolder, RunRecord
from unbraid.training import InterruptedRunError, Run, RunConfig, device_named, fit

BASELINE_CODES = "baselines"  # folder beside the runs, for codes that they share
SEED = 0  # of rows, random metrics and pictures: the same rows in all runs, so that they can be compared row by row
NO_FLOOR = "no floor:"  # how the note on a score begins of which too few permutations have one
DONE, BUSY, STOPPED = "done", "busy", "stopped"


@dataclass(frozen=True)
class RunJob:
    """What a worker needs; plain values, so that it crosses processes and machines.

    Args:
        config: the run's configuration as a mapping.
        folder: the run directory.
        rows: encode at most this many rows.
        every: also score every this many steps, 0 for never.
        threads: torch threads; 0 lets the run choose.
        most: the most that it may choose; 0 leaves torch's own.
        device: where torch computes; as found when empty.
        floored: scores whose floors are measured though they are slow: those that claims read above chance.
        baselines: names of the baselines to score beside the run.
        study: name, scale and the hash of the claims of the study that asks for the run; its status keeps them.
    """

    config: Mapping[str, Any]
    folder: str
    rows: int
    every: int
    threads: int = 0
    baselines: tuple[str, ...] = ()
    study: Mapping[str, str] = field(default_factory=dict)
    most: int = 0
    floored: tuple[str, ...] = ()
    device: str = ""


def run_job(job: RunJob) -> str:
    """Train and evaluate one run, going on where it stands; returns DONE, BUSY, STOPPED or what went wrong."""
    import torch

    if job.threads or job.most:
        torch.set_num_threads(job.threads or job.most)
    run, config = RunDirectory(job.folder), RunConfig.from_dict(job.config)
    try:
        if job.device and (device := device_named(job.device)).type == "cuda":
            torch.cuda.set_device(device)  # so that nothing of this worker lies on the first GPU
        with sole_writer(run.path):
            return _note_failures(job, run, config)
    except RunInUseError:
        return BUSY
    except UsageError as error:
        return f"UsageError: {error}"


def _note_failures(job: RunJob, run: RunDirectory, config: RunConfig) -> str:
    """Do the work; one run's failure must not take the study with it, so it becomes words in the run's status."""
    run.derived(STATUS, run.read_status)
    if not run.has(CONFIG):
        run.write_config(config.to_dict())
        if job.study:  # of a run that is there already, nobody knows under which claims it was trained
            run.write_status(study={**job.study, "date": datetime.date.today().isoformat()})
    if not same_run(RunFolder(run.path), config):
        return f"UsageError: {why_foreign(RunFolder(run.path))}"
    try:
        _train(job, run, config)
        _score(job, run, config)
        opened = Run(job.folder, job.device or None, trust=True)
        _score_baselines(job, opened)
        checks(opened)
    except (InterruptedRunError, KeyboardInterrupt):
        return STOPPED
    except Exception as error:
        message = f"{type(error).__name__}: {error}"
        run.write_status(state="failed", message=message)
        return message
    run.write_status(state="done", step=config.steps, message="")
    return DONE


FOREIGN = "{folder} holds another run, or one that another version wrote; move it away or delete it, and run again"


def why_foreign(record: RunRecord) -> str:
    """Why a folder is not taken for a run of the study: one of a newer version, or another run."""
    try:
        record.config()
    except NewerVersionError as error:
        return str(error)
    except UsageError as error:  # damaged
        return f"{FOREIGN.format(folder=record.folder)} ({error})"
    return FOREIGN.format(folder=record.folder)


def same_run(record: RunRecord, config: RunConfig) -> bool:
    """Whether a record is of the run with this configuration; one of another version differs in some key."""
    try:
        stored = record.config()
    except UsageError:
        return False
    return {**stored, "metrics": None} == {**config.to_dict(), "metrics": None}


def score_ids(config: RunConfig, rows: int) -> set[str]:
    """The ids of the scores that a run of a study must have: see `unbraid.evaluation.score_id`."""
    return {score_id(metric, rows, SEED) for metric in config.metrics}


def lacks_floors(run: RunDirectory, floored: Collection[str] = ()) -> bool:
    """Whether a run was scored by a version that had no floors, or without those of some scores."""
    return run.has(METRICS) and bool(_without_floor(read_scores(run), floored))


def _without_floor(scores: pd.DataFrame, floored: Collection[str]) -> set[str]:
    """Scores that have a value and no floor: of these, or all where none has one."""
    if "floor" not in scores:
        return set(scores["metric"])
    bare = scores["metric"].isin(floored) & (scores["part"] == "") & scores["value"].notna() & scores["floor"].isna()
    tried = scores["note"].astype("str").str.contains(NO_FLOOR) if "note" in scores else False
    return set(scores.loc[bare & ~tried, "metric"])


def _train(job: RunJob, run: RunDirectory, config: RunConfig) -> None:
    """Train to the end, noting the scores on the way where the study asks for them."""
    run.derived(PROGRESS, lambda: read_progress(run))
    if run.has(MODEL) and (not job.every or has_progress(run, config.steps)):
        return
    dataset = in_memory(load_dataset(config.data))
    for until in range(job.every, config.steps, job.every) if job.every else ():
        if not run.has(MODEL) and int(run.read_status().get("step", 0)) <= until:
            fit(config, job.folder, until=until, dataset=dataset, **_machine_of(job), progress=False)
            _note_progress(job, run, config, until, dataset)
    fit(config, job.folder, dataset=dataset, **_machine_of(job), progress=False)
    if job.every:
        _note_progress(job, run, config, config.steps, dataset)


def _machine_of(job: RunJob) -> dict[str, Any]:
    """Where a run computes, and with how many threads, as `fit` and `evaluate` take them."""
    return {"device": job.device or None, "threads": job.threads or None}


def _score(job: RunJob, run: RunDirectory, config: RunConfig) -> None:
    """Evaluate metric by metric: what is scored stays, and a metric that fails is missing with its reason."""
    scored = run.derived(METRICS, lambda: read_scores(run))
    there = set() if scored is None else _with_floors(scored, job.floored)
    by_label = specs_of(config.metrics)
    asked = sorted((spec.name, label in job.floored, label) for label, spec in by_label.items())
    for (_, floored), same in itertools.groupby(asked, key=lambda one: one[:2]):
        specs = [by_label[label] for *_, label in same]
        if {score_id(spec, job.rows, SEED) for spec in specs} <= there:
            continue
        try:
            options: dict[str, Any] = {"rows": job.rows, "seed": SEED, "trust": True, "replace": True}
            options["floor"] = True if floored else "quick"
            evaluate(job.folder, metrics=specs, **options, **_machine_of(job), progress=False)
        except (UsageError, OSError, MemoryError):
            raise
        except Exception as error:
            note_missing(job.folder, specs, f"{type(error).__name__}: {error}", rows=job.rows, seed=SEED)


def _with_floors(scored: pd.DataFrame, floored: Collection[str]) -> set[str]:
    """The ids of scores that are there, with their floors where these are asked for."""
    bare = _without_floor(scored, floored)
    return set(scored.loc[~scored["metric"].isin(bare)].get("score_id", ()))


def _score_baselines(job: RunJob, run: Run) -> None:
    """Score what the study compares its runs with; what no objective has a part in is scored once for all of them."""
    if job.baselines:
        names: Any = job.baselines
        metrics = RunConfig.from_dict(job.config).metrics
        shared = Path(job.folder).parent / BASELINE_CODES
        score_baselines(run, names, metrics=metrics, rows=job.rows, seed=SEED, cache=shared)


def _note_progress(job: RunJob, run: RunDirectory, config: RunConfig, step: int, dataset: GroundTruthDataset) -> None:
    """Add the scores at this step to the table of progress; the run's own representation is left alone."""
    if has_progress(run, step):
        return
    opened = Run(job.folder, job.device or None, dataset=dataset, trust=True)
    rows = min(job.rows, ROWS)
    index = chosen_rows(len(dataset), rows, SEED, dataset.first_scored_row)
    rep = encode(opened.model, dataset, index, device=opened.device, progress=False)
    scores, _ = score_layers(rep, list(config.metrics), seed=SEED, floor=False)
    ids = {name: score_id(spec, rows, SEED) for name, spec in specs_of(config.metrics).items()}
    add_progress(run, scores.assign(score_id=scores["metric"].map(ids)), step)
