import pytest
import torch

from tests.models.walk import count, hidden, walk, weightless
from unbraid.core import UsageError
from unbraid.models import FullGaussian
from unbraid.models.chyvae import chyvae


def test_layers() -> None:
    model = weightless(chyvae, (1, 64, 64), hidden=128)
    assert hidden(walk(model.trunk, 1, 64, 64)) == [
        *("conv 32x32x32", "conv 32x16x16", "conv 64x8x8", "conv 64x4x4", "dense 128"),
    ]
    assert hidden(walk(model.decoder, 10)) == [
        *("dense 128", "dense 1024", "up 64x8x8", "up 32x16x16", "up 32x32x32", "up 1x64x64"),
    ]
    convolutions = (16 * 1 + 1) * 32 + (16 * 32 + 1) * 32 + (16 * 32 + 1) * 64 + (16 * 64 + 1) * 64
    assert count(model.trunk) == convolutions + (1024 + 1) * 128
    assert count(model.head) == (128 + 1) * (10 + 100)
    mirrored = 16 * (64 * 64 + 64 * 32 + 32 * 32 + 32) + 64 + 32 + 32 + 1
    assert count(model.decoder) == (10 + 1) * 128 + (128 + 1) * 1024 + mirrored


def test_has_a_full_covariance_and_starts_as_tensorflow_does() -> None:
    torch.manual_seed(0)
    model = chyvae((1, 64, 64), latents=3)
    (layer,) = model.infer(torch.rand(2, 1, 64, 64))
    assert isinstance(layer.posterior, FullGaussian)
    bound = (6 / (model.trunk[9].in_features + 256)) ** 0.5
    assert 0.98 * bound < model.trunk[9].weight.abs().max() <= bound
    for rows, part in ((3, model.head.weight[:3]), (9, model.head.weight[3:])):  # means, then the matrix
        assert 0.95 * (6 / (256 + rows)) ** 0.5 < part.abs().max() <= (6 / (256 + rows)) ** 0.5
    assert all((parameter == 0).all() for name, parameter in model.named_parameters() if name.endswith("bias"))


def test_no_hidden_units_are_refused() -> None:
    with pytest.raises(UsageError, match="hidden must be at least 1; got 0"):
        chyvae((1, 64, 64), hidden=0)
