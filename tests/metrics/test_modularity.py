"""Modularity."""

import numpy as np
import pytest

from tests.metrics.codes import on_grid
from unbraid.core import UsageError
from unbraid.metrics import Representation
from unbraid.metrics.modularity import modularity


def test_one_factor_each_is_one_and_a_shared_latent_by_hand() -> None:
    assert modularity(on_grid(10, 20)).value == pytest.approx(1)
    rep = on_grid(5, 5, 5)
    both = rep.code[:, 0] * 5 + rep.code[:, 1]  # tells log 5 about two of three factors: 1 - 1 / (3 - 1)
    shared = Representation.from_arrays(both, rep.factors)
    assert modularity(shared, bins=25).value == pytest.approx(0.5)


def test_two_latents_for_one_factor_do_not_matter() -> None:
    rep = on_grid(10, 20)
    assert modularity(Representation.from_arrays(rep.code[:, [0, 0, 1]], rep.factors)).value == pytest.approx(1)


def test_dead_latents_as_asked() -> None:
    rep = on_grid(10, 20)
    dead = Representation.from_arrays(np.concatenate([rep.code, np.zeros((200, 2))], axis=1), rep.factors)
    assert modularity(dead).value == pytest.approx(0.5)
    assert modularity(dead, dead="drop").value == pytest.approx(1)
    assert list(modularity(dead).parts) == ["z0", "z1", "z2", "z3"]
    assert list(modularity(dead, dead="drop").parts) == ["z0", "z1"]
    assert modularity(dead, dead="drop").variant.endswith("dead latents: drop")
    with pytest.raises(UsageError, match="modularity needs latents with information; got 2 without"):
        modularity(dead, dead="missing")


def test_one_factor_and_an_unknown_rule_are_refused() -> None:
    with pytest.raises(UsageError, match="at least 2 factors"):
        modularity(on_grid(200))
    with pytest.raises(UsageError, match="zero, drop, missing"):
        modularity(on_grid(10, 20), dead="ignore")
