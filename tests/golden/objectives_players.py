"""Golden values of objectives with parts beside a flat model: FactorVAE's critic, the thesis's layers."""

from __future__ import annotations

from functools import cache, partial
from typing import Any

import torch
from torch import Tensor, nn

from tests.golden.objectives import Case, Ours
from tests.objectives._given import GivenModel, given_batch
from unbraid.models import Adjust, DiagonalGaussian, Layer, Likelihood, Model, likelihood, unchanged
from unbraid.models.likelihoods.bernoulli import Bernoulli
from unbraid.objectives import Losses
from unbraid.objectives._critic import permuted
from unbraid.objectives.factor_vae import FactorVAE
from unbraid.objectives.layerwise import Layerwise


class LinearVAE(Model):
    """Linear encoder (rows: means, then log-variances) and linear decoder."""

    def __init__(self, arrays: dict[str, Tensor]) -> None:
        super().__init__()
        self.weight = nn.Parameter(arrays["encoder_weight"].clone())
        self.bias, self.decoder_weight = arrays["encoder_bias"], arrays["decoder_weight"]
        self.image_shape = tuple(arrays["data"].shape[1:])
        self.widths = (self.decoder_weight.shape[1],)

    def infer(self, x: Tensor, noise: Tensor | None = None, adjust: Adjust = unchanged) -> tuple[Layer, ...]:
        assert noise is not None
        posterior = DiagonalGaussian(*(x.flatten(1) @ self.weight.T + self.bias).chunk(2, dim=1))
        return (Layer(posterior, posterior.sample(noise)),)

    def generate(self, z: Tensor) -> tuple[Likelihood, ...]:
        return (Bernoulli((z @ self.decoder_weight.T).unflatten(1, self.image_shape)),)


def factorvae_family(case: Case) -> Ours:
    @cache
    def world() -> tuple[LinearVAE, FactorVAE, Losses]:
        arrays, params = case.arrays, case.params
        model = LinearVAE(arrays)
        objective = FactorVAE(
            model.widths, gamma=params["gamma"], critic_width=params["hidden"], critic_layers=_linears(case) - 1
        )
        _load(objective.critic.double(), arrays)
        first, second = arrays["data"].split(params["half_batch"])
        noises = [arrays["eps1"], arrays["eps2"]]
        batch = given_batch(first, partner=second, noises=noises, permutation=arrays["permutation"])
        return model, objective, objective.forward(model, batch, 0)

    def encoder_gradient() -> Tensor:
        model, _, losses = world()
        return torch.autograd.grad(losses.of["model"], [model.weight], retain_graph=True)[0]

    def critic_gradients() -> list[Tensor]:
        _, objective, losses = world()
        return list(torch.autograd.grad(losses.of["critic"], list(objective.critic.parameters()), retain_graph=True))

    def after_adam() -> float:
        _, objective, _ = world()
        player, gradients = objective.players()["critic"], critic_gradients()
        copies = [nn.Parameter(p.detach().clone()) for p in player.module.parameters()]
        optimizer = torch.optim.Adam(copies, lr=player.lr, betas=player.betas)
        for copy, gradient in zip(copies, gradients, strict=True):
            copy.grad = gradient
        optimizer.step()
        return sum(float(copy.detach().sum()) for copy in copies)

    def z_of(half: int) -> Tensor:
        model = LinearVAE(case.arrays)
        images = case.arrays["data"].split(case.params["half_batch"])[half]
        return model.infer(images, case.arrays[f"eps{half + 1}"])[0].z

    def z_permuted() -> Tensor:
        return permuted(z_of(1), case.arrays["permutation"])

    def leak() -> Tensor:
        """How far the gradient with the published leak is from ours, relative to ours."""
        ours, leaking = encoder_gradient(), case.arrays["KNOWN_BAD_grad_encoder_weight_dubois"]
        return (leaking - ours).norm() / ours.norm()

    named = [f"lin{n // 2 + 1}_{'bias' if n % 2 else 'weight'}" for n in range(2 * _linears(case))]
    gradients = {f"gradD_{name}": (lambda n=n: critic_gradients()[n]) for n, name in enumerate(named)}
    return {
        "recon": lambda: world()[2].terms["reconstruction"],
        "kl": lambda: world()[2].terms["kl"],
        "tc": lambda: world()[2].terms["total_correlation"],
        "vae_loss": lambda: world()[2].of["model"],
        "discriminator_loss": lambda: world()[2].of["critic"],
        "grad_leak_relative": leak,
        "adam_step_first_layer_sum": after_adam,
        "grad_encoder_weight": encoder_gradient,
        "z": lambda: z_of(0),
        "z_perm": z_permuted,
        "d_logits_z": lambda: world()[1].critic(z_of(0)),
        "d_logits_perm": lambda: world()[1].critic(z_permuted()),
        **gradients,
    }


