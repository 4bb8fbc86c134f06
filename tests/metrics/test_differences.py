"""Differences between two codes: clear ones, noise, and why pairs help."""

import numpy as np
import pytest

from tests.metrics.codes import at_random, noise, with_idle_latents
from unbraid.core import UsageError
from unbraid.metrics import Difference, Representation, differences, score
from unbraid.metrics._holm import holm


def noisy(amount: float, rows_seed: int = 0, noise_seed: int = 0, rows: int = 600) -> Representation:
    factors = at_random(rows, 4, 4, seed=rows_seed)
    return Representation.from_arrays(factors + amount * noise(rows, 2, noise_seed), factors)


def test_a_much_noisier_code_is_clearly_lower_and_the_same_code_is_within_noise() -> None:
    worse = differences(noisy(0.3), noisy(0.8), "mig")["mig"]
    assert worse.clear is True
    assert worse.low < worse.high < 0
    assert worse.method == "paired, 20 parts of the rows left out in turn"
    same = differences(noisy(0.3), noisy(0.3), "mig")["mig"]
    assert same.clear is False
    assert same.low == same.high == 0.0


def test_other_draws_of_the_same_kind_are_within_noise() -> None:
    assert differences(noisy(0.5), noisy(0.5, noise_seed=1), "mig")["mig"].clear is False
    apart = differences(noisy(0.5), noisy(0.5, rows_seed=5, noise_seed=1), "mig")["mig"]
    assert apart.clear is False
    assert apart.method == "apart, 20 parts of the rows left out in turn"


def test_codes_of_the_same_rows_are_told_apart_where_separate_rows_are_not() -> None:
    paired = differences(noisy(0.5), noisy(0.53), "mig")["mig"]
    apart = differences(noisy(0.5), noisy(0.53, rows_seed=5, noise_seed=1), "mig")["mig"]
    assert np.subtract(paired.high, paired.low) < 0.5 * np.subtract(apart.high, apart.low)


def test_a_score_that_one_of_them_lacks_has_no_difference() -> None:
    one_latent = Representation.from_arrays(noisy(0.5).code[:, :1], noisy(0.5).factors)
    difference = differences(noisy(0.5), one_latent, "mig")["mig"]
    assert difference.clear is None
    assert difference.first is not None
    assert difference.second is None
    assert "at least 2 latents" in difference.reason
    assert Difference(0.1, 0.2).clear is None


def test_a_metric_named_twice_is_compared_once_and_its_neighbours_keep_their_own_difference() -> None:
    compared = differences(noisy(0.3), noisy(0.8), ["mig", "mig", {"name": "mig", "bins": 20}, "mcc"], draws=5)
    assert list(compared) == ["mig", "mcc"]
    alone = differences(noisy(0.3), noisy(0.8), "mcc", draws=5)["mcc"]
    assert (compared["mcc"].low, compared["mcc"].p) == (alone.low, alone.p)
    assert compared["mcc"].holm >= alone.holm  # four tests, not two


def test_codes_of_other_factors_are_refused() -> None:
    other = Representation.from_arrays(noise(300, 2), at_random(300, 3, 3), names=["a", "b"])
    with pytest.raises(UsageError, match="the same factors"):
        differences(noisy(0.5), other)


def test_equal_codes_do_not_differ_where_halves_of_the_rows_are_all_bias() -> None:
    """On halves AAM reads 0 of either code, every time: without any noise seen, any two codes differed."""
    compared = [
        differences(with_idle_latents(2 * s), with_idle_latents(2 * s + 1), ["aam", "irs"], floor=False)
        for s in range(4)
    ]
    assert not any(given.clear for table in compared for given in table.values())
    assert min(given.p for table in compared for given in table.values()) > 0.01
    assert all(table["aam"].first != table["aam"].second for table in compared)


def test_holm_multiplies_the_smallest_p_by_the_number_of_tests_and_never_turns_their_order() -> None:
    assert holm([0.01, 0.04, 0.03, 0.9]) == pytest.approx([0.04, 0.09, 0.09, 0.9])
    assert holm([0.6, 0.7]) == [1.0, 1.0]
    assert holm([]) == []


def test_values_and_scores_above_chance_are_tested_together_and_the_one_above_chance_decides() -> None:
    compared = differences(noisy(0.3), noisy(0.8), ["mig", "gaussian_total_correlation"])
    mig = compared["mig"]
    assert mig.read is mig.above
    assert mig.above.first == pytest.approx(score(noisy(0.3), metrics="mig")["mig"].above)
    assert mig.clear is (mig.above.holm <= 0.05)
    assert compared["gaussian_total_correlation"].above is None
    assert compared["gaussian_total_correlation"].clear is False
    ps = [mig.p, mig.above.p, compared["gaussian_total_correlation"].p]
    assert [mig.holm, mig.above.holm, compared["gaussian_total_correlation"].holm] == pytest.approx(holm(ps))


def test_more_latents_that_know_nothing_change_the_value_and_not_what_is_above_chance() -> None:
    factors = at_random(300, 3, 3)
    few, many = (Representation.from_arrays(noise(300, d, seed), factors) for d, seed in ((2, 0), (24, 1)))
    irs = differences(few, many, "irs")["irs"]
    assert (round(irs.first, 1), round(irs.second, 1)) == (0.4, 0.2)
    assert irs.holm < 0.05 < irs.above.holm
    assert irs.clear is False


def test_the_difference_that_the_rows_show_is_seen_in_about_four_of_five_tables() -> None:
    mcc = differences(noisy(0.5), noisy(0.5, noise_seed=1), "mcc", floor=False)["mcc"]
    assert mcc.shows / mcc.error == pytest.approx(2.093 + 0.861, rel=0.01)  # Student's .975 and .8, 19 degrees


def test_of_files_with_unequal_rows_as_many_are_compared_and_it_is_said() -> None:
    """Bias depends on the number of rows, so that the scores of all rows of one code would differ."""
    large, small = noisy(0.9, rows=4000), noisy(0.9, rows_seed=3, noise_seed=2, rows=300)
    compared = differences(large, small, ["mig", "jemmig"])
    assert [given.clear for given in compared.values()] == [False, False]
    assert compared["mig"].note == "on 300 rows, drawn from the 4,000 of the larger file"
    assert compared["mig"].second == score(small, metrics="mig")["mig"].value
    assert compared["mig"].first != score(large, metrics="mig")["mig"].value


def test_codes_of_factors_with_other_numbers_of_levels_are_refused() -> None:
    other = Representation.from_arrays(noise(600, 2), at_random(600, 4, 5))
    with pytest.raises(UsageError, match=r"as many levels in both, .* got 'factor 1' with 4 and 5; keep the rows"):
        differences(noisy(0.5), other)


@pytest.mark.parametrize(("options", "message"), [({"level": 0.0}, "between 0 and 1"), ({"draws": 4}, "at least 5")])
def test_levels_and_draws_that_test_nothing_are_refused_before_anything_is_scored(options: dict, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        differences(noisy(0.5), noisy(0.5), "mig", **options)
