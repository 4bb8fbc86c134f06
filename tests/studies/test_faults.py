"""The faults of the first edition, each on synthetic runs whose truth is known: none of them decides a claim now.

Conversion of scales, worlds that differ, and what was written when are tested where they are made.
"""

import datetime
import itertools

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from tests.studies.samples import scores
from unbraid.core import UsageError
from unbraid.metrics._holm import holm
from unbraid.studies import Claim, Verdict, judge, judge_all
from unbraid.studies._declarations import Extension, Pilot
from unbraid.studies._study import Study
from unbraid.studies.claims import DEFAULT, Bounds
from unbraid.studies.claims._comparisons import TWO_PEAKS
from unbraid.studies.claims._counted import PILOT, Why
from unbraid.studies.claims._verdict import with_holm

A, B = {"objective": "a"}, {"objective": "b"}
STEPS = np.array([0.0, 0.01, 0.02, -0.01, -0.02, 0.03])


def runs(seeds: int = 6, **means: float) -> pd.DataFrame:
    """Runs that scatter a little about a mean."""
    steps = np.resize(STEPS, seeds) + np.arange(seeds) * 1e-4
    return scores(**{name: list(mean + steps) for name, mean in means.items()})


def claim(kind: str, **keys: object) -> Claim:
    metric = {} if "metrics" in keys else {"metric": "m"}
    smallest = {} if "threshold" in keys else {"smallest_effect": 0.05}
    return Claim.of({"says": "it is so", "kind": kind, **metric, **smallest, **keys})


def checked(frame: pd.DataFrame, **values: dict[str, float]) -> pd.DataFrame:
    """The same runs with their checks: check -> objective -> value, for every seed."""
    first = frame.drop_duplicates("run")
    rows = [
        first[first["objective"] == name].assign(metric=f"check/{check}", value=value)
        for check, by_objective in values.items()
        for name, value in by_objective.items()
    ]
    return pd.concat([frame, *rows], ignore_index=True)


def study(*claims: Claim, **changes: object) -> Study:
    fields: dict = {"name": "tiny", "title": "", "paper": "", "about": "", "scale": "pocket", "base": {}, "grid": ()}
    fields |= {"seeds": (0,), "metrics": (), "rows": 1, "every": 0, "claims": claims}
    return Study(**{**fields, "requires": dict.fromkeys(DEFAULT), **changes})


# --- 1: absence without a control


def test_what_no_run_shows_is_not_reproduced_as_absent() -> None:
    frame = runs(squares=0.02, dsprites=0.05)
    nowhere = {"where": {"objective": "squares"}, "threshold": 0.15}
    assert judge(claim("nowhere_above", **nowhere), frame.assign(layer=0)).verdict == "not testable"
    failed = judge(claim("nowhere_above", control={"objective": "dsprites"}, **nowhere), frame)
    assert failed.verdict == "not testable"
    assert not failed.control.passed
    assert failed.reason.endswith("control failed: m: 0.055 of dsprites, the best of 1, against the threshold 0.15")
    seen = pd.concat([frame, runs(shapes=0.5)])
    assert judge(claim("nowhere_above", control={"objective": "shapes"}, **nowhere), seen).verdict == "reproduced"


@pytest.mark.parametrize(
    ("kind", "asks", "control"),
    [
        ("below", {"where": A, "threshold": 0.3}, {"objective": "c"}),
        ("no_better", {"better": A, "than": B}, {"objective": "c"}),
        ("larger", {"larger": A, "smaller": B}, {"objective": "c"}),
        ("best", {"best": A, "among": [B, {"objective": "d"}]}, {"objective": "c"}),
        ("least", {"least": {"objective": "c"}, "among": [B, A]}, {"objective": "d"}),
    ],
)
def test_a_control_takes_the_place_of_the_claimed_group(kind: str, asks: dict, control: dict) -> None:
    frame = runs(a=0.1, b=0.2, c=0.9, d=-0.5)
    assert judge(claim(kind, control=control, **asks), frame).control.passed
    assert judge(claim(kind, **asks), frame).verdict == "not testable"
    assert judge(claim(kind, control=control, **asks), frame).verdict in ("reproduced", "not reproduced")


