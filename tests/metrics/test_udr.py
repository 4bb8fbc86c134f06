import numpy as np
import pytest

from tests.metrics.codes import noise
from unbraid.core import UsageError
from unbraid.metrics import Representation
from unbraid.metrics.udr import Relation, agreement, udr

Z = noise(2000, 4)


def rep(code: np.ndarray, logvar: np.ndarray | None = None) -> Representation:
    return Representation.from_arrays(code, np.empty((len(code), 0)), logvar=logvar)


def test_agreement_by_hand() -> None:
    assert agreement(np.eye(3)) == 1
    assert agreement(np.array([[0.5, 0.5], [0.0, 0.5]])) == pytest.approx((0.5 + 0.25 + 0.25 + 0.5) / 4)
    assert agreement(np.array([[0.8, 0.0], [0.0, 0.0]])) == pytest.approx(0.4)


@pytest.mark.parametrize("kind", ["lasso", "spearman"])
def test_copies_agree_up_to_order_sign_and_scale(kind: Relation) -> None:
    score = udr([rep(Z), rep(Z[:, ::-1] * [-1, 3, 0.1, -2]), rep(5 - Z)], correlation=kind, alpha=0.01)
    assert score.value == pytest.approx(1, abs=0.15)
    assert set(score.parts) == {"model 0", "model 1", "model 2"}


def test_the_lasso_has_a_closed_form_for_orthogonal_latents() -> None:
    """With uncorrelated standardised latents a coefficient of 1 shrinks to 1 - alpha."""
    orthogonal = np.linalg.qr(Z - Z.mean(axis=0))[0]
    assert udr([rep(orthogonal), rep(-orthogonal)], alpha=0.1).value == pytest.approx(0.9, abs=1e-6)


@pytest.mark.parametrize("kind", ["lasso", "spearman"])
def test_a_rotated_model_and_a_stranger_agree_less(kind: Relation) -> None:
    rotation = np.linalg.qr(noise(4, 4, 5))[0]
    copy, turned, stranger = (udr([rep(Z), rep(c)], correlation=kind) for c in (Z, Z @ rotation, noise(2000, 4, 9)))
    assert copy.value > turned.value + 0.2
    assert stranger.value < 0.1


def test_the_odd_one_out_has_the_lowest_score() -> None:
    models = [rep(Z + 0.1 * noise(2000, 4, s)) for s in range(3)] + [rep(noise(2000, 4, 9))]
    score = udr(models)
    assert score.arrays["score"].argmin() == 3
    assert np.all(np.diagonal(score.arrays["pairwise"]) == 0)


def test_latents_without_information_are_left_out() -> None:
    dead = Z * [1, 1, 1, 0] + noise(2000, 4, 3) * [0, 0, 0, 1e-2]
    logvar = np.tile([-3.0, -3.0, -3.0, 0.0], (2000, 1))
    assert udr([rep(Z[:, :3]), rep(Z[:, :3])]).value == pytest.approx(udr([rep(dead, logvar)] * 2).value)
    assert udr([rep(Z * [1, 1, 0, 0])] * 2).value == pytest.approx(udr([rep(Z[:, :2])] * 2).value)
    none = udr([rep(Z * 0), rep(Z)])
    assert none.value is None
    assert none.reason == "a model has no informative latent"


def test_mistakes() -> None:
    with pytest.raises(UsageError, match=r"udr.correlation must be one of: lasso, spearman"):
        udr([rep(Z), rep(Z)], correlation="pearson")  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="udr needs at least 2 representations; got 1"):
        udr([rep(Z)])
    with pytest.raises(UsageError, match="udr needs representations of equal shape"):
        udr([rep(Z), rep(Z[:, :2])])
    with pytest.raises(UsageError, match="udr needs at least 100 rows; got 9"):
        udr([rep(Z[:9]), rep(Z[:9])])
