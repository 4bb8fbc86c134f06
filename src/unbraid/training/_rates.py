"""The learning rate within a phase: a torch scheduler, when it steps, and what a checkpoint keeps of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from torch.optim import Optimizer
from torch.optim.lr_scheduler import LambdaLR, LRScheduler, ReduceLROnPlateau

from unbraid.core import Spec, build
from unbraid.core.spec import require_kind


class Rate:
    """The learning rate of an optimiser within a phase, moved by the scheduler that `spec` names.

    `ReduceLROnPlateau` steps at the end of an epoch, by its mean training loss; every other scheduler after each step.

    Args:
        spec: an entry of `unbraid list rates`, or `package.module:scheduler` of (optimizer, steps) with its options.
        optimizer: whose rate it is.
        steps: of the phase.
    """

    def __init__(self, spec: Spec, optimizer: Optimizer, steps: int) -> None:
        self._optimizer = optimizer
        self.scheduler: LRScheduler = build("rates", spec, optimizer=optimizer, steps=steps)
        require_kind(self.scheduler, LRScheduler, spec, "a rate")

    @property
    def lr(self) -> float:
        """The rate of the next step."""
        return self._optimizer.param_groups[0]["lr"]

    @property
    def needs_losses(self) -> bool:
        """Whether the loss of an epoch moves it."""
        return isinstance(self.scheduler, ReduceLROnPlateau)

    def end_step(self) -> None:
        """A step is over."""
        if not isinstance(self.scheduler, ReduceLROnPlateau):
            self.scheduler.step()

    def end_epoch(self, loss: float) -> None:
        """An epoch of this mean training loss is over."""
        if isinstance(self.scheduler, ReduceLROnPlateau):
            self.scheduler.step(loss)

    def state(self) -> dict[str, Any]:
        """What must be kept to resume, ready for JSON."""
        return {"lr": self.lr, "scheduler": self.scheduler.state_dict()}

    def restore(self, state: Mapping[str, Any], finished: int) -> None:
        """Go on from `state`, which `finished` steps of the phase led to."""
        kept = state if "scheduler" in state else self._of_version_0_1(state, finished)
        self.scheduler.load_state_dict(kept["scheduler"])
        for group in self._optimizer.param_groups:
            group["lr"] = kept["lr"]

    def _of_version_0_1(self, state: Mapping[str, Any], finished: int) -> dict[str, Any]:
        """The state that belongs to version 0.1's, which kept the numbers of a plateau, and nothing of other rates."""
        if not isinstance(self.scheduler, LambdaLR):
            return {"lr": state["now"], "scheduler": {"best": state["best"], "num_bad_epochs": int(state["bad"])}}
        lr = self.scheduler.base_lrs[0] * self.scheduler.lr_lambdas[0](finished)
        return {"lr": lr, "scheduler": {"last_epoch": finished, "lr_lambdas": [None]}}
