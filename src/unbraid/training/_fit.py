"""The loop: phases of steps, a log, checkpoints, and a run that can be stopped anywhere and resumed."""

from __future__ import annotations

import math
import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from torch import nn
from torch.optim import Optimizer

from unbraid.core import Mistake, Spec, build, derive, need, rng
from unbraid.data import GroundTruthDataset, hold, load
from unbraid.models import Model, likelihood, start_at_mean, start_small
from unbraid.objectives import Losses, Objective, Pairing
from unbraid.store import CHECKPOINT, MODEL, RunDirectory, sole_writer
from unbraid.training._checkpoint import Progress, checkpoint_step, load_checkpoint, save_checkpoint, save_model
from unbraid.training._config import Phase, RunConfig
from unbraid.training._machine import keep_heap, versions
from unbraid.training._optimizers import OPTIMIZERS
from unbraid.training._rates import RATES, Rate
from unbraid.training._step import (
    descend,
    device_of_choice,
    draw_batch,
    learnable,
    seeded_layers,
    set_rate,
    to_input,
)

LOG_EVERY = 100  # steps between two rows of the log
CHECKPOINT_SECONDS = 60.0
MEAN_ROWS = 4096  # images averaged for a start at the mean image

Watch = Callable[[int, "Report | None"], None]


class Report(dict[str, float]):
    """One row of the log: step, seconds, images_per_second, lr, and the mean of each term since the last row."""


class Interrupted(Exception):
    """Training was asked to stop; the run can be resumed."""


class Diverged(Mistake):
    """The loss is no longer a number."""


def fit(
    config: RunConfig,
    folder: Path | str,
    *,
    until: int | None = None,
    watch: Watch | None = None,
    device: torch.device | None = None,
    log_every: int = LOG_EVERY,
    checkpoint_seconds: float = CHECKPOINT_SECONDS,
    dataset: GroundTruthDataset | None = None,
) -> RunDirectory:
    """Train a run in `folder`, or go on with it; a finished run is returned as it is.

    Killed anywhere and started again, the run ends with the same weights, bit for bit, as one that was never stopped
    (same machine, same number of threads).

    Args:
        config: the complete configuration.
        folder: the run directory; made when it is not there.
        until: stop after this many steps and leave a resumable run.
        watch: called after each step with the number of finished steps and, where one was written, the row of the log.
        device: CUDA, MPS or CPU as found when None.
        log_every: steps between two rows of the log.
        checkpoint_seconds: least time between two checkpoints.
        dataset: the opened dataset, when the caller has it already.

    Raises:
        Mistake: the folder holds another run, is in use or not writable; options that cannot work together.
        Diverged: a loss that is not finite; the last good checkpoint stays.
        Interrupted: Ctrl-C or a termination signal; the run can be resumed.
    """
    run = RunDirectory(folder)
    with sole_writer(run.path):
        _claim(run, config)
        if run.has(MODEL):
            return run
        keep_heap()
        dataset = hold(load(config.data)) if dataset is None else dataset
        training = Training(run, config, dataset, device or device_of_choice(), log_every, checkpoint_seconds, watch)
        run.write_status(state="running", steps=config.steps, versions=versions(), device=str(training.device))
        with _status_of_failure(run, training):
            training.go(config.steps if until is None else min(until, config.steps))
    return run


