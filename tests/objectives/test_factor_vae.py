"""FactorVAE: limits, the permutation, and no gradient across the players even with one backward pass for both."""

import pytest
import torch

from tests.objectives._loop import IMAGE, model_of, objective_of
from unbraid.models import Model
from unbraid.objectives import Batch
from unbraid.objectives._critic import permuted, total_correlation
from unbraid.objectives.factor_vae import FactorVAE
from unbraid.objectives.vae import VAE


def world() -> tuple[Model, FactorVAE]:
    torch.manual_seed(0)
    model = model_of("factor_vae").double()
    objective = objective_of("factor_vae", gamma=5.0)
    assert isinstance(objective, FactorVAE)
    objective.critic.double()
    return model, objective


def batch() -> Batch:
    generator = torch.Generator().manual_seed(1)
    images, partner = torch.rand(2, 8, *IMAGE, generator=generator, dtype=torch.float64)
    return Batch(images, generator, 72, partner)


def gradients(model: Model, critic: torch.nn.Module, *losses: torch.Tensor) -> list[list[torch.Tensor]]:
    """What plain backward passes leave on both players."""
    for module in (model, critic):
        module.zero_grad()
    torch.stack(losses).sum().backward(retain_graph=True)
    return [
        [torch.zeros_like(p) if p.grad is None else p.grad.clone() for p in m.parameters()] for m in (model, critic)
    ]


def test_no_loss_leaks_into_the_other_player() -> None:
    """The sum of both losses gives each player the gradient of its own loss alone."""
    model, objective = world()
    losses = objective.forward(model, batch(), 0).of
    together = gradients(model, objective.critic, losses["model"], losses["critic"])
    of_model = gradients(model, objective.critic, losses["model"])
    of_critic = gradients(model, objective.critic, losses["critic"])
    assert all(torch.equal(a, b) for a, b in zip(together[0], of_model[0], strict=True))
    assert all(torch.equal(a, b) for a, b in zip(together[1], of_critic[1], strict=True))
    assert not any(bool(g.any()) for g in of_model[1])
    assert not any(bool(g.any()) for g in of_critic[0])


def test_the_model_does_feel_the_critic() -> None:
    model, objective = world()
    with_critic = gradients(model, objective.critic, objective.forward(model, batch(), 0).of["model"])[0]
    plain = gradients(model, objective.critic, VAE().forward(model, batch(), 0).of["model"])[0]
    assert any(not torch.allclose(a, b) for a, b in zip(with_critic, plain, strict=True))


def test_gamma_zero_is_the_vae() -> None:
    model, _ = world()
    without = FactorVAE(model.widths, gamma=0.0, critic_width=8, critic_layers=1)
    without.critic.double()
    ours, vae = (o.forward(model, batch(), 0).of["model"] for o in (without, VAE()))
    gradients = [torch.autograd.grad(loss, list(model.parameters())) for loss in (ours, vae)]
    assert torch.equal(ours, vae)
    assert all(torch.allclose(a, b, atol=1e-14) for a, b in zip(*gradients, strict=True))


def test_the_critic_is_six_hidden_layers_of_a_thousand() -> None:
    objective = FactorVAE((10,))
    linears = [m for m in objective.critic if isinstance(m, torch.nn.Linear)]
    assert [m.out_features for m in linears] == [1000] * 6 + [2]
    assert all(m.negative_slope == 0.2 for m in objective.critic if isinstance(m, torch.nn.LeakyReLU))
    player = objective.players()["critic"]
    assert (player.module, player.lr, player.betas) == (objective.critic, 1e-4, (0.5, 0.9))


def test_each_latent_is_permuted_on_its_own() -> None:
    z = torch.tensor([[0, 10], [1, 11], [2, 12]])
    assert permuted(z, torch.tensor([[2, 0], [0, 1], [1, 2]])).tolist() == [[2, 10], [0, 11], [1, 12]]
    columns = Batch(torch.zeros(1), torch.Generator().manual_seed(0), 1).permutations(50, 3)
    assert all(sorted(columns[:, j].tolist()) == list(range(50)) for j in range(3))
    assert not torch.equal(columns[:, 0], columns[:, 1])


def test_a_perfect_critic_of_dependent_latents_sees_total_correlation() -> None:
    """Logits that are log q(z) and log prod q(z_j) of a correlated Gaussian give its total correlation."""
    correlation, count = 0.8, 5_000
    a, b = torch.randn(2, count, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    z = torch.stack([a, correlation * a + (1 - correlation**2) ** 0.5 * b], 1)
    covariance = torch.tensor([[1, correlation], [correlation, 1]], dtype=torch.float64)
    joint = torch.distributions.MultivariateNormal(torch.zeros(2, dtype=torch.float64), covariance).log_prob(z)
    product = torch.distributions.Normal(0.0, 1.0).log_prob(z).sum(1)
    truth = -0.5 * float(torch.log(torch.tensor(1 - correlation**2)))
    assert float(total_correlation(torch.stack([joint, product], 1))) == pytest.approx(truth, abs=0.05)


@pytest.mark.parametrize(
    ("options", "message"),
    [({"critic_width": 0}, "the critic needs units and layers"), ({"critic_lr": 0.0}, "critic_lr must be positive")],
)
def test_what_is_refused(options: dict[str, float], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        FactorVAE((4,), **options)
