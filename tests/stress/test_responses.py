"""Responses to stress: known answers, intervals over seeds, agreement between scores, anybody's metric."""

import numpy as np
import pytest

from unbraid.core import Spec, UsageError, names
from unbraid.metrics import DEFAULT, properties, score, specs_of
from unbraid.stress import Response, agreement, response_curves, responses, stressed, stressor
from unbraid.stress._responses import FLOORED, responses_to_one


def made(metric: str, values: list[float | None], stressor: str = "rotation") -> list[Response]:
    return [Response(stressor, float(s), 0, metric, value) for s, value in enumerate(values)]


def test_mcc_under_rotation_is_the_cosine_of_the_angle() -> None:
    curve = response_curves(responses("mcc", ["rotation"], seeds=2))["mcc"]["rotation"]
    expected = np.cos(np.radians(curve.strengths)) / np.sqrt(1.01)  # 1.01: variance of a latent with its noise
    assert curve.middle == pytest.approx(expected, abs=0.01)
    assert (curve.low <= curve.middle).all()


def test_parts_of_dci_that_are_scores_stand_beside_it() -> None:
    answers = responses("dci_fast", ["redundancy"], seeds=1)
    assert {response.metric for response in answers} == {
        "dci_fast",
        "dci_fast/completeness",
        "dci_fast/informativeness_test",
    }
    table = response_curves(answers)
    assert table["dci_fast"]["redundancy"].middle[-1] > 0.95
    assert table["dci_fast/completeness"]["redundancy"].middle[-1] < 0.7


def test_a_score_that_does_not_exist_is_missing_with_its_reason() -> None:
    answers = responses("flatness", ["rows"], seeds=1)
    assert all(response.value is None and "combination" in response.reason for response in answers)
    assert response_curves(answers) == {}


def test_a_metric_stands_under_its_one_name_and_is_scored_once() -> None:
    metrics = ["mig", Spec("mig", {"bins": 20}), {"name": "mig", "bins": 5}, "mig", "active_latents"]
    answers = responses(metrics, "dead", seeds=1)
    counts = {name: sum(response.metric == name for response in answers) for name in ("mig", "mig(bins=5)")}
    assert counts == {"mig": 5, "mig(bins=5)": 5}
    assert [response.value for response in answers if response.metric == "active_latents"] == [4.0] * 5


def test_every_stressor_of_ours_is_asked_where_none_is_named() -> None:
    answers = responses("active_latents", seeds=1)
    assert [response.stressor for response in answers] == [s for s in names("stress") for _ in stressor(s).strengths]


def test_anybodys_metric_is_taken_by_its_module() -> None:
    answers = responses("tests.metrics.outside:half", ["dead"], seeds=1)
    assert {response.value for response in answers} == {0.5}


def test_curves_are_means_with_students_interval() -> None:
    answers = [Response("rows", 1.0, seed, "m", value) for seed, value in enumerate((0.1, 0.3))]
    curve = response_curves(answers)["m"]["rows"]
    assert curve.middle.tolist() == [0.2]
    assert curve.high[0] - curve.middle[0] == pytest.approx(12.706 * 0.1, rel=1e-3)  # t(1) = 12.706, error 0.1
    missing = response_curves([*answers, Response("rows", 2.0, 0, "m", None, reason="why")])["m"]["rows"]
    assert np.isnan(missing.middle[1])
    assert response_curves(made("m", [0.4]))["m"]["rotation"].low.tolist() == [0.4]


def test_agreement_is_the_rank_correlation_over_codes_that_both_score() -> None:
    rising, falling = made("up", [0.1, 0.2, 0.3, 0.4]), made("down", [0.9, 0.8, 0.7, None])
    flat = made("flat", [0.5, 0.501, 0.499, 0.5])
    table = agreement([*rising, *falling, *flat], ["up", "down", "flat"])
    assert table[0, 1] == table[1, 0] == pytest.approx(-1)
    assert np.isnan(table[0, 2])
    assert np.isnan(agreement(rising, ["up", "nobody"])[0, 1])


def test_progress_counts_codes() -> None:
    told: list[tuple[int, int]] = []
    responses("mcc", ["dead"], seeds=1, progress=lambda what, done, total: told.append((done, total)))
    assert told == [(number, 5) for number in range(1, 6)]


