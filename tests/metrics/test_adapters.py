"""Scores inside other people's loops."""

import subprocess
import sys

import numpy as np
import pytest

from tests.metrics.codes import at_random, noise
from unbraid.core import Factor, FactorSpace, UsageError
from unbraid.metrics import Accumulator, Representation, score, scorer


def rows() -> tuple[np.ndarray, np.ndarray]:
    factors = at_random(400, 4, 5)
    return factors + 0.2 * noise(400, 2), factors


class Turned:
    """An estimator that rotates its input."""

    def __init__(self, angle: float = 0.0) -> None:
        self.turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])

    def fit(self, X: np.ndarray, y: np.ndarray | None = None) -> "Turned":
        return self

    def transform(self, X: np.ndarray) -> np.ndarray:
        return X @ self.turn


def test_a_scorer_gives_what_score_gives() -> None:
    code, factors = rows()
    scores = score(Representation.from_arrays(code, factors), metrics={"name": "mig", "bins": 10})
    expected = scores["mig(bins=10)"].value
    assert scorer("mig", bins=10)(Turned(), code, factors) == expected
    assert scorer("mig")(Turned(np.pi / 4), code, factors) < 0.3


def test_a_scorer_negates_what_falls_as_codes_get_better() -> None:
    code, factors = rows()
    plain = score(Representation.from_arrays(code, factors), metrics="gaussian_total_correlation")
    assert scorer("gaussian_total_correlation")(Turned(), code, factors) == -plain["gaussian_total_correlation"].value


def test_scikit_learn_takes_a_scorer() -> None:
    from sklearn.decomposition import PCA
    from sklearn.model_selection import cross_val_score

    code, factors = rows()
    scores = cross_val_score(PCA(2), code * [1, 5], factors, cv=2, scoring=scorer("mcc"))
    assert scores.min() > 0.9


def test_a_predictor_is_scored_by_its_predictions() -> None:
    from sklearn.linear_model import LinearRegression

    code, factors = rows()
    assert scorer("mcc")(LinearRegression().fit(code, factors), code, factors) > 0.95


def test_scorers_that_cannot_be_are_refused() -> None:
    with pytest.raises(UsageError, match="unknown option 'bin'"):
        scorer("mig", bin=3)
    with pytest.raises(UsageError, match="a better end; 'active_latents'"):
        scorer("active_latents")
    with pytest.raises(UsageError, match="mig has no value for these codes: mig needs at least 100 rows"):
        scorer("mig")(Turned(), np.ones((5, 2)), np.arange(5))


def test_an_outside_metric_makes_a_scorer() -> None:
    code, factors = rows()
    assert scorer("tests.metrics.outside:half")(Turned(), code, factors) == 0.5


def test_batches_together_score_as_the_whole() -> None:
    code, factors = rows()
    logvar = np.zeros_like(code)
    accumulator = Accumulator(["mig", "dimension_wise_kl"], names=["a", "b"])
    for start in range(0, 400, 100):
        part = slice(start, start + 100)
        accumulator.update(code[part], factors[part], logvar[part])
    whole = score(Representation.from_arrays(code, factors, logvar=logvar), metrics=["mig", "dimension_wise_kl"])
    scores = accumulator.compute()
    assert scores["mig"].value == whole["mig"].value
    assert set(scores["mig"].parts) == {"a", "b"}
    assert scores["dimension_wise_kl"].value == whole["dimension_wise_kl"].value


def test_batches_are_copied_and_reset_forgets_them() -> None:
    code, factors = rows()
    accumulator = Accumulator("mcc")
    buffer = code.copy()
    accumulator.update(buffer, factors)
    buffer[:] = 0
    assert accumulator.values()["mcc"] > 0.9
    accumulator.reset()
    with pytest.raises(UsageError, match=r"call update\(code, factors\) first"):
        accumulator.compute()


def test_a_logger_gets_only_scores_that_exist() -> None:
    accumulator = Accumulator(iter(["mig", "mcc"]))
    accumulator.update(noise(30, 2), at_random(30, 3, 3))
    assert set(accumulator.values()) == set()
    accumulator.update(noise(300, 2), at_random(300, 3, 3))
    assert set(accumulator.values()) == {"mig", "mcc"}


def test_a_given_space_keeps_levels_that_no_batch_held() -> None:
    space = FactorSpace((Factor("shape", 3), Factor("size", 9)))
    accumulator = Accumulator("mcc", space=space)
    accumulator.update(noise(300, 2), at_random(300, 3, 2))
    assert accumulator.compute()["mcc"].value < 0.3


def test_tensors_are_taken_with_gradients_and_in_half_precision() -> None:
    import torch

    code, factors = rows()
    accumulator = Accumulator("mcc")
    accumulator.update(torch.tensor(code, requires_grad=True), torch.tensor(factors))
    accumulator.update(torch.tensor(code).to(torch.bfloat16), torch.tensor(factors))
    assert accumulator.values()["mcc"] > 0.9


@pytest.mark.parametrize(
    ("code", "factors", "message"),
    [
        (np.ones((4, 2)), np.ones(5), "as many rows of codes as of factors; got 4 and 5"),
        (np.ones((4, 3)), np.ones(4), "every batch must have the columns of the first"),
        (np.ones((4, 2, 2)), np.ones(4), "must be a matrix"),
    ],
)
def test_batches_that_do_not_fit_are_refused(code: np.ndarray, factors: np.ndarray, message: str) -> None:
    accumulator = Accumulator("mcc")
    accumulator.update(np.ones((4, 2)), np.ones(4))
    with pytest.raises(UsageError, match=message):
        accumulator.update(code, factors)


def test_importing_metrics_loads_nothing_heavy() -> None:
    heavy = "torch", "sklearn", "pandas", "matplotlib", "scipy.stats"
    program = f"import sys, unbraid.metrics; print([name for name in {heavy} if name in sys.modules])"
    assert subprocess.run([sys.executable, "-c", program], capture_output=True, text=True).stdout.strip() == "[]"
