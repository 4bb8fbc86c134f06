"""Claims about layers and factors, about nothing being better, and scores that do not exist for want of a latent."""

import numpy as np
import pandas as pd
import pytest

from unbraid.studies import Claim, judge, matches, sides


def layered(runs: list[list[float | None]], metric: str = "m", part: str = "", reason: str = "") -> pd.DataFrame:
    """One row per run and layer."""
    rows = [
        {"metric": metric, "part": part, "layer": layer, "value": value, "seed": seed, "run": f"r{seed}"}
        | {"objective": "a", "group": "a", "label": "a", "reason": reason if value is None else ""}
        for seed, values in enumerate(runs)
        for layer, value in enumerate(values)
    ]
    return pd.DataFrame(rows)


def claim(kind: str, **asks: object) -> Claim:
    smallest = {} if "threshold" in asks else {"smallest_effect": 0.3}
    return Claim.of({"says": "it is so", "kind": kind, "metric": "m", **smallest, **asks})


def test_a_rise_over_layers_is_a_correlation_within_each_run() -> None:
    frame = layered([[9.0, 1.0, 2.0, 3.0], [0.0, 5.0, 6.0, 8.0], [7.0, 1.0, 3.0, 2.0]])
    judged = judge(claim("by_layer", direction="up", layers=[1, 2, 3], smallest_effect=0.3), frame)
    whole = np.arctanh(1 - 3 / 24)  # a correlation of 1 over three layers, a quarter step below it
    assert judged.effect.estimate == pytest.approx(np.tanh((2 * whole + np.arctanh(0.5)) / 3))
    assert (judged.effect.runs, judged.verdict) == (3, "undecided")
    assert judged.reason.endswith("3 runs in an arm, and 6 are the least")
    down = judge(claim("by_layer", direction="down", layers=[1, 2, 3]), frame)
    assert down.effect.estimate == pytest.approx(-judged.effect.estimate)
    with_first = judge(claim("by_layer", direction="up"), frame)
    assert with_first.effect.estimate == pytest.approx(np.tanh(np.arctanh([-0.2, 0.95, -0.4]).mean()), abs=1e-6)


def test_runs_that_rise_alike_are_said_to_be_equal() -> None:
    frame = layered([[1.0, 2.0, 3.0 + seed] for seed in range(10)])
    judged = judge(claim("by_layer", direction="up"), frame)
    assert (judged.verdict, judged.p) == ("reproduced", 0.5**10)
    assert np.isnan(judged.effect.low)
    assert judged.effect.remark == "all runs equal"


def test_a_single_run_or_two_layers_have_no_rise() -> None:
    judged = judge(claim("by_layer", direction="up"), layered([[1.0, 2.0], [1.0, 2.0]]))
    assert (judged.verdict, judged.reason) == (
        "undecided",
        "m by layer: 0 runs have it in three layers, and two are the least",
    )


def test_nowhere_above_looks_at_the_best_layer_of_the_best_group() -> None:
    frame = layered([[0.10 + step, 0.31 - step] for step in (0.0, 0.01, 0.02, -0.01, -0.02, 0.03)])
    control = frame.assign(objective="c", group="c", label="c", run="c" + frame["run"], value=frame["value"] + 0.5)
    both, asks = pd.concat([frame, control]), {"where": {"objective": "a"}, "control": {"objective": "c"}}
    assert judge(claim("nowhere_above", threshold=0.5, **asks), both).verdict == "reproduced"
    judged = judge(claim("nowhere_above", threshold=0.2, **asks), both)
    assert judged.verdict == "not reproduced"
    assert "0.305 of a, layer 1, the best of 2" in judged.reason
    assert judge(claim("nowhere_above", threshold=0.9, **asks), both).reason.startswith("m: 0.305")
    assert judge(claim("nowhere_above", threshold=0.9, **asks), both).verdict == "not testable"
    nobody = judge(claim("nowhere_above", where={"objective": "b"}, threshold=0.5), frame)
    assert (nobody.verdict, nobody.reason) == ("undecided", "m of objective b: no group has two runs")


def test_a_score_without_a_latent_never_counts() -> None:
    frame = layered([[None], [None], [0.1]], reason="no latent is more important for the group of factors")
    judged = judge(claim("below", where={"objective": "a"}, threshold=0.5), frame)
    assert judged.reason == "m of objective a: 1 runs have it, and two are the least"


def test_importance_of_factors_has_factors_as_its_unit() -> None:
    importance, known = layered([[4.0], [4.0]], metric="importance"), layered([[0.9], [0.8]])
    factors = {"x": (4.0, 0.9), "y": (3.0, 0.5), "size": (2.0, 0.1), "hue": (1.0, 0.2)}
    rows = [importance.assign(part=name, value=much) for name, (much, _) in factors.items()]
    rows += [known.assign(part=name, value=known["value"] * part) for name, (_, part) in factors.items()]
    effect = judge(claim("by_factor", where={"objective": "a"}), pd.concat(rows, ignore_index=True)).effect
    assert effect.estimate == pytest.approx(0.8)
    assert effect.runs == 2
    assert effect.high < 1
    lacking = judge(claim("by_factor", where={}), pd.concat(rows[:3] + rows[4:7], ignore_index=True))
    assert lacking.reason == "m of all runs: 3 factors, and four are the least"


def test_layers_are_strata_of_an_agreement_and_no_more_runs() -> None:
    one = layered([[seed + 10.0 * layer for layer in range(3)] for seed in range(8)])
    other = one.assign(metric="n", value=[-(value % 10) + 10 * (value // 10) for value in one["value"]])
    frame = pd.concat([one, other], ignore_index=True)
    asked = {"says": "they differ", "kind": "disagree", "metrics": ["m", "n"], "threshold": 0.0}
    judged = judge(Claim.of({**asked, "control": {"metrics": ["m", "m2"]}}), frame)
    assert judged.effect.runs == 8
    assert judged.effect.estimate == pytest.approx(np.tanh(np.arctanh(1 - 6 / (8**3 - 8))))  # pooled, they would agree


def test_the_sides_of_a_claim_carry_what_all_share() -> None:
    asked = claim(
        "larger", larger={"objective": "a", "layer": 1}, smaller={"objective": "b"}, where={"data": ["x", "y"]}
    )
    assert sides(asked) == [{"data": ["x", "y"], "objective": "a"}, {"data": ["x", "y"], "objective": "b"}]
    assert matches(sides(asked)[0], {"objective": "a", "data": "y", "seed": 0})
    assert not matches(sides(asked)[0], {"objective": "a", "data": "z"})