def test_a_control_of_another_budget_is_none() -> None:
    frame = runs(a=0.1, c=0.9)
    frame = frame.assign(steps=np.where(frame["objective"] == "a", 4000, 60_000))
    judged = judge(claim("below", where=A, threshold=0.3, control={"objective": "c"}), frame)
    assert (judged.verdict, judged.control.shows) == (
        "not testable",
        "control of another budget: steps 60000 against 4000",
    )


def test_a_control_that_no_run_is_fails_and_one_value_of_components_may_be_one() -> None:
    asks = {"where": A, "threshold": 0.3}
    frame = runs(a=0.1).assign(baseline="")
    lacking = judge(claim("below", control={"objective": "c"}, **asks), frame)
    assert lacking.control.shows == "no control: m of objective c: 0 runs have it, and two are the least"
    pca = frame.iloc[:1].assign(baseline="pca", value=0.8, run="pca", group="pca", objective="pca")
    judged = judge(
        claim("below", control={"baseline": "pca"}, where={"objective": ["a", "pca"]}, threshold=0.3),
        pd.concat([frame, pca]),
    )
    assert judged.control.passed
    assert judged.verdict == "reproduced"


# --- 2: differences on the noise floor


def test_scores_are_read_above_their_floor_and_an_imputed_value_decides_nothing() -> None:
    frame = runs(a=0.031, b=0.0).assign(metric="mig")
    on_floor = frame.assign(above=frame["value"] - np.where(frame["objective"] == "a", 0.031, 0.0))
    asks = {"metric": "mig", "larger": A, "smaller": B, "smallest_effect": 0.005}
    assert judge(claim("larger", reads="value", **asks), on_floor).verdict == "reproduced"
    assert judge(claim("larger", control=A, **asks), on_floor).verdict == "not testable"
    assert judge(claim("larger", **asks), on_floor).effect.estimate == pytest.approx(0.0)
    assert "mig above chance: 0.005 against 0.005" in judge(claim("larger", **asks), on_floor).reason
    assert "no run has it above chance" in judge(claim("larger", **asks), frame).reason
    with pytest.raises(UsageError, match="an imputed value decides nothing"):
        claim("larger", absent=0.0, **asks)


def test_a_score_without_an_end_has_nothing_above_chance_and_is_read_as_it_is() -> None:
    frame = runs(a=0.5, b=0.1).assign(metric="mmig", floor=0.002, above=np.nan)
    judged = judge(claim("larger", metric="mmig", larger=A, smaller=B), frame)
    assert judged.verdict == "reproduced"
    assert judged.reason.startswith("mmig: 0.505 against 0.105")


def test_raw_scores_of_different_numbers_of_latents_or_rows_are_not_compared() -> None:
    frame = runs(a=0.5, b=0.1).assign(metric="mig")
    asks = {"metric": "mig", "larger": A, "smaller": B, "reads": "value"}
    latents = frame.assign(**{"model.latents": np.where(frame["objective"] == "a", 24, 10)})
    rows = frame.assign(rows=np.where(frame["objective"] == "a", 500, 5000))
    for differing, what in ((latents, "latents"), (rows, "rows")):
        judged = judge(claim("larger", **asks), differing)
        assert (judged.verdict, judged.effect) == ("not testable", None)
        assert judged.reason == f"mig: across numbers of {what}, only what is above chance compares"
        above = differing.assign(above=differing["value"])
        assert judge(claim("larger", **{**asks, "reads": "above"}), above).verdict == "reproduced"
    assert judge(claim("larger", **{**asks, "metric": "heldout/kl"}), latents.assign(metric="heldout/kl")).effect


# --- 3: a treatment that was not delivered


