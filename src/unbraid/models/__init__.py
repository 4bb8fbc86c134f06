"""Models: networks by paper, one file each; see `unbraid list models`."""

from unbraid.models._initialise import start_at_mean, start_small
from unbraid.models._likelihoods import LIKELIHOODS, Likelihood, likelihood
from unbraid.models._model import Adjust, Flat, Layer, Model, unchanged, z_of
from unbraid.models._posteriors import DiagonalGaussian, FullGaussian, Posterior, StandardNormal

__all__ = [
    "LIKELIHOODS",
    "Adjust",
    "DiagonalGaussian",
    "Flat",
    "FullGaussian",
    "Layer",
    "Likelihood",
    "Model",
    "Posterior",
    "StandardNormal",
    "z_of",
    "unchanged",
    "likelihood",
    "start_at_mean",
    "start_small",
]
