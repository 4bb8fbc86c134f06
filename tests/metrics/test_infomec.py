"""InfoM, InfoC, InfoE, and the nearest-neighbour information behind them."""

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import norm
from sklearn.feature_selection import mutual_info_classif

from tests.metrics.codes import at_random, noise, on_grid, rng
from unbraid.core import UsageError
from unbraid.metrics import Representation
from unbraid.metrics._neighbours import neighbour_information
from unbraid.metrics.infoc import infoc
from unbraid.metrics.infoe import infoe
from unbraid.metrics.infom import infom


def jittered(rep: Representation, size: float = 0.05) -> Representation:
    return Representation.from_arrays(rep.code + size * noise(*rep.code.shape), rep.factors)


def test_neighbours_agree_with_scikit_learn() -> None:
    labels = at_random(600, 5)[:, 0]
    code = noise(600, 2) + np.outer(labels, [0.8, 0.0])
    ours = neighbour_information(code, labels[:, None], rng(), neighbours=7)[:, 0]
    scaled = (code - code.mean(axis=0)) / code.std(axis=0)
    theirs = [mutual_info_classif(scaled[:, [j]], labels, n_neighbors=7, random_state=0)[0] for j in range(2)]
    assert ours == pytest.approx(theirs, abs=1e-5)


def test_neighbours_find_the_information_of_a_binary_channel() -> None:
    labels = at_random(20_000, 2)[:, 0]
    code = 2.0 * labels - 1 + noise(20_000, 1)[:, 0]
    mixture = lambda z: 0.5 * (norm.pdf(z - 1) + norm.pdf(z + 1))  # noqa: E731
    truth = quad(lambda z: -mixture(z) * np.log(mixture(z)), -9, 9)[0] - 0.5 * np.log(2 * np.pi * np.e)
    ours = neighbour_information(code[:, None], labels[:, None], rng())[0, 0]
    assert ours == pytest.approx(truth, abs=0.02)


def test_labels_that_occur_once_and_constant_latents_tell_nothing() -> None:
    once = np.arange(50)[:, None]
    assert neighbour_information(noise(50, 1), once, rng())[0, 0] == 0
    assert neighbour_information(np.ones((50, 1)), once % 2, rng())[0, 0] == 0


@pytest.mark.parametrize("metric", [infom, infoc])
def test_a_perfect_code_scores_one(metric: type) -> None:
    assert metric(jittered(on_grid(8, 16)), rng()).value == pytest.approx(1, abs=0.05)
    assert metric(on_grid(8, 16), rng(), discrete=True).value == pytest.approx(1)


def test_sharing_costs_modularity_and_spreading_costs_compactness() -> None:
    rep = on_grid(4, 4, 4, 4)
    shared = Representation.from_arrays(
        np.stack([rep.code[:, 0] * 4 + rep.code[:, 1], rep.code[:, 2], rep.code[:, 3]], 1), rep.factors
    )
    # the first latent has half of its information about each of two of four factors
    assert infom(shared, rng(), discrete=True).value == pytest.approx((2 + (0.5 - 0.25) / 0.75) / 3)
    assert list(infom(shared, rng(), discrete=True).parts) == ["z0", "z1", "z2"]
    assert infoc(shared, rng(), discrete=True).value == pytest.approx(1)
    copied = Representation.from_arrays(rep.code[:, [0, 0, 1, 2, 3]], rep.factors)
    assert infoc(copied, rng(), discrete=True).value == pytest.approx((3 + (0.5 - 0.2) / 0.8) / 4)
    assert infom(copied, rng(), discrete=True).value == pytest.approx(1)


def test_latents_of_small_range_are_pruned() -> None:
    rep = jittered(on_grid(8, 16))
    faint = Representation.from_arrays(np.concatenate([rep.code, 0.01 * noise(128, 1)], axis=1), rep.factors)
    assert infom(faint, rng()).arrays["active"].tolist() == [1, 1, 0]


