"""Models: networks by paper, one file each; see `unbraid list models`."""

from unbraid.models._initialise import output_of, start_at_mean, start_small
from unbraid.models._likelihoods import Likelihood, LikelihoodSpec, likelihood, squared_error
from unbraid.models._links import Link
from unbraid.models._model import Adjust, Flat, Layer, Model, require_complete, unchanged, z_of
from unbraid.models._posteriors import Covariance, DiagonalGaussian, FullGaussian, Posterior

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
    "likelihood",
    "output_of",
    "require_complete",
    "squared_error",
    "start_at_mean",
    "start_small",
    "unchanged",
    "z_of",
]
