"""Objectives: one file each; see `unbraid list objectives`."""

from unbraid.objectives._objective import Batch, Losses, Objective, Pairing, Pass, Player, forward_pass
from unbraid.objectives._schedules import Schedule, Scheduled, schedule

__all__ = [
    "Batch",
    "Losses",
    "Objective",
    "Pairing",
    "Pass",
    "Player",
    "Schedule",
    "Scheduled",
    "forward_pass",
    "schedule",
]
