"""Verdicts: the rule, each kind on hand-worked groups, and what cannot be decided."""

import itertools
import math

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from tests.studies.samples import scores
from unbraid.core import UsageError
from unbraid.studies import Claim, Effect, Verdict, judge, unmatched
from unbraid.studies.claims._correlations import correlation
from unbraid.studies.claims._permutations import paired, relabellings, two_arms
from unbraid.studies.claims._rules import decide
from unbraid.studies.claims._selection import TooFewRunsError
from unbraid.studies.claims._statistics import rank_correlation
from unbraid.studies.claims._tests import Normal

A, B, C = {"objective": "a"}, {"objective": "b"}, {"objective": "c"}
STEPS = [0.0, 0.01, 0.02, -0.01, -0.02, 0.03]
CLEAR = scores(**{name: [at + step for step in STEPS] for name, at in {"a": 0.8, "b": 0.5, "c": 0.3}.items()})
CLOSE = scores(a=[0.2, 0.8, 0.5, 0.6, 0.4, 0.1], b=[0.3, 0.6, 0.5, 0.2, 0.7, 0.4])


def claim(kind: str, smallest: float = 0.05, **asks: object) -> Claim:
    metric = {} if "metrics" in asks else {"metric": "m"}
    if kind == "no_better":
        asks = {"control": A, **asks}
    return Claim.of({"says": "it is so", "kind": kind, "smallest_effect": smallest, **metric, **asks})


def verdict(frame: pd.DataFrame, kind: str, smallest: float = 0.05, **asks: object) -> str:
    return judge(claim(kind, smallest, **asks), frame).verdict


@pytest.mark.parametrize(
    ("interval", "smallest", "expected"),
    [
        ((0.2, 0.4), 0.1, "reproduced"),
        ((0.05, 0.6), 0.1, "direction only"),  # there, but perhaps too small to count
        ((0.01, 0.09), 0.1, "direction only"),  # there, and too small to count: no absence
        ((-0.05, 0.09), 0.1, "not reproduced"),  # within the smallest effect on either side
        ((-0.15, 0.09), 0.1, "undecided"),
        ((-0.1, 0.7), 0.1, "undecided"),
        ((-0.4, -0.2), 0.1, "not reproduced"),
        ((-0.7, 0.2), 0.1, "undecided"),
        ((0.05, 0.6), 0.0, "reproduced"),  # past a threshold
        ((-0.1, 0.2), 0.0, "undecided"),
        ((-0.2, -0.1), 0.0, "not reproduced"),
    ],
)
def test_the_rule(interval: tuple[float, float], smallest: float, expected: str) -> None:
    low, high = interval
    effect = Effect((low + high) / 2, low, high, runs=12, compared="")  # as a kind from outside gives it
    word, p = decide(effect, smallest)
    assert word == expected
    assert (p <= 0.025) == (word in ("reproduced", "not reproduced"))


def test_an_interval_of_no_width_decides_nothing() -> None:
    assert decide(Effect(0.3, 0.3, 0.3, runs=6, compared=""), 0.1) == ("undecided", 1.0)


def brute_force(one: np.ndarray, other: np.ndarray, shift: float) -> tuple[float, float]:
    """p of a larger and of a smaller difference than `shift`, one relabelling after another."""
    pooled = np.concatenate([one - shift, other])
    observed = pooled[: len(one)].mean() - pooled[len(one) :].mean()
    there = []
    for chosen in itertools.combinations(range(len(pooled)), len(one)):
        rest = [place for place in range(len(pooled)) if place not in chosen]
        there.append(pooled[list(chosen)].mean() - pooled[rest].mean())
    return float(np.mean(np.array(there) >= observed - 1e-9)), float(np.mean(np.array(there) <= observed + 1e-9))


def test_a_difference_is_tested_by_every_relabelling_at_any_margin() -> None:
    rng = np.random.default_rng(0)
    one, other = rng.normal(1, 1, 4), rng.normal(0, 1, 5)
    estimate, test = two_arms([one], [other])
    assert estimate == pytest.approx(one.mean() - other.mean())
    assert test.relabellings == math.comb(9, 4)
    for shift in (-2.0, 0.0, 0.5, 1.0, 3.0):
        assert (test.above(shift), test.below(shift)) == pytest.approx(brute_force(one, other, shift))


