"""The same questions to every model."""

from typing import Any

import pytest
import torch
from torch import Tensor

from unbraid.core import UsageError, load_entry, names, options_of
from unbraid.models import DiagonalGaussian, Model, Posterior, start_small, z_of

SIDES = (28, 32, 64)
ROWS = 3
ENTRIES = names("models")
FLAT = [name for name in ENTRIES if "posterior" in options_of(load_entry("models", name))]


def build(name: str, image_shape: tuple[int, int, int], **options: Any) -> Model:
    """A small model of this entry, the same each time."""
    entry = load_entry("models", name)
    takes = options_of(entry)
    options.setdefault("latents", 4 if isinstance(takes["latents"].default, int) else (4, 2))
    if "width" in takes:
        options.setdefault("width", 0.1)
    with torch.random.fork_rng([]):
        torch.manual_seed(0)
        return entry(image_shape, **options)


def sides(name: str) -> list[int]:
    """Image sides that an entry takes."""
    return [side for side in SIDES if not refusal(name, (1, side, side))]


def refusal(name: str, image_shape: tuple[int, int, int]) -> str:
    """What an entry says against images of a shape."""
    try:
        build(name, image_shape)
    except UsageError as mistake:
        return str(mistake)
    return ""


def images(model: Model, rows: int = ROWS) -> Tensor:
    return torch.rand((rows, *model.image_shape), generator=torch.Generator().manual_seed(1))


def noise(model: Model, rows: int = ROWS) -> Tensor:
    return torch.randn((rows, sum(model.widths)), generator=torch.Generator().manual_seed(2))


def loss(model: Model, x: Tensor) -> Tensor:
    layers = model.infer(x, noise(model, len(x)))
    errors = [head.error(x).sum() for head in model.generate(z_of(layers))]
    return torch.stack(errors).sum() + sum(layer.posterior.divergence().sum() for layer in layers)


@pytest.mark.parametrize("name", ENTRIES)
@pytest.mark.parametrize("channels", [1, 3])
def test_shapes_for_each_size_it_takes(name: str, channels: int) -> None:
    assert sides(name)
    for side in sides(name):
        model = build(name, (channels, side, side))
        assert model.image_shape == (channels, side, side)
        layers = model.infer(images(model), noise(model))
        assert [layer.z.shape for layer in layers] == [(ROWS, width) for width in model.widths]
        for layer in layers:
            assert layer.posterior.mean.shape == layer.posterior.logvar.shape == layer.z.shape
        for head in model.generate(z_of(layers)):
            assert head.mean.shape == (ROWS, channels, side, side)
            assert head.error(images(model)).shape == (ROWS,)


@pytest.mark.parametrize("name", ENTRIES)
def test_other_sizes_are_refused_with_those_that_work(name: str) -> None:
    for side in set(SIDES) - set(sides(name)):
        message = refusal(name, (1, side, side))
        assert f"got {side}x{side}" in message
        assert "64x64" in message


@pytest.mark.parametrize("name", ENTRIES)
@pytest.mark.parametrize(("options", "rule"), [({"latents": -1}, "latent"), ({"likelihood": "normal"}, "likelihood")])
def test_impossible_options_are_refused(name: str, options: dict[str, Any], rule: str) -> None:
    if "latents" in options and len(build(name, (1, 64, 64)).widths) > 1:
        options = {"latents": (4, -1)}
    with pytest.raises(UsageError, match=rule):
        build(name, (1, 64, 64), **options)


@pytest.mark.parametrize("name", ENTRIES)
def test_without_noise_codes_are_means(name: str) -> None:
    model = build(name, (1, 64, 64)).eval()
    for layer in model.infer(images(model)):
        assert torch.equal(layer.z, layer.posterior.mean)


@pytest.mark.parametrize("name", ENTRIES)
def test_noise_is_shared_out_in_the_order_of_the_layers(name: str) -> None:
    model = build(name, (1, 64, 64)).eval()
    layers = model.infer(images(model), noise(model))
    for layer, part in zip(layers, noise(model).split(model.widths, 1), strict=True):
        assert torch.equal(layer.z, layer.posterior.sample(part))


