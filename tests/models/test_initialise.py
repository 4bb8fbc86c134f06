import math

import pytest
import torch
from torch import nn

from unbraid.core import UsageError
from unbraid.models import Model, start_small
from unbraid.models._initialise import fan_in
from unbraid.models.boxhead_large import boxhead_large
from unbraid.models.burgess import burgess
from unbraid.models.mlp import mlp


def test_fan_in_counts_the_weights_that_reach_an_output() -> None:
    assert fan_in(nn.Linear(7, 3)) == 7
    assert fan_in(nn.Conv2d(5, 2, 4, stride=2)) == 5 * 16
    assert fan_in(nn.ConvTranspose2d(5, 2, 4, stride=2)) == 5 * 4  # a quarter of the kernel meets each output pixel
    assert fan_in(nn.ConvTranspose2d(5, 2, 3)) == 5 * 9


def test_started_small_hidden_activations_keep_their_size() -> None:
    """He's rule keeps the mean square of activations from layer to layer: here within a factor of two."""
    torch.manual_seed(0)
    model = burgess((1, 64, 64))
    start_small(model, 0.0)
    value, squares = torch.randn(256, 10), []
    for layer in model.decoder[:-1]:
        value = layer(value)
        if isinstance(layer, nn.ConvTranspose2d):
            squares.append(value[:, :, 2:-2, 2:-2].square().mean().item())
    assert max(squares) / min(squares) < 2


def test_started_small_heads_have_gain_one_and_outputs_a_tenth() -> None:
    torch.manual_seed(0)
    model = burgess((3, 64, 64), latents=64)
    start_small(model, -2.0)
    assert abs(model.head.weight.std().item() * math.sqrt(256) - 1) < 0.05
    assert abs(model.trunk[9].weight.std().item() * math.sqrt(512 / 2) - 1) < 0.05
    output = model.decoder[-1]
    assert abs(output.weight.std().item() / (0.1 * math.sqrt(2 / (32 * 4))) - 1) < 0.05
    assert torch.allclose(output.bias, torch.full((3,), -2.0))
    assert (model.head.bias == 0).all()


def test_a_dense_output_takes_the_mean_image_pixel_by_pixel() -> None:
    model = mlp((1, 8, 8), likelihood="mse")
    image = torch.rand(1, 8, 8)
    start_small(model, image)
    assert torch.allclose(model.decoder[-2].bias, image.flatten())


def test_a_convolution_takes_the_mean_over_pixels_of_the_image_not_of_its_logits() -> None:
    model = burgess((1, 64, 64))
    image = torch.full((1, 64, 64), 0.01)
    image[:, 16:32] = 0.9
    start_small(model, torch.logit(image))
    assert torch.sigmoid(model.decoder[-1].bias).item() == pytest.approx(image.mean().item(), rel=1e-5)


def test_an_output_behind_a_leaky_activation_still_starts_at_the_mean() -> None:
    torch.manual_seed(0)
    model = boxhead_large((1, 32, 32), width=0.1, latents=3).eval()
    start_small(model, -3.0)
    mean = model.generate(torch.zeros(1, 3))[0].mean
    assert torch.sigmoid(torch.tensor(-3.0)).item() == pytest.approx(mean.mean().item(), abs=0.02)


def test_layers_without_bias_are_left_without() -> None:
    model = burgess((1, 64, 64))
    model.decoder[-1].bias = None
    start_small(model, -3.0)
    assert model.decoder[-1].bias is None


def test_a_model_that_does_not_name_its_decoders_is_refused() -> None:
    class Bare(Model):
        def infer(self, x, noise=None, adjust=None):  # type: ignore[no-untyped-def, override]
            raise NotImplementedError

        def generate(self, z):  # type: ignore[no-untyped-def]
            raise NotImplementedError

    with pytest.raises(UsageError, match=r"needs the model to name its decoders; got Bare; set self\.decoders"):
        start_small(Bare(), 0.0)
