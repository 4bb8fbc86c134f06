import pytest
import torch
from torch import Tensor, nn

from tests.models.test_boxhead_large import DECODER, ENCODER
from tests.models.walk import count, walk, weightless
from unbraid.core import UsageError
from unbraid.models import DiagonalGaussian, z_of
from unbraid.models.boxhead_large import boxhead_large
from unbraid.models.towers import Towers

WIDTHS = (500, 400, 300, 200, 100)


def small(**options: object) -> Towers:
    torch.manual_seed(0)
    options = {"latents": (6, 4, 2), "width": 0.02} | options
    return Towers((1, 32, 32), **options).double()  # type: ignore[arg-type]


def images(rows: int = 4) -> Tensor:
    return torch.rand(rows, 1, 32, 32, generator=torch.Generator().manual_seed(1)).double()


def noise(model: Towers, rows: int = 4) -> Tensor:
    return torch.randn(rows, sum(model.widths), generator=torch.Generator().manual_seed(2)).double()


def test_layers_and_parameters_as_in_the_thesis() -> None:
    model = weightless(Towers, (3, 64, 64))
    assert model.widths == WIDTHS
    assert walk(model.trunk, 3, 64, 64) == ENCODER
    for latents, decoder in zip(WIDTHS, model.decoders, strict=True):
        assert walk(decoder, latents) == DECODER
    for before, after, encoder in zip(WIDTHS, WIDTHS[1:], model.latent_encoders, strict=False):
        assert walk(encoder, 2 * before) == [f"dense {2 * before}", f"leaky {2 * before}", f"dense {2 * after}"]
    assert count(model) == 74_264_503


def test_one_layer_is_the_baseline() -> None:
    torch.manual_seed(3)
    flat = boxhead_large((1, 32, 32), latents=5, width=0.02)
    layered = Towers((1, 32, 32), latents=(5,), width=0.02)
    renamed = {key.replace("decoder.", "decoders.0."): value for key, value in flat.state_dict().items()}
    layered.load_state_dict(renamed)
    x, eps = images().float(), noise(layered).float()
    (theirs,), (ours,) = flat.infer(x, eps), layered.infer(x, eps)
    assert torch.equal(ours.z, theirs.z)
    assert torch.equal(layered.generate(ours.z)[0].mean, flat.generate(theirs.z)[0].mean)


def test_nothing_is_sampled_between_layers() -> None:
    model = small().eval()
    means = model.infer(images())
    drawn = model.infer(images(), noise(model))
    for one, other in zip(means, drawn, strict=True):
        assert torch.equal(one.posterior.mean, other.posterior.mean)
        assert torch.equal(one.posterior.logvar, other.posterior.logvar)


def test_each_layer_reads_means_and_log_variances_of_the_one_before() -> None:
    model = small().eval()
    first, second, _ = (layer.posterior for layer in model.infer(images()))
    moments = model.latent_encoders[0](torch.cat([first.mean, first.logvar], 1))
    assert torch.equal(torch.cat([second.mean, second.logvar], 1), moments)


def test_an_adjusted_posterior_is_what_the_next_layer_reads() -> None:
    model = small().eval()

    def forget(layer: int, posterior: DiagonalGaussian) -> DiagonalGaussian:
        return DiagonalGaussian(torch.zeros_like(posterior.mean), posterior.logvar * 0) if layer == 0 else posterior

    _, second, third = model.infer(images(), noise(model), forget)  # type: ignore[arg-type]
    for layer in (second, third):
        assert torch.equal(layer.posterior.mean, layer.posterior.mean[:1].expand(4, -1))


def test_the_deepest_error_moves_the_base_encoder_and_no_other_decoder() -> None:
    model = small()
    heads = model.generate(z_of(model.infer(images(), noise(model))))
    heads[-1].error(images()).sum().backward()
    assert model.trunk[0].weight.grad.abs().max() > 0
    assert all(encoder[0].weight.grad.abs().max() > 0 for encoder in model.latent_encoders)
    assert [decoder[0].weight.grad is not None for decoder in model.decoders] == [False, False, True]


