"""Floors: what codes that know nothing score, and the score above it."""

from __future__ import annotations

import functools
from dataclasses import replace

import numpy as np
import pytest

from unbraid import core
from unbraid.core import Factor, FactorSpace, UsageError
from unbraid.metrics import DEFAULT, FloorChoice, Properties, Representation, Score, declared, properties, score
from unbraid.metrics._answer import answered as answered_by
from unbraid.metrics._floors import FIXED, MOST, permuted_rows, with_floor
from unbraid.metrics._prepared import once

SIZES = (3, 4, 5)
ROWS = 400


def space(sizes: tuple[int, ...] = SIZES) -> FactorSpace:
    return FactorSpace(tuple(Factor(f"factor {k}", size) for k, size in enumerate(sizes)))


def levels(seed: int, rows: int = ROWS) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return np.stack([rng.integers(size, size=rows) for size in SIZES], axis=1)


def noise(seed: int, latents: int = 4, rows: int = ROWS) -> Representation:
    """Codes that know nothing."""
    code = np.random.default_rng(100 + seed).standard_normal((rows, latents))
    return Representation.from_arrays(code, levels(seed, rows), logvar=np.full(code.shape, -2.0), space=space())


def perfect(seed: int = 0) -> Representation:
    """One latent per factor."""
    factors = levels(seed, 1000)
    code = factors.astype(np.float64)
    return Representation.from_arrays(code, factors, logvar=np.full(code.shape, -4.0), space=space())


def grid(seed: int = 0) -> Representation:
    """Noise on a complete grid."""
    index = np.arange(space().combinations)
    code = np.random.default_rng(seed).standard_normal((len(index), 3))
    return Representation.from_arrays(code, space().levels(index), space=space())


RANGE_OF_TEST = Properties(
    source="this test",
    range=(0.0, 1.0),
    higher_is_better=True,
    rows=1,
    dead="nothing",
    duplicate="nothing",
    tiny="nothing",
    discrete="nothing",
    permuted="factors",
    cost="quick",
)


def answered(values: list[float | None], value: float = 0.5, floor: FloorChoice = "quick", **changed: object) -> Score:
    """A score of `value`, whose permutations give `values` one after the other."""
    stream = iter(values)

    def measure(rep: Representation, rng: np.random.Generator) -> Score:
        number = next(stream)
        return Score(number, reason="" if number is not None else "nothing to see")

    said = replace(RANGE_OF_TEST, **changed)
    return with_floor(Score(value), noise(0), said, measure, np.random.default_rng(0), floor)


# --- by hand


def test_floor_and_above_by_hand() -> None:
    scored = answered([0.2, 0.2, 0.2], value=0.6)
    assert (scored.floor, scored.floor_error, scored.permutations) == (pytest.approx(0.2), pytest.approx(0), 3)
    assert scored.above == pytest.approx((0.6 - 0.2) / (1 - 0.2))
    assert scored.p is None
    assert scored.notes == ()


def test_standard_error_by_hand_and_it_decides_when_to_stop() -> None:
    narrow = answered([0.200, 0.201, 0.202] + [0.0] * 50)
    assert narrow.permutations == 3
    assert narrow.floor_error == pytest.approx(0.001 / np.sqrt(3))
    wide = answered([0.1, 0.3] * 50)
    assert wide.permutations == MOST
    assert wide.floor_error == pytest.approx(np.std([0.1, 0.3] * 25, ddof=1) / np.sqrt(50))


def test_above_is_never_clipped() -> None:
    assert answered([0.5, 0.5, 0.5], value=0.25).above == pytest.approx(-0.5)


def test_lower_is_better_is_mirrored() -> None:
    scored = answered([0.8, 0.8, 0.8], value=0.2, higher_is_better=False)
    assert scored.above == pytest.approx((0.8 - 0.2) / 0.8)
    assert scored.notes == ()
    assert answered([0.8, 0.8, 0.8], value=0.2, higher_is_better=False, range=(0.0, np.inf)).above == pytest.approx(
        0.75
    )


