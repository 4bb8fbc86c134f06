"""What a decoder's output means: likelihoods p(x | z) of images, by name; sums over pixels, nats or squared error."""

from __future__ import annotations

import functools
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from torch import Tensor

from unbraid.core import Spec, bind, require

LikelihoodSpec = str | Mapping[str, Any] | type  # a name, {name, options}, or the class


class Likelihood(ABC):
    """p(x | z) of one image head, up to a constant: made from a decoder's output [B, C, H, W] before any activation.

    Attributes:
        mean: the reconstruction [B, C, H, W], in the units of the input images.
        has_sigmoid: whether `mean` is the sigmoid of the output rather than the output itself; a start at the mean
            image must invert it.
    """

    mean: Tensor
    has_sigmoid: ClassVar[bool] = False

    @abstractmethod
    def error(self, x: Tensor) -> Tensor:
        """Reconstruction error of images `x` [B, C, H, W], summed over pixels [B]; lower is better."""


def squared_error(mean: Tensor, x: Tensor) -> Tensor:
    """Sum over pixels of (mean - x)^2: [B, C, H, W] twice -> [B]."""
    return (mean - x).square().flatten(1).sum(1)


def likelihood(given: LikelihoodSpec, output: Tensor) -> Likelihood:
    """The likelihood that `given` names, of a decoder's output [B, C, H, W] before any activation.

    Args:
        given: a name from `unbraid list likelihoods`, `package.module:Thing`, {name, options}, or the class.
        output: [B, C, H, W].
    """
    return likelihood_of(given)(output)


def likelihood_of(given: LikelihoodSpec) -> Callable[[Tensor], Likelihood]:
    """What makes the likelihood that `given` names from a decoder's output.

    Raises:
        UsageError: no such likelihood (with the nearest name), no `Likelihood`, or options that it does not take.
    """
    return _entry(given) if isinstance(given, str) else _with_options(Spec.of(given))


def has_sigmoid(given: LikelihoodSpec) -> bool:
    """Whether the likelihood that `given` names takes the sigmoid of the output."""
    return _class_of(Spec.of(given)).has_sigmoid


@functools.cache  # asked at each step: a name is looked up once
def _entry(name: str) -> type[Likelihood]:
    """The class of a name."""
    return _class_of(Spec(name))


def _class_of(spec: Spec) -> type[Likelihood]:
    """The class that a specification names."""
    entry = spec.entry("likelihoods")
    require(
        isinstance(entry, type) and issubclass(entry, Likelihood),
        "a likelihood must be a subclass of unbraid.models.Likelihood",
        f"{spec.name}, a {type(entry).__name__}",
    )
    return entry  # type: ignore[return-value]


def _with_options(spec: Spec) -> Callable[[Tensor], Likelihood]:
    """The class with its options bound."""
    entry = _class_of(spec)
    return functools.partial(entry, **bind(entry, spec.options, f"likelihood {spec.name}"))