def test_runs_that_fail_a_check_are_shown_and_not_counted() -> None:
    frame = checked(runs(7, a=0.8, b=0.5), active_latents={"a": 5, "b": 5})
    dead = frame["run"].eq("a-6") & frame["metric"].eq("check/active_latents")
    frame.loc[dead, "value"] = 0
    judged = judge(claim("larger", larger=A, smaller=B), frame, requires={"active_latents": Bounds(least=1)})
    assert judged.excluded == (("a-6", Why("active_latents", 0, Bounds(least=1))),)
    assert (judged.verdict, judged.effect.runs) == ("reproduced", 13)


def test_a_factor_vae_whose_critic_saw_nothing_is_no_factor_vae() -> None:
    frame = checked(runs(a=0.8, b=0.5), critic_share={"a": 0.06})
    frame["objective.critic_width"] = np.where(frame["objective"] == "a", 256.0, np.nan)
    requires = {"critic_share": Bounds(0.5, 1.5)}
    judged = judge(claim("larger", larger=A, smaller=B), frame, requires=requires)
    assert judged.verdict == "not testable"
    assert "6 of its runs are not counted (critic_share 0.06, required at least 0.5 and at most 1.5)" in judged.reason
    unchecked = judge(claim("larger", larger=A, smaller=B), frame[frame["metric"] == "m"], requires=requires)
    assert unchecked.excluded == tuple((f"a-{seed}", Why("no check of critic_share")) for seed in range(6))


def test_too_few_runs_left_are_not_testable_and_a_study_that_says_nothing_requires_every_check() -> None:
    frame = runs(a=0.8, b=0.5)
    (strict,) = judge_all(study(claim("larger", larger=A, smaller=B), requires={}), frame)
    assert (strict.verdict, len(strict.excluded)) == ("not testable", 12)
    assert "no check of active_latents" in strict.reason
    passing = {"active_latents": 5, "reconstruction_share": 0.4, "probe_above": 0.3, "plateau": 0.01}
    whole = checked(frame, **{name: {"a": value, "b": value} for name, value in passing.items()})
    (counted,) = judge_all(study(claim("larger", larger=A, smaller=B), requires={}), whole)
    assert (counted.verdict, counted.excluded) == ("reproduced", ())
    flat = claim("larger", larger=A, smaller=B, requires={"plateau": {"most": 0.001}})
    assert judge_all(study(flat, requires={}), whole)[0].verdict == "not testable"
    relaxed = claim("larger", larger=A, smaller=B, requires={"plateau": None})
    assert judge_all(study(relaxed, requires={}), whole[whole["metric"] != "check/plateau"])[0].verdict == "reproduced"


# --- 5: pooling


def test_layers_are_no_replicates_and_pooling_them_turns_no_correlation_round() -> None:
    rng = np.random.default_rng(0)
    rows = []
    for seed in range(20):
        common = rng.normal()
        for layer in range(5):
            place = {
                "run": f"r{seed}",
                "seed": seed,
                "layer": layer,
                "part": "",
                "group": "a",
                "label": "a",
                "objective": "a",
            }
            rows.append({**place, "metric": "m", "value": common + 0.6 * rng.normal() + 3 * layer})
            rows.append({**place, "metric": "n", "value": common + 0.6 * rng.normal() - 3 * layer})
    frame = pd.DataFrame(rows)
    wide = frame.pivot_table(index=["run", "layer"], columns="metric", values="value")
    assert stats.spearmanr(wide["m"], wide["n"]).statistic < -0.5  # pooled
    judged = judge(claim("agree", metrics=["m", "n"], threshold=0.0), frame)
    assert judged.effect.runs == 20
    assert judged.effect.estimate > 0.5
    assert judged.effect.high - judged.effect.low > 0.3  # as wide as 20 runs have it, not 100
    assert (
        judge(claim("disagree", metrics=["m", "n"], threshold=0.5, control={"metrics": ["m", "n"]}), frame).verdict
        != "reproduced"
    )


# --- 6: selection


