import pytest
import torch
from torch import nn

from tests.models.walk import count, walk, weightless
from unbraid.models.burgess import burgess


def test_layers_at_64() -> None:
    model = weightless(burgess, (1, 64, 64))
    assert walk(model.trunk, 1, 64, 64) == [
        *("conv 32x32x32", "relu 32x32x32", "conv 32x16x16", "relu 32x16x16"),
        *("conv 32x8x8", "relu 32x8x8", "conv 32x4x4", "relu 32x4x4"),
        *("dense 256", "relu 256", "dense 256", "relu 256"),
    ]
    assert walk(model.decoder, 10) == [
        *("dense 256", "relu 256", "dense 256", "relu 256", "dense 512", "relu 512"),
        *("up 32x8x8", "relu 32x8x8", "up 32x16x16", "relu 32x16x16", "up 32x32x32", "relu 32x32x32", "up 1x64x64"),
    ]
    assert count(model.trunk) + count(model.head) == 252_052
    assert count(model.decoder) == 249_953


def test_one_convolution_fewer_each_way_at_32() -> None:
    model = weightless(burgess, (3, 32, 32))
    assert [line for line in walk(model.trunk, 3, 32, 32) if "conv" in line] == [
        *("conv 32x16x16", "conv 32x8x8", "conv 32x4x4"),
    ]
    assert walk(model.decoder, 10)[-5:] == ["up 32x8x8", "relu 32x8x8", "up 32x16x16", "relu 32x16x16", "up 3x32x32"]


def test_a_full_posterior_widens_the_head_alone() -> None:
    diagonal, full = (weightless(burgess, (1, 64, 64), latents=7, posterior=form) for form in ("diagonal", "full"))
    assert (diagonal.head.out_features, full.head.out_features) == (14, 7 + 49)
    assert count(diagonal.trunk) == count(full.trunk)


@pytest.mark.parametrize("layer", ["conv", "dense", "head"])
def test_starts_from_he_uniform_weights_and_torch_biases(layer: str) -> None:
    torch.manual_seed(0)
    model = burgess((3, 64, 64))
    module = {"conv": model.trunk[2], "dense": model.trunk[9], "head": model.head}[layer]
    assert isinstance(module, (nn.Conv2d, nn.Linear))
    bound = (6 / (module.weight[0].numel())) ** 0.5
    assert 0.98 * bound < module.weight.abs().max() <= bound
    assert 0 < module.bias.abs().max() <= bound / 6**0.5  # 1 / sqrt(fan-in)