class Training:
    """A run in progress: the model, the current phase's objective and optimisers, and where it stands."""

    def __init__(
        self,
        run: RunDirectory,
        config: RunConfig,
        dataset: GroundTruthDataset,
        device: torch.device,
        log_every: int,
        checkpoint_seconds: float,
        watch: Watch | None,
    ) -> None:
        self.run, self.config, self.dataset, self.device = run, config, dataset, device
        self.log_every, self.checkpoint_seconds, self.watch = log_every, checkpoint_seconds, watch
        self.model = new_model(config, dataset).to(device)
        self.model.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.progress = Progress(step=checkpoint_step(run))
        self._seeded = seeded_layers(self.model)
        self._enter(self._phase_at(max(self.progress.step - 1, 0)))  # a checkpoint belongs to its last step's phase
        if run.has(CHECKPOINT):
            self.progress = load_checkpoint(run, self._modules(), self.optimizers, self.rate)
            run.cut_log(self.progress.step)
        self._started = time.perf_counter() - self.progress.seconds
        self._saved, self._logged = time.perf_counter(), (self.progress.step, time.perf_counter())

    def go(self, until: int) -> None:
        """Run until that many steps are finished; write the model at the end."""
        self.model.train()
        with _stop_requests() as stop:
            while self.progress.step < until:
                number, begin = self._phase_at(self.progress.step)
                if number != self._number:
                    self._enter((number, begin))
                self._step()
                if stop.is_set():
                    self._save("interrupted")
                    raise Interrupted(
                        f"stopped after {self.progress.step:,} of {self.config.steps:,} steps; "
                        f"the same command goes on from there ({self.run.path})"
                    )
        self._save("running" if until < self.config.steps else "done")
        if until >= self.config.steps:
            save_model(self.run, self.model)
            (self.run / CHECKPOINT).unlink()

    def _enter(self, phase: tuple[int, int]) -> None:
        """Begin a phase: its objective, players and fresh optimisers."""
        self._number, self._begin = phase
        self.phase: Phase = self.config.phases[self._number]
        with torch.random.fork_rng([]):
            torch.manual_seed(derive(self.config.seed, self._begin, "critics"))
            self.objective = new_objective(self.phase.objective, self.model, self.dataset)
            self.critics = self.objective.players()
        for critic in self.critics.values():
            critic.module.to(self.device)
        chosen = learnable(self.model, self.phase.trains)
        need(chosen, "trains must name the beginning of some parameter's name", list(self.phase.trains))
        self.parameters = {"model": chosen}
        self.parameters |= {name: list(critic.module.parameters()) for name, critic in self.critics.items()}
        spec = self.config.optimizer
        self.lr = float(spec.options["lr"])
        self.rate: Rate = RATES[self.config.rate.name](self.lr, **self.config.rate.options)
        self.optimizers: dict[str, Optimizer] = {"model": OPTIMIZERS[spec.name](chosen, **spec.options)}
        for name, critic in self.critics.items():
            adam = OPTIMIZERS["adam"]
            self.optimizers[name] = adam(self.parameters[name], lr=critic.lr, betas=critic.betas)

    def _step(self) -> None:
        """One step, and whatever is due after it."""
        progress, config = self.progress, self.config
        pairing, step = self.objective.pairing, progress.step
        batch = draw_batch(self.dataset, config.batch, pairing, config.seed, step, self.device)
        factor = self.rate.factor(step - self._begin, self.phase.steps)
        set_rate(self.optimizers["model"], self.lr * factor)
        with self._own_noise(step):
            losses = self.objective.forward(self.model, batch, step - self._begin)
            losses = _with_penalty(losses, self.model)
            descend(losses, self.parameters, self.optimizers)
        progress.step += 1
        self._note(losses)
        due = progress.step % self.log_every == 0 or progress.step == config.steps
        row = self._log(self.lr * factor) if due else None
        if self.watch is not None:
            self.watch(progress.step, row)
        if time.perf_counter() - self._saved > self.checkpoint_seconds:
            self._save("running")

    @contextmanager
    def _own_noise(self, step: int) -> Iterator[None]:
        """Seed torch's global stream for this step where the model has dropout, and put it back afterwards."""
        if not self._seeded:
            yield
            return
        devices = [self.device] if self.device.type == "cuda" else []
        with torch.random.fork_rng(devices):
            torch.manual_seed(derive(self.config.seed, step, "dropout"))
            yield

    def _note(self, losses: Losses) -> None:
        """Keep the values of this step for the log and for the epoch."""
        named = {**{f"loss/{name}": loss for name, loss in losses.of.items()}, **losses.terms}
        numbers = torch.stack([value.detach().float() for value in named.values()]).tolist()  # one wait for the device
        values = dict(zip(named, numbers, strict=True))
        for name, value in values.items():
            self.progress.since_log.setdefault(name, []).append(value)
        if not all(math.isfinite(value) for name, value in values.items() if name.startswith("loss/")):
            terms = ", ".join(f"{name} {value:.6g}" for name, value in values.items())
            raise Diverged(
                f"the loss must stay finite; at step {self.progress.step} it was: {terms}. The last good checkpoint "
                f"(step {checkpoint_step(self.run)}) is kept; lower optimizer.lr and train in a new folder."
            )
        self.progress.epoch_loss += values["loss/model"]
        self.progress.epoch_steps += 1
        if self.progress.epoch_steps * self.config.batch >= len(self.dataset):
            self.rate.end_epoch(self.progress.epoch_loss / self.progress.epoch_steps)
            self.progress.epoch_loss, self.progress.epoch_steps = 0.0, 0

    def _log(self, lr: float) -> Report:
        """One row: means since the last one."""
        now, progress = time.perf_counter(), self.progress
        (step, then), progress.seconds = self._logged, now - self._started
        rate = (progress.step - step) * self.config.batch / max(now - then, 1e-9)
        terms = {name: sum(values) / len(values) for name, values in progress.since_log.items()}
        row = Report(step=progress.step, seconds=round(progress.seconds, 3), images_per_second=round(rate, 1), lr=lr)
        row.update(terms)
        self.run.append_log(row)
        progress.since_log, self._logged = {}, (progress.step, now)
        return row

    def _save(self, state: str) -> None:
        """Write a checkpoint and the status."""
        self.progress.seconds = time.perf_counter() - self._started
        save_checkpoint(self.run, self._modules(), self.optimizers, self.rate, self.progress)
        self.run.write_status(state=state, step=self.progress.step, seconds=round(self.progress.seconds, 1))
        self._saved = time.perf_counter()

    def _modules(self) -> dict[str, nn.Module]:
        return {"model": self.model, **{name: critic.module for name, critic in self.critics.items()}}

    def _phase_at(self, step: int) -> tuple[int, int]:
        """Number of the phase that the next step belongs to, and the step at which it began."""
        begin = 0
        for number, phase in enumerate(self.config.phases):
            if step < begin + phase.steps:
                return number, begin
            begin += phase.steps
        return len(self.config.phases) - 1, begin - self.config.phases[-1].steps