def test_the_highest_of_many_groups_is_not_taken_for_a_group_of_its_own() -> None:
    said = []
    for seed in range(150):
        rng = np.random.default_rng(seed)
        values = {f"g{k}": list(0.15 + 0.05 * rng.normal(size=6)) for k in range(15)}
        effect = claim("nowhere_above", where={}, threshold=0.15).effect(scores(**values))
        said.append((effect.tested.above(0.0) <= 0.025, effect.tested.below(0.0) <= 0.025))
    assert np.mean(said, axis=0)[0] == 0.0
    assert np.mean(said, axis=0)[1] <= 0.025 + 3 * np.sqrt(0.025 / 150)


def test_the_lowest_of_ten_pairs_of_metrics_is_corrected_for_and_a_named_pair_is_not() -> None:
    rng = np.random.default_rng(0)
    common = rng.normal(size=30)
    frame = pd.concat([scores(a=list(common + rng.normal(size=30))).assign(metric=name) for name in "mnopq"])
    asks = {"metrics": [*"mnopq"], "threshold": 0.5}
    whole = claim("disagree", **asks).effect(frame)
    pairs = [claim("disagree", pair=list(pair), **asks).effect(frame) for pair in itertools.combinations("mnopq", 2)]
    lowest = max(pairs, key=lambda effect: effect.estimate)
    assert whole.estimate == lowest.estimate
    assert whole.tested.above(0.0) == pytest.approx(10 * lowest.tested.above(0.0))
    assert whole.low < lowest.low


# --- 7 and 11: seeds added to one arm, and many claims


def test_an_extension_is_paid_for() -> None:
    frame = runs(a=0.8, b=0.5)
    frame.loc[frame["run"].isin(["b-0", "b-1"]), "value"] = [0.8, 0.815]
    asked = claim("larger", larger=A, smaller=B, smallest_effect=0.005)
    p = judge(asked, frame).p
    assert 0.0147 < p <= 0.025  # enough for one look, and not for the second of two
    assert judge_all(study(asked), frame)[0].verdict == "reproduced"
    extended = study(asked, extension=Extension(datetime.date(2026, 11, 26), (6, 7)))
    (verdict,) = judge_all(extended, frame)
    assert verdict.verdict != "reproduced"


def test_holms_correction_within_the_paper_decides() -> None:
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    asked = claim("larger", larger=A, smaller=B)
    paper = with_holm([Verdict(asked, "reproduced", None, p=0.02), Verdict(asked, "undecided", None, p=0.4)])
    assert [one.verdict for one in paper] == ["undecided", "undecided"]
    assert paper[0].holm == pytest.approx(0.04)
    assert paper[0].lacking == "p 0.02 alone and 0.04 among 2 claims, above 0.025"
    assert with_holm([Verdict(asked, "reproduced", None, p=0.02)])[0].verdict == "reproduced"
    untested = with_holm([Verdict(asked, "reproduced", None, p=0.02), Verdict(asked, "not testable", None, p=0.001)])
    assert untested[0].holm == pytest.approx(0.04)  # a claim that is not testable is one of the paper's claims


def test_pilots_are_not_counted() -> None:
    pilot = Pilot(A, (0, 1), "the outcome")
    (verdict,) = judge_all(study(claim("larger", larger=A, smaller=B), pilots=(pilot,)), runs(8, a=0.8, b=0.5))
    assert verdict.excluded == (("a-0", PILOT), ("a-1", PILOT))
    assert (verdict.verdict, verdict.effect.runs) == ("reproduced", 14)


def test_what_is_explored_decides_nothing() -> None:
    (verdict,) = judge_all(study(claim("larger", larger=A, smaller=B), explore="three seeds"), runs(a=0.8, b=0.5))
    assert (verdict.verdict, verdict.lacking) == ("undecided", "explored only: three seeds")


def test_three_seeds_end_undecided_whatever_they_show() -> None:
    frame = runs(3, a=0.9, b=0.1)
    for kind, asks in (("larger", {"larger": A, "smaller": B}), ("above", {"where": A, "threshold": 0.5})):
        assert judge(claim(kind, **asks), frame).verdict == "undecided"


# --- 8: the seed of the resampling


