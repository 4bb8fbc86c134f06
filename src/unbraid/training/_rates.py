"""How the learning rate moves within a phase: a factor on the optimiser's rate, from the step or from epoch losses."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable

from unbraid.core import require


class Rate(ABC):
    """A factor on the learning rate; its state is a flat dictionary of numbers, so that it can be resumed."""

    @abstractmethod
    def factor(self, step: int, steps: int) -> float:
        """Factor for the step that follows `step` finished ones, of `steps` in the phase."""

    def end_epoch(self, loss: float) -> None:
        """Take note of the mean training loss of an epoch; most rates do not care."""
        return

    def state(self) -> dict[str, float]:
        """What must be kept to resume; nothing by default."""
        return {}

    def restore(self, state: dict[str, float]) -> None:
        """Take back what `state` gave."""
        return


class Linear(Rate):
    """Up over `warmup` steps, then linearly down to `floor` at the end of the phase; constant when floor is 1."""

    def __init__(self, floor: float, warmup: int) -> None:
        require(0.0 <= floor <= 1.0 and warmup >= 0, "rate needs floor in 0 .. 1 and warmup >= 0", f"{floor}, {warmup}")
        self.floor, self.warmup = floor, warmup

    def factor(self, step: int, steps: int) -> float:
        """Trapezoid of `warmup` up and the rest down."""
        if step < self.warmup:
            return (step + 1) / self.warmup
        done = (step - self.warmup) / max(steps - self.warmup, 1)
        return 1.0 + (self.floor - 1.0) * done


class Plateau(Rate):
    """Multiply the rate by `factor` when the epoch loss has not improved for more than `patience` epochs.

    Improvement means loss < best * (1 - threshold) for positive losses (relative, as torch's ReduceLROnPlateau has it).
    """

    def __init__(self, lr: float, multiply: float, patience: int, threshold: float, min_lr: float) -> None:
        require(0.0 < multiply < 1.0, "plateau.multiply must lie between 0 and 1", multiply)
        self.lr, self.multiply, self.patience = lr, multiply, patience
        self.threshold, self.min_lr = threshold, min_lr
        self._now, self._best, self._bad = lr, float("inf"), 0

    def factor(self, step: int, steps: int) -> float:
        """Current rate over the first one."""
        return self._now / self.lr

    def end_epoch(self, loss: float) -> None:
        """One epoch is over."""
        if loss < self._best * (1.0 - self.threshold):
            self._best, self._bad = loss, 0
        else:
            self._bad += 1
        if self._bad > self.patience:
            lower = max(self._now * self.multiply, self.min_lr)
            if self._now - lower > 1e-8:  # torch ignores smaller changes too
                self._now = lower
            self._bad = 0

    def state(self) -> dict[str, float]:
        """Rate, best loss, epochs without improvement."""
        return {"now": self._now, "best": self._best, "bad": float(self._bad)}

    def restore(self, state: dict[str, float]) -> None:
        """Go on from `state`."""
        self._now, self._best, self._bad = state["now"], state["best"], int(state["bad"])


def constant(lr: float) -> Rate:
    """The optimiser's rate throughout."""
    return Linear(floor=1.0, warmup=0)


def linear(lr: float, *, floor: float = 0.0, warmup: int = 0) -> Rate:
    """Up over `warmup` steps, then linearly down to `floor` times the rate at the end of the phase."""
    return Linear(floor, warmup)


def plateau(
    lr: float, *, multiply: float = 0.95, patience: int = 1, threshold: float = 1.0e-4, min_lr: float = 1.0e-4
) -> Rate:
    """Abdi et al.: times 0.95 after two epochs without improvement of the training loss, never below 1e-4."""
    return Plateau(lr, multiply, patience, threshold, min_lr)


RATES: dict[str, Callable[..., Rate]] = {"constant": constant, "linear": linear, "plateau": plateau}
