"""Training a run in its folder, or going on with it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch

from unbraid.core import Progress, label_of, outside_names, require
from unbraid.core.checked import checked
from unbraid.core.memory import require_memory
from unbraid.core.values import Count, Natural, NonNegative, Threads
from unbraid.data import GroundTruthDataset, in_memory, load_dataset
from unbraid.store import (
    CHECKPOINT,
    CONFIG,
    LOG,
    MODEL,
    SET_ASIDE,
    STATUS,
    RunDirectory,
    is_left_over,
    left_as_it_was,
    sole_writer,
)
from unbraid.training._bar import together, told, training_bar
from unbraid.training._build import weights_of
from unbraid.training._config import RunConfig, read_settings
from unbraid.training._facts import noted_facts
from unbraid.training._machine import keep_heap, versions
from unbraid.training._run import Run
from unbraid.training._step import device_named
from unbraid.training._stop import InterruptedRunError
from unbraid.training._threads import chosen_threads, torch_threads
from unbraid.training._training import Callback, Training

LOG_EVERY = 100  # steps between two rows of the log
CHECKPOINT_SECONDS = 60.0
BATCH_FLOATS = 3  # the images, their reconstruction and its gradient: the least that a step holds
WEIGHT_FLOATS = 4  # each weight with its gradient and two moments
COMPILED = "compiled"  # in status.json; no part of a configuration
HAND = Path("runs/hand")  # holds the runs that were given no folder


@checked
def fit(
    config: RunConfig | Mapping[str, Any] | Path | str,
    folder: Path | str | None = None,
    *,
    until: Natural | None = None,
    callback: Callback | None = None,
    device: torch.device | str | None = None,
    log_every: Count = LOG_EVERY,
    checkpoint_seconds: NonNegative = CHECKPOINT_SECONDS,
    dataset: Any = None,
    threads: Threads | None = None,
    compiled: bool | None = None,
    progress: Progress | bool | None = True,
) -> Run:
    """Train a run in `folder`, or go on with it; a finished run is opened as it is.

    Killed anywhere and started again, the run ends with the same weights, bit for bit, as one that was never stopped
    (same machine; the number of threads is kept).

    Args:
        config: the configuration, a mapping of its settings, or a YAML file of them, such as a run's config.yaml.
        folder: the run directory, made when it is not there; `runs/hand/<objective>-<hash>-s<seed>` when None.
        until: stop after this many steps and leave a resumable run.
        callback: called with the `Training` and a row of the log: once before the first step of this sitting, without
            a row (None), and after each step, with the row where one was written.
        device: CUDA, MPS or CPU as found when None.
        log_every: steps between two rows of the log.
        checkpoint_seconds: least time between two checkpoints.
        dataset: the dataset where the caller has it open; what `load_dataset` takes.
        threads: that torch computes with on the CPU. When None, as OMP_NUM_THREADS says; else as the run was begun
            with; else what is measured to be fastest before the first step, at most what torch has now. They are noted
            in status.json, and are no part of the configuration.
        compiled: whether torch compiles the networks before the first step, which takes a compiler and some seconds to
            a minute; numbers then differ in their last digits. When None, as the run was begun with, else not. Noted
            in status.json, and no part of the configuration.
        progress: True shows a bar on the terminal or in the notebook; a function is called with ("training", steps
            done, steps in all) after each step.

    Returns:
        the run, opened: to encode, decode, evaluate.

    Raises:
        UsageError: the folder holds another run, is in use or not writable; options that cannot work together.
        DivergedError: a loss that is not finite; the last good checkpoint stays.
        InterruptedRunError: Ctrl-C or a termination signal; the run can be resumed.
    """
    config = _config_of(config)
    run = RunDirectory(HAND / config.folder_name if folder is None else folder)
    device = device_named(device)
    for metric in config.metrics:
        label_of("metrics", metric)  # refused here and not after training
    with left_as_it_was(run.path), sole_writer(run.path):
        run.derived(STATUS, run.read_status)
        claim(run, config)
        if run.has(MODEL):
            if not run.has(STATUS):
                run.write_status(state="done", step=config.steps, steps=config.steps)
            (run / CHECKPOINT).unlink(missing_ok=True)  # of a process that was killed between the two
            return Run(run.path, device, dataset, trust=True)
        keep_heap()
        dataset = in_memory(load_dataset(config.data if dataset is None else dataset))
        _require_room(config, dataset)
        noted = run.read_status().get(COMPILED)
        compiled = bool(noted) if compiled is None else compiled
        training = Training(run, config, dataset, device, log_every, checkpoint_seconds, compiled=compiled)
        count = chosen_threads(threads, run, config, dataset, device)
        run.write_status(
            state="running",
            steps=config.steps,
            versions=versions(),
            device=str(training.device),
            threads=count,
            **({COMPILED: compiled} if compiled or noted else {}),
            **noted_facts(dataset, config),
        )
        watched = training_bar(config.steps, training.step, shown=progress is True)
        with torch_threads(count), _status_of_failure(run, training), watched as bar:
            callbacks = [bar, *([told(progress)] if callable(progress) else []), *([callback] if callback else [])]
            training.callback = together(*callbacks)
            training.run(config.steps if until is None else min(until, config.steps))
    return Run(run.path, device, dataset, trust=True)


def _require_room(config: RunConfig, dataset: GroundTruthDataset) -> None:
    """Refuse a model or a batch that this machine cannot hold, before any of it is allocated."""
    shape = "x".join(map(str, dataset.image_shape))
    size = BATCH_FLOATS * 4 * config.batch * math.prod(dataset.image_shape)
    require_memory(size, f"a batch of {config.batch:,} images {shape}", "lower batch")
    weights = weights_of(config, dataset.image_shape)
    do = "lower the model's options: latents, hidden, width"
    require_memory(WEIGHT_FLOATS * 4 * weights, f"a model of {weights:,} weights and its moments", do)


def _config_of(given: Any) -> RunConfig:
    """The configuration, however it is given."""
    if isinstance(given, RunConfig):
        return given
    if isinstance(given, (str, Path)):
        given = read_settings(Path(given))
    require(isinstance(given, Mapping), "fit takes a RunConfig, a mapping of its settings or a YAML file", repr(given))
    return RunConfig.from_dict(given)


def claim(run: RunDirectory, config: RunConfig) -> None:
    """Write the configuration, or make sure that the folder holds the same run.

    Raises:
        UsageError: the folder holds other files, another run that has begun, or one of a newer version.
    """
    run.require_known_version()
    begun = any(run.has(name) for name in (LOG, CHECKPOINT, MODEL))
    if run.has(CONFIG) and not begun:  # refused before its first step
        run.write_config(config.to_dict())
        return
    if not run.has(CONFIG):
        ours = (".lock", f"{STATUS}{SET_ASIDE}")
        strangers = [p.name for p in run.path.iterdir() if p.name not in ours and not is_left_over(p.name)]
        require(
            not strangers,
            f"a run needs a folder of its own; {run.path} holds other files and no {CONFIG}",
            strangers[:3],
            "choose another folder",
        )
        run.write_config(config.to_dict())
        return
    settings = run.read_config()
    strange = [name for name in outside_names(settings) if name not in outside_names(config.to_dict())]
    require(
        not strange,  # not imported to be compared: the folder may come from anybody
        f"{run.path} holds another run",
        f"code of {', '.join(strange)}",
        "choose another folder, or give the same settings to go on with it",
    )
    stored = RunConfig.from_dict(settings)
    require(
        stored.id == config.id,
        f"{run.path} holds another run",
        f"differences in {', '.join(_differences(stored, config)) or 'the version that wrote it'}",
        "choose another folder, or give the same settings to go on with it",
    )


def _differences(one: RunConfig, other: RunConfig) -> list[str]:
    """Names of the settings in which two configurations differ."""
    first, second = one.to_dict(), other.to_dict()
    keys = [key for key in {**first, **second} if key != "metrics"]
    return [key for key in keys if first.get(key) != second.get(key)]


@contextmanager
def _status_of_failure(run: RunDirectory, training: Training) -> Iterator[None]:
    """Write why a run stopped."""
    try:
        yield
    except InterruptedRunError:
        raise
    except KeyboardInterrupt:  # a second one, within a step
        run.write_status(state="interrupted")
        raise
    except Exception as error:
        if run.has(CONFIG):  # else the folder was deleted, and is not made again
            run.write_status(state="failed", step=training.step, message=f"{type(error).__name__}: {error}")
        raise
