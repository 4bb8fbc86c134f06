"""What is not shown to be worse than the best: by hand, and how often the truly best is among them."""

import numpy as np
import pytest

from unbraid.studies import not_separated

FAR = np.array([0.90, 0.91, 0.92])
NEAR = np.array([0.89, 0.91, 0.93])
LOW = np.array([0.10, 0.11, 0.12])


def test_the_best_and_what_is_not_shown_to_be_worse() -> None:
    assert not_separated({"far": FAR, "near": NEAR, "low": LOW}) == ["far", "near"]
    assert not_separated({"far": FAR, "near": NEAR, "low": LOW}, lower_is_better=True) == ["low"]
    assert not_separated({}) == []
    assert not_separated({"one": np.array([0.5])}) == ["one"]


def test_single_runs_and_runs_without_spread_are_not_tested() -> None:
    single, flat = np.array([0.905]), np.full(3, 0.9)
    assert not_separated({"far": FAR, "single": single}) == ["far"]
    assert not_separated({"single": np.array([0.99]), "far": FAR}) == ["single"]
    assert not_separated({"flat": flat, "lower": np.full(3, 0.8)}) == ["flat"]
    assert not_separated({"far": FAR, "flat": flat}) == ["far", "flat"]


def test_what_has_no_seeds_is_compared_as_a_number() -> None:
    assert not_separated({"runs": NEAR, "pca": np.array([0.9])}, exact=["pca"]) == ["runs", "pca"]
    assert not_separated({"runs": NEAR, "pca": np.array([0.3])}, exact=["pca"]) == ["runs"]
    assert not_separated({"runs": LOW, "pca": np.array([0.9])}, exact=["pca"]) == ["pca"]
    both = {"pca": np.array([0.3]), "ica": np.array([0.3]), "low": np.array([0.2])}
    assert not_separated(both, exact=list(both)) == ["pca", "ica"]


@pytest.mark.parametrize("count", [2, 8])
def test_the_truly_best_is_among_them_in_19_of_20_studies(count: int) -> None:
    """All methods are equal, the hardest case: the first is left out in at most 5 % (and Monte Carlo error)."""
    rng, studies = np.random.default_rng(count), 300
    lost = 0
    for _ in range(studies):
        draws = rng.normal(size=(count, 4))
        lost += 0 not in not_separated(dict(enumerate(draws)))
    assert lost / studies <= 0.05 + 3 * (0.05 * 0.95 / studies) ** 0.5
