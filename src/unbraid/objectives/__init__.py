"""Objectives: one file each; see `unbraid list objectives`."""

from unbraid.objectives._objective import Batch, Losses, Objective, Pairing, Player, partner_of
from unbraid.objectives._pass import Pass, forward_pass
from unbraid.objectives._schedules import Schedule, Scheduled, schedule
from unbraid.objectives._total_correlation import Parts, estimated_parts, exact_parts
from unbraid.objectives._weighting import BetaConventions, Weighting, beta_conventions

__all__ = [
    "Batch",
    "BetaConventions",
    "Losses",
    "Objective",
    "Pairing",
    "Parts",
    "Pass",
    "Player",
    "Schedule",
    "Scheduled",
    "Weighting",
    "beta_conventions",
    "estimated_parts",
    "exact_parts",
    "forward_pass",
    "partner_of",
    "schedule",
]
