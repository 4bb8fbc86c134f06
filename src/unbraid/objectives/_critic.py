"""The critic of FactorVAE: tells codes from codes whose latents were permuted between images."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

JOINT, PERMUTED = 0, 1  # classes, in the order of the logits


def critic(latents: int, width: int, hidden_layers: int) -> nn.Sequential:
    """Dense network [B, D] -> two logits [B, 2]: `hidden_layers` of `width` with leaky ReLU of slope 0.2."""
    layers: list[nn.Module] = []
    inputs = latents
    for _ in range(hidden_layers):
        layers += [nn.Linear(inputs, width), nn.LeakyReLU(0.2)]
        inputs = width
    return nn.Sequential(*layers, nn.Linear(inputs, 2))


def permuted(z: Tensor, permutation: Tensor) -> Tensor:
    """Codes [B, D] with each latent taken from the image that its column of `permutation` [B, D] names."""
    return torch.gather(z, 0, permutation)


def total_correlation(logits: Tensor) -> Tensor:
    """Density-ratio estimate from the critic's logits of codes [B, 2]: mean of joint minus permuted, nats."""
    return (logits[:, JOINT] - logits[:, PERMUTED]).mean()


def frozen(network: nn.Module, z: Tensor) -> Tensor:
    """The network's output with gradients for `z` alone, none for the network's parameters."""
    fixed = {name: parameter.detach() for name, parameter in network.named_parameters()}
    return torch.func.functional_call(network, fixed, (z,))


def critic_loss(network: nn.Module, z: Tensor, others: Tensor) -> Tensor:
    """Cross-entropy of telling codes `z` from permuted codes `others`, with gradients for the critic alone."""
    both = network(torch.cat([z, others]).detach())
    classes = torch.cat([z.new_full((len(z),), JOINT), z.new_full((len(others),), PERMUTED)]).long()
    entropies = functional.cross_entropy(both, classes, reduction="none")
    return 0.5 * (entropies[: len(z)].mean() + entropies[len(z) :].mean())