def test_no_room_above_the_floor_is_said() -> None:
    scored = answered([0.96, 0.96, 0.96], value=1.0)
    assert scored.above is None
    assert scored.notes == ("nothing above chance: a floor of 0.960 leaves less than 0.05 to 1",)
    assert answered([0.94, 0.94, 0.94], value=1.0).above == pytest.approx(1)


def test_a_value_within_two_standard_deviations_is_said() -> None:
    spread = [0.1, 0.2, 0.3]  # mean 0.2, deviation 0.1
    (note,) = answered(spread * 17, value=0.36, floor=51).notes
    assert note.startswith("no more than chance: 0.200, standard deviation 0.08")
    assert answered(spread * 17, value=0.38, floor=51).notes == ()


def test_p_only_where_permutations_were_fixed_in_advance() -> None:
    values = [0.1] * 17 + [0.7] * 2
    assert answered(values, value=0.6, floor=19).p == pytest.approx(3 / 20)
    assert answered(values, value=0.7, floor=19).p == pytest.approx(3 / 20)  # ties count
    assert answered(values, value=0.8, floor=19).p == pytest.approx(1 / 20)
    assert answered(values, value=0.8, floor=18).p is None
    assert answered([0.1] * 50, value=0.6).p is None


def test_permutations_without_a_score_are_said_and_count_against_it() -> None:
    scored = answered([None, 0.1, 0.1] + [0.1] * 16, value=0.6, floor=19)
    assert scored.permutations == 18
    assert scored.p == pytest.approx(2 / 20)
    assert scored.notes == ("1 of 19 permutations have no score",)
    lost = answered([None] * 19, floor=19)
    assert (lost.floor, lost.above, lost.p, lost.permutations) == (None, None, None, None)
    assert lost.notes == ("no floor: 19 of 19 permutations have no score: nothing to see",)


def test_dependence_has_a_floor_and_a_p_but_no_above() -> None:
    scored = answered([0.1] * 19, value=0.3, permuted="latents", higher_is_better=False, range=(0.0, np.inf))
    assert (scored.permutations, scored.above, scored.p) == (FIXED, None, pytest.approx(1 / 20))
    same = answered([0.1] * 19, value=0.1, permuted="latents", higher_is_better=False, range=(0.0, np.inf))
    assert same.notes == ("no more than independent latents read: 0.100, standard deviation 0.000",)


def test_a_missing_score_and_one_that_describes_have_no_floor() -> None:
    assert with_floor(Score(None, reason="why"), noise(0), RANGE_OF_TEST, None, None, True).floor is None  # type: ignore[arg-type]
    assert answered([0.1] * 3, permuted="nothing").floor is None
    assert with_floor(Score(1.0), noise(0), None, None, None, True).floor is None  # type: ignore[arg-type]


# --- which scores


def test_choices_of_floor() -> None:
    rep = noise(0)
    assert score(rep, metrics="mig")["mig"].floor is not None
    assert score(rep, metrics="mig", floor=False)["mig"].floor is None
    assert score(rep, metrics="infoe")["infoe"].floor is None
    for everything in (True, "all"):
        assert score(rep, metrics="infoe", floor=everything)["infoe"].floor is not None  # type: ignore[arg-type]
    assert score(rep, metrics="infoe", floor=4)["infoe"].permutations == 4
    assert score(rep, metrics="mig", floor=19)["mig"].p is not None


@pytest.mark.parametrize("choice", ["slow", 2, 0, -1, 3.0, None])
def test_another_choice_is_refused(choice: FloorChoice) -> None:
    with pytest.raises(UsageError, match=r"floor must be 'quick', 'all', True, False or a number of permutations of"):
        score(noise(0), metrics="mig", floor=choice)


