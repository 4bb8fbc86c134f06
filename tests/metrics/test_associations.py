"""Latents and labels: against SciPy and closed forms, on labels of every kind, and on labels that say nothing."""

import numpy as np
import pytest
from scipy import stats

from unbraid.core import UsageError, rng
from unbraid.metrics import Representation, associations
from unbraid.metrics._carried import carried

RNG = np.random.default_rng(3)
N = 400
AGE = RNG.normal(40, 8, N)
WORD = np.array(["ball", "cone", "cube"])[RNG.integers(3, size=N)]
ANGLE = RNG.uniform(0, 360, N)
GAPS = np.where(np.arange(N) % 3 == 0, np.nan, AGE)
CODE = np.stack(
    [
        -AGE + RNG.normal(0, 4, N),
        np.unique(WORD, return_inverse=True)[1] + RNG.normal(0, 0.5, N),
        np.sin(np.radians(ANGLE)) + RNG.normal(0, 0.2, N),
        RNG.normal(size=N),
    ],
    axis=1,
)
LABELS = {"age": AGE, "word": WORD, "angle": ANGLE, "gaps": GAPS}


@pytest.fixture(scope="module")
def rep() -> Representation:
    return Representation.from_arrays(CODE, LABELS, kinds={"angle": "circular:360"})


def test_each_kind_has_its_measure_and_its_rows(rep: Representation) -> None:
    table = associations(rep, permutations=99).set_index(["latent", "factor"])
    assert len(table) == 16
    cell = table.loc[("z0", "age")]
    assert (cell["measure"], cell["rows"]) == ("spearman", N)
    assert cell["value"] == pytest.approx(stats.spearmanr(CODE[:, 0], AGE).statistic, abs=1e-12)
    known = ~np.isnan(GAPS)
    gaps = table.loc[("z0", "gaps")]
    assert gaps["rows"] == known.sum()
    assert gaps["value"] == pytest.approx(stats.spearmanr(CODE[known, 0], GAPS[known]).statistic, abs=1e-12)
    f = stats.f_oneway(*(CODE[word == WORD, 1] for word in np.unique(WORD))).statistic
    eta = table.loc[("z1", "word")]
    assert eta["measure"] == "eta2"
    assert eta["value"] == pytest.approx(2 * f / (2 * f + N - 3), abs=1e-12)
    plane = np.stack([np.ones(N), np.sin(np.radians(ANGLE)), np.cos(np.radians(ANGLE))], axis=1)
    left = CODE[:, 2] - plane @ np.linalg.lstsq(plane, CODE[:, 2], rcond=None)[0]
    circle = table.loc[("z2", "angle")]
    assert circle["measure"] == "r2"
    assert circle["value"] == pytest.approx(1 - left.var() / CODE[:, 2].var(), abs=1e-12)
    for cell in (table.loc[("z0", "age")], eta, circle):
        assert cell["low"] < cell["value"] < cell["high"]
        assert cell["p"] == 0.01
    assert (table["holm"] >= table["p"]).all()


def test_labels_that_say_nothing_pass_no_correction() -> None:
    """Of 30 shuffled tables, one in twenty may hold a Holm p of .05 or less."""
    hits = 0
    for seed in range(30):
        draws = np.random.default_rng(seed)
        rep = Representation.from_arrays(draws.normal(size=(60, 3)), {"a": draws.normal(size=60), "b": WORD[:60]})
        hits += associations(rep, permutations=99, seed=seed)["holm"].min() <= 0.05
    assert hits <= 5  # 1 in 300 under 5 %


def test_intervals_hold_what_they_should() -> None:
    """Shares of variance: of 60 draws with eta2 .2 in the population, at least 51 intervals hold it."""
    held = 0
    for seed in range(60):
        draws = np.random.default_rng(seed)
        level = np.repeat(np.arange(4), 40)
        code = np.array([-1.0, -1.0, 1.0, 1.0])[level] + draws.normal(0, 2, 160)
        row = associations(Representation.from_arrays(code, {"w": np.array(list("abcd"))[level]}), permutations=1).iloc[
            0
        ]
        held += row["low"] <= 0.2 <= row["high"]
    assert held >= 51


