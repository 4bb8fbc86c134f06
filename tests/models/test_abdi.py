import torch
from torch import nn

from tests.models.walk import count, walk, weightless
from unbraid.models.abdi import abdi


def test_layers() -> None:
    model = weightless(abdi, (3, 64, 64))
    assert walk(model.trunk, 3, 64, 64)[::2] == [
        *("conv 32x31x31", "conv 32x15x15", "conv 64x7x7", "conv 128x3x3", "conv 256x1x1"),
    ]
    assert walk(model.decoder, 20)[::2] == [
        *("conv 256x1x1", "up 256x2x2", "up 128x6x6", "up 128x14x14", "up 64x30x30", "up 64x62x62", "up 3x64x64"),
    ]
    assert set(walk(model.trunk, 3, 64, 64)[1::2] + walk(model.decoder, 20)[1::2]) == {
        *("relu 32x31x31", "relu 32x15x15", "relu 64x7x7", "relu 128x3x3", "relu 256x1x1"),
        *("relu 256x2x2", "relu 128x6x6", "relu 128x14x14", "relu 64x30x30", "relu 64x62x62"),
    }
    assert count(model.trunk) + count(model.head) == 407_944
    assert count(model.decoder) == 2_039_363


def test_starts_from_glorot_on_convolutions_and_he_on_dense_layers() -> None:
    torch.manual_seed(0)
    model = abdi((3, 64, 64))
    convolution, head = model.decoder[3], model.head
    assert isinstance(convolution, nn.ConvTranspose2d)
    assert abs(convolution.weight.std() / (2 / (256 * 16 + 256 * 16)) ** 0.5 - 1) < 0.02
    assert abs(head.weight.std() / (2 / 256) ** 0.5 - 1) < 0.02
