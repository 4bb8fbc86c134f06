"""Models: networks by paper, one file each; see `unbraid list models`."""

import sys
from typing import TYPE_CHECKING

from unbraid.core import EntryPackage
from unbraid.models._initialise import output_of, start_at_mean, start_small
from unbraid.models._likelihoods import Likelihood, LikelihoodSpec, has_sigmoid, likelihood, squared_error
from unbraid.models._links import Link
from unbraid.models._model import Adjust, Flat, Layer, Model, require_complete, unchanged, z_of
from unbraid.models._posteriors import Covariance, DiagonalGaussian, FullGaussian, Posterior

if TYPE_CHECKING:  # what EntryPackage imports when it is asked for
    from unbraid.models.abdi import abdi as abdi
    from unbraid.models.boxhead_large import boxhead_large as boxhead_large
    from unbraid.models.burgess import burgess as burgess
    from unbraid.models.chyvae import chyvae as chyvae
    from unbraid.models.michlo import michlo as michlo
    from unbraid.models.mlp import mlp as mlp
    from unbraid.models.osnabrueck import osnabrueck as osnabrueck
    from unbraid.models.spatial_broadcast import spatial_broadcast as spatial_broadcast
    from unbraid.models.towers import Towers as Towers

__all__ = [
    "Adjust",
    "Covariance",
    "DiagonalGaussian",
    "Flat",
    "FullGaussian",
    "Layer",
    "Likelihood",
    "LikelihoodSpec",
    "Link",
    "Model",
    "Posterior",
    "has_sigmoid",
    "likelihood",
    "output_of",
    "require_complete",
    "squared_error",
    "start_at_mean",
    "start_small",
    "unchanged",
    "z_of",
]

sys.modules[__name__].__class__ = EntryPackage
