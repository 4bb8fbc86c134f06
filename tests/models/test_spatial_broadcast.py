import pytest
import torch

from tests.models.walk import count, walk, weightless
from unbraid.core import UsageError
from unbraid.models.spatial_broadcast import Broadcast, spatial_broadcast

ENCODER = ["conv 64x32x32", "conv 64x16x16", "conv 64x8x8", "conv 64x4x4"]


def test_layers_of_the_osnabrueck_form() -> None:
    model = weightless(spatial_broadcast, (1, 64, 64))
    assert walk(model.trunk, 1, 64, 64)[::2] == ENCODER
    assert model.head.in_features == 64 * 4 * 4
    assert walk(model.decoder, 10) == [
        *("tile 12x64x64", "conv 64x64x64", "relu 64x64x64", "conv 64x64x64", "relu 64x64x64", "conv 1x64x64"),
    ]
    assert count(model.decoder) == (9 * 12 + 1) * 64 + (9 * 64 + 1) * 64 + 9 * 64 + 1


def test_layers_of_the_watters_form() -> None:
    model = weightless(spatial_broadcast, (3, 64, 64), form="watters")
    assert walk(model.trunk, 3, 64, 64)[::2] == [*ENCODER, "dense 256"]
    assert [line for line in walk(model.decoder, 10) if "conv" in line] == [
        *("conv 64x64x64", "conv 64x64x64", "conv 3x64x64"),
    ]
    assert count(model.decoder) == (16 * 12 + 1) * 64 + (16 * 64 + 1) * 64 + (16 * 64 + 1) * 3


@pytest.mark.parametrize("kernel", [3, 4, 5])
def test_kernels_and_depth(kernel: int) -> None:
    model = weightless(spatial_broadcast, (1, 64, 64), kernel=kernel, depth=4)
    lines = [line for line in walk(model.decoder, 10) if "conv" in line]
    assert lines == ["conv 64x64x64"] * 4 + ["conv 1x64x64"]
    assert count(model.decoder[-1]) == 64 * kernel**2 + 1


def test_coordinates_run_along_width_then_height() -> None:
    tiled = Broadcast(height=3, width=5)(torch.tensor([[7.0, 8.0]]))
    assert tiled.shape == (1, 4, 3, 5)
    assert (tiled[0, 0] == 7).all()
    assert (tiled[0, 1] == 8).all()
    assert tiled[0, 2].tolist() == [[-1, -0.5, 0, 0.5, 1]] * 3
    assert tiled[0, 3].tolist() == [[-1] * 5, [0] * 5, [1] * 5]


def test_an_even_kernel_reads_one_pixel_before_and_two_after() -> None:
    """The centre of each hidden pixel is at place 1 of 0 … 3, as TensorFlow has it."""
    convolution = spatial_broadcast((1, 16, 16), form="watters").decoder[1:3]
    with torch.no_grad():
        convolution[1].weight.zero_()[:, :, 1, 1] = 1.0
        convolution[1].bias.zero_()
    image = torch.zeros(1, 12, 16, 16)
    image[0, 0, 4, 9] = 1.0
    assert convolution(image)[0, 0].nonzero().tolist() == [[4, 9]]


def test_takes_images_that_are_not_square() -> None:
    model = spatial_broadcast((1, 32, 48), latents=2)
    (layer,) = model.infer(torch.rand(2, 1, 32, 48))
    assert model.generate(layer.z)[0].mean.shape == (2, 1, 32, 48)


def test_width_scales_every_layer_but_the_ends() -> None:
    model = spatial_broadcast((1, 32, 32), width=0.5)
    shapes = [tuple(module.weight.shape[:2]) for module in model.decoder if isinstance(module, torch.nn.Conv2d)]
    assert shapes == [(32, 12), (32, 32), (1, 32)]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"form": "monet"}, "form must be one of: osnabrueck, watters"),
        ({"kernel": 7}, "kernel must be 3, 4 or 5; got 7"),
        ({"depth": 0}, "depth must be at least 1; got 0"),
        ({"width": 0.0}, "width must be positive; got 0.0"),
    ],
)
def test_impossible_options(options: dict[str, object], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        spatial_broadcast((1, 64, 64), **options)  # type: ignore[arg-type]


def test_images_too_small_for_its_encoder() -> None:
    with pytest.raises(UsageError, match="16x16 or more; got 8x8; use mlp"):
        spatial_broadcast((1, 8, 8))