def test_what_does_not_vary_is_left_out_and_few_rows_too() -> None:
    code = np.stack([np.zeros(30), np.arange(30.0)], axis=1)
    sparse = np.where(np.arange(30) < 9, np.arange(30.0), np.nan)
    rep = Representation.from_arrays(code, {"x": np.arange(30.0) ** 2, "one": np.ones(30), "sparse": sparse})
    table = associations(rep)
    assert table[["latent", "factor"]].values.tolist() == [["z1", "x"]]
    assert table["value"].tolist() == table["low"].tolist() == [1.0]
    with pytest.raises(UsageError, match="permutations must be at least 1; got 0"):
        associations(rep, permutations=0)
    assert len(associations(Representation.from_arrays(code, None))) == 0


def test_what_latents_know_stands_against_shuffled_labels(rep: Representation) -> None:
    """Of shuffled labels no latent knows clearly more than chance, however few rows there are of many levels."""
    known = carried(rep)
    assert known.information.argmax(axis=0).tolist() == [0, 1, 2, 0]
    assert (known.information.max(axis=0) > known.clear).all()
    order = np.random.default_rng(0).permutation(N)
    shuffled = {name: column[order] for name, column in LABELS.items()}
    nothing = carried(Representation.from_arrays(CODE, shuffled))
    assert (nothing.information.max(axis=0) <= nothing.clear).all()
    assert nothing.information == pytest.approx(nothing.floor, abs=0.12)
    assert nothing.floor[:, 0].mean() > 0.3  # nats: the bias that was taken for knowledge


def test_of_many_pairs_p_is_that_of_the_largest_permuted_value() -> None:
    """Of 251 pairs no p of 9,999 permutations passes Holm, not even that of a copy of the label; worked out here."""
    draws = np.random.default_rng(8)
    label = draws.normal(size=40)
    code = np.column_stack([label, draws.normal(size=(40, 250))])
    code[:, 1] += 0.9 * label
    table = associations(Representation.from_arrays(code, {"a": label}), permutations=199)
    wanted, ranked = stats.zscore(stats.rankdata(label)) / 40, stats.zscore(stats.rankdata(code, axis=0))
    orders, permuted = rng(0, 0, "associations"), []
    for _ in range(199):
        moved = np.empty(40)
        moved[orders.permutation(40)] = wanted
        permuted.append(np.abs(moved @ ranked).max())
    reached = (np.array(permuted)[:, None] >= np.abs(wanted @ ranked) - 1e-9).sum(axis=0)
    np.testing.assert_allclose(table["holm"], (1 + reached) / 200)
    assert table["holm"][0] == 1 / 200
    assert (table["holm"][2:] > 0.05).all()
    assert (table["holm"] >= table["p"]).all()
    assert (table["p"] * 251 > 0.05).all()  # what Holm would start from


def test_of_many_pairs_the_largest_is_corrected_for_the_labels() -> None:
    draws = np.random.default_rng(9)
    code = draws.normal(size=(60, 90))
    labels = {"a": code[:, 0] + draws.normal(0, 0.1, 60), "b": draws.normal(size=60), "c": draws.normal(size=60)}
    table = associations(Representation.from_arrays(code, labels), permutations=99)
    assert len(table) == 270
    assert table["holm"].min() == pytest.approx(3 / 100)
    assert table[table["holm"] <= 0.05][["latent", "factor"]].to_numpy().tolist() == [["z0", "a"]]
    few = associations(Representation.from_arrays(code[:, :80], labels), permutations=99)
    assert few["holm"].min() == pytest.approx(min(1, 240 / 100))  # 240 pairs: by Holm
