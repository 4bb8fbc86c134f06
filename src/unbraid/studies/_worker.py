"""One run of a study: train, evaluate, and note what happened. This is all that a worker does, wherever it stands."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from unbraid.core import UsageError
from unbraid.data import GroundTruthDataset, in_memory, load_dataset
from unbraid.evaluation import OpenRun, chosen_rows, encode, evaluate, note_missing, read_scores, score_id, score_layers
from unbraid.store import CONFIG, METRICS, MODEL, RunDirectory, RunInUseError, sole_writer
from unbraid.training import InterruptedRunError, RunConfig, fit

PROGRESSION = "progression.parquet"
PROGRESSION_ROWS = 10_000  # rows encoded at each point of a progression: a bounded cost
SEED = 0  # of rows, random metrics and pictures: the same rows in all runs, so that they can be compared row by row
DONE, BUSY, STOPPED = "done", "busy", "stopped"


@dataclass(frozen=True)
class Job:
    """What a worker needs; plain values, so that it crosses processes and machines.

    Args:
        config: the run's configuration as a mapping.
        folder: the run directory.
        rows: encode at most this many rows.
        every: also score every this many steps, 0 for never.
        threads: torch threads; 0 leaves torch's choice.
    """

    config: Mapping[str, Any]
    folder: str
    rows: int
    every: int
    threads: int = 0


def work(job: Job) -> str:
    """Train and evaluate one run, going on where it stands; returns DONE, BUSY, STOPPED or what went wrong."""
    import torch

    if job.threads:
        torch.set_num_threads(job.threads)
    run, config = RunDirectory(job.folder), RunConfig.from_dict(job.config)
    try:
        with sole_writer(run.path):
            return _note_failures(job, run, config)
    except RunInUseError:
        return BUSY
    except UsageError as mistake:
        return f"UsageError: {mistake}"


def _note_failures(job: Job, run: RunDirectory, config: RunConfig) -> str:
    """Do the work; one run's failure must not take the study with it, so it becomes words in the run's status."""
    if not run.has(CONFIG):
        run.write_config(config.to_dict())
    if not same_run(run, config):
        return f"UsageError: {FOREIGN.format(folder=run.path)}"
    try:
        _train(job, run, config)
        _score(job, run, config)
    except (InterruptedRunError, KeyboardInterrupt):
        return STOPPED
    except Exception as error:
        words = f"{type(error).__name__}: {error}"
        run.write_status(state="failed", message=words)
        return words
    run.write_status(state="done", step=config.steps, message="")
    return DONE


FOREIGN = "{folder} holds another run, or one that another version wrote; move it away or delete it, and run again"


def same_run(run: RunDirectory, config: RunConfig) -> bool:
    """Whether a folder's configuration is this one; one of another version differs in some key."""
    try:
        stored = run.read_config()
    except UsageError:
        return False
    return {**stored, "metrics": None} == {**config.to_dict(), "metrics": None}


def score_ids(config: RunConfig, rows: int) -> set[str]:
    """What a run of a study is asked: see `unbraid.evaluation.asked`."""
    return {score_id(each, rows, SEED) for each in config.metrics}


def _train(job: Job, run: RunDirectory, config: RunConfig) -> None:
    """Train to the end, noting the scores on the way where the study asks for them."""
    if run.has(MODEL) and (not job.every or _noted(run, config.steps)):
        return
    dataset = in_memory(load_dataset(config.data))
    for until in range(job.every, config.steps, job.every) if job.every else ():
        if not run.has(MODEL) and int(run.read_status().get("step", 0)) <= until:
            fit(config, job.folder, until=until, dataset=dataset)
            _note_progression(job, run, config, until, dataset)
    fit(config, job.folder, dataset=dataset)
    if job.every:
        _note_progression(job, run, config, config.steps, dataset)


def _score(job: Job, run: RunDirectory, config: RunConfig) -> None:
    """Evaluate metric by metric: what is scored stays, and a metric that fails is missing with its reason."""
    there = set(read_scores(run).get("score_id", ())) if run.has(METRICS) else set()
    for _, same in itertools.groupby(sorted(config.metrics, key=lambda each: each.name), key=lambda each: each.name):
        specs = list(same)
        if {score_id(each, job.rows, SEED) for each in specs} <= there:
            continue
        try:
            evaluate(job.folder, specs, rows=job.rows, seed=SEED)
        except (UsageError, OSError, MemoryError):
            raise
        except Exception as error:
            note_missing(job.folder, specs, f"{type(error).__name__}: {error}", rows=job.rows, seed=SEED)


def _noted(run: RunDirectory, step: int) -> bool:
    return run.has(PROGRESSION) and bool((run.read_table(PROGRESSION)["step"] == step).any())


def _note_progression(job: Job, run: RunDirectory, config: RunConfig, step: int, dataset: GroundTruthDataset) -> None:
    """Add the scores at this step to the progression table; the run's own representation is left alone."""
    if _noted(run, step):
        return
    opened = OpenRun(job.folder, dataset=dataset)
    index = chosen_rows(len(dataset), min(job.rows, PROGRESSION_ROWS), SEED)
    frame, _ = score_layers(encode(opened.model, dataset, index), list(config.metrics), seed=SEED)
    frame.insert(0, "step", step)
    old = [run.read_table(PROGRESSION)] if run.has(PROGRESSION) else []
    run.write_table(PROGRESSION, pd.concat([*old, frame], ignore_index=True))
