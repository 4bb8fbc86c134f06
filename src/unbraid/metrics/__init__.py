"""Metrics: pure functions of a representation; no torch here. See `unbraid list metrics`."""

import sys
from typing import TYPE_CHECKING

from unbraid.core import EntryPackage
from unbraid.metrics._adapters import Accumulator, scorer
from unbraid.metrics._aggregate import normalised_sum
from unbraid.metrics._differences import Difference, differences
from unbraid.metrics._files import Reading, read_codes, read_representation
from unbraid.metrics._floors import FLOOR, FloorChoice
from unbraid.metrics._intervals import Interval, intervals
from unbraid.metrics._properties import Properties, declared, properties
from unbraid.metrics._remarks import remarks
from unbraid.metrics._representation import Representation, Score
from unbraid.metrics._score import DEFAULT, MetricLike, score, specs_of
from unbraid.metrics._scored import Scored

if TYPE_CHECKING:  # what EntryPackage imports when it is asked for
    from unbraid.metrics._associations import associations as associations
    from unbraid.metrics.aam import aam as aam
    from unbraid.metrics.aam_posterior import aam_posterior as aam_posterior
    from unbraid.metrics.active_latents import active_latents as active_latents
    from unbraid.metrics.assignment import assignment as assignment
    from unbraid.metrics.best_disentanglement import best_disentanglement as best_disentanglement
    from unbraid.metrics.beta_vae_score import beta_vae_score as beta_vae_score
    from unbraid.metrics.dci import dci as dci
    from unbraid.metrics.dci_fast import dci_fast as dci_fast
    from unbraid.metrics.dci_joint import dci_joint as dci_joint
    from unbraid.metrics.dci_per_latent import dci_per_latent as dci_per_latent
    from unbraid.metrics.dcimig import dcimig as dcimig
    from unbraid.metrics.dimension_wise_kl import dimension_wise_kl as dimension_wise_kl
    from unbraid.metrics.downstream_accuracy import downstream_accuracy as downstream_accuracy
    from unbraid.metrics.exclusive_r2 import exclusive_r2 as exclusive_r2
    from unbraid.metrics.explicitness import explicitness as explicitness
    from unbraid.metrics.factor_vae_score import factor_vae_score as factor_vae_score
    from unbraid.metrics.factorised_support import factorised_support as factorised_support
    from unbraid.metrics.flatness import flatness as flatness
    from unbraid.metrics.gaussian_total_correlation import gaussian_total_correlation as gaussian_total_correlation
    from unbraid.metrics.infoc import infoc as infoc
    from unbraid.metrics.infoe import infoe as infoe
    from unbraid.metrics.infom import infom as infom
    from unbraid.metrics.irs import irs as irs
    from unbraid.metrics.jemmig import jemmig as jemmig
    from unbraid.metrics.kl_variance import kl_variance as kl_variance
    from unbraid.metrics.linearity import linearity as linearity
    from unbraid.metrics.mcc import mcc as mcc
    from unbraid.metrics.mig import mig as mig
    from unbraid.metrics.mig_posterior import mig_posterior as mig_posterior
    from unbraid.metrics.mmig import mmig as mmig
    from unbraid.metrics.mmig_posterior import mmig_posterior as mmig_posterior
    from unbraid.metrics.modularity import modularity as modularity
    from unbraid.metrics.mutual_information_between_latents import (
        mutual_information_between_latents as mutual_information_between_latents,
    )
    from unbraid.metrics.r2 import r2 as r2
    from unbraid.metrics.sap import sap as sap
    from unbraid.metrics.spearman import spearman as spearman
    from unbraid.metrics.total_correlation import total_correlation as total_correlation
    from unbraid.metrics.udr import udr as udr
    from unbraid.metrics.wasserstein_correlation import wasserstein_correlation as wasserstein_correlation

__all__ = [
    "DEFAULT",
    "FLOOR",
    "Accumulator",
    "Difference",
    "FloorChoice",
    "Interval",
    "MetricLike",
    "Properties",
    "Reading",
    "Representation",
    "Score",
    "Scored",
    "associations",
    "declared",
    "differences",
    "intervals",
    "normalised_sum",
    "properties",
    "remarks",
    "read_codes",
    "read_representation",
    "score",
    "scorer",
    "specs_of",
]

sys.modules[__name__].__class__ = EntryPackage