def test_quick_scores_stand_beside_their_floor_and_the_score_above_it() -> None:
    answers = responses(["modularity", "mutual_information_between_latents", "active_latents"], "null", seeds=1)
    above = {answer.strength: answer.above for answer in answers if answer.metric == "modularity"}
    noise = [answer for answer in answers if answer.metric == "modularity" and answer.strength in (1, 2, 3, 4)]
    assert all(answer.value > 0.2 and abs(answer.above) < 0.35 for answer in noise)  # three permutations each
    assert above[0] > 0.98
    others = [answer for answer in answers if answer.metric != "modularity"]
    assert all(answer.floor is None and answer.above is None for answer in others)  # no chance of factors to speak of
    curve = response_curves(answers, "above")["modularity"]["null"]
    assert curve.middle.tolist() == list(above.values())
    without = responses("modularity", "null", seeds=1, permutations=0)
    assert [answer.value for answer in without] == [a.value for a in answers if a.metric == "modularity"]
    assert all(answer.floor is None for answer in without)


RATIOS = ("infom", "infoc")  # of what little a latent tells: where that is nothing, they vary by half of their range


@pytest.mark.parametrize("kind", range(1, 6))
def test_null_codes_are_no_more_than_chance_by_every_quick_score(kind: int) -> None:
    ranged = [name for name in DEFAULT if properties(name).cost == "quick" and properties(name).permuted in FLOORED]
    scores = score(stressed("null", kind), metrics=ranged, floor=9, progress=False)
    assert all(answer.value is not None or answer.reason for answer in scores.values())
    given = {name: answer for name, answer in scores.items() if answer.floor is not None}
    assert len(given) >= len(ranged) - (3 if kind == 5 else 1)
    for name, answer in given.items():
        deviation = np.sqrt(9) * answer.floor_error + 1e-6
        assert abs(answer.value - answer.floor) < 6 * deviation, name
        assert answer.above is None or name in RATIOS or abs(answer.above) < 0.15, name


def test_a_hundred_rows_are_scored_or_missing_with_the_reason_and_never_an_exception() -> None:
    answers = responses_to_one(list(specs_of(DEFAULT).values()), "rows", 100, 0, permutations=3)
    given = {answer.metric: answer for answer in answers}
    for name in DEFAULT:
        few = properties(name).rows > 100 or "grid" in properties(name).needs
        assert (given[name].value is None) == few, (name, given[name].reason)
        assert bool(given[name].reason) == few
    assert "explicitness" in {name for name in DEFAULT if properties(name).rows > 100}


def test_fewer_rows_than_a_score_takes_are_never_a_number() -> None:
    for rows in (2, 50):
        for answer in responses_to_one(list(specs_of(DEFAULT).values()), "rows", rows, 0, permutations=3):
            name = answer.metric.partition("/")[0]
            assert answer.value is None or properties(name).rows <= rows, answer
            assert answer.value is not None or answer.reason


def test_codes_too_large_for_slow_scores_are_measured_with_quick_ones() -> None:
    answers = responses(["mcc", "sap"], "overcomplete", seeds=1)
    assert all(answer.value is not None for answer in answers if answer.metric == "mcc")
    reasons = {answer.reason for answer in answers if answer.metric == "sap"}
    assert reasons == {"sap is slow, and overcomplete is measured with quick scores only"}


def test_slow_scores_may_have_fewer_seeds() -> None:
    answers = responses(["mcc", "kl_variance"], "dead", seeds=2, slow_seeds=1)
    assert {answer.seed for answer in answers if answer.metric == "kl_variance"} == {0}
    assert {answer.seed for answer in answers if answer.metric == "mcc"} == {0, 1}


@pytest.mark.slow
def test_two_processes_give_what_one_gives() -> None:
    one, two = (responses(["mig", "sap"], ["rows"], seeds=2, jobs=jobs) for jobs in (1, 2))
    assert one == two


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"stressors": ["rotaton"]}, "Did you mean 'rotation'"),
        ({"metrics": "migg"}, "Did you mean 'mig'"),
        ({"seeds": 0}, "seeds must be at least 1"),
        ({"jobs": 0}, "jobs must be at least 1"),
        ({"slow_seeds": -1}, "slow_seeds must not be negative"),
        ({"permutations": 2}, "permutations must be 0 or at least 3"),
    ],
)
def test_mistakes_are_named_before_anything_runs(options: dict, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        responses(**options)
