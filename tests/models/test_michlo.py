import pytest

from tests.models.walk import count, hidden, walk, weightless
from unbraid.core import UsageError
from unbraid.models import likelihood
from unbraid.models.michlo import michlo

DECODER = ["dense 256", "dense 1024", "up 64x8x8", "up 32x16x16", "up 32x32x32", "up 3x64x64"]


@pytest.mark.parametrize(("padding", "sides"), [(1, (32, 16, 8, 4)), (2, (33, 17, 9, 5))])
def test_layers(padding: int, sides: tuple[int, ...]) -> None:
    model = weightless(michlo, (3, 64, 64), padding=padding)
    convolutions = [f"conv {c}x{side}x{side}" for c, side in zip((32, 32, 64, 64), sides, strict=True)]
    assert hidden(walk(model.trunk, 3, 64, 64)) == [*convolutions, "dense 256"]
    assert hidden(walk(model.decoder, 9)) == DECODER
    lines = walk(model.trunk, 3, 64, 64) + walk(model.decoder, 9)
    assert sum("relu" in line for line in lines) == 5 + 5
    assert count(model.decoder) == 382_083
    assert model.trunk[9].in_features == 64 * sides[-1] ** 2


def test_parameters_with_padding_2() -> None:
    model = weightless(michlo, (3, 64, 64), padding=2)
    assert count(model.trunk) + count(model.head) == 530_898


def test_the_decoder_has_no_output_activation() -> None:
    model = michlo((1, 64, 64))
    image = model.decoder(model.head.weight.new_ones(1, 9))
    assert (model.generate(model.head.weight.new_ones(1, 9))[0].mean == likelihood("mse", image).mean).all()


def test_other_paddings_are_refused() -> None:
    with pytest.raises(UsageError, match="padding must be 1 or 2; got 3"):
        michlo((1, 64, 64), padding=3)