def test_the_interval_is_the_inversion_of_the_test() -> None:
    rng = np.random.default_rng(1)
    _, test = two_arms([rng.normal(1, 1, 6)], [rng.normal(0, 1, 6)])
    low, high = test.interval(0.025)
    assert test.above(low - 1e-6) <= 0.025 < test.above(low + 1e-6)
    assert test.below(high + 1e-6) <= 0.025 < test.below(high - 1e-6)


def test_equal_scores_of_different_runs_count_against_the_claim() -> None:
    _, test = two_arms([np.array([1.0, 1.0, 0.0])], [np.array([1.0, 0.0, 0.0])])
    assert (test.above(0.0), test.below(0.0)) == pytest.approx(brute_force(np.array([1, 1, 0]), np.array([1, 0, 0]), 0))


def test_strata_are_relabelled_within() -> None:
    rng = np.random.default_rng(2)
    first, second = [rng.normal(size=3), rng.normal(10, 1, 3)], [rng.normal(size=3), rng.normal(10, 1, 3)]
    estimate, test = two_arms(first, second)
    assert test.relabellings == 400
    assert estimate == pytest.approx(
        np.mean([one.mean() - other.mean() for one, other in zip(first, second, strict=True)])
    )
    low, high = test.interval(0.025)
    assert high - low < 5  # that the strata lie 10 apart is no noise


def test_paired_runs_have_their_signs_flipped() -> None:
    mean, test = paired(np.array([0.1, 0.2, 0.3, 0.4, 0.5, 0.6]))
    assert (mean, test.relabellings) == (pytest.approx(0.35), 64)
    assert test.above(0.0) == 1 / 64
    assert test.above(0.15) == pytest.approx(1 / 32 + 1 / 64)  # two subsets: the first run, and the first two
    assert test.below(0.7) == 1 / 64


def test_more_relabellings_than_can_be_listed_are_drawn_and_the_seed_decides_nothing(monkeypatch) -> None:
    assert len(relabellings(((10, 10),))) == math.comb(20, 10) - 1
    monkeypatch.setattr("unbraid.studies.claims._permutations.DRAWS", 20_000)
    monkeypatch.setattr("unbraid.studies.claims._permutations.CHUNK", 20_000)
    rng = np.random.default_rng(3)
    one, other = rng.normal(1.0, 1, 12), rng.normal(0, 1, 12)
    p = []
    for seed in range(8):
        relabellings.cache_clear()
        p.append(two_arms([one], [other], seed=seed)[1].above(0.0))
    relabellings.cache_clear()
    assert np.std(p) < 2 * math.sqrt(np.mean(p) / 20_000)
    assert stats.ttest_ind(one, other, alternative="greater").pvalue == pytest.approx(np.mean(p), rel=0.2)


def test_larger() -> None:
    assert verdict(CLEAR, "larger", 0.1, larger=A, smaller=B) == "reproduced"
    assert verdict(CLEAR, "larger", 0.4, larger=A, smaller=B) == "direction only"
    assert verdict(CLEAR, "larger", 0.1, larger=B, smaller=C, control=A) == "reproduced"
    assert verdict(CLEAR, "larger", 0.1, larger=C, smaller=B, control=A) == "not reproduced"
    judged = judge(claim("larger", larger=A, smaller=B), CLOSE)
    assert (judged.verdict, judged.effect.runs, judged.effect.seeds) == ("undecided", 12, 6)
    assert judged.effect.estimate == pytest.approx((2.6 - 2.7) / 6)
    assert judged.reason == "m: 0.433 against 0.450"


def test_p_of_the_decisive_side() -> None:
    assert judge(claim("larger", larger=A, smaller=B), CLEAR).p == pytest.approx(1 / 924)
    assert judge(claim("larger", larger=B, smaller=C, control=A), CLEAR).p == pytest.approx(1 / 924)
    assert judge(claim("larger", larger=C, smaller=B, control=A), CLEAR).p == pytest.approx(1 / 924)


