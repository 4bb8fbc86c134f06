"""Network of the hyperprior VAE (CHyVAE)."""

from __future__ import annotations

from unbraid.core import remembered, require
from unbraid.core.values import Latents, Width
from unbraid.models._blocks import higgins, require_latents, require_size
from unbraid.models._initialise import glorot_uniform
from unbraid.models._likelihoods import LikelihoodSpec
from unbraid.models._model import Flat
from unbraid.models._posteriors import Covariance

__all__ = ["chyvae"]


@remembered
def chyvae(
    image_shape: tuple[int, int, int],
    *,
    latents: Latents = 10,
    hidden: Width = 256,
    posterior: Covariance = "full",
    likelihood: LikelihoodSpec = "bernoulli",
) -> Flat:
    """Convolutional network of the hyperprior VAE (Ansari & Soh, 2019): 32, 32, 64, 64 channels, full covariance.

    Encoder: four 4x4 convolutions of stride 2 and padding 1 (32, 16, 8, 4 pixels a side), dense `hidden`. Decoder:
    dense `hidden` and 1024, transposed 4x4 convolutions of stride 2 to 64@8, 32@16, 32@32 and the image. ReLU between.

    Args:
        image_shape: (channels, 64, 64).
        latents: D; a full covariance emits D + D^2 numbers.
        hidden: dense units each way; the authors take 128 for dSprites and 256 elsewhere.
        posterior: "full" or "diagonal".
        likelihood: see `unbraid list likelihoods`.

    Notes:
        Starts as TensorFlow does: Glorot's uniform rule, zero biases.

    Source: Ansari & Soh (2019), "Hyperprior Induced Unsupervised Disentanglement"; arXiv:1809.04497.

    Example:
        >>> import torch
        >>> model = chyvae((1, 64, 64))
        >>> f"{sum(p.numel() for p in model.parameters()):,} parameters"
        '787,375 parameters'
        >>> [layer.z.shape[1] for layer in model.infer(torch.zeros(2, *model.image_shape))]
        [10]
        >>> model.infer(torch.zeros(2, 1, 64, 64))[0].posterior.covariance.shape
        torch.Size([2, 10, 10])
    """
    require_latents(latents)
    require_size("chyvae", image_shape, (64,))
    require(hidden >= 1, "hidden must be at least 1", hidden)
    trunk, decoder = higgins(image_shape, latents, hidden)
    model = Flat(image_shape, trunk, hidden, decoder, latents, posterior, likelihood)
    glorot_uniform(model)
    return model
