"""Network of Burgess et al. (2018), as Dubois et al. (2019) run it."""

from __future__ import annotations

from torch import nn

from unbraid.core import remembered
from unbraid.core.values import Latents
from unbraid.models._blocks import dense, doublings, halvings, require_latents, require_size
from unbraid.models._initialise import kaiming_uniform
from unbraid.models._likelihoods import LikelihoodSpec
from unbraid.models._model import Flat
from unbraid.models._posteriors import Covariance

__all__ = ["burgess"]

CHANNELS = 32  # Burgess et al. (2018), appendix
HIDDEN = 256


@remembered
def burgess(
    image_shape: tuple[int, int, int],
    *,
    latents: Latents = 10,
    posterior: Covariance = "diagonal",
    likelihood: LikelihoodSpec = "bernoulli",
) -> Flat:
    """Convolutional network of Burgess et al. (2018): 32 channels throughout; small, and the usual one for dSprites.

    Encoder: 4x4 convolutions of stride 2 and padding 1 down to 32x4x4 (four of them at 64x64, three at 32x32), dense
    256, 256; the decoder is its mirror. ReLU between layers. 252,052 + 249,953 parameters with one channel, 64x64.

    Args:
        image_shape: (channels, height, width); 32x32 or 64x64.
        latents: D.
        posterior: "diagonal" or "full".
        likelihood: see `unbraid list likelihoods`.

    Notes:
        Starts from He's uniform rule on every weight, heads included, as disentangling-vae does. Its head holds mean
        and log-variance interleaved; ours all means first.

    Source: arXiv:1804.03599, appendix; disentangling-vae (Dubois et al., 2019).

    Example:
        >>> import torch
        >>> model = burgess((1, 64, 64))
        >>> f"{sum(p.numel() for p in model.parameters()):,} parameters"
        '502,005 parameters'
        >>> [layer.z.shape[1] for layer in model.infer(torch.zeros(2, *model.image_shape))]
        [10]
    """
    require_latents(latents)
    size = require_size("burgess", image_shape, (32, 64))
    steps = [CHANNELS] * (4 if size == 64 else 3)
    flat = CHANNELS * 4 * 4
    trunk = nn.Sequential(*halvings([image_shape[0], *steps]), nn.Flatten(), *dense([flat, HIDDEN, HIDDEN]))
    decoder = nn.Sequential(
        *dense([latents, HIDDEN, HIDDEN, flat]),
        nn.Unflatten(1, (CHANNELS, 4, 4)),
        *doublings([*steps, image_shape[0]]),
    )
    model = Flat(image_shape, trunk, HIDDEN, decoder, latents, posterior, likelihood)
    kaiming_uniform(model)
    return model