def test_no_better_is_the_smallest_effect_less_the_difference() -> None:
    judged = judge(claim("no_better", 0.1, better=C, than=B), CLEAR)
    assert judged.verdict == "reproduced"
    assert judged.effect.estimate == pytest.approx(0.1 + 0.2)
    assert verdict(CLEAR, "no_better", 0.1, better=A, than=B) == "not reproduced"
    assert verdict(CLOSE, "no_better", 0.1, better=A, than=B, control=B) == "not testable"


def test_best_is_judged_against_each_of_the_others() -> None:
    judged = judge(claim("best", 0.1, best=A, among=[C, B]), CLEAR)
    assert judged.verdict == "reproduced"
    assert judged.effect.estimate == pytest.approx(0.3)
    assert "of objective b" in judged.reason
    assert (
        verdict(CLEAR, "best", 0.1, best=B, among=[A, C], control=A) == "not testable"
    )  # the control beats all but itself
    assert verdict(CLEAR, "best", 0.1, best=C, among=[A, B], lower_is_better=True) == "reproduced"
    assert verdict(CLEAR, "least", 0.1, least=C, among=[A, B]) == "reproduced"


def test_one_better_rival_among_several_is_corrected_for_being_chosen() -> None:
    better = judge(claim("best", 0.1, best=B, among=[A, C]), CLEAR)
    assert better.p == pytest.approx(2 / 924)
    assert better.verdict == "not testable"  # and no control shows that the best can be told


def test_an_order_is_as_strong_as_its_weakest_step() -> None:
    assert verdict(CLEAR, "order", 0.1, order=[A, B, C]) == "reproduced"
    assert verdict(CLEAR, "order", 0.25, order=[A, B, C]) == "direction only"
    assert verdict(CLEAR, "order", 0.1, order=[C, B, A], lower_is_better=True) == "reproduced"
    assert judge(claim("order", order=[A, B, C]), CLEAR).effect.estimate == pytest.approx(0.2)


def test_above_and_below_a_threshold() -> None:
    assert verdict(CLEAR, "above", 0.0, where=A, threshold=0.7) == "reproduced"
    assert verdict(CLEAR, "below", 0.0, where=B, threshold=0.7, control=A) == "reproduced"
    assert verdict(CLEAR, "below", 0.0, where=A, threshold=0.7, control=A) == "not reproduced"
    assert verdict(CLOSE, "above", 0.0, where=A, threshold=0.4) == "undecided"
    values = CLEAR[CLEAR["objective"] == "a"]["value"]
    judged = judge(claim("above", 0.0, where=A, threshold=0.8), CLEAR)
    half = stats.t.ppf(0.975, 5) * stats.sem(values)
    assert (judged.effect.low, judged.effect.high) == pytest.approx((0.005 - half, 0.005 + half))