@pytest.mark.parametrize("name", core.names("metrics"))
def test_what_is_permuted_fits_what_is_needed(name: str) -> None:
    said = properties(name)
    if said.permuted in ("factors", "codes"):
        assert "factors" in said.needs
        assert said.higher_is_better is not None
    elif said.permuted == "latents":
        assert "factors" not in said.needs
        assert said.higher_is_better is False
    else:
        assert said.higher_is_better is None or "several" in said.needs
    if "grid" in said.needs:
        assert said.permuted == "codes"


def test_an_outside_metric_without_properties_has_no_floor() -> None:
    assert declared("mig") == properties("mig")
    assert declared("tests.metrics.outside:half") is None
    assert score(noise(0), metrics="tests.metrics.outside:half", floor=True)["tests.metrics.outside:half"].floor is None


# --- permutations


def test_factors_are_permuted_against_codes_row_by_row() -> None:
    rep = noise(1)
    shuffled = permuted_rows(rep, "factors", np.random.default_rng(0))
    assert shuffled.code is rep.code
    assert not shuffled.complete
    assert not np.array_equal(shuffled.factors, rep.factors)
    assert sorted(map(tuple, shuffled.factors)) == sorted(map(tuple, rep.factors))


def test_codes_and_logvar_move_together_and_a_grid_stays_one() -> None:
    rep = grid()
    shuffled = permuted_rows(
        Representation.from_arrays(rep.code, rep.factors, logvar=2 * rep.code, space=rep.space),
        "codes",
        np.random.default_rng(0),
    )
    assert shuffled.complete
    assert shuffled.logvar is not None
    assert not np.array_equal(shuffled.code, rep.code)
    np.testing.assert_array_equal(shuffled.logvar, 2 * shuffled.code)
    assert sorted(map(tuple, shuffled.code)) == sorted(map(tuple, rep.code))


def test_each_latent_is_permuted_by_itself() -> None:
    code = np.repeat(np.arange(50.0)[:, None], 3, axis=1)
    rep = Representation.from_arrays(code, np.zeros(50, int), logvar=-code)
    shuffled = permuted_rows(rep, "latents", np.random.default_rng(0))
    assert len({tuple(column) for column in shuffled.code.T}) == 3
    np.testing.assert_array_equal(np.sort(shuffled.code, axis=0), code)
    assert shuffled.logvar is not None
    np.testing.assert_array_equal(shuffled.logvar, -shuffled.code)


def test_the_same_seed_gives_the_same_floor_and_the_choice_of_others_changes_nothing() -> None:
    rep = noise(2)
    first = score(rep, metrics=["modularity", "mcc"], seed=3)["modularity"].floor
    assert first == score(rep, metrics="modularity", seed=3)["modularity"].floor
    assert first != score(rep, metrics="modularity", seed=4)["modularity"].floor


def test_a_floor_changes_no_value() -> None:
    rep = noise(3)
    plain, floored = score(rep, floor=False), score(rep)
    assert {name: given.value for name, given in plain.items()} == {
        name: given.value for name, given in floored.items()
    }


# --- meaning

QUICK = [name for name in DEFAULT if properties(name).cost == "quick" and properties(name).permuted == "factors"]
BOUNDED = [name for name in QUICK if np.isfinite(properties(name).range[1])]


@pytest.mark.parametrize("name", BOUNDED)
def test_codes_that_know_nothing_lie_at_zero_above_chance(name: str) -> None:
    above = [score(noise(seed), metrics=name, seed=seed)[name].above for seed in range(8)]
    there = np.array([value for value in above if value is not None])
    assert len(there) >= 3, "infom is missing for some draws of noise"
    assert abs(there.mean()) <= 0.02 + 3 * there.std(ddof=1) / np.sqrt(len(there))


def test_the_floor_of_infom_is_what_fools() -> None:
    scored = score(noise(5, latents=6), metrics="infom", seed=1)["infom"]
    if scored.value is not None:
        assert scored.value > 0.4
        assert scored.floor is not None
        assert scored.floor > 0.4
    scored = score(noise(5), metrics="modularity")["modularity"]
    assert scored.value is not None
    assert scored.value > 0.4
    assert scored.notes[0].startswith("no more than chance")