def _linears(case: Case) -> int:
    """Linear layers of the stored critic."""
    return sum(name.startswith("disc_lin") and name.endswith("weight") for name in case.stored)


def _load(critic: nn.Sequential, arrays: dict[str, Tensor]) -> None:
    """Put the stored weights into the critic's linear layers."""
    linears = [module for module in critic if isinstance(module, nn.Linear)]
    with torch.no_grad():
        for number, linear in enumerate(linears, start=1):
            linear.weight.copy_(arrays[f"disc_lin{number}_weight"])
            linear.bias.copy_(arrays[f"disc_lin{number}_bias"])


def five_layer_family(case: Case) -> Ours:
    depth = len(case.params["dims"])

    def model() -> GivenModel:
        a, numbers = case.arrays, range(1, depth + 1)
        heads = lambda z: tuple(likelihood("gaussian_sigmoid", a[f"logits{n}"]) for n in numbers)  # noqa: E731
        posteriors = [DiagonalGaussian(a[f"mu{n}"], a[f"logvar{n}"]) for n in numbers]
        made = GivenModel(posteriors, heads, tuple(a["x"].shape[1:]))
        made.latent_encoders = nn.ModuleList(_encoder(a, number) for number in range(2, depth + 1))
        return made

    def losses(**options: Any) -> Losses:
        params = case.params
        objective = Layerwise(beta=params["beta"], l1=params["l1"], l2=params["l2"], **options)
        layered = model()
        objective.check(layered)
        return objective.forward(layered, given_batch(case.arrays["x"]), 0)

    def terms(prefix: str) -> list[Tensor]:
        return [float(losses().terms[f"{prefix}/{layer}"]) for layer in range(depth)]

    text = {"l2_form": "squared", "biases": False}
    return {
        "kl": partial(terms, "kl"),
        "reconstruction": partial(terms, "reconstruction"),
        "l1_weights_only": lambda: losses(**text).terms["l1"],
        "l1_with_bias": lambda: losses().terms["l1"],
        "l2_squares_weights_only": lambda: losses(**text).terms["l2"],
        "l2_sum_of_norms_with_bias": lambda: losses().terms["l2"],
        "loss_reference": lambda: losses().of["model"],
        "loss_thesis_text": lambda: losses(**text).of["model"],
    }


def _encoder(arrays: dict[str, Tensor], number: int) -> nn.Sequential:
    """A latent encoder with the stored weights."""
    layers: list[nn.Module] = []
    for place in (0, 2):
        weight, bias = (arrays[f"latent_encoder{number}_{place}_{part}"] for part in ("weight", "bias"))
        linear = nn.Linear(weight.shape[1], weight.shape[0], dtype=weight.dtype)
        linear.weight, linear.bias = nn.Parameter(weight.clone()), nn.Parameter(bias.clone())
        layers.append(linear)
    return nn.Sequential(layers[0], nn.LeakyReLU(0.3), layers[1])


FAMILIES = {"factorvae": factorvae_family, "five_layer": five_layer_family}
