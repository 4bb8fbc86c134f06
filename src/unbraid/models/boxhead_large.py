"""One-layer network of the Tartu thesis."""

from __future__ import annotations

from unbraid.core import remembered
from unbraid.core.values import Latents, Multiple
from unbraid.models._blocks import require_latents
from unbraid.models._boxhead import decoder, encoder
from unbraid.models._likelihoods import LikelihoodSpec
from unbraid.models._model import Flat
from unbraid.models._posteriors import Covariance

__all__ = ["boxhead_large"]


@remembered
def boxhead_large(
    image_shape: tuple[int, int, int],
    *,
    latents: Latents = 300,
    width: Multiple = 1.0,
    bn_before_last: bool = False,
    posterior: Covariance = "diagonal",
    likelihood: LikelihoodSpec = "gaussian_sigmoid",
) -> Flat:
    """One-layer network of the Tartu thesis: the large Boxhead encoder and decoder with batch norm; 18.9 M parameters.

    The baseline to `towers`, from the same blocks. 18,921,179 parameters with 300 latents and three channels.

    Args:
        image_shape: (channels, height, width); 32x32 or 64x64.
        latents: D.
        width: factor on all channels and dense units, for pocket sizes.
        bn_before_last: batch norm before the last transposed convolution too, as Table 4 prints it.
        posterior: "diagonal" or "full".
        likelihood: see `unbraid list likelihoods`; the thesis has squared error of the sigmoid.

    Notes:
        Table 4 prints five transposed convolutions that do not reach 64x64; the thesis's code has six, as here.
        Torch's own initial weights: the Kaiming rule of that code matches no layer.

    Source: Tartu thesis, appendix I; Chen et al. (2021), "Boxhead", large architecture.

    Example:
        >>> import torch
        >>> model = boxhead_large((3, 64, 64), latents=10, width=0.25)
        >>> f"{sum(p.numel() for p in model.parameters()):,} parameters"
        '1,140,535 parameters'
        >>> [layer.z.shape[1] for layer in model.infer(torch.zeros(2, *model.image_shape))]
        [10]
    """
    require_latents(latents)
    trunk, features = encoder(image_shape, width)
    network = decoder(latents, image_shape, width, bn_before_last)
    return Flat(image_shape, trunk, features, network, latents, posterior, likelihood)
