"""Where a run stands."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Position:
    """Where a run stands.

    Args:
        step: finished steps of the whole run.
        since_log: values of each logged term since the last row of the log.
        epoch_loss: sum of the model's loss over the steps of the current epoch.
        epoch_steps: how many steps that sum holds.
        seconds: time spent training, over all sittings.
    """

    step: int = 0
    since_log: dict[str, list[float]] = field(default_factory=dict)
    epoch_loss: float = 0.0
    epoch_steps: int = 0
    seconds: float = 0.0
