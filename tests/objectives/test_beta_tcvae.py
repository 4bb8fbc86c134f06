"""The β-TCVAE: limits, the agreement of both forms, what is refused."""

import pytest
import torch

from tests.objectives._given import GivenModel, given, given_batch, no_images
from unbraid.objectives.beta_tcvae import BetaTCVAE
from unbraid.objectives.beta_vae import BetaVAE

EPS = torch.randn(16, 4, dtype=torch.float64, generator=torch.Generator().manual_seed(1))
MEAN = torch.randn(16, 4, dtype=torch.float64, generator=torch.Generator().manual_seed(2))


def posterior() -> GivenModel:
    return given(MEAN, torch.full_like(MEAN, -1.0), error=3.0)


def loss(objective: BetaTCVAE | BetaVAE) -> float:
    return float(objective.forward(posterior(), given_batch(no_images(16), 300, noises=[EPS.clone()]), 0).of["model"])


@pytest.mark.parametrize("estimator", ["mws", "mss", "batch"])
def test_equal_weights_are_the_beta_vae(estimator: str) -> None:
    """kl_plus: exactly; decomposed: with the sampled KL in place of the analytic one, whatever the estimator."""
    plus = BetaTCVAE(alpha=2.0, beta=2.0, gamma=2.0, estimator=estimator, form="kl_plus")
    assert loss(plus) == pytest.approx(loss(BetaVAE(beta=2.0)))
    z = MEAN + torch.exp(torch.tensor(-0.5)) * EPS
    sampled = float((0.5 * z.square() - 0.5 * (EPS.square() - 1.0)).sum(1).mean())
    split = BetaTCVAE(alpha=2.0, beta=2.0, gamma=2.0, estimator=estimator)
    assert loss(split) == pytest.approx(3.0 + 2.0 * sampled, rel=1e-6)


def test_both_forms_weight_the_total_correlation_alike() -> None:
    for options in ({"form": "kl_plus"}, {"form": "decomposed"}):
        objectives = [BetaTCVAE(beta=beta, **options) for beta in (1.0, 3.0)]
        losses = [o.forward(posterior(), given_batch(no_images(16), 300, noises=[EPS.clone()]), 0) for o in objectives]
        total = float(losses[0].terms["total_correlation"])
        assert float(losses[1].of["model"] - losses[0].of["model"]) == pytest.approx(2 * total)


def test_batch_and_mws_differ_by_a_constant_only() -> None:
    """The constant is (D - 1) log(N B) per unit of beta - 1."""
    first, second = (loss(BetaTCVAE(beta=2.0, estimator=e, form="kl_plus")) for e in ("mws", "batch"))
    assert first - second == pytest.approx(3 * float(torch.log(torch.tensor(300.0 * 16))), rel=1e-6)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"estimator": "mwss"}, "estimator must be one of: mws, mss, batch; got 'mwss'; Did you mean"),
        ({"form": "elbo"}, "form must be one of: decomposed, kl_plus"),
        ({"form": "kl_plus", "gamma": 2.0}, "form kl_plus weights the whole KL by alpha, so gamma must equal it"),
        ({"capacity": 5.0}, "capacity replaces a KL, which form decomposed does not have; got 5.0; set form=kl_plus"),
    ],
)
def test_what_is_refused(options: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        BetaTCVAE(**options)