def test_no_verdict_within_what_can_be_listed_depends_on_a_seed() -> None:
    from unbraid.studies.claims._comparisons import between
    from unbraid.studies.claims._selection import Scores

    frame = runs(a=0.55, b=0.5)
    effects = [between(Scores(frame), "m", A, B, seed=seed) for seed in range(40)]
    assert len({(effect.low, effect.high, effect.tested.above(0.02)) for effect in effects}) == 1


# --- 9: the unit


def test_factors_are_the_unit_of_what_is_claimed_about_them() -> None:
    def learned(factors: int) -> pd.DataFrame:
        rows = []
        for seed in range(20):
            for k in range(factors):
                place = {
                    "run": f"r{seed}",
                    "seed": seed,
                    "layer": 0,
                    "part": f"f{k}",
                    "group": "a",
                    "label": "a",
                    "objective": "a",
                }
                rows.append({**place, "metric": "learning_order", "value": 0.1 * k})
                rows.append({**place, "metric": "importance", "value": float(k)})
        return pd.DataFrame(rows)

    asked = Claim.of(
        {"says": "in order", "kind": "by_factor", "metric": "learning_order", "where": A, "smallest_effect": 0.5}
    )
    five = judge(asked, learned(5))
    assert five.effect.tested.above(0.0) == pytest.approx(max(1 / 120, five.effect.tested.tests[0].above(0.0)))
    assert five.verdict != "reproduced"  # however many runs: five factors do not tell .5 from 1
    assert judge(asked, learned(4)).verdict == "undecided"  # 1 / 24
    assert judge(asked, learned(8)).verdict == "reproduced"


# --- 10: losses of training


def test_a_loss_of_the_training_log_is_refused_with_the_name_to_use() -> None:
    with pytest.raises(UsageError, match="got 'log/loss'; write heldout/loss"):
        claim("larger", metric="log/loss", larger=A, smaller=B)


# --- 14: no spread, and power


def test_equal_runs_have_no_interval_of_no_width() -> None:
    equal = scores(a=[10.0] * 6, b=[8.0] * 6)
    judged = judge(claim("larger", smallest_effect=1.0, larger=A, smaller=B), equal)
    assert (judged.verdict, judged.p) == ("reproduced", 1 / 924)  # which runs are which is all that is known
    assert np.isnan([judged.effect.low, judged.effect.high]).all()
    assert judged.effect.remark == "all runs equal"
    alone = judge(claim("above", where=A, threshold=9.0), equal)
    assert (alone.verdict, alone.lacking) == ("undecided", "all runs equal")


def test_few_scores_with_two_peaks_do_not_decide_a_claim_about_their_mean() -> None:
    peaks = scores(a=[0.1, 0.11, 0.12, 0.9, 0.91, 0.92] * 2)
    judged = judge(claim("above", where=A, threshold=0.01), peaks)
    assert judged.verdict == "undecided"
    assert f"a mean of fewer than {TWO_PEAKS} runs decides nothing" in judged.lacking
    assert judged.effect.has_interval


def test_seeds_to_decide_have_the_power_that_is_said() -> None:
    rng = np.random.default_rng(0)
    frame = scores(a=list(rng.normal(1.0, 1, 12)), b=list(rng.normal(0, 1, 12)))
    frame["value"] -= frame.groupby("objective")["value"].transform("mean")
    frame["value"] /= frame.groupby("objective")["value"].transform("std")
    frame["value"] += np.where(frame["objective"] == "a", 1.0, 0.0)  # an effect of one standard deviation, as measured
    judged = judge(claim("larger", smallest_effect=0.2, larger=A, smaller=B), frame)
    assert judged.verdict in ("undecided", "direction only")
    samples = rng.normal(size=(4000, 2, judged.to_decide))
    samples[:, 0] += 1.0 - 0.2
    power = np.mean(stats.ttest_ind(samples[:, 0], samples[:, 1], axis=1, alternative="greater").pvalue <= 0.025)
    assert 0.75 < power < 0.88
