"""A run in progress: steps, a log, checkpoints, and callbacks that watch it."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext

import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from unbraid.core import UsageError, build, derive, load_entry
from unbraid.core.spec import require_kind
from unbraid.data import GroundTruthDataset
from unbraid.objectives import Losses
from unbraid.store import CHECKPOINT, RunDirectory
from unbraid.training._build import new_model, new_objective
from unbraid.training._checkpoint import load_checkpoint, save_checkpoint, save_critics, save_model, stored_position
from unbraid.training._compatible import require_compatible
from unbraid.training._config import Phase, RunConfig
from unbraid.training._inputs import Inputs
from unbraid.training._networks import compile_networks, in_bfloat16
from unbraid.training._rates import Rate
from unbraid.training._reference import reference, reference_due
from unbraid.training._step import descend, draw_batch, has_dropout, learnable, with_penalty
from unbraid.training._stop import InterruptedRunError, stop_requests
from unbraid.training._validation import validation_loss

LOWEST = -100.0  # nats a pixel and channel: a density so far above the uniform one is no fit but a flight

Callback = Callable[["Training", "LogRow | None"], None]


class LogRow(dict[str, float]):
    """One row of the log: step, seconds, images_per_second, lr, and the mean of each term since the last row.

    Where rows are held out of training, `loss/validation` too: the loss on them, see `validation_loss`. Where a critic
    estimates the total correlation, `total_correlation/reference` four times a phase: what is there, see `reference`.
    """


def reads_at_once(device: torch.device) -> bool:
    """Whether the values of a step are read in it; elsewhere that waits for the device, and is put off to the log."""
    return device.type == "cpu"


class DivergedError(UsageError):
    """The loss is no longer a number, or runs to minus infinity."""


class Training:
    """A run in progress: the model, the current phase with its objective and optimisers, and where it stands.

    A callback may look at `step`, `model`, `phase`, `objective`, `config`, `dataset`, `device` and `folder`.

    Args:
        folder: the run directory.
        config: the complete configuration.
        dataset: where images come from.
        device: where the model stands.
        log_every: steps between two rows of the log.
        checkpoint_seconds: least time between two checkpoints.
        callback: called by `run`, see `fit`.
        compiled: whether torch compiles the networks.
    """

    def __init__(
        self,
        folder: RunDirectory,
        config: RunConfig,
        dataset: GroundTruthDataset,
        device: torch.device,
        log_every: int,
        checkpoint_seconds: float,
        callback: Callback | None = None,
        compiled: bool = False,
    ) -> None:
        self.folder, self.config, self.dataset, self.device = folder, config, dataset, device
        self.log_every, self.checkpoint_seconds, self.callback = log_every, checkpoint_seconds, callback
        self.model = new_model(config, dataset).to(device)
        self.model.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        require_compatible(config, self.model, dataset)
        if config.precision == "bfloat16":
            in_bfloat16(self.model)
        if compiled:
            compile_networks(self.model)
        # an image that is drawn less than once is not worth sending
        self.inputs = Inputs(dataset, device, hold=config.steps * config.batch >= len(dataset))
        self._unread: list[tuple[list[str], Tensor]] = []  # values of steps that still lie on the device
        self._has_dropout = has_dropout(self.model)
        self.position = stored_position(folder, config.steps)
        self._enter(*config.phase_at(max(self.step - 1, 0)))  # a checkpoint belongs to its last step's phase
        if folder.has(CHECKPOINT):
            load_checkpoint(folder, self._modules(), self.optimizers, self.rate, self.step - self._begin)
        folder.cut_log(self.step)  # also without a checkpoint: a run killed before its first one has logged
        self._started = time.perf_counter() - self.position.seconds
        self._saved, self._logged = time.perf_counter(), (self.step, time.perf_counter())

    @property
    def step(self) -> int:
        """Finished steps of the whole run."""
        return self.position.step

    def run(self, until: int) -> None:
        """Train until that many steps are finished; write the model at the end."""
        self.model.train()
        self._call(None)
        with stop_requests() as stop:
            while self.step < until:
                number, begin = self.config.phase_at(self.step)
                if number != self._number:
                    self._enter(number, begin)
                self._step()
                if stop.is_set():
                    self._save("interrupted")
                    raise InterruptedRunError(
                        f"stopped after {self.step:,} of {self.config.steps:,} steps; "
                        f"the same command goes on from there ({self.folder.path})"
                    )
        self._save("interrupted" if until < self.config.steps else "done")
        if until >= self.config.steps:
            save_critics(self.folder, {name: critic.module for name, critic in self.critics.items()})
            save_model(self.folder, self.model)
            (self.folder / CHECKPOINT).unlink()

    def _enter(self, number: int, begin: int) -> None:
        """Begin a phase: its objective, players and fresh optimisers."""
        self._number, self._begin = number, begin
        self.phase: Phase = self.config.phases[number]
        with torch.random.fork_rng([]):
            torch.manual_seed(derive(self.config.seed, begin, "critics"))
            self.objective = new_objective(self.phase.objective, self.model, self.dataset)
            self.critics = self.objective.players()
        for critic in self.critics.values():
            critic.module.to(self.device)
        chosen = learnable(self.model, self.phase.trains)
        self.parameters = {"model": chosen}
        optimizer: Optimizer = build("optimizers", self.config.optimizer, parameters=chosen)
        require_kind(optimizer, Optimizer, self.config.optimizer, "an optimizer")
        self.optimizers = {"model": optimizer}
        mean = self.objective.weighting is not None and self.objective.weighting.reduction == "mean"
        self._lowest = LOWEST * (1 if mean else math.prod(self.model.image_shape))
        self.rate = Rate(self.config.rate, self.optimizers["model"], self.phase.steps)
        adam = load_entry("optimizers", "adam")
        for name, critic in self.critics.items():
            self.parameters[name] = list(critic.module.parameters())
            self.optimizers[name] = adam(self.parameters[name], lr=critic.lr, betas=critic.betas)

    def _step(self) -> None:
        """One step, and whatever is due after it."""
        config, step, lr = self.config, self.step, self.rate.lr
        batch = draw_batch(self.inputs, config.batch, self.objective.pairing, config.seed, step)
        with self._seeded_dropout(step) if self._has_dropout else nullcontext():
            losses = with_penalty(self.objective.forward(self.model, batch, step - self._begin), self.model)
            descend(losses, self.parameters, self.optimizers)
        self.rate.end_step()
        self.position.step += 1
        self._note(losses)
        due = self.step % self.log_every == 0 or self.step == config.steps
        if due or reads_at_once(self.device) or self._epoch_moves_rate():
            self._read()
        self._call(self._log(lr) if due else None)
        if time.perf_counter() - self._saved > self.checkpoint_seconds:
            self._save("running")

    def _call(self, row: LogRow | None) -> None:
        """Let the callback look; it may have put the model into evaluation mode."""
        if self.callback is not None:
            self.callback(self, row)
            if not self.model.training:
                self.model.train()

    @contextmanager
    def _seeded_dropout(self, step: int) -> Iterator[None]:
        """Seed torch's global stream for this step, and put it back afterwards."""
        devices = [self.device] if self.device.type == "cuda" else []
        with torch.random.fork_rng(devices):
            torch.manual_seed(derive(self.config.seed, step, "dropout"))
            yield

    def _note(self, losses: Losses) -> None:
        """Keep the values of this step where they are: reading them waits for the device."""
        named = {**{f"loss/{name}": loss for name, loss in losses.of.items()}, **losses.terms}
        self._unread.append((list(named), torch.stack([value.detach().float() for value in named.values()])))

    def _epoch_moves_rate(self) -> bool:
        """Whether an epoch ends here whose loss moves the learning rate."""
        steps = self.position.epoch_steps + len(self._unread)
        return self.rate.needs_losses and steps * self.config.batch >= self.dataset.training_rows

    def _read(self) -> None:
        """Read the values of all steps since the last time, for the log and for the epoch: one wait for the device."""
        unread, self._unread = self._unread, []
        if not unread:
            return
        numbers = iter(torch.cat([values for _, values in unread]).tolist())
        for step, (names, _) in enumerate(unread, self.step - len(unread) + 1):
            self._take(step, {name: next(numbers) for name in names})

    def _take(self, step: int, values: dict[str, float]) -> None:
        """Values of one step: refused where they are no loss, summed for the log and for the epoch."""
        for name, value in values.items():
            self.position.since_log.setdefault(name, []).append(value)
        losses_of = [value for name, value in values.items() if name.startswith("loss/")]
        finite = all(map(math.isfinite, losses_of))
        if not finite or min(losses_of) < self._lowest:
            kept = stored_position(self.folder, self.config.steps).step
            terms = ", ".join(f"{name} {value:.6g}" for name, value in values.items())
            must = "finite" if not finite else f"above {self._lowest:,.0f}, or it runs to minus infinity"
            raise DivergedError(
                f"the loss must stay {must}; at step {step} it was: {terms}. The last good checkpoint "
                f"(step {kept}) is kept; lower optimizer.lr and train in a new folder."
            )
        self.position.epoch_loss += values["loss/model"]
        self.position.epoch_steps += 1
        if self.position.epoch_steps * self.config.batch >= self.dataset.training_rows:
            self.rate.end_epoch(self.position.epoch_loss / self.position.epoch_steps)
            self.position.epoch_loss, self.position.epoch_steps = 0.0, 0

    def _log(self, lr: float) -> LogRow:
        """One row: means since the last one."""
        now, position = time.perf_counter(), self.position
        (step, then), position.seconds = self._logged, now - self._started
        rate = (position.step - step) * self.config.batch / max(now - then, 1e-9)
        terms = {name: sum(values) / len(values) for name, values in position.since_log.items()}
        row = LogRow(step=position.step, seconds=round(position.seconds, 3), images_per_second=round(rate, 1), lr=lr)
        row.update(terms)
        phase = (self.config.batch, self.config.seed, self.step, self.step - 1 - self._begin)
        validation = validation_loss(self.model, self.objective, self.dataset, *phase, self.device)
        if validation is not None:
            row["loss/validation"] = validation
        if reference_due(self.step - self._begin, self.phase.steps, self.log_every):
            total = reference(self.model, self.objective, self.inputs, self.config.batch)
            if total is not None:
                row["total_correlation/reference"] = total
        self.folder.require_there()
        self.folder.append_log(row)
        position.since_log, self._logged = {}, (position.step, now)
        return row

    def _save(self, state: str) -> None:
        """Write a checkpoint and the status."""
        self._read()  # a loss that is not finite is no checkpoint
        self.position.seconds = time.perf_counter() - self._started
        self.folder.require_there()
        save_checkpoint(self.folder, self._modules(), self.optimizers, self.rate, self.position)
        self.folder.write_status(state=state, step=self.step, seconds=round(self.position.seconds, 1))
        self._saved = time.perf_counter()

    def _modules(self) -> dict[str, nn.Module]:
        return {"model": self.model, **{name: critic.module for name, critic in self.critics.items()}}