def new_model(config: RunConfig, dataset: GroundTruthDataset) -> Model:
    """The model of a run with its first weights, which depend on the seed alone."""
    with torch.random.fork_rng([]):
        torch.manual_seed(derive(config.seed, 0, "weights"))
        model: Model = build("models", config.model, image_shape=dataset.image_shape)
        if config.start != "paper":
            begin = {"small": start_small, "mean": start_at_mean}[config.start]
            begin(model, first_output(model, dataset, config.seed))
    return model


def first_output(model: Model, dataset: GroundTruthDataset, seed: int) -> torch.Tensor:
    """The decoder's first output [C, H, W]: the mean image, as a logit where the likelihood has a sigmoid."""
    rows = rng(seed, 0, "mean image").integers(len(dataset), size=MEAN_ROWS)
    mean = to_input(dataset.images(rows), torch.device("cpu"), dataset.standardisation).mean(0)
    has_sigmoid = float(likelihood(str(model.likelihood), torch.zeros(1, 1, 1, 1)).mean) == 0.5
    return torch.logit(mean, eps=1e-3) if has_sigmoid else mean


def new_objective(spec: Spec, model: Model, dataset: GroundTruthDataset) -> Objective:
    """An objective for this model and dataset, refused before the first step when they cannot work together."""
    context: Mapping[str, Any] = {
        "widths": model.widths,
        "rows": len(dataset),
        "image_shape": dataset.image_shape,
    }
    objective: Objective = build("objectives", spec, **context)
    objective.check(model)
    if objective.pairing is Pairing.SPARSE:
        need(
            len(dataset.space) > 0,
            f"{spec.name} learns from pairs of images that differ in a few known factors",
            f"dataset '{dataset.name}' without factors",
            "give a dataset with factors, or use an objective without pairs, such as beta_vae",
        )
    return objective


def _with_penalty(losses: Losses, model: Model) -> Losses:
    """Add the model's own penalty on its weights, where it has one."""
    penalty = model.penalty()
    if penalty is None:
        return losses
    return replace(losses, of={**losses.of, "model": losses.of["model"] + penalty})


def _claim(run: RunDirectory, config: RunConfig) -> None:
    """Write the configuration, or make sure that the folder holds the same run."""
    if not run.has("config.yaml"):
        strangers = [p.name for p in run.path.iterdir() if p.name != ".lock" and not p.name.endswith(".partial")]
        need(
            not strangers,
            f"a run needs a folder of its own; {run.path} holds other files and no config.yaml",
            strangers[:3],
            "choose another folder",
        )
        run.write_config(config.to_dict())
        return
    stored = RunConfig.from_dict(run.read_config())
    need(
        stored.id == config.id,
        f"{run.path} holds another run",
        f"differences in {', '.join(_differences(stored, config)) or 'the version that wrote it'}",
        "choose another folder, or give the same settings to go on with it",
    )


def _differences(one: RunConfig, other: RunConfig) -> list[str]:
    """Names of the settings in which two configurations differ."""
    first, second = one.to_dict(), other.to_dict()
    return [key for key in first if key != "metrics" and first[key] != second[key]]


@contextmanager
def _status_of_failure(run: RunDirectory, training: Training) -> Iterator[None]:
    """Write why a run stopped."""
    try:
        yield
    except Interrupted:
        raise
    except Exception as error:
        run.write_status(state="failed", step=training.progress.step, message=f"{type(error).__name__}: {error}")
        raise


@contextmanager
def _stop_requests() -> Iterator[threading.Event]:
    """An event that Ctrl-C and SIGTERM set, so that a step is never cut in half; a second Ctrl-C stops at once."""
    stop = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield stop
        return

    def ask(number: int, frame: object) -> None:
        if stop.is_set():
            raise KeyboardInterrupt
        stop.set()

    previous = {number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)
