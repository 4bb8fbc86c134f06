"""Likelihoods of images, one file each; see `unbraid list likelihoods`. An option of the model: `likelihood: mse`."""

import sys
from typing import TYPE_CHECKING

from unbraid.core import EntryPackage

if TYPE_CHECKING:  # what EntryPackage imports when it is asked for
    from unbraid.models.likelihoods.bernoulli import Bernoulli as Bernoulli
    from unbraid.models.likelihoods.box_blur import BoxBlur as BoxBlur
    from unbraid.models.likelihoods.gaussian_255 import Gaussian255 as Gaussian255
    from unbraid.models.likelihoods.gaussian_half import GaussianHalf as GaussianHalf
    from unbraid.models.likelihoods.gaussian_sigmoid import GaussianSigmoid as GaussianSigmoid
    from unbraid.models.likelihoods.laplace3 import Laplace3 as Laplace3
    from unbraid.models.likelihoods.mse import MSE as MSE

sys.modules[__name__].__class__ = EntryPackage
