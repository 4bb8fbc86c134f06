"""A run in progress: steps, a log, checkpoints, and a stop that never cuts a step in half."""

from __future__ import annotations

import math
import signal
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

import torch
from torch import nn
from torch.optim import Optimizer

from unbraid.core import UsageError, derive, require
from unbraid.data import GroundTruthDataset
from unbraid.models import Model
from unbraid.objectives import Losses
from unbraid.store import CHECKPOINT, RunDirectory
from unbraid.training._build import new_model, new_objective
from unbraid.training._checkpoint import Progress, checkpoint_step, load_checkpoint, save_checkpoint, save_model
from unbraid.training._config import Phase, RunConfig
from unbraid.training._optimizers import OPTIMIZERS
from unbraid.training._rates import RATES, Rate
from unbraid.training._step import descend, draw_batch, learnable, seeded_layers, set_rate

Watch = Callable[[int, "LogRow | None"], None]


class LogRow(dict[str, float]):
    """One row of the log: step, seconds, images_per_second, lr, and the mean of each term since the last row."""


class InterruptedRunError(Exception):
    """Training was asked to stop; the run can be resumed."""


class DivergedError(UsageError):
    """The loss is no longer a number."""


class Observer(ABC):
    """A watch that is shown the training itself before the first step, so that it can look at the model."""

    @abstractmethod
    def begin(self, training: Training) -> None:
        """The training is about to go on from where it stands."""

    @abstractmethod
    def __call__(self, step: int, row: LogRow | None) -> None:
        """A step is finished; `row` where one was written to the log."""


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
        watch: Watch | None = None,
        tell: Callable[[str], None] | None = None,
    ) -> None:
        self.run, self.config, self.dataset, self.device = run, config, dataset, device
        self.log_every, self.checkpoint_seconds = log_every, checkpoint_seconds
        self.watch, self.tell = watch, tell
        self.model = new_model(config, dataset).to(device)
        self.model.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.progress = Progress(step=checkpoint_step(run))
        self._seeded = seeded_layers(self.model)
        self._enter(self._phase_at(max(self.progress.step - 1, 0)))  # a checkpoint belongs to its last step's phase
        if run.has(CHECKPOINT):
            self.progress = load_checkpoint(run, self._modules(), self.optimizers, self.rate)
        run.cut_log(self.progress.step)  # also without a checkpoint: a run killed before its first one has logged
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
                    raise InterruptedRunError(
                        f"stopped after {self.progress.step:,} of {self.config.steps:,} steps; "
                        f"the same command goes on from there ({self.run.path})"
                    )
        self._save("interrupted" if until < self.config.steps else "done")
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
        if self.tell is not None and (line := self.objective.conventions(self.model)):
            self.tell(line)
        require(chosen, "trains must name the beginning of some parameter's name", list(self.phase.trains))
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
            raise DivergedError(
                f"the loss must stay finite; at step {self.progress.step} it was: {terms}. The last good checkpoint "
                f"(step {checkpoint_step(self.run)}) is kept; lower optimizer.lr and train in a new folder."
            )
        self.progress.epoch_loss += values["loss/model"]
        self.progress.epoch_steps += 1
        if self.progress.epoch_steps * self.config.batch >= len(self.dataset):
            self.rate.end_epoch(self.progress.epoch_loss / self.progress.epoch_steps)
            self.progress.epoch_loss, self.progress.epoch_steps = 0.0, 0

    def _log(self, lr: float) -> LogRow:
        """One row: means since the last one."""
        now, progress = time.perf_counter(), self.progress
        (step, then), progress.seconds = self._logged, now - self._started
        rate = (progress.step - step) * self.config.batch / max(now - then, 1e-9)
        terms = {name: sum(values) / len(values) for name, values in progress.since_log.items()}
        row = LogRow(step=progress.step, seconds=round(progress.seconds, 3), images_per_second=round(rate, 1), lr=lr)
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


def _with_penalty(losses: Losses, model: Model) -> Losses:
    """Add the model's own penalty on its weights, where it has one."""
    penalty = model.penalty()
    if penalty is None:
        return losses
    return replace(losses, of={**losses.of, "model": losses.of["model"] + penalty})


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
