"""Claims about layers and factors, about nothing being better, and scores that do not exist for want of a latent."""

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
    return Claim.of({"says": "it is so", "kind": kind, "metric": "m", **asks})


def test_a_rise_over_layers_is_a_correlation_within_each_run() -> None:
    frame = layered([[9.0, 1.0, 2.0, 3.0], [0.0, 5.0, 6.0, 8.0], [7.0, 1.0, 3.0, 2.0]])
    judged = judge(claim("by_layer", direction="up", layers=[1, 2, 3], smallest_effect=0.3), frame)
    assert judged.effect.estimate == pytest.approx((1 + 1 + 0.5) / 3)
    assert judged.effect.runs == 3
    assert judge(claim("by_layer", direction="down", layers=[1, 2, 3]), frame).verdict == "not reproduced"
    with_first = judge(claim("by_layer", direction="up"), frame)
    assert with_first.effect.estimate == pytest.approx((-0.2 + 1 - 0.4) / 3)


def test_a_single_run_or_two_layers_have_no_rise() -> None:
    judged = judge(claim("by_layer", direction="up"), layered([[1.0, 2.0], [1.0, 2.0]]))
    assert (judged.verdict, judged.reason) == (
        "undecided",
        "m by layer: 0 runs have it in three layers, and two are the least",
    )


def test_nowhere_above_looks_at_the_best_layer_of_the_best_group() -> None:
    frame = layered([[0.1, 0.30], [0.1, 0.32], [0.1, 0.31]])
    assert judge(claim("nowhere_above", where={"objective": "a"}, threshold=0.5), frame).verdict == "reproduced"
    judged = judge(claim("nowhere_above", where={"objective": "a"}, threshold=0.2), frame)
    assert judged.verdict == "not reproduced"
    assert "0.310 of a, layer 1, the best of 2" in judged.reason
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


def test_scores_of_layers_agree_row_by_row() -> None:
    one = layered([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
    frame = pd.concat([one, one.assign(metric="n", value=-one["value"])], ignore_index=True)
    asked = Claim.of({"says": "they differ", "kind": "disagree", "metrics": ["m", "n"], "threshold": 0.0})
    assert judge(asked, frame).verdict == "reproduced"


def test_the_sides_of_a_claim_carry_what_all_share() -> None:
    asked = claim(
        "larger", larger={"objective": "a", "layer": 1}, smaller={"objective": "b"}, where={"data": ["x", "y"]}
    )
    assert sides(asked) == [{"data": ["x", "y"], "objective": "a"}, {"data": ["x", "y"], "objective": "b"}]
    assert matches(sides(asked)[0], {"objective": "a", "data": "y", "seed": 0})
    assert not matches(sides(asked)[0], {"objective": "a", "data": "z"})