def test_explicitness_of_separable_even_and_random_codes() -> None:
    rep = on_grid(2, 2)
    many = Representation.from_arrays(np.repeat(rep.code, 50, axis=0), np.repeat(rep.factors, 50, axis=0))
    assert infoe(many, rng()).value == pytest.approx(1, abs=0.01)
    assert infoe(many, rng(), discrete=True).value == pytest.approx(1, abs=0.01)
    random = Representation.from_arrays(noise(5000, 2), at_random(5000, 3, 4))
    assert infoe(random, rng()).value == pytest.approx(0, abs=0.01)


def test_explicitness_of_a_logistic_channel() -> None:
    """P(v = 1 | z) is a logistic of z, so that the best linear reading has the conditional entropy as its loss."""
    generator = np.random.default_rng(5)
    z = 3 * generator.standard_normal(50_000)
    share = 1 / (1 + np.exp(-z))
    labels = (generator.uniform(size=len(z)) < share).astype(int)
    loss = -np.mean(share * np.log(share) + (1 - share) * np.log1p(-share))
    rep = Representation.from_arrays(z, labels)
    assert infoe(rep, rng(), rows=0).value == pytest.approx(1 - loss / np.log(2), abs=0.01)


def test_a_latent_that_tells_nothing_and_a_factor_that_none_tells_about_count_0() -> None:
    rep = on_grid(4, 4, 8)
    unread = Representation.from_arrays(rep.code, rep.factors[:, :2])
    assert infom(unread, rng(), discrete=True).parts == pytest.approx({"z0": 1, "z1": 1, "z2": 0})
    assert infom(unread, rng(), discrete=True).value == pytest.approx(2 / 3)
    untold = Representation.from_arrays(rep.code[:, :2], rep.factors)
    parts = infoc(untold, rng(), discrete=True).parts
    assert parts == pytest.approx({"factor 0": 1, "factor 1": 1, "factor 2": 0})


@pytest.mark.parametrize("seed", range(20))
def test_noise_latents_never_make_them_missing(seed: int) -> None:
    """One estimate of a noise latent cut at 0 for every factor voided InfoM in 18 to 63 % of such draws."""
    generator = np.random.default_rng(seed)
    factors = generator.integers(3, size=(150, 2))
    code = np.concatenate([factors + 0.1 * generator.standard_normal((150, 2)), generator.standard_normal((150, 3))], 1)
    rep = Representation.from_arrays(code, factors)
    for metric in (infom, infoc):
        assert 0 <= metric(rep, rng()).value <= 1
    noise_alone = Representation.from_arrays(code[:, 2:], factors)
    for metric in (infom, infoc):
        assert 0 <= metric(noise_alone, rng()).value <= 1


def test_what_is_undefined_is_refused() -> None:
    rep = on_grid(8, 16)
    dead = Representation.from_arrays(np.zeros((128, 2)), rep.factors)
    with pytest.raises(UsageError, match="infom needs a latent in use"):
        infom(dead, rng(), discrete=True)
    with pytest.raises(UsageError, match="infoc needs at least 2 latents in use; got 0"):
        infoc(dead, rng(), discrete=True)
    with pytest.raises(UsageError, match="discrete columns need fewer than one value per two rows; got 128"):
        infoe(Representation.from_arrays(noise(128, 2), rep.factors), rng(), discrete=True)


@pytest.mark.parametrize(
    ("metric", "options", "message"),
    [
        (infom, {"neighbours": 0}, "neighbours must be at least 1"),
        (infoc, {"neighbours": 0}, "neighbours must be at least 1"),
        (infoe, {"iterations": 0}, "iterations must be at least 1"),
        (infoe, {"rows": -1}, "rows must not be negative"),
    ],
)
def test_wrong_options_are_refused(metric: type, options: dict[str, int], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        metric(on_grid(8, 16), rng(), **options)
