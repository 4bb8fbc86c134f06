"""Maximum mean discrepancy: by hand, equal and unequal distributions, bias."""

import math
from typing import get_args

import pytest
import torch

from unbraid.objectives._mmd import Kernel, kernel, mmd, squared_distances

F64 = torch.float64


def draws(count: int, seed: int, shift: float = 0.0) -> torch.Tensor:
    return torch.randn(count, 3, dtype=F64, generator=torch.Generator().manual_seed(seed)) + shift


def test_two_points_by_hand() -> None:
    a, b = torch.tensor([[0.0]], dtype=F64), torch.tensor([[2.0]], dtype=F64)
    assert float(kernel("rbf", a, b, 8.0)) == pytest.approx(math.exp(-0.5))
    assert float(mmd(a, b, "rbf", 8.0, biased=True)) == pytest.approx(2 - 2 * math.exp(-0.5))
    assert float(kernel("imq", a, b, 4.0)) == pytest.approx(
        sum(4 * s / (4 * s + 4) for s in (0.1, 0.2, 0.5, 1, 2, 5, 10))
    )


def test_distances_agree_with_torch() -> None:
    torch.testing.assert_close(
        squared_distances(draws(5, 0), draws(4, 1)), (draws(5, 0).unsqueeze(1) - draws(4, 1)).square().sum(2)
    )


@pytest.mark.parametrize("name", get_args(Kernel))
def test_the_same_distribution_scores_near_zero_and_a_shifted_one_high(name: str) -> None:
    same = float(mmd(draws(200, 0), draws(200, 1), name, 6.0, biased=False))
    shifted = float(mmd(draws(200, 0), draws(200, 1, shift=1.0), name, 6.0, biased=False))
    assert abs(same) < 0.05
    assert shifted > 0.2


def test_comparing_a_sample_with_itself_makes_it_larger() -> None:
    both = [float(mmd(draws(20, 0), draws(20, 1), "rbf", 6.0, biased)) for biased in (True, False)]
    assert both[0] > both[1]
    assert both[0] > 0
