"""Likelihoods of images, one file each; see `unbraid list likelihoods`. An option of the model: `likelihood: mse`."""
