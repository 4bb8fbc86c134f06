"""Joint entropy minus mutual information gap."""

import numpy as np
import pytest

from tests.metrics.codes import at_random, noise, on_grid
from unbraid.metrics import Representation
from unbraid.metrics.jemmig import jemmig
from unbraid.metrics.mig import mig


def test_a_perfect_code_leaves_no_nats() -> None:
    scored = jemmig(on_grid(10, 20))
    assert scored.value == pytest.approx(1)
    assert scored.arrays["nats"] == pytest.approx([0, 0], abs=1e-9)


def test_a_latent_with_two_factors_pays_for_the_second_where_mig_does_not() -> None:
    rep = on_grid(4, 5, 6)
    both = np.stack([rep.code[:, 0] * 5 + rep.code[:, 1], rep.code[:, 2]], axis=1)
    shared = Representation.from_arrays(both, rep.factors)
    assert mig(shared).parts["factor 0"] == pytest.approx(1)
    # H(z, v) - I = log 20 - log 4, of log 4 + log 20 at worst
    assert jemmig(shared).parts["factor 0"] == pytest.approx(1 - np.log(5) / np.log(80))


def test_even_noise_is_near_zero() -> None:
    spread = noise(20_000, 3).argsort(axis=0).argsort(axis=0).astype(float)
    assert jemmig(Representation.from_arrays(spread, at_random(20_000, 4, 6))).value == pytest.approx(0, abs=0.01)