def test_each_decoder_sees_the_codes_of_its_layer_alone() -> None:
    model = small().eval()
    z = noise(model)
    changed = z.clone()
    changed[:, 6:10] += 1.0  # layer 2 of 6, 4, 2
    same = [
        torch.equal(one.mean, other.mean) for one, other in zip(model.generate(z), model.generate(changed), strict=True)
    ]
    assert same == [True, False, True]


@pytest.mark.parametrize(
    ("link", "latents", "touched"),
    [
        ("merge", (120, 12), {0}),  # ten neighbours make one
        ("split", (12, 144), set(range(12))),  # each of 12 makes twelve
        ("split", (12, 120), set(range(10))),
    ],
)
def test_fixed_links_of_the_two_layer_experiments(link: str, latents: tuple[int, int], touched: set[int]) -> None:
    model = small(link=link, latents=latents).eval()
    moments = torch.randn(1, 2 * latents[0], generator=torch.Generator().manual_seed(4)).double()
    other = moments.clone()
    other[0, [0, latents[0]]] += 5.0  # mean and log-variance of the first latent
    before, after = model.latent_encoders[0](moments), model.latent_encoders[0](other)
    moved = (before != after)[0].unflatten(0, (2, latents[1]))
    assert set(moved[0].nonzero().flatten().tolist()) == touched
    assert set(moved[1].nonzero().flatten().tolist()) == touched


def test_small_networks_of_the_two_layer_experiments() -> None:
    merging = weightless(Towers, (3, 64, 64), link="merge", latents=(120, 12), dropout=True).latent_encoders[0]
    group = ["dense 32", "relu 32", "drop 32", "dense 32", "relu 32", "drop 32", "dense 2"]
    assert walk(merging, 240) == group * 12
    splitting = weightless(Towers, (3, 64, 64), link="split", latents=(12, 144)).latent_encoders[0]
    assert walk(splitting, 24) == ["dense 32", "relu 32", "dense 32", "relu 32", "dense 24"] * 12


def test_dropout_of_the_two_layer_experiments() -> None:
    model = small(link="merge", latents=(6, 2), dropout=True)
    assert [m.p for m in model.trunk if isinstance(m, nn.Dropout)] == [0.1] * 4 + [0.3]
    assert [m.p for m in model.decoders[0] if isinstance(m, nn.Dropout)] == [0.3] * 2 + [0.1] * 5
    assert not isinstance(model.decoders[0][-1], nn.Dropout)
    assert not [m for m in small().modules() if isinstance(m, nn.Dropout)]


def test_latent_encoders_hold_what_the_weight_norms_run_over() -> None:
    model = weightless(Towers, (3, 64, 64))
    assert [[p.ndim for p in encoder.parameters()] for encoder in model.latent_encoders] == [[2, 1, 2, 1]] * 4


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"latents": 10}, "latents must list one width a layer; got 10"),
        ({"latents": ()}, "latents must list one width a layer"),
        ({"latents": (3, 0)}, r"every layer needs at least one latent; got \[3, 0\]"),
        ({"link": "sparse"}, "link must be one of: dense, merge, split"),
        ({"link": "merge", "latents": (10, 3)}, "link=merge needs each layer to divide the one before; got 10 -> 3"),
        ({"link": "split", "latents": (3, 10)}, "needs each layer to be a multiple of the one before; got 3 -> 10"),
    ],
)
def test_impossible_options(options: dict[str, object], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        Towers((1, 32, 32), **options)  # type: ignore[arg-type]


@pytest.mark.slow
def test_full_size_learns_in_a_few_steps() -> None:
    torch.manual_seed(0)
    model, x = Towers((3, 64, 64)), torch.rand(8, 3, 64, 64)
    optimiser, errors = torch.optim.Adamax(model.parameters(), lr=3e-4), []
    for _ in range(4):
        layers = model.infer(x, torch.randn(8, sum(WIDTHS)))
        error = torch.stack([head.error(x).mean() for head in model.generate(z_of(layers))])
        optimiser.zero_grad()
        error.sum().backward()
        optimiser.step()
        errors.append(error.detach())
    assert (errors[-1] < 0.98 * errors[0]).all()  # random pixels: 0.96 at most, seed 0