def swept(values: list[float]) -> pd.DataFrame:
    frame = scores(a=values)
    return frame.assign(**{"objective.beta": np.repeat(np.arange(len(values) // 6), 6).astype(float)})


RISING = [level / 10 + step for level in range(4) for step in STEPS]


def test_a_trend_is_a_rank_correlation_with_a_setting() -> None:
    asks = {"axis": "objective.beta", "smallest": 0.5}
    assert verdict(swept(RISING), "trend", direction="up", **asks) == "reproduced"
    judged = judge(claim("trend", axis="objective.beta", direction="down", smallest=0.5), swept(RISING))
    assert (judged.verdict, judged.p < 1e-6) == ("not testable", True)
    assert "no control" in judged.reason


def test_a_trend_over_what_runs_do_not_have_says_so_and_a_misspelt_one_is_refused() -> None:
    lacking = judge(
        claim("trend", axis="objective.beta", direction="up"), swept(RISING).assign(**{"objective.beta": np.nan})
    )
    assert (lacking.verdict, lacking.effect) == ("undecided", None)
    assert lacking.reason == "m over objective.beta: none of the 24 runs has that setting"
    other = judge(claim("trend", axis="rate.warmup", direction="up"), swept(RISING))
    assert other.reason == "m over rate.warmup: no run has that setting"
    with pytest.raises(
        UsageError, match=r"over a setting of the runs; got 'objective\.betta'; did you mean 'objective\.beta'"
    ):
        judge(claim("trend", axis="objective.betta", direction="up"), swept(RISING))


def test_methods_are_strata_of_a_trend() -> None:
    falling = swept([3.0 - value for value in RISING]).assign(objective="b", run=[f"b{k}" for k in range(24)])
    both = pd.concat([swept(RISING), falling.assign(**{"objective.beta": falling["objective.beta"] + 4})])
    pooled = stats.spearmanr(both["objective.beta"], both["value"]).statistic
    judged = judge(
        claim("trend", axis="objective.beta", direction="up"),
        both.assign(**{"objective.beta": [*swept(RISING)["objective.beta"]] * 2}),
    )
    assert pooled > 0.5
    assert judged.effect.estimate == pytest.approx(0.0, abs=1e-9)
    assert "within objective" in judged.effect.compared


def two_metrics(one: list[float], other: list[float]) -> pd.DataFrame:
    return pd.concat([scores(a=one), scores(a=other).assign(metric="n")], ignore_index=True)


def test_agreement_is_the_lowest_rank_correlation() -> None:
    steps = [float(k) for k in range(12)]
    alike, reversed_ = two_metrics(steps, [k**3 for k in steps]), two_metrics(steps, steps[::-1])
    asks = {"metrics": ["m", "n"], "threshold": 0.5, "smallest": 0.0}
    assert verdict(alike, "agree", **asks) == "reproduced"
    assert verdict(alike, "disagree", control={"metrics": ["m", "m2"]}, **asks) == "not testable"
    assert judge(claim("agree", **asks), reversed_).p < 0.001
    with_control = pd.concat([reversed_, scores(a=steps).assign(metric="o")])
    assert verdict(with_control, "disagree", control={"metrics": ["m", "o"]}, **asks) == "reproduced"
    constant = judge(claim("agree", **asks), two_metrics(steps, [1.0] * 12))
    assert (constant.verdict, constant.effect) == ("undecided", None)
    assert "ranks nothing" in constant.reason
    assert judge(claim("agree", **asks), alike).effect.high <= 0.5  # a correlation is never above 1


def test_correlations_are_fishers_with_the_variance_of_ranks() -> None:
    rng = np.random.default_rng(0)
    one = rng.normal(size=30)
    other = one + rng.normal(size=30)
    estimate, test, runs = correlation([(one, other)])
    assert (estimate, runs) == (pytest.approx(stats.spearmanr(one, other).statistic), 30)
    half = 1.95996 * math.sqrt((1 + estimate**2 / 2) / 27)
    expected = [math.tanh(math.atanh(estimate) + end) for end in (-half, half)]
    assert list(test.interval(0.025)) == pytest.approx(expected, abs=1e-4)
    with pytest.raises(TooFewRunsError, match="four are the least"):
        correlation([(one[:3], other[:3])])


def test_tables_have_a_bootstrap_interval_of_rank_correlation() -> None:
    rng = np.random.default_rng(0)
    one = rng.normal(size=30)
    estimate, low, high = rank_correlation(one, one + rng.normal(size=30))
    assert low < estimate < high < 1
    with pytest.raises(TooFewRunsError, match="four are the least"):
        rank_correlation(one[:3], one[:3])


def test_missing_scores_are_left_out_never_counted_as_zero() -> None:
    values = [0.8 + step for step in STEPS]
    frame = scores(a=[*values, None], b=[None, *(value - 0.3 for value in values)])
    judged = judge(claim("larger", 0.1, larger=A, smaller=B), frame)
    assert (judged.verdict, judged.effect.runs) == ("reproduced", 12)
    assert judged.effect.estimate == pytest.approx(0.3)


@pytest.mark.parametrize(
    ("frame", "reason"),
    [
        (scores(a=[0.8, None], b=[0.5, 0.51]), "m of objective a: 1 runs have it, and two are the least"),
        (scores(a=[0.8, 0.9]), "m of objective b: 0 runs have it"),
        (scores(a=[0.8, 0.9], b=[0.1, 0.2]).drop(columns="objective"), "no run has a setting 'objective'"),
        (pd.concat([CLEAR, CLEAR.assign(layer=1)]), "several layers, and the claim names none"),
    ],
)
def test_without_enough_runs_a_claim_is_undecided_and_says_why(frame: pd.DataFrame, reason: str) -> None:
    judged = judge(claim("larger", larger=A, smaller=B), frame)
    assert (judged.verdict, judged.effect) == ("undecided", None)
    assert reason in judged.reason


def test_layers_and_parts_are_chosen_by_the_claim() -> None:
    layered = pd.concat([CLEAR, CLEAR.assign(layer=1, value=1 - CLEAR["value"])])
    assert verdict(layered, "larger", layer=0, larger=A, smaller=B) == "reproduced"
    assert judge(claim("larger", layer=1, larger=A, smaller=B), layered).effect.estimate < 0
    assert verdict(CLEAR.assign(part="x"), "larger", part="x", larger=A, smaller=B) == "reproduced"


def test_layers_of_the_same_runs_are_paired() -> None:
    layered = pd.concat([CLEAR, CLEAR.assign(layer=1, value=CLEAR["value"] - 0.1 + np.arange(18) / 1000)])
    judged = judge(claim("larger", 0.01, larger={**A, "layer": 0}, smaller={**A, "layer": 1}), layered)
    assert judged.effect.compared.endswith("within runs")
    assert (judged.effect.runs, judged.p) == (6, 1 / 64)
    assert judged.effect.high - judged.effect.low < 0.01  # runs differ by more than their layers do


def test_several_values_of_a_setting_may_be_meant() -> None:
    assert judge(claim("larger", larger={"objective": ["a", "b"]}, smaller=C), CLEAR).effect.runs == 18


def test_null_means_a_run_without_the_setting() -> None:
    frame = CLEAR.assign(**{"model.dropout": [0.2 if name == "a" else np.nan for name in CLEAR["objective"]]})
    judged = judge(claim("larger", larger={"model.dropout": 0.2}, smaller={"model.dropout": [0.0, None]}), frame)
    assert (judged.effect.runs, judged.verdict) == (18, "reproduced")
    assert judge(claim("larger", larger={**A, "model.depth": None}, smaller=C), CLEAR).effect.runs == 12
    assert unmatched(claim("larger", larger={**A, "model.depth": None}, smaller=B), [A, B]) == []


def test_sides_that_no_run_has_are_named() -> None:
    runs = [{"objective": "a", "objective.beta": 4.0}, {"objective": "b"}]
    assert unmatched(claim("larger", larger=A, smaller=B), runs) == []
    assert unmatched(claim("larger", larger={**A, "objective.beta": 4}, smaller=C), runs) == ["objective c"]
    assert unmatched(claim("order", order=[A, B, {"model": "x"}]), runs) == ["model x"]


def test_a_metric_that_no_run_has_leaves_its_claims_undecided_whatever_they_ask() -> None:
    empty = CLEAR.assign(value=np.nan)
    asked = {"metrics": ["m", "n"], "threshold": 0.5, "where": {"objective": "a"}}
    for kind in ("agree", "disagree"):
        assert verdict(empty, kind, **asked) == "undecided"


def test_without_any_run_nothing_is_decided() -> None:
    nothing = pd.DataFrame(columns=["metric", "part", "value"])  # as `collect` makes it of a study without runs
    for asked in (claim("larger", larger=A, smaller=B), claim("agree", metrics=["m", "n"], threshold=0.5)):
        judged = judge(asked, nothing)
        assert (judged.verdict, judged.reason) == ("undecided", "no run is finished")


def test_a_difference_must_say_from_where_it_counts() -> None:
    with pytest.raises(UsageError, match="of kind larger: smallest_effect must be a number above 0; got 0"):
        claim("larger", 0, larger=A, smaller=B)
    with pytest.raises(UsageError, match="smallest_effect must be a number above 0; got -1"):
        claim("above", -1, where=A, threshold=0.5)


def test_an_effect_from_outside_is_tested_as_a_normal_estimate() -> None:
    effect = Effect(1.0, 0.0, 2.0, 6, "")
    assert isinstance(effect.tested, Normal)
    assert effect.tested.above(0.0) == pytest.approx(0.025)
    assert Verdict(claim("larger", larger=A, smaller=B), "undecided", None, "nothing").reason == "nothing"
