"""Verdicts: the rule, each kind on hand-worked groups, and what cannot be decided."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from tests.studies.samples import scores
from unbraid.studies import Claim, Effect, judge, unmatched
from unbraid.studies.claims._selection import TooFewRunsError
from unbraid.studies.claims._statistics import difference, rank_correlation
from unbraid.studies.claims._verdict import decide

A, B, C = {"objective": "a"}, {"objective": "b"}, {"objective": "c"}
CLEAR = scores(a=[0.80, 0.82, 0.81, 0.79], b=[0.50, 0.52, 0.49, 0.51], c=[0.30, 0.31, 0.29, 0.30])
CLOSE = scores(a=[0.2, 0.8, 0.5], b=[0.3, 0.6, 0.5])


def claim(kind: str, smallest: float = 0.0, **asks: object) -> Claim:
    metric = {} if "metrics" in asks else {"metric": "m"}
    return Claim.of({"says": "it is so", "kind": kind, "smallest_effect": smallest, **metric, **asks})


def verdict(frame: pd.DataFrame, kind: str, smallest: float = 0.0, **asks: object) -> str:
    return judge(claim(kind, smallest, **asks), frame).verdict


@pytest.mark.parametrize(
    ("effect", "smallest", "expected"),
    [
        ((0.3, 0.2, 0.4), 0.1, "reproduced"),
        ((0.3, 0.05, 0.6), 0.1, "reproduced"),  # above 0 as a whole, and large enough
        ((0.05, 0.01, 0.2), 0.1, "undecided"),  # there, but perhaps too small to count
        ((0.05, 0.01, 0.09), 0.1, "not reproduced"),  # there, and certainly too small to count
        ((0.3, -0.1, 0.7), 0.1, "undecided"),
        ((-0.3, -0.4, -0.2), 0.1, "not reproduced"),
        ((-0.3, -0.7, 0.2), 0.1, "undecided"),
        ((0.0, 0.0, 0.0), 0.0, "not reproduced"),
        ((0.1, 0.0, 0.2), 0.0, "undecided"),
    ],
)
def test_the_rule(effect: tuple[float, float, float], smallest: float, expected: str) -> None:
    assert decide(Effect(*effect, runs=6, compared=""), smallest) == expected
    roles = {"reproduced": "not reproduced", "not reproduced": "reproduced", "undecided": "undecided"}
    assert decide(Effect(*effect, runs=6, compared="", exchanged=True), smallest) == roles[expected]


def test_a_difference_has_welchs_interval() -> None:
    one, other = np.array([1.0, 2.0, 3.0]), np.array([0.0, 0.0, 3.0, 1.0])
    apart, low, high = difference(one, other)
    standard_error = np.sqrt(1.0 / 3 + other.var(ddof=1) / 4)
    degrees = standard_error**4 / ((1 / 3) ** 2 / 2 + (other.var(ddof=1) / 4) ** 2 / 3)
    half = stats.t.ppf(0.975, degrees) * standard_error
    assert (apart, low, high) == pytest.approx((1.0, 1.0 - half, 1.0 + half))


def test_larger() -> None:
    assert verdict(CLEAR, "larger", 0.1, larger=A, smaller=B) == "reproduced"
    assert verdict(CLEAR, "larger", 0.1, larger=B, smaller=A) == "not reproduced"
    assert verdict(CLEAR, "larger", 0.5, larger=A, smaller=B) == "not reproduced"
    judged = judge(claim("larger", larger=A, smaller=B), CLOSE)
    assert (judged.verdict, judged.effect.runs) == ("undecided", 6)
    assert judged.effect.estimate == pytest.approx(0.5 - 1.4 / 3)
    assert judged.reason == "m: 0.500 against 0.467"


def test_no_better_exchanges_the_roles() -> None:
    assert verdict(CLEAR, "no_better", 0.1, better=B, than=A) == "reproduced"
    assert verdict(CLEAR, "no_better", 0.1, better=A, than=B) == "not reproduced"
    assert verdict(CLOSE, "no_better", 0.1, better=A, than=B) == "undecided"


def test_best_is_judged_against_the_strongest_of_the_others() -> None:
    judged = judge(claim("best", 0.1, best=A, among=[C, B]), CLEAR)
    assert judged.verdict == "reproduced"
    assert judged.effect.estimate == pytest.approx(0.805 - 0.505)
    assert "of objective b" in judged.reason
    assert verdict(CLEAR, "best", 0.1, best=B, among=[A, C]) == "not reproduced"
    assert verdict(CLEAR, "best", 0.1, best=C, among=[A, B], lower_is_better=True) == "reproduced"


def test_an_order_is_as_strong_as_its_weakest_step() -> None:
    assert verdict(CLEAR, "order", 0.1, order=[A, B, C]) == "reproduced"
    assert verdict(CLEAR, "order", 0.1, order=[A, C, B]) == "not reproduced"
    assert verdict(CLEAR, "order", 0.1, order=[C, B, A], lower_is_better=True) == "reproduced"
    assert judge(claim("order", order=[A, B, C]), CLEAR).effect.estimate == pytest.approx(0.505 - 0.3)


def test_above_and_below_a_threshold() -> None:
    assert verdict(CLEAR, "above", where=A, threshold=0.7) == "reproduced"
    assert verdict(CLEAR, "below", where=A, threshold=0.7) == "not reproduced"
    assert verdict(CLEAR, "below", 0.1, where=B, threshold=0.7) == "reproduced"
    assert verdict(CLOSE, "above", where=A, threshold=0.4) == "undecided"


def swept(values: list[float]) -> pd.DataFrame:
    frame = scores(a=values)
    return frame.assign(**{"objective.beta": np.repeat(np.arange(len(values) // 3), 3).astype(float)})


def test_a_trend_is_a_rank_correlation_with_a_setting() -> None:
    rising = [0.1, 0.12, 0.11, 0.2, 0.22, 0.21, 0.3, 0.31, 0.33, 0.4, 0.42, 0.45]
    asks = {"axis": "objective.beta", "smallest": 0.5}
    assert verdict(swept(rising), "trend", direction="up", **asks) == "reproduced"
    assert verdict(swept(rising), "trend", direction="down", **asks) == "not reproduced"
    judged = judge(claim("trend", axis="objective.gamma", direction="up"), swept(rising))
    assert (judged.verdict, judged.effect) == ("undecided", None)
    assert "no run has that setting" in judged.reason


def two_metrics(one: list[float], other: list[float]) -> pd.DataFrame:
    return pd.concat([scores(a=one), scores(a=other).assign(metric="n")], ignore_index=True)


def test_agreement_is_the_lowest_rank_correlation() -> None:
    steps = [float(k) for k in range(12)]
    alike, reversed_ = two_metrics(steps, [k**3 for k in steps]), two_metrics(steps, steps[::-1])
    asks = {"metrics": ["m", "n"], "threshold": 0.5}
    assert verdict(alike, "agree", **asks) == "reproduced"
    assert verdict(alike, "disagree", **asks) == "not reproduced"
    assert verdict(reversed_, "agree", **asks) == "not reproduced"
    assert verdict(reversed_, "disagree", **asks) == "reproduced"
    constant = judge(claim("agree", **asks), two_metrics(steps, [1.0] * 12))
    assert (constant.verdict, constant.effect) == ("undecided", None)
    assert "ranks nothing" in constant.reason


def test_rank_correlation_is_spearmans_with_a_bootstrap_interval() -> None:
    rng = np.random.default_rng(0)
    one = rng.normal(size=30)
    other = one + rng.normal(size=30)
    estimate, low, high = rank_correlation(one, other)
    assert estimate == pytest.approx(stats.spearmanr(one, other).statistic)
    assert low < estimate < high < 1
    with pytest.raises(TooFewRunsError, match="four are the least"):
        rank_correlation(one[:3], other[:3])


def test_missing_scores_are_left_out_never_counted_as_zero() -> None:
    frame = scores(a=[0.8, None, 0.82, 0.81], b=[0.5, 0.51, None, 0.49])
    judged = judge(claim("larger", 0.1, larger=A, smaller=B), frame)
    assert (judged.verdict, judged.effect.runs) == ("reproduced", 6)
    assert judged.effect.estimate == pytest.approx(0.81 - 0.5)


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
    assert verdict(layered, "larger", layer=1, larger=A, smaller=B) == "not reproduced"
    assert verdict(layered, "larger", larger={**A, "layer": 0}, smaller={**A, "layer": 1}) == "reproduced"
    assert verdict(CLEAR.assign(part="x"), "larger", part="x", larger=A, smaller=B) == "reproduced"


def test_several_values_of_a_setting_may_be_meant() -> None:
    judged = judge(claim("larger", larger={"objective": ["a", "b"]}, smaller=C), CLEAR)
    assert judged.effect.runs == 12


def test_null_means_a_run_without_the_setting() -> None:
    frame = CLEAR.assign(**{"model.dropout": [0.2 if name == "a" else np.nan for name in CLEAR["objective"]]})
    judged = judge(claim("larger", larger={"model.dropout": 0.2}, smaller={"model.dropout": [0.0, None]}), frame)
    assert (judged.effect.runs, judged.verdict) == (12, "reproduced")
    assert judge(claim("larger", larger={**A, "model.depth": None}, smaller=C), CLEAR).effect.runs == 8
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
