import pytest
import torch

from tests.models.walk import count, walk, weightless
from unbraid.core import UsageError
from unbraid.models.boxhead_large import boxhead_large

ENCODER = [
    *("conv 64x31x31", "leaky 64x31x31", "norm 64x31x31", "conv 128x14x14", "leaky 128x14x14", "norm 128x14x14"),
    *("conv 256x7x7", "leaky 256x7x7", "norm 256x7x7", "conv 512x3x3", "leaky 512x3x3", "norm 512x3x3"),
    *("dense 1024", "norm 1024"),
]
DECODER = [
    *("dense 1024", "norm 1024", "dense 8192", "norm 8192"),
    *("up 256x8x8", "leaky 256x8x8", "norm 256x8x8", "up 256x9x9", "leaky 256x9x9", "norm 256x9x9"),
    *("up 128x16x16", "leaky 128x16x16", "norm 128x16x16", "up 128x32x32", "leaky 128x32x32", "norm 128x32x32"),
    *("up 64x31x31", "leaky 64x31x31", "up 3x64x64", "leaky 3x64x64"),
]


def test_layers_and_parameters_as_in_the_thesis() -> None:
    model = weightless(boxhead_large, (3, 64, 64))
    assert walk(model.trunk, 3, 64, 64) == ENCODER
    assert walk(model.decoder, 300) == DECODER
    assert model.trunk[13].in_features == 4608
    assert count(model) == 18_921_179


def test_slopes_of_the_leaky_activations() -> None:
    slopes = [m.negative_slope for m in boxhead_large((1, 64, 64), width=0.01).modules() if "Leaky" in str(type(m))]
    assert slopes == [0.3] * 9 + [0.1]


def test_batch_norm_before_the_last_as_the_table_prints_it() -> None:
    model = weightless(boxhead_large, (3, 64, 64), bn_before_last=True)
    assert walk(model.decoder, 300) == [*DECODER[:-2], "norm 64x31x31", *DECODER[-2:]]


def test_half_the_side_at_32() -> None:
    model = weightless(boxhead_large, (3, 32, 32))
    assert [line for line in walk(model.trunk, 3, 32, 32) if "conv" in line] == [
        *("conv 64x15x15", "conv 128x6x6", "conv 256x3x3", "conv 512x1x1"),
    ]
    assert [line for line in walk(model.decoder, 300) if "up" in line] == [
        *("up 256x4x4", "up 256x5x5", "up 128x8x8", "up 128x16x16", "up 64x15x15", "up 3x32x32"),
    ]


def test_width_scales_every_hidden_layer() -> None:
    model = weightless(boxhead_large, (3, 64, 64), width=0.25, latents=10)
    assert walk(model.trunk, 3, 64, 64)[::3] == [
        "conv 16x31x31",
        "conv 32x14x14",
        "conv 64x7x7",
        "conv 128x3x3",
        "dense 256",
    ]
    assert walk(model.decoder, 10)[0:4:2] == ["dense 256", "dense 2048"]


def test_squared_error_of_the_sigmoid() -> None:
    model = boxhead_large((1, 64, 64), width=0.01, latents=2).eval()
    (head,) = model.generate(torch.zeros(1, 2))
    x = torch.rand(1, 1, 64, 64)
    assert torch.allclose(head.error(x), (torch.sigmoid(model.decoder(torch.zeros(1, 2))) - x).square().sum())


def test_no_width_is_refused() -> None:
    with pytest.raises(UsageError, match="width must be positive; got 0"):
        boxhead_large((3, 64, 64), width=0)
