"""InfoVAE: its limit, its default kernel widths, what is refused."""

import pytest
import torch

from tests.objectives._given import given, given_batch, no_images
from unbraid.objectives._mmd import mmd
from unbraid.objectives.info_vae import InfoVAE
from unbraid.objectives.vae import VAE

MEAN = torch.randn(6, 3, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
PRIOR = torch.randn(6, 3, dtype=torch.float64, generator=torch.Generator().manual_seed(1))


def loss(objective: InfoVAE | VAE) -> float:
    batch = given_batch(no_images(6), noises=[torch.zeros_like(MEAN), PRIOR.clone()])
    return float(objective.forward(given(MEAN, torch.zeros_like(MEAN), error=2.0), batch, 0).of["model"])


def test_no_weight_is_the_vae() -> None:
    assert loss(InfoVAE(weight=0.0, prior_samples=6)) == pytest.approx(loss(VAE()))


@pytest.mark.parametrize(("kernel", "denominator"), [("rbf", 9.0), ("imq", 6.0)])
def test_the_usual_widths_and_the_sampled_codes(kernel: str, denominator: float) -> None:
    expected = 7.0 * mmd(PRIOR, MEAN, kernel, denominator, biased=False)
    objective = InfoVAE(weight=7.0, beta=0.0, kernel=kernel, prior_samples=0, biased=False)
    assert loss(objective) == pytest.approx(2.0 + float(expected))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"kernel": "rfb"}, "kernel must be one of: rbf, imq; got 'rfb'"),
        ({"denominator": -1.0}, "denominator must be positive, or 0"),
        ({"prior_samples": 1}, "prior_samples must be 0 or at least 2"),
    ],
)
def test_what_is_refused(options: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        InfoVAE(**options)