@pytest.mark.parametrize("name", ENTRIES)
def test_adjust_runs_for_each_layer_before_sampling(name: str) -> None:
    model, seen = build(name, (1, 64, 64)).eval(), []

    def adjust(layer: int, posterior: Posterior) -> Posterior:
        seen.append(layer)
        return DiagonalGaussian(torch.full_like(posterior.mean, 7.0), torch.zeros_like(posterior.logvar))

    layers = model.infer(images(model), noise(model), adjust)
    assert seen == list(range(len(model.widths)))
    assert torch.allclose(z_of(layers), 7.0 + noise(model))


@pytest.mark.parametrize("name", FLAT)
@pytest.mark.parametrize("posterior", ["diagonal", "full"])
def test_flat_models_take_both_posteriors(name: str, posterior: str) -> None:
    model = build(name, (1, 64, 64), posterior=posterior)
    (layer,) = model.infer(images(model), noise(model))
    kl = layer.posterior.divergence()
    assert kl.shape == (ROWS, 4 if posterior == "diagonal" else 1)
    loss(model, images(model)).backward()
    assert all(parameter.grad is not None for parameter in model.parameters())


@pytest.mark.parametrize("name", ENTRIES)
def test_gradient_reaches_every_parameter(name: str) -> None:
    model = build(name, (3, 64, 64))
    loss(model, images(model)).backward()
    for label, parameter in model.named_parameters():
        assert parameter.grad is not None, label
        assert parameter.grad.isfinite().all(), label
        assert parameter.ndim == 1 or parameter.grad.abs().max() > 0, label  # a bias before a batch norm has none


@pytest.mark.parametrize("name", ENTRIES)
def test_in_evaluation_a_row_depends_on_itself_alone(name: str) -> None:
    model = build(name, (1, 64, 64)).double().eval()
    x, eps = images(model).double(), noise(model).double()
    layers = model.infer(x, eps)
    again, alone = model.infer(x, eps), model.infer(x[1:2], eps[1:2])
    heads, head_alone = model.generate(z_of(layers)), model.generate(z_of(alone))
    assert torch.equal(z_of(layers), z_of(again))
    assert torch.allclose(z_of(layers)[1:2], z_of(alone))
    for together, single in zip(heads, head_alone, strict=True):
        assert torch.allclose(together.mean[1:2], single.mean)


@pytest.mark.parametrize("name", ENTRIES)
def test_first_weights_come_from_the_global_stream(name: str) -> None:
    first, again = build(name, (1, 64, 64)).state_dict(), build(name, (1, 64, 64)).state_dict()
    assert all(torch.equal(first[key], again[key]) for key in first)


@pytest.mark.parametrize("name", ENTRIES)
@pytest.mark.parametrize("likelihood", ["bernoulli", "mse"])
def test_started_small_the_first_images_are_the_mean_image(name: str, likelihood: str) -> None:
    model = build(name, (3, 64, 64), likelihood=likelihood)
    wanted = torch.tensor([0.05, 0.2, 0.6])
    given = torch.logit(wanted) if likelihood == "bernoulli" else wanted
    torch.manual_seed(0)
    start_small(model, given[:, None, None])
    layers = model.infer(images(model), noise(model))
    for head in model.generate(z_of(layers)):
        assert torch.allclose(head.mean.mean((0, 2, 3)), wanted, atol=0.05 if likelihood == "bernoulli" else 0.2)


@pytest.mark.parametrize("name", ENTRIES)
def test_channels_last_memory_changes_nothing(name: str) -> None:
    model = build(name, (3, 64, 64)).double().eval()
    x = images(model).double()
    plain = z_of(model.infer(x))
    wanted = [head.mean for head in model.generate(plain)]
    model.to(memory_format=torch.channels_last)
    assert torch.allclose(z_of(model.infer(x.to(memory_format=torch.channels_last))), plain)
    for head, mean in zip(model.generate(plain), wanted, strict=True):
        assert torch.allclose(head.mean, mean)


def test_every_flat_model_is_asked() -> None:
    assert set(ENTRIES) - set(FLAT) == {"towers"}
