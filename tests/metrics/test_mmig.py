"""Modified mutual information gap."""

import numpy as np
import pytest

from tests.metrics.codes import at_random, on_grid
from unbraid.core import UsageError
from unbraid.metrics import Representation
from unbraid.metrics.mig import mig
from unbraid.metrics.mmig import mmig


def test_on_a_grid_it_is_mig() -> None:
    rep = on_grid(8, 12, 5)
    blend = Representation.from_arrays(rep.code @ np.array([[1, 0.2, 0], [0, 1, 0.3], [0.1, 0, 1]]), rep.factors)
    assert mmig(blend).value == pytest.approx(mig(blend).value)


def test_it_allows_for_what_factors_share() -> None:
    """v1 copies v0 half of the time: each latent that is one factor tells of both, and keeps MMIG at 1."""
    levels = at_random(20_000, 4, 4, 2)
    levels[:, 1] = np.where(levels[:, 2] == 1, levels[:, 0], levels[:, 1])
    rep = Representation.from_arrays(levels[:, :2].astype(float), levels[:, :2])
    assert mmig(rep).value == pytest.approx(1, abs=1e-9)
    assert mig(rep).value < 0.8


def test_a_determined_factor_is_left_out_and_all_of_them_refused() -> None:
    levels = on_grid(4, 5, 6).factors
    macro = np.stack([levels[:, 0], levels[:, 0] // 2, levels[:, 1]], axis=1)
    assert list(mmig(Representation.from_arrays(levels.astype(float), macro)).parts) == ["factor 0", "factor 2"]
    copies = np.stack([levels[:, 0], levels[:, 0]], axis=1)
    with pytest.raises(UsageError, match="mmig needs a factor that no other factor determines"):
        mmig(Representation.from_arrays(levels.astype(float), copies))
