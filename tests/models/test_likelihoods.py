"""Likelihoods: each form by hand on one pixel, and what box-blurred errors see."""

import math

import pytest
import torch
from torch import Tensor

from unbraid.core import names
from unbraid.models import likelihood
from unbraid.models.likelihoods.box_blur import BoxBlur, box_blur

F64 = torch.float64
LOGIT, PIXEL = math.log(3.0), 0.25  # sigmoid 3/4
BY_HAND = {
    "bernoulli": -(0.25 * math.log(0.75) + 0.75 * math.log(0.25)),
    "gaussian_sigmoid": 0.25,
    "gaussian_half": 0.125,
    "gaussian_255": 255 * 0.25,
    "mse": (LOGIT - 0.25) ** 2,
    "laplace3": 1.5,
}


def square(left: int, top: int, size: int = 32) -> Tensor:
    """A white 4 x 4 square on black."""
    image = torch.zeros(1, 1, size, size, dtype=F64)
    image[..., top : top + 4, left : left + 4] = 1.0
    return image


@pytest.mark.parametrize(("name", "error"), BY_HAND.items())
def test_one_pixel_by_hand_and_pixels_are_summed(name: str, error: float) -> None:
    output, x = torch.full((2, 3, 2, 2), LOGIT, dtype=F64), torch.full((2, 3, 2, 2), PIXEL, dtype=F64)
    assert likelihood(name, output).error(x).tolist() == pytest.approx([12 * error] * 2)


@pytest.mark.parametrize("name", names("likelihoods"))
def test_the_mean_is_the_best_reconstruction(name: str) -> None:
    """Where the image is the likelihood's own mean, the error has no slope."""
    output = torch.randn(1, 1, 4, 4, dtype=F64, generator=torch.Generator().manual_seed(0)).requires_grad_()
    target = likelihood(name, output).mean.detach()
    (gradient,) = torch.autograd.grad(likelihood(name, output).error(target).sum(), output)
    assert float(gradient.abs().max()) < 1e-12


def test_the_blur_is_the_mean_over_a_box_with_zeros_outside() -> None:
    image = torch.rand(2, 3, 9, 12, dtype=F64, generator=torch.Generator().manual_seed(0))
    pooled = torch.nn.functional.avg_pool2d(image, 5, stride=1, padding=2, count_include_pad=True)
    torch.testing.assert_close(box_blur(image, 2), pooled)
    torch.testing.assert_close(box_blur(image, 0), image)


def test_plain_error_sees_no_distance_between_separate_squares_and_the_blurred_one_does() -> None:
    near, far = square(6, 0), square(20, 0)
    plain = [float(likelihood("mse", square(0, 0)).error(x)) for x in (near, far)]
    blurred = [float(likelihood("box_blur", square(0, 0)).error(x)) for x in (near, far)]
    assert plain[0] == plain[1] == 32.0
    assert blurred[1] > 1.5 * blurred[0]


def test_box_blur_adds_the_weighted_blurred_error() -> None:
    a, b = square(3, 4), square(9, 11)
    expected = (a - b).square().sum() + 7.0 * (box_blur(a, 3) - box_blur(b, 3)).square().sum()
    assert float(BoxBlur(a, radius=3, weight=7.0).error(b)) == pytest.approx(float(expected))
    paper = BoxBlur(torch.zeros(1, 3, 64, 64))
    assert (paper.radius, paper.weight) == (31, 3969.0)


def test_an_unknown_likelihood_is_refused() -> None:
    with pytest.raises(ValueError, match=r"likelihood must be one of: bernoulli.*Did you mean 'bernoulli'"):
        likelihood("bernouli", torch.zeros(1, 1, 1, 1))
