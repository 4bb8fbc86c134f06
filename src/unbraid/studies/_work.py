"""One run of a study: train, evaluate, and note what happened. This is all that a worker does, wherever it stands."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from unbraid.core import Mistake
from unbraid.evaluation import OpenRun, evaluate, represent, score_layers
from unbraid.store import METRICS, MODEL, RunDirectory
from unbraid.training import Interrupted, RunConfig, fit

PROGRESSION = "progression.parquet"
PROGRESSION_ROWS = 10_000  # rows encoded at each point of a progression: a bounded cost


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


class Orphaned(Interrupted):
    """The process that gave the work is gone."""


def work(job: Job) -> str:
    """Train and evaluate one run; returns "done", "busy" (another process has it) or what went wrong."""
    import torch

    if job.threads:
        torch.set_num_threads(job.threads)
    parent = os.getppid()

    def watch(step: int, row: object) -> None:
        if os.getppid() != parent:
            raise Orphaned("the study that started this run is gone; the run can be resumed")

    try:
        _train_and_score(job, RunConfig.from_dict(job.config), watch)
    except Mistake as mistake:
        return "busy" if "in use by another process" in str(mistake) else _failed(job, mistake)
    except (Interrupted, KeyboardInterrupt):
        raise
    except Exception as error:  # one run's failure must not take the study with it; it is named in the table
        return _failed(job, error)
    return "done"


def _train_and_score(job: Job, config: RunConfig, watch: Any) -> None:
    """The work itself, resumed from wherever it stands."""
    run = RunDirectory(job.folder)
    for until in range(job.every, config.steps, job.every) if job.every else ():
        if run.has(MODEL) or int(run.read_status().get("step", 0)) > until:
            continue
        fit(config, job.folder, until=until, watch=watch)
        _note_progression(job, config, until)
    fit(config, job.folder, watch=watch)
    if not scored(run, config):
        evaluate(job.folder, list(config.metrics), rows=job.rows, seed=config.seed)
    if job.every:
        _note_progression(job, config, config.steps)
    run.write_status(message="")


def _note_progression(job: Job, config: RunConfig, step: int) -> None:
    """Add the scores at this step to the progression table."""
    run = RunDirectory(job.folder)
    old = run.read_table(PROGRESSION) if run.has(PROGRESSION) else None
    if old is not None and (old["step"] == step).any():
        return
    rep = represent(OpenRun(job.folder), rows=min(job.rows, PROGRESSION_ROWS), seed=config.seed)
    frame, _ = score_layers(rep, list(config.metrics), seed=config.seed)
    frame.insert(0, "step", step)
    run.write_table(PROGRESSION, frame if old is None else pd.concat([old, frame], ignore_index=True))


def scored(run: RunDirectory, config: RunConfig) -> bool:
    """Whether every metric of the configuration stands in the run's table."""
    if not run.has(METRICS):
        return False
    return {each.name for each in config.metrics} <= set(run.read_table(METRICS)["metric"].str.partition("(")[0])


def _failed(job: Job, error: BaseException) -> str:
    """Note a failure in the run's folder where that is possible."""
    words = f"{type(error).__name__}: {error}"
    with contextlib.suppress(Mistake, OSError):
        RunDirectory(Path(job.folder)).write_status(state="failed", message=words)
    return words
