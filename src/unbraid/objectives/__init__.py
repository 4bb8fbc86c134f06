"""Objectives: one file each; see `unbraid list objectives`."""

import sys
from typing import TYPE_CHECKING

from unbraid.core import EntryPackage
from unbraid.objectives._aggregate import aggregate_total_correlation
from unbraid.objectives._critic import total_correlation
from unbraid.objectives._objective import Batch, Losses, Objective, Pairing, Player, partner_of
from unbraid.objectives._pass import Pass, forward_pass
from unbraid.objectives._schedules import Schedule, Scheduled, schedule
from unbraid.objectives._total_correlation import Parts, estimated_parts, exact_parts
from unbraid.objectives._weighting import BetaConventions, Weighting, beta_conventions

if TYPE_CHECKING:  # what EntryPackage imports when it is asked for
    from unbraid.objectives.ada_gvae import AdaGVAE as AdaGVAE
    from unbraid.objectives.ada_mlvae import AdaMLVAE as AdaMLVAE
    from unbraid.objectives.beta_tcvae import BetaTCVAE as BetaTCVAE
    from unbraid.objectives.beta_vae import BetaVAE as BetaVAE
    from unbraid.objectives.capacity_vae import CapacityVAE as CapacityVAE
    from unbraid.objectives.dip_vae import DIPVAE as DIPVAE
    from unbraid.objectives.factor_vae import FactorVAE as FactorVAE
    from unbraid.objectives.hyperprior_vae import HyperpriorVAE as HyperpriorVAE
    from unbraid.objectives.info_vae import InfoVAE as InfoVAE
    from unbraid.objectives.layerwise import Layerwise as Layerwise
    from unbraid.objectives.vae import VAE as VAE

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
    "aggregate_total_correlation",
    "beta_conventions",
    "estimated_parts",
    "exact_parts",
    "forward_pass",
    "partner_of",
    "schedule",
    "total_correlation",
]

sys.modules[__name__].__class__ = EntryPackage
