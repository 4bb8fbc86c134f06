"""Copies among factors and latents, and far-off rows, are named."""

from __future__ import annotations

import numpy as np

from unbraid.metrics import Representation, remarks, score
from unbraid.metrics._remarks import copied_factors, copied_latents


def factors(rows: int = 400) -> np.ndarray:
    return np.random.default_rng(0).integers([3, 4, 5], size=(rows, 3))


def codes(rows: int = 400) -> np.ndarray:
    return np.random.default_rng(1).standard_normal((rows, 3))


def test_plain_codes_are_remarked_on_by_nothing() -> None:
    assert remarks(Representation.from_arrays(codes(), factors())) == ()


def test_copies_of_factors_are_named_however_their_levels_are_called() -> None:
    given = factors()
    table = np.column_stack([given, 7 - 2 * given[:, 0], np.array([5, 0, 9])[given[:, 0]], np.zeros(400, int)])
    rep = Representation.from_arrays(codes(), table, names=["a", "b", "c", "d", "e", "still"])
    assert copied_factors(rep) == [[0, 3, 4]]
    assert remarks(rep) == ("Factors a, d and e are copies of each other: scores count them 3 times.",)


def test_a_coarser_factor_is_no_copy() -> None:
    fine = factors()[:, 2]
    assert copied_factors(Representation.from_arrays(codes(), np.stack([fine, fine // 2], axis=1))) == []


def test_factors_that_differ_in_one_late_row_are_no_copies() -> None:
    one = np.arange(3000) % 4
    other = one.copy()
    other[-1] = (other[-1] + 1) % 4
    assert copied_factors(Representation.from_arrays(codes(3000), np.stack([one, other], axis=1))) == []


def test_continuous_factors_are_copies_where_they_are_proportional() -> None:
    rng = np.random.default_rng(2)
    one, other = rng.uniform(size=400), rng.uniform(size=400)
    rep = Representation.from_arrays(codes(), np.stack([one, other, 3 - 2 * one], axis=1))
    assert copied_factors(rep) == [[0, 2]]


def test_copies_of_latents_are_named_whatever_their_scale_and_sign() -> None:
    code = codes().astype(np.float32)
    copied = np.column_stack([code, 10 - 3 * code[:, 1], np.zeros(400), np.zeros(400)]).astype(np.float32)
    assert copied_latents(copied) == [[1, 3]]
    assert remarks(Representation.from_arrays(copied, factors())) == ("Latents z1 and z3 are copies of each other.",)


def test_latents_are_called_what_their_columns_are_called() -> None:
    import pandas as pd

    code = codes()[:, [0, 1, 1]]
    frame = pd.DataFrame(code, columns=["one", "two", "three"])
    assert remarks(Representation.from_arrays(frame, factors())) == ("Latents two and three are copies of each other.",)


def test_one_far_off_row_is_named_by_histogram_scores() -> None:
    code = factors()[:, :2] + 0.01 * codes()[:, :2]
    assert score(code, factors(), metrics="mig", floor=False)["mig"].notes == ()
    code[0] = 1e4
    note = (
        "99% of z0 and z1 lies in two of 20 equal-width bins: far-off rows stretch them; "
        "score the ranks of the codes, which makes them quantile bins"
    )
    names = ["aam", "dcimig", "jemmig", "mig", "mmig", "modularity", "mutual_information_between_latents"]
    scored = score(code, factors(), metrics=names, floor=False)
    assert {name: given.notes for name, given in scored.items()} == dict.fromkeys(names, (note,))
    assert remarks(Representation.from_arrays(code, factors())) == (note + ".",)


def test_few_values_that_bins_keep_apart_are_not_crowded() -> None:
    code = (np.random.default_rng(3).random((400, 2)) < [0.5, 0.995]).astype(float)
    code[0, 0] = 9.0
    assert score(code, factors(), metrics="mig", floor=False)["mig"].notes == ()


def test_ranks_bring_the_score_back() -> None:
    from scipy.stats import rankdata

    code = factors()[:, :2] + 0.01 * codes()[:, :2]
    code[0] = 1e4
    lost = score(code, factors()[:, :2], metrics="mig", floor=False)["mig"].value
    kept = score(rankdata(code, axis=0), factors()[:, :2], metrics="mig", floor=False)["mig"].value
    assert lost is not None
    assert kept is not None
    assert lost < 0.05
    assert kept > 0.8