@pytest.mark.parametrize("name", ["mig", "dcimig", "mcc", "modularity", "irs", "infom", "infoc"])
def test_perfect_codes_reach_the_end_above_chance(name: str) -> None:
    above = score(perfect(), metrics=name)[name].above
    assert above is not None
    assert above > 0.9


def test_independent_latents_read_their_floor() -> None:
    scored = score(noise(6), metrics="mutual_information_between_latents")["mutual_information_between_latents"]
    assert scored.value is not None
    assert scored.floor is not None
    assert scored.p is not None
    assert scored.value == pytest.approx(scored.floor, rel=0.1)
    assert scored.value > 0.2  # 20 bins on 400 rows: all of it bias


def test_a_grid_is_scored_on_permuted_codes() -> None:
    scored = score(grid(), metrics="flatness")["flatness"]
    assert scored.floor is not None
    assert scored.floor == pytest.approx(scored.value, abs=0.1)


# --- sharing between permutations


def test_what_is_made_of_codes_is_made_once_and_never_handed_on_to_other_codes() -> None:
    made: list[int] = []

    def make() -> int:
        made.append(1)
        return len(made)

    plain = noise(0)
    assert [once(plain, "key", make) for _ in range(2)] == [1, 2]  # no store, nothing is kept
    rep = plain.preparing()
    assert [once(rep, "key", make) for _ in range(2)] == [3, 3]
    assert once(rep.with_permuted_factors(np.arange(ROWS)[::-1]), "key", make) == 3
    assert once(rep, "another", make) == 4
    assert replace(rep, code=rep.code + 1).prepared is None
    assert rep.rows(np.arange(5)).prepared is None
    assert rep.layer(0).prepared is None
    assert permuted_rows(rep, "codes", np.random.default_rng(0)).prepared is None
    assert permuted_rows(rep, "latents", np.random.default_rng(0)).prepared is None


@pytest.mark.parametrize("name", [*QUICK, "mutual_information_between_latents", "gaussian_total_correlation"])
def test_sharing_changes_no_permuted_value(name: str) -> None:
    rep = replace(noise(7), code=noise(7).code[:, :3] + levels(7), logvar=None, layers=(3,))
    shared = score(rep, metrics=name, floor=3)[name]
    measure = functools.partial(_plain, name)
    said = properties(name)
    alone = with_floor(shared, rep, said, measure, core.rng(0, 0, f"floor {name}"), 3)
    assert shared.floor == alone.floor


def _plain(name: str, rep: Representation, rng: np.random.Generator) -> Score:
    """The metric itself, of codes of which nothing was prepared."""
    assert rep.prepared is None
    return answered_by(lambda: core.build("metrics", core.Spec(name), rep=rep, rng=rng), core.Spec(name))


def test_p_is_small_no_oftener_than_it_says() -> None:
    """100 null codes: at most 11 have p <= .05, at most 18 p <= .1, in 99 of 100 such tests."""
    ps = [score(noise(seed, rows=100), metrics="mcc", seed=seed, floor=FIXED)["mcc"].p for seed in range(100)]
    there = np.array(ps, dtype=float)
    assert (there <= 0.05 + 1e-9).sum() <= 11
    assert (there <= 0.1 + 1e-9).sum() <= 18
    assert (there <= 0.5).sum() >= 30


def test_codes_that_know_their_factors_have_the_smallest_p() -> None:
    assert score(perfect(), metrics="mcc", floor=99)["mcc"].p == pytest.approx(0.01)


def test_more_permutations_than_anybody_waits_for_are_refused() -> None:
    with pytest.raises(UsageError, match="floor"):
        score(np.zeros((20, 2)), np.arange(20) % 2, metrics="mig", floor=10**400)
