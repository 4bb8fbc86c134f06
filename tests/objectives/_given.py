"""A model whose posteriors, codes and image heads are given, and a batch whose noise is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor

from unbraid.models import Adjust, DiagonalGaussian, Layer, Likelihood, Model, Posterior, unchanged
from unbraid.models.likelihoods.bernoulli import Bernoulli
from unbraid.objectives import Batch


class GivenModel(Model):
    """Emits the given posteriors, whatever the images.

    Args:
        posteriors: one per layer.
        heads: codes [B, D] -> likelihoods; None for one head of zero logits.
        image_shape: (channels, height, width).
        z: codes to return instead of samples, all layers side by side [B, D].
    """

    def __init__(
        self,
        posteriors: Sequence[Posterior],
        heads: Callable[[Tensor], tuple[Likelihood, ...]] | None = None,
        image_shape: tuple[int, int, int] = (1, 1, 1),
        z: Tensor | None = None,
    ) -> None:
        super().__init__()
        self.posteriors, self.image_heads, self.z = tuple(posteriors), heads, z
        self.image_shape = image_shape
        self.widths = tuple(int(posterior.mean.shape[1]) for posterior in posteriors)

    def infer(self, x: Tensor, noise: Tensor | None = None, adjust: Adjust = unchanged) -> tuple[Layer, ...]:
        assert noise is not None
        layers, noises = [], noise.split(self.widths, dim=1)
        given = [None] * len(noises) if self.z is None else self.z.split(self.widths, dim=1)
        for number, posterior in enumerate(self.posteriors):
            posterior, z = adjust(number, posterior), given[number]
            z = posterior.sample(noises[number]) if z is None else z
            layers.append(Layer(posterior, z))
        return tuple(layers)

    def generate(self, z: Tensor) -> tuple[Likelihood, ...]:
        if self.image_heads is None:
            return (Bernoulli(torch.zeros(len(z), *self.image_shape, dtype=z.dtype)),)
        return self.image_heads(z)


def given(mean: Tensor, logvar: Tensor, z: Tensor | None = None, error: float | None = None) -> GivenModel:
    """A flat model of one diagonal posterior whose reconstruction error is `error` for every image."""
    heads = None if error is None else (lambda codes: (Constant(error),))
    return GivenModel([DiagonalGaussian(mean, logvar)], heads, z=z)


@dataclass
class Constant(Likelihood):
    """The same error for every image."""

    value: float

    def error(self, x: Tensor) -> Tensor:
        return x.new_full((len(x),), self.value)


@dataclass(frozen=True)
class GivenBatch(Batch):
    """Hands out `noises` and `permutation` instead of random draws; zeros when the noises are used up."""

    noises: list[Tensor] = field(default_factory=list)
    permutation: Tensor | None = None

    def normal(self, *shape: int) -> Tensor:
        if not self.noises:
            return torch.zeros(shape, dtype=self.images.dtype)
        first = self.noises.pop(0)
        assert first.shape == shape
        return first

    def permutations(self, rows: int, columns: int) -> Tensor:
        assert self.permutation is not None
        return self.permutation


def given_batch(
    images: Tensor,
    rows: int = 0,
    partner: Tensor | None = None,
    noises: Sequence[Tensor] = (),
    permutation: Tensor | None = None,
) -> GivenBatch:
    """A batch of given noise."""
    return GivenBatch(images, torch.Generator(), rows or len(images), partner, list(noises), permutation)


def no_images(count: int) -> Tensor:
    """Images of one black pixel [count, 1, 1, 1], where they do not matter."""
    return torch.zeros(count, 1, 1, 1, dtype=torch.float64)
