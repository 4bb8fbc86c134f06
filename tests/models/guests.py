"""Somebody else's models, which know of `Model` what docs/add-a-model.md says and nothing more."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from unbraid.models import (
    Adjust,
    DiagonalGaussian,
    FullGaussian,
    Layer,
    Likelihood,
    Model,
    Posterior,
    likelihood,
    squared_error,
    unchanged,
)


class Bare(Model):
    """What must be set and nothing else: `widths`, `image_shape`, `infer` and `generate`."""

    def __init__(self, image_shape: tuple[int, int, int], *, latents: int = 3) -> None:
        super().__init__()
        self.widths, self.image_shape = (latents,), image_shape
        self.down = nn.Sequential(nn.Flatten(), nn.Linear(math.prod(image_shape), self.outputs(latents)))
        self.up = nn.Sequential(nn.Linear(latents, math.prod(image_shape)), nn.Unflatten(1, image_shape))

    def outputs(self, latents: int) -> int:
        return 2 * latents

    def emitted(self, moments: Tensor) -> Posterior:
        return DiagonalGaussian(*moments.chunk(2, dim=1))

    def infer(self, x: Tensor, noise: Tensor | None = None, adjust: Adjust = unchanged) -> tuple[Layer, ...]:
        posterior = adjust(0, self.emitted(self.down(x)))
        return (Layer(posterior, posterior.mean if noise is None else posterior.sample(noise)),)

    def generate(self, z: Tensor) -> tuple[Likelihood, ...]:
        return (likelihood("bernoulli", self.up(z)),)


class Telling(Bare):
    """Also says what its decoder emits, so that it can start at the mean image."""

    def __init__(self, image_shape: tuple[int, int, int], *, latents: int = 3) -> None:
        super().__init__(image_shape, latents=latents)
        self.decoders, self.likelihood = (self.up,), "bernoulli"


class Full(Bare):
    """Emits full covariances and says so."""

    posterior = "full"

    def outputs(self, latents: int) -> int:
        return latents + latents**2

    def emitted(self, moments: Tensor) -> Posterior:
        latents = self.widths[0]
        mean, rest = moments.split([latents, latents**2], dim=1)
        return FullGaussian(mean, rest.unflatten(1, (latents, latents)))


class Boasting(Bare):
    """Says that it emits full covariances, and does not."""

    posterior = "full"


class TwoLayers(Bare):
    """Two latent layers of which the second reads the first, with one decoder for both."""

    def __init__(self, image_shape: tuple[int, int, int]) -> None:
        super().__init__(image_shape, latents=6)
        self.widths = (4, 2)
        self.down[1] = nn.Linear(math.prod(image_shape), 8)
        self.deeper = nn.Linear(8, 4)
        self.latent_encoders = (self.deeper,)

    def infer(self, x: Tensor, noise: Tensor | None = None, adjust: Adjust = unchanged) -> tuple[Layer, ...]:
        moments = self.down(x)
        first = adjust(0, self.emitted(moments))
        second = adjust(1, self.emitted(self.deeper(moments)))
        noises = (None, None) if noise is None else noise.split(self.widths, dim=1)
        pairs = zip((first, second), noises, strict=True)
        return tuple(Layer(q, q.mean if noise_l is None else q.sample(noise_l)) for q, noise_l in pairs)


class Nameless(Bare):
    """Forgets what must be set."""

    def __init__(self, image_shape: tuple[int, int, int]) -> None:
        Model.__init__(self)


class Dropped(Bare):
    """With dropout of dense units."""

    def __init__(self, image_shape: tuple[int, int, int], *, latents: int = 3) -> None:
        super().__init__(image_shape, latents=latents)
        self.up = nn.Sequential(nn.Linear(latents, 16), nn.Dropout1d(0.3), nn.Linear(16, math.prod(image_shape)))
        self.up.append(nn.Unflatten(1, image_shape))


class Cauchy(Likelihood):
    """Log of one plus the squared error over `scale`, summed over pixels.

    Args:
        output: decoder output [B, C, H, W].
        scale: squared error at which a pixel counts log 2.
    """

    def __init__(self, output: Tensor, *, scale: float = 1.0) -> None:
        self.mean, self.scale = output, scale

    def error(self, x: Tensor) -> Tensor:
        return torch.log1p((self.mean - x).square() / self.scale).flatten(1).sum(1)


def no_likelihood(output: Tensor) -> Tensor:
    """A function where a class is asked for."""
    return squared_error(output, output)
