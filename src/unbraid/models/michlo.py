"""Network of Michlo et al., Table 3."""

from __future__ import annotations

from unbraid.core import remembered, require
from unbraid.core.values import Latents
from unbraid.models._blocks import higgins, require_latents, require_size
from unbraid.models._likelihoods import LikelihoodSpec
from unbraid.models._model import Flat
from unbraid.models._posteriors import Covariance

__all__ = ["michlo"]

HIDDEN = 256


@remembered
def michlo(
    image_shape: tuple[int, int, int],
    *,
    latents: Latents = 9,
    padding: int = 1,
    posterior: Covariance = "diagonal",
    likelihood: LikelihoodSpec = "mse",
) -> Flat:
    """Convolutional network of Michlo et al. (Table 3), after Higgins et al.: 32, 32, 64, 64 channels and dense 256.

    Encoder: four 4x4 convolutions of stride 2, dense 256. Decoder: dense 256 and 1024, transposed 4x4 convolutions of
    stride 2 to 64@8, 32@16, 32@32 and the image; no output activation. ReLU between layers.

    Args:
        image_shape: (channels, 64, 64).
        latents: D.
        padding: of the encoder: 1 (32, 16, 8, 4 pixels a side) or 2 (33, 17, 9, 5: disent); the table fits both.
        posterior: "diagonal" or "full".
        likelihood: see `unbraid list likelihoods`; "mse" compares with images as they are, usually standardised.

    Notes:
        530,898 + 382,083 parameters with padding 2, three channels, nine latents. The paper states no initial weights:
        torch's own.

    Source: Michlo et al., supplement, Table 3; Higgins et al. (2017).

    Example:
        >>> import torch
        >>> model = michlo((3, 64, 64))
        >>> f"{sum(p.numel() for p in model.parameters()):,} parameters"
        '765,525 parameters'
        >>> [layer.z.shape[1] for layer in model.infer(torch.zeros(2, *model.image_shape))]
        [9]
    """
    require_latents(latents)
    require_size("michlo", image_shape, (64,))
    require(padding in (1, 2), "padding must be 1 or 2", padding)
    trunk, decoder = higgins(image_shape, latents, HIDDEN, padding)
    return Flat(image_shape, trunk, HIDDEN, decoder, latents, posterior, likelihood)
