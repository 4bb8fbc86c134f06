"""Starting weights: the rules of the papers, and a start that does not explode. Randomness is torch's global stream."""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor, nn

from unbraid.core import require
from unbraid.models._blocks import CONVOLUTIONS, WEIGHTED
from unbraid.models._likelihoods import has_sigmoid
from unbraid.models._model import Flat, Model

BLACK = 1e-3  # a pixel that is always black would ask for a logit of minus infinity
SMALL = 0.1  # factor on the weights that emit images, so that the first images are the mean image


def kaiming_uniform(model: nn.Module) -> None:
    """He's uniform rule for ReLU on every weight, biases as torch leaves them (disentangling-vae)."""
    _weights(model, lambda weight: nn.init.kaiming_uniform_(weight, nonlinearity="relu"))


def glorot_uniform(model: Flat) -> None:
    """Glorot's uniform rule on every weight, biases at zero: what TensorFlow starts from.

    The head counts as two layers, means and the rest, as it is there; the rule depends on their widths.
    """
    _weights(model, nn.init.xavier_uniform_)
    latents = model.widths[0]
    for part in model.head.weight.data.split([latents, model.head.out_features - latents]):
        nn.init.xavier_uniform_(part)
    _zero_biases(model)


def abdi_normal(model: nn.Module) -> None:
    """Glorot's normal rule on convolutions, He's on dense layers, biases as torch leaves them (Abdi et al., 2019)."""
    _weights(model, nn.init.xavier_normal_, CONVOLUTIONS)
    _weights(model, nn.init.kaiming_normal_, (nn.Linear,))


@torch.no_grad()
def start_small(model: Model, mean_image_logit: Tensor | float) -> None:
    """Restart any model so that its first losses do not explode: a replacement for the papers' starts.

    He's normal rule with the true fan-in (a transposed convolution of stride s reads 1 / s^2 of its kernel for each
    output pixel; torch's rule does not know), gain 1 where posteriors are emitted, biases zero; where images are
    emitted the weights are a tenth of that and the bias is the data's mean.

    Args:
        model: any model; its `posterior_heads` and `decoders` say where posteriors and images are emitted.
        mean_image_logit: what the decoder should put out at first, a number or a tensor that broadcasts to
            (C, H, W), see `output_of`: the mean image, or its logit where the likelihood has a sigmoid.
            A convolution has one bias a channel and takes what gives the mean over pixels.

    Raises:
        UsageError: a model that does not say which its decoders are, or what they put out.
    """
    outputs = _emitting(model)
    for module in model.modules():
        if isinstance(module, WEIGHTED):
            gain = 1.0 if any(module is head for head in model.posterior_heads) else math.sqrt(2.0)
            nn.init.normal_(module.weight, std=gain / math.sqrt(fan_in(module)))  # type: ignore[arg-type]
    _zero_biases(model)
    for output in outputs:
        output.weight.mul_(SMALL)  # type: ignore[operator]
    start_at_mean(model, mean_image_logit)


@torch.no_grad()
def start_at_mean(model: Model, mean_image_logit: Tensor | float) -> None:
    """Keep the model's own start, but let its decoders emit the mean image at first.

    Fewer latents are drawn into explaining the mean image than from the papers' starts, and fewer stay active.

    Args:
        model: any model; its `decoders` say where images are emitted.
        mean_image_logit: as in `start_small`.

    Raises:
        UsageError: a model that does not say which its decoders are, or what they put out.
    """
    outputs = _emitting(model)
    target = torch.as_tensor(mean_image_logit, dtype=torch.get_default_dtype()).expand(model.image_shape)
    for decoder, output in zip(model.decoders, outputs, strict=True):
        bias = target.flatten() if isinstance(output, nn.Linear) else _per_channel(model, target)
        if output.bias is not None:
            output.bias.copy_(_before(decoder, bias))  # type: ignore[operator]


def output_of(model: Model, mean_image: Tensor) -> Tensor:
    """What decoders must put out at first to emit `mean_image` [C, H, W]: its logit where the likelihood has a sigmoid.

    Raises:
        UsageError: as in `start_at_mean`.
    """
    _emitting(model)
    return torch.logit(mean_image, eps=BLACK) if has_sigmoid(model.likelihood) else mean_image


def _emitting(model: Model) -> list[nn.Module]:
    """The layers that emit images, one per decoder; refused where the model does not say which they are."""
    name = type(model).__name__
    for what, given in (("decoders", len(model.decoders)), ("likelihood", model.likelihood)):
        do = f"set self.{what} in the model, or take start=paper"
        require(given, f"this start needs the model to name its {what}", name, do)
    layers = [[m for m in decoder.modules() if isinstance(m, WEIGHTED)] for decoder in model.decoders]
    require(all(layers), "this start needs decoders with a dense or convolutional layer", name, "take start=paper")
    return [weighted[-1] for weighted in layers]


def _per_channel(model: Model, target: Tensor) -> Tensor:
    """One number a channel [C] whose image has the same mean as that of `target` [C, H, W]."""
    return torch.logit(torch.sigmoid(target).mean((1, 2))) if has_sigmoid(model.likelihood) else target.mean((1, 2))


def _before(decoder: nn.Module, value: Tensor) -> Tensor:
    """What the last layer must emit so that `value` comes out of the decoder: some end in a leaky ReLU."""
    last = list(decoder.modules())[-1]
    return torch.where(value < 0, value / last.negative_slope, value) if isinstance(last, nn.LeakyReLU) else value


def fan_in(layer: nn.Module) -> float:
    """Weights that reach one output value, on average."""
    if isinstance(layer, nn.ConvTranspose2d):
        return layer.in_channels * math.prod(layer.kernel_size) / math.prod(layer.stride)
    weight = layer.weight
    return weight.numel() / len(weight)  # type: ignore[operator, arg-type]


def _zero_biases(model: nn.Module) -> None:
    """Biases of dense and convolutional layers, where they have them."""
    for module in model.modules():
        if isinstance(module, WEIGHTED) and module.bias is not None:
            nn.init.zeros_(module.bias)  # type: ignore[arg-type]


def _weights(model: nn.Module, rule: Callable[[Tensor], Tensor], kinds: tuple[type[nn.Module], ...] = WEIGHTED) -> None:
    """Apply a rule to the weight of every layer of some kinds, in order."""
    for module in model.modules():
        if isinstance(module, kinds):
            rule(module.weight)  # type: ignore[arg-type]
