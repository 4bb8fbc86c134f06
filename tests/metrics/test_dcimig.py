"""DCIMIG."""

import numpy as np
import pytest

from tests.metrics.codes import at_random, noise, on_grid
from unbraid.metrics import Representation
from unbraid.metrics.dcimig import dcimig


def test_perfect_noise_and_copies() -> None:
    rep = on_grid(10, 20)
    assert dcimig(rep).value == pytest.approx(1)
    assert dcimig(Representation.from_arrays(rep.code[:, [0, 0, 1]], rep.factors)).value == pytest.approx(1)
    assert dcimig(Representation.from_arrays(noise(5000, 3), at_random(5000, 4, 6))).value < 0.02


def test_a_missed_factor_costs_its_entropy() -> None:
    rep = on_grid(10, 20)
    scored = dcimig(Representation.from_arrays(rep.code[:, :1], rep.factors))
    assert scored.value == pytest.approx(np.log(10) / np.log(200))
    assert scored.parts == pytest.approx({"factor 0": 1, "factor 1": 0})


def test_a_latent_of_two_factors_keeps_the_gap_only() -> None:
    rep = on_grid(4, 5)
    both = Representation.from_arrays(np.repeat(rep.code[:, 0] * 5 + rep.code[:, 1], 6), np.repeat(rep.factors, 6, 0))
    assert dcimig(both).value == pytest.approx((np.log(5) - np.log(4)) / np.log(20))
