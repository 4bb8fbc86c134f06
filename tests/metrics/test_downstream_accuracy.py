import numpy as np
import pytest

from tests.metrics.codes import at_random, noise, on_grid, rng
from unbraid.core import UsageError
from unbraid.metrics import Representation
from unbraid.metrics.downstream_accuracy import downstream_accuracy

FACTORS = at_random(2400, 2, 4)


def test_binary_factors_of_their_own_latent_need_ten_labels() -> None:
    factors = at_random(1000, 2, 2)
    score = downstream_accuracy(Representation.from_arrays(factors * 5.0, factors), rng(), labels=(10, 100))
    assert score.value == 1
    assert score.parts["accuracy/10"] > 0.97  # now and then ten rows hold one level only
    assert score.parts["efficiency/100"] == 1


def test_noise_stays_at_chance_and_an_efficiency_near_one_says_nothing() -> None:
    score = downstream_accuracy(Representation.from_arrays(noise(2400, 3), FACTORS), rng(), labels=(10, 1000))
    assert score.value == pytest.approx((0.5 + 0.25) / 2, abs=0.04)
    assert score.parts["efficiency/10"] == pytest.approx(1, abs=0.15)


def test_more_labels_help_where_reading_is_hard() -> None:
    hard = (FACTORS + 0.3 * noise(2400, 2)) @ np.array([[1.0, 0.9], [0.9, 1.0]])
    score = downstream_accuracy(Representation.from_arrays(hard, FACTORS), rng())
    accuracies = [score.parts[f"accuracy/{count}"] for count in (10, 100, 1000)]
    assert accuracies[0] < accuracies[1] < accuracies[2]
    assert score.parts["efficiency/10"] == pytest.approx(accuracies[0] / accuracies[2])
    np.testing.assert_allclose(score.arrays["accuracy"].mean(axis=1), accuracies)


def test_trees_read_what_lines_cannot() -> None:
    folded = np.abs(FACTORS[:, 1] - 1.5)  # 1.5 .5 .5 1.5: levels 0 and 3 against 1 and 2
    rep = Representation.from_arrays(FACTORS[:, 1], (folded > 1).astype(int))
    assert downstream_accuracy(rep, rng(), labels=(100,)).value < 0.7
    assert downstream_accuracy(rep, rng(), labels=(100,), probe="trees", repeats=1).value == 1


def test_counts_beyond_the_rows_are_left_out() -> None:
    rep = Representation.from_arrays(FACTORS * 1.0, FACTORS)
    score = downstream_accuracy(rep.rows(np.arange(300)), rng(), labels=(10, 100, 100_000))
    np.testing.assert_array_equal(score.arrays["labels"], [10, 100])
    assert score.variant.startswith("logistic, 100 labels")


def test_continuous_factors_are_cut_into_levels() -> None:
    values = np.random.default_rng(0).random((900, 1))
    score = downstream_accuracy(Representation.from_arrays(values, values), rng(), labels=(300,), bins=2)
    assert score.value > 0.95


def test_mistakes() -> None:
    rep = Representation.from_arrays(FACTORS * 1.0, FACTORS)
    with pytest.raises(UsageError, match=r"downstream_accuracy.probe must be one of: logistic, trees"):
        downstream_accuracy(rep, rng(), probe="mlp")  # type: ignore[arg-type]
    with pytest.raises(UsageError, match=r"downstream_accuracy.labels must be numbers of at least 2; got \[1\]"):
        downstream_accuracy(rep, rng(), labels=(1,))
    with pytest.raises(UsageError, match=r"labels must not all exceed the rows for fitting; got 1600 rows"):
        downstream_accuracy(rep, rng(), labels=(5000,))
    with pytest.raises(UsageError, match=r"downstream_accuracy.repeats must be at least 1"):
        downstream_accuracy(rep, rng(), repeats=0)
    with pytest.raises(UsageError, match="downstream_accuracy needs at least 100 rows"):
        downstream_accuracy(on_grid(3, 4), rng())
    with pytest.raises(UsageError, match="downstream_accuracy needs at least 1 factors"):
        downstream_accuracy(on_grid(1, 1).rows(np.zeros(120, dtype=int)), rng())
