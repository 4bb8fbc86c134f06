import pytest
import torch
from torch import nn

from tests.models.walk import count, hidden, walk, weightless
from unbraid.core import UsageError
from unbraid.models._blocks import same, same_convolution
from unbraid.models.osnabrueck import _up, osnabrueck


@pytest.mark.parametrize(
    ("side", "down", "up"),
    [(28, (14, 7, 4), (14, 28, 28)), (32, (16, 8, 4), (8, 16, 32)), (64, (32, 16, 8), (16, 32, 64))],
)
def test_layers(side: int, down: tuple[int, ...], up: tuple[int, ...]) -> None:
    model = weightless(osnabrueck, (1, side, side))
    convolutions = [f"conv {c}x{n}x{n}" for c, n in zip((32, 64, 64), down, strict=True)]
    assert hidden(walk(model.trunk, 1, side, side)) == convolutions
    base = {28: 7, 32: 4, 64: 8}[side]
    lines = [line for line in walk(model.decoder, 10) if line.startswith(("relu", "up 1x"))]
    activations = [f"relu {c}x{n}x{n}" for c, n in zip((64, 64, 32), up, strict=True)]
    assert lines == [f"relu {64 * base**2}", *activations, f"up 1x{side}x{side}"]


def test_parameters_at_64() -> None:
    model = weightless(osnabrueck, (1, 64, 64))
    assert count(model.trunk) == (9 + 1) * 32 + (9 * 32 + 1) * 64 + (9 * 64 + 1) * 64
    assert count(model.head) == 2 * (4096 + 1) * 10
    assert count(model.decoder) == (10 + 1) * 4096 + 2 * (9 * 64 + 1) * 64 + (9 * 64 + 1) * 32 + 9 * 32 + 1


def test_same_padding_as_tensorflow_has_it() -> None:
    assert same(64, kernel=3, stride=2) == (0, 1)  # even side: the odd zero goes after
    assert same(7, kernel=3, stride=2) == (1, 1)
    assert same(9, kernel=4, stride=1) == (1, 2)
    assert same(8, kernel=2, stride=2) == (0, 0)


@pytest.mark.parametrize("side", [8, 14])
def test_the_decoder_mirrors_the_encoder_exactly(side: int) -> None:
    """TensorFlow's transposed convolution is the adjoint of its convolution: <down(x), y> = <x, up(y)>."""
    torch.manual_seed(0)
    down = nn.Sequential(*same_convolution(2, 3, kernel=3, stride=2, size=side)).double()
    up = nn.Sequential(*_up([3, 2], (2,), hidden=None)).double()  # type: ignore[arg-type]
    up[0].weight.data = down[-1].weight.data
    for layer in (down[-1], up[0]):
        layer.bias.data.zero_()
    x, y = torch.randn(1, 2, side, side).double(), torch.randn(1, 3, side // 2, side // 2).double()
    assert torch.allclose((down(x) * y).sum(), (x * up(y)).sum())


def test_what_its_authors_tried() -> None:
    plain = weightless(osnabrueck, (1, 64, 64))
    tried = weightless(osnabrueck, (1, 64, 64), dropout=0.2, batch_norm=True, width=2.0)
    assert walk(tried.trunk, 1, 64, 64)[1:5] == ["conv 64x32x32", "norm 64x32x32", "relu 64x32x32", "drop 64x32x32"]
    assert not [line for line in walk(plain.trunk, 1, 64, 64) if line.startswith(("norm", "drop"))]
    assert walk(tried.decoder, 10)[-1].startswith("up 1x")  # nothing after the output


def test_penalty_is_the_sum_of_squared_weights_without_biases() -> None:
    model = osnabrueck((1, 28, 28), weight_penalty=0.5)
    wanted = sum((parameter**2).sum().item() for parameter in model.parameters() if parameter.ndim > 1)
    penalty = model.penalty()
    assert penalty is not None
    assert penalty.item() == pytest.approx(0.5 * wanted)
    assert osnabrueck((1, 28, 28), weight_penalty=0.0).penalty() is None


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"width": 0.0}, "width must be positive; got 0.0"),
        ({"dropout": 1.0}, r"dropout must be in \[0, 1\); got 1.0"),
        ({"weight_penalty": -1.0}, "weight_penalty must not be negative; got -1.0"),
    ],
)
def test_impossible_options(options: dict[str, float], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        osnabrueck((1, 64, 64), **options)  # type: ignore[arg-type]
