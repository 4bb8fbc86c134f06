"""Spatial broadcast decoder."""

from __future__ import annotations

from typing import Literal

import torch
from torch import Tensor, nn

from unbraid.core import remembered, require, require_choice
from unbraid.core.values import Depth, Latents, Multiple
from unbraid.models._blocks import dense, halvings, require_latents, same_convolution
from unbraid.models._initialise import glorot_uniform
from unbraid.models._likelihoods import LikelihoodSpec
from unbraid.models._model import Flat
from unbraid.models._posteriors import Covariance

__all__ = ["spatial_broadcast"]

Form = Literal["osnabrueck", "watters"]
CHANNELS = 64
DENSE = 256  # units after the convolutions of the Watters form


@remembered
def spatial_broadcast(
    image_shape: tuple[int, int, int],
    *,
    latents: Latents = 10,
    form: Form = "osnabrueck",
    width: Multiple = 1.0,
    kernel: int | None = None,
    depth: Depth = 2,
    posterior: Covariance = "diagonal",
    likelihood: LikelihoodSpec = "bernoulli",
) -> Flat:
    """Spatial broadcast decoder: the code is tiled over the image, with two coordinate channels, and only convolved.

    Encoder: four 4x4 convolutions of 64 channels, stride 2, padding 1; the Watters form adds dense 256. Decoder: z at
    every pixel, x along the width and y along the height, both from -1 to 1; `depth` convolutions of 64 channels and
    one to the image, stride 1, "same". ReLU between layers.

    Args:
        image_shape: (channels, height, width); 16 pixels a side or more.
        latents: D.
        form: "osnabrueck" (kernel 3, straight to the posterior) or "watters" (kernel 4, dense 256).
        width: factor on the 64 channels of every layer, for pocket sizes.
        kernel: side of the decoder's kernels, 3, 4 or 5, instead of the form's; 4 pads one zero before and two after.
        depth: hidden convolutions of the decoder, at least 1.
        posterior: "diagonal" or "full".
        likelihood: see `unbraid list likelihoods`.

    Notes:
        The strides of the Osnabrück encoder are not in its report. Starts from Glorot's uniform rule, zero biases.

    Source: Watters et al. (2019), arXiv:1901.07017; Osnabrück report, section IV.B.

    Example:
        >>> import torch
        >>> model = spatial_broadcast((1, 64, 64))
        >>> f"{sum(p.numel() for p in model.parameters()):,} parameters"
        '262,869 parameters'
        >>> [layer.z.shape[1] for layer in model.infer(torch.zeros(2, *model.image_shape))]
        [10]
    """
    require_latents(latents)
    channels, height, columns = image_shape
    require(
        min(height, columns) >= 16, "spatial_broadcast takes images of 16x16 or more", f"{height}x{columns}", "use mlp"
    )
    require_choice(form, Form, "form")
    kernel = kernel or (3 if form == "osnabrueck" else 4)
    require(kernel in (3, 4, 5), "kernel must be 3, 4 or 5", kernel)
    require(depth >= 1, "depth must be at least 1", depth)
    require(width > 0, "width must be positive", width)
    filters = max(1, round(width * CHANNELS))
    features = filters * (height // 16) * (columns // 16)
    layers: list[nn.Module] = [*halvings([channels] + [filters] * 4), nn.Flatten()]
    if form == "watters":
        layers, features = [*layers, *dense([features, DENSE])], DENSE
    decoder = nn.Sequential(Broadcast(height, columns), *_convolutions(latents + 2, filters, channels, kernel, depth))
    model = Flat(image_shape, nn.Sequential(*layers), features, decoder, latents, posterior, likelihood)
    glorot_uniform(model)
    return model


class Broadcast(nn.Module):
    """Codes [B, D] -> [B, D + 2, H, W]: the code at every pixel, then x along the width, y along the height.

    Args:
        height: H in pixels.
        width: W in pixels.
    """

    def __init__(self, height: int, width: int) -> None:
        super().__init__()
        y, x = torch.meshgrid(torch.linspace(-1.0, 1.0, height), torch.linspace(-1.0, 1.0, width), indexing="ij")
        self.register_buffer("grid", torch.stack([x, y]), persistent=False)

    def forward(self, z: Tensor) -> Tensor:
        """Tile and append the coordinates."""
        grid: Tensor = self.grid  # type: ignore[assignment]
        tiled = z[:, :, None, None].expand(-1, -1, *grid.shape[1:])
        return torch.cat([tiled, grid.expand(z.shape[0], -1, -1, -1)], dim=1)


def _convolutions(inputs: int, hidden: int, outputs: int, kernel: int, depth: int) -> list[nn.Module]:
    """`depth` hidden convolutions with ReLU and one to the image."""
    layers: list[nn.Module] = []
    for _ in range(depth):
        layers += [*same_convolution(inputs, hidden, kernel), nn.ReLU()]
        inputs = hidden
    return [*layers, *same_convolution(inputs, outputs, kernel)]
